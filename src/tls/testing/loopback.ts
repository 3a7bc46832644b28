import { type IncomingMessage, type RequestListener } from 'node:http';
import { Agent, type AgentOptions, request } from 'node:https';
import { type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type Clock, SystemClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { promMetrics } from '../../base/metrics';
import { type Issued, keyToPem, chainPem } from '../issue';
import { deviceServer, type DeviceServerOptions } from '../device-server';
import { peerOf } from '../peer';
import { derToPem } from '../pem';
import { createPki, issueDevice, type Pki } from '../pki';
import { type Credentials } from '../server-tls';
import { Trust, type TrustOptions } from '../trust';
import { clientTls } from '../client-tls';

/** What a client needs to know to meet a server. */
export interface Meeting {
  readonly pki: Pki;
  readonly port: number;
  readonly clock: Clock;
}

/** A device server on a free loopback port that answers each request with its peer's LFDI, and what is needed to meet it. */
export interface Loopback extends Meeting {
  readonly trust: Trust;
  readonly device: ReturnType<typeof deviceServer>;
  readonly log: ReturnType<typeof keptLog>;
  readonly metrics: ReturnType<typeof promMetrics>;
  close(): Promise<void>;
}

export interface LoopbackOptions {
  pki?: Pki;
  trust?: Partial<TrustOptions>;
  clock?: Clock;
  server?: Partial<DeviceServerOptions>;
  handler?: RequestListener;
}

/** A moment that is past for both the machine's clock and a test's. */
export const longAgo = Date.UTC(2024, 0, 1) / 1000;

export async function loopback(options: LoopbackOptions = {}): Promise<Loopback> {
  const { pki = createPki({ notBefore: longAgo }), clock = new SystemClock() } = options;
  const trust = new Trust({ clock, roots: [pki.serca.der], ...options.trust });
  const log = keptLog();
  const metrics = promMetrics();
  const answer: RequestListener = (req, res) => {
    res.end(peerOf(req.socket)?.lfdi ?? 'nobody');
  };
  const credentials = issueDevice(pki, { name: 'server', role: 'server', notBefore: longAgo });
  const device = deviceServer(
    { credentials, trust, clock, log, metrics, ...options.server },
    options.handler ?? answer,
  );
  await new Promise<void>(resolve => device.server.listen(0, '127.0.0.1', resolve));
  const { port } = device.server.address() as AddressInfo;
  const close = () =>
    new Promise<void>(resolve => {
      device.server.close(() => resolve());
      device.server.closeAllConnections();
    });
  return { pki, trust, device, port, log, metrics, clock, close };
}

export function credentialsOf(issued: Issued): Credentials {
  return { keyPem: keyToPem(issued.key), chainPem: chainPem(issued) };
}

/** How one connection attempt ended for the client. */
export interface Attempt {
  /** Body of the answer, when there was one. */
  readonly body?: string;
  /** `code` of the error otherwise: an alert, a reset, a refusal of ours. */
  readonly error?: string;
  readonly message?: string;
  readonly cipher?: string;
}

/** One GET on a connection of its own. */
export function attempt(at: Meeting, client: AgentOptions): Promise<Attempt> {
  return new Promise(resolve => {
    const agent = new Agent({ ...client, keepAlive: false });
    const call = request({ host: '127.0.0.1', port: at.port, path: '/', agent }, (res: IncomingMessage) => {
      const cipher = (res.socket as TLSSocket).getCipher().name;
      let body = '';
      res.setEncoding('utf8').on('data', (text: string) => (body += text));
      res.on('end', () => resolve({ body, cipher }));
    });
    call.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ error: error.code ?? error.name, message: error.message }),
    );
    call.end();
  });
}

/** A bare TLS connection; resolves when it is up. */
export function open(at: Meeting, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, host: '127.0.0.1', port: at.port }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Client options for credentials of the same PKI. */
export function clientOf(
  at: Meeting,
  credentials: Credentials,
  more: Partial<Parameters<typeof clientTls>[0]> = {},
): AgentOptions {
  const { keyPem, chainPem: chain } = credentials;
  return clientTls({ keyPem, chainPem: chain, rootsPem: derToPem(at.pki.serca.der), clock: at.clock, ...more });
}
