/** A device port over real TLS on a loopback port, and clients that write their requests byte by byte. For tests. */
import { connect, type TLSSocket } from 'node:tls';
import { received } from '../../codec/testing/received';
import { peerOf } from '../../tls';
import { type Device, issueDevice } from '../../tls/pki';
import { clientOf, longAgo, loopback } from '../../tls/testing/loopback';
import { clientError, deviceHandler } from '../device-port';
import { httpLimits } from '../http-limits';
import { devicePort } from './port';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One connection. Answers come in the order of the requests; each must say its length. */
export class RawClient {
  private data: Buffer = Buffer.alloc(0);
  private readonly waiting: { head: boolean; resolve: (answer: RawAnswer) => void; reject: (error: Error) => void }[] =
    [];
  private ended = false;
  readonly closed: Promise<void>;

  constructor(readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => {
      this.data = Buffer.concat([this.data, chunk]);
      this.take();
    });
    this.closed = new Promise(resolve => {
      const over = () => {
        this.ended = true;
        for (const { reject } of this.waiting.splice(0)) reject(new Error('closed before an answer'));
        resolve();
      };
      socket.on('end', over).on('close', over).on('error', over);
    });
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Writes a request as it is and waits for one answer. */
  send(text: string | Buffer): Promise<RawAnswer> {
    const answer = this.next(text.toString().startsWith('HEAD '));
    this.write(text);
    return answer;
  }

  next(head = false): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.ended) reject(new Error('closed before an answer'));
      this.waiting.push({ head, resolve, reject });
      this.take();
    });
  }

  private take(): void {
    for (;;) {
      const end = this.data.indexOf('\r\n\r\n');
      const [first] = this.waiting;
      if (end < 0 || !first) return;
      const [line = '', ...lines] = this.data.toString('latin1', 0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map(each => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 1).trim()]),
      );
      const status = Number(line.split(' ')[1]);
      if (status === 100) {
        this.data = this.data.subarray(end + 4);
        continue;
      }
      this.waiting.shift();
      const length = headers['content-length'];
      if (length === undefined || headers['transfer-encoding'] !== undefined)
        return first.reject(new Error(`no Content-Length: ${line}`));
      const bytes = first.head ? 0 : Number(length);
      if (this.data.length < end + 4 + bytes) {
        this.waiting.unshift(first);
        return;
      }
      const body = this.data.toString('utf8', end + 4, end + 4 + bytes);
      this.data = this.data.subarray(end + 4 + bytes);
      first.resolve({ status, headers, body: received(body) });
    }
  }
}

export const getText = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries({ Host: 'headroom', Accept: 'application/sep+xml', ...headers }).map(([k, v]) => `${k}: ${v}`),
    '',
    '',
  ].join('\r\n');

export const withBody = (
  method: string,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer =>
  Buffer.concat([
    Buffer.from(
      getText(
        path,
        { 'Content-Type': 'application/sep+xml', 'Content-Length': String(Buffer.byteLength(body)), ...headers },
        method,
      ),
    ),
    Buffer.from(body),
  ]);

export async function tlsPort(
  more: Parameters<typeof devicePort>[0] & {
    maxBodyBytes?: number;
    http?: Partial<ReturnType<typeof httpLimits>>;
  } = {},
) {
  const port = devicePort(more);
  const { answer, clock, ids, metrics, log } = port;
  const at = await loopback({
    handler: deviceHandler({
      answer,
      peerOf: req => peerOf(req.socket),
      clock,
      ids,
      log,
      metrics,
      maxBodyBytes: more.maxBodyBytes ?? 10_000,
    }),
    server: { http: { ...httpLimits({ keepAliveS: 1200, requestTimeoutS: 120 }), ...more.http } },
  });
  at.device.server.on('clientError', clientError(log));
  const sockets: TLSSocket[] = [];
  const open = (who: Device): Promise<RawClient> =>
    new Promise((resolve, reject) => {
      const options = clientOf(at, who);
      const socket = connect({ ...options, host: '127.0.0.1', port: at.port }, () => resolve(new RawClient(socket)));
      socket.once('error', reject);
      sockets.push(socket);
    });
  const device = (name: string) => issueDevice(at.pki, { name, role: 'device', notBefore: longAgo });
  return {
    ...port,
    port: at.port,
    server: at.device.server,
    device,
    open,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await at.close();
    },
  };
}
