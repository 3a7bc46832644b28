import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/**
 * Keep-alive GETs over raw TLS sockets, each waiting for its answer before the next. Parsing is as little as can be, so that
 * the load costs less than what it measures.
 */
export class LoadConnection {
  private socket!: TLSSocket;
  private buffer: Buffer = Buffer.alloc(0);
  private waiting: { done: () => void; failed: (error: Error) => void } | undefined;
  bytes = 0;

  private constructor(
    private readonly host: string,
    private readonly request: Buffer,
  ) {}

  static async open(port: number, path: string, options: ConnectionOptions): Promise<LoadConnection> {
    const host = `localhost:${port}`;
    const connection = new LoadConnection(host, requestOf(host, path));
    await new Promise<void>((resolve, reject) => {
      connection.socket = connect({ host: '127.0.0.1', port, ...options }, resolve);
      connection.socket.once('error', reject);
    });
    connection.socket.setNoDelay(true);
    connection.socket.on('data', (chunk: Buffer) => connection.read(chunk));
    connection.socket.once('close', () => connection.waiting?.failed(new Error('the server ended the connection')));
    return connection;
  }

  /** The request it was opened for. */
  once(): Promise<void> {
    return this.send(this.request);
  }

  /** Another path over the same connection. */
  get(path: string): Promise<void> {
    return this.send(requestOf(this.host, path));
  }

  private send(request: Buffer): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting = { done, failed };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    const end = this.buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.buffer.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) {
      this.waiting?.failed(new Error(`not 200: ${head.split('\r\n', 1)[0]}`));
      return;
    }
    const length = /content-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error('an answer without Content-Length');
    const total = end + 4 + Number(length);
    if (this.buffer.length < total) return;
    this.bytes = Number(length);
    this.buffer = this.buffer.subarray(total);
    const done = this.waiting;
    this.waiting = undefined;
    done?.done();
  }
}

const requestOf = (host: string, path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/sep+xml\r\n\r\n`);

/** Answers per second of `connections` side by side for `seconds`. */
export async function answersPerSecond(connections: readonly LoadConnection[], seconds: number): Promise<number> {
  const start = process.hrtime.bigint();
  const until = start + BigInt(Math.round(seconds * 1e9));
  let count = 0;
  await Promise.all(
    connections.map(async connection => {
      while (process.hrtime.bigint() < until) {
        await connection.once();
        count++;
      }
    }),
  );
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
