import { connect, type ConnectionOptions } from 'node:tls';
import { Problem } from '../base/problem';

export interface RawExchangeOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions;
  /** Sent as they are, each after the one before was written. */
  readonly bytes: readonly (string | Buffer)[];
  /** Real milliseconds of silence after which the answer counts as complete; 1,000 unless given. */
  readonly quietMs?: number;
}

/**
 * Sends bytes that need be no HTTP over a connection of their own and returns all that comes back until the server ends it or
 * falls silent. For conformance tests: pipelining, broken requests, unknown methods. Throws CANNOT_REACH when TLS fails.
 */
export function rawExchange({ host, port, tls, bytes, quietMs = 1000 }: RawExchangeOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let greeted = false;
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    const socket = connect({ ...tls, host, port }, () => {
      greeted = true;
      for (const part of bytes) socket.write(part);
    });
    socket.setTimeout(quietMs, done);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', done);
    socket.once('error', (cause: Error) => {
      if (greeted)
        done(); // a reset is an answer too
      else reject(new Problem('CANNOT_REACH', { at: `${host}:${port}`, note: cause.message, cause }));
    });
  });
}
