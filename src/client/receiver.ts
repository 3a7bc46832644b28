/** Where an aggregator is notified: an HTTPS server with the aggregator's own certificate, for whoever its roots vouch for. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { noMetrics } from '../base/metrics';
import { read } from '../codec/read';
import { Notification } from '../model/subscription';
import { ccm8, type Credentials, deviceServer, pemToDer, Trust } from '../tls';

export interface ReceiverOptions extends Credentials {
  /** PEM of the roots the server hangs from. */
  readonly rootsPem: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Address to listen on, and how the server reaches it; `127.0.0.1` unless given. */
  readonly host?: string;
  /** 0, any free one, unless given. */
  readonly port?: number;
  /** Answers whether this notification was wanted; false ends its subscription (ERR-002). */
  readonly take: (notification: Notification) => boolean;
}

export interface NotificationReceiver {
  /** The notificationURI. */
  readonly uri: string;
  close(): void;
}

const path = '/ntfy';
const mostBytes = 4 * 1024 * 1024;

export async function receiveNotifications(options: ReceiverOptions): Promise<NotificationReceiver> {
  const { keyPem, chainPem, rootsPem, clock, log, host = '127.0.0.1', port = 0, take } = options;
  const { server } = deviceServer(
    {
      credentials: { keyPem, chainPem },
      trust: new Trust({ clock, roots: pemToDer(rootsPem, 'server roots') }),
      clock,
      log,
      metrics: noMetrics,
      suites: [ccm8],
    },
    (req, res) => void answer(req, res),
  );
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const status = await judged(req, take).catch((error: unknown) => {
      log.warn('a notification could not be read', { why: String(error) });
      return 400;
    });
    res.writeHead(status, { 'Content-Length': '0' }).end();
  };
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(port, host, ready);
  });
  return {
    uri: `https://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}${path}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function judged(req: IncomingMessage, take: ReceiverOptions['take']): Promise<number> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) return 413;
    chunks.push(chunk);
  }
  if (req.url?.split('?')[0] !== path) return 404;
  if (req.method !== 'POST') return 405;
  const { value } = read(Notification, Buffer.concat(chunks), { mode: 'lenient' });
  return take(value) ? 201 : 400;
}
