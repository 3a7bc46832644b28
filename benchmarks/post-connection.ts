import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** Keep-alive POSTs over one raw TLS socket; several may be on their way at once. Answers are empty, in order. */
export class PostConnection {
  private socket!: TLSSocket;
  private text = '';
  private readonly waiting: { done: () => void; failed: (error: Error) => void }[] = [];

  private constructor(private readonly host: string) {}

  static async open(port: number, options: ConnectionOptions): Promise<PostConnection> {
    const connection = new PostConnection(`localhost:${port}`);
    await new Promise<void>((resolve, reject) => {
      connection.socket = connect({ host: '127.0.0.1', port, ...options }, resolve);
      connection.socket.once('error', reject);
    });
    connection.socket.setNoDelay(true);
    connection.socket.on('data', (chunk: Buffer) => connection.read(chunk));
    return connection;
  }

  /** Resolves when it is answered with 201 or 204. */
  post(path: string, body: string): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ done, failed });
      const head = `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\nAccept: application/sep+xml\r\n`;
      const about = `Content-Type: application/sep+xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
      this.socket.write(head + about + body);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.text += chunk.toString('latin1');
    for (let end = this.text.indexOf('\r\n\r\n'); end >= 0; end = this.text.indexOf('\r\n\r\n')) {
      const line = this.text.slice(0, this.text.indexOf('\r\n'));
      this.text = this.text.slice(end + 4);
      const next = this.waiting.shift();
      if (/^HTTP\/1\.1 20[14] /.test(line)) next?.done();
      else next?.failed(new Error(line));
    }
  }
}
