import { createServer, type Server, type ServerOptions } from 'node:https';
import { type RequestListener } from 'node:http';
import { type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { type Clock, SystemClock } from '../base/clock';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { indefinite } from './der';
import { gate, gateLimits, type GateLimits, type Visitor } from './gate';
import { acceptPeer, type PeerIdentity } from './peer';
import { type Reason, type Refusal, refuse } from './reasons';
import { type Credentials, serverTls, type ServerTlsOptions } from './server-tls';

export interface DeviceServerOptions extends ServerTlsOptions {
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Told of each connection that was not let in, or was ended because trust in it ended, with the address it came from. */
  refused?: (refusal: Refusal, from: string) => void;
  /** Handshakes at once and in a second; the defaults of gate.ts where nothing is said. */
  handshakes?: Partial<GateLimits>;
  /** Connections of one identity; when it opens one more, its oldest is ended. 32 unless given. */
  connectionsPerIdentity?: number;
  /** Options of node:http: keep-alive, header and body limits. */
  http?: Pick<
    ServerOptions,
    | 'keepAlive'
    | 'keepAliveTimeout'
    | 'headersTimeout'
    | 'requestTimeout'
    | 'maxHeaderSize'
    | 'requireHostHeader'
    | 'noDelay'
    | 'connectionsCheckingInterval'
  >;
}

export interface DeviceServer {
  /** Listens, closes and emits as any https.Server; 'secureConnection' comes only for peers that were let in. */
  readonly server: Server;
  /** New key and chain for connections from now on. Throws what node:tls throws when they do not fit; then the old ones stay. */
  renew(credentials: Credentials): void;
  /** Open connections of one identity. */
  socketsOf(lfdi: string): Iterable<TLSSocket>;
  /** Accepted connections that are open. */
  readonly open: ReadonlyMap<TLSSocket, PeerIdentity>;
}

/**
 * An https server for devices. It sets up TLS itself instead of letting node:https do it, for four reasons: a client without a
 * certificate gets its alert in the handshake; every other refusal is ours, so that its reason reaches the log; validity is
 * judged by the clock passed in; and runtimes that hide the peer's chain (Node 24.21) hide it only after OpenSSL's own verdict
 * was asked for, which is not done here. Open connections end when trust in them ends.
 */
export function deviceServer(options: DeviceServerOptions, handler: RequestListener): DeviceServer {
  const { trust, log, metrics, clock, handshakeTimeoutMs = 30_000, connectionsPerIdentity = 32 } = options;
  const door = gate(new SystemClock(), { ...gateLimits, ...options.handshakes });
  const held = new Map<string, Set<TLSSocket>>();
  const open = new Map<TLSSocket, PeerIdentity>();
  const server = createServer({ ...options.http, ...serverTls(options) }, handler);
  let credentials = options.credentials;
  let context: SecureContext = createSecureContext(serverTls(options));

  const turnAway = (socket: TLSSocket, { reason, text, lfdi }: Refusal, peer?: PeerIdentity) => {
    metrics.count('headroom_handshake_failures_total', { reason });
    const who = peer?.lfdi ?? lfdi;
    log.warn('connection refused', { reason, text, from: socket.remoteAddress, lfdi: who });
    options.refused?.({ ok: false, reason, text, ...(who !== undefined && { lfdi: who }) }, socket.remoteAddress ?? '');
    socket.destroy();
  };

  /** Half-dead connections of a device must not keep it out: the oldest goes, not the newest. */
  const hold = (socket: TLSSocket, { lfdi }: PeerIdentity) => {
    const mine = held.get(lfdi) ?? new Set();
    held.set(lfdi, mine.add(socket));
    const [oldest] = mine;
    if (mine.size <= connectionsPerIdentity || !oldest) return;
    mine.delete(oldest);
    metrics.count('headroom_handshake_failures_total', { reason: 'too-many' });
    log.info('connection ended, its identity has opened too many', { lfdi, most: connectionsPerIdentity });
    oldest.destroy();
  };
  const release = (socket: TLSSocket, { lfdi }: PeerIdentity) => {
    const mine = held.get(lfdi);
    mine?.delete(socket);
    if (mine?.size === 0) held.delete(lfdi);
  };

  /** Each connection waits for its turn to begin the handshake. */
  const arrive = (raw: Socket) => {
    const gone = () => raw.destroy();
    raw.on('error', gone); // while it waits nobody else listens
    raw.setTimeout(handshakeTimeoutMs, gone);
    const tooMany = () => {
      metrics.count('headroom_handshake_failures_total', { reason: 'too-many' });
      raw.destroy();
    };
    const visitor: Visitor = {
      address: raw.remoteAddress ?? '',
      begin: leave => {
        raw.off('error', gone);
        raw.off('timeout', gone);
        if (raw.destroyed) leave();
        else secure(raw, leave);
      },
      evict: tooMany,
    };
    raw.once('close', () => door.cancel(visitor));
    if (!door.enter(visitor)) tooMany();
  };

  const secure = (raw: Socket, leave: () => void) => {
    const from = raw.remoteAddress;
    let settled = false;
    const fail = (reason: Reason, text?: string) => {
      if (settled) return;
      settled = true;
      leave();
      metrics.count('headroom_handshake_failures_total', { reason });
      log.info('handshake failed', { reason, text, from });
      if (reason !== 'handshake') options.refused?.(refuse(reason, text), from ?? '');
    };
    // The plain socket sees no traffic of its own once TLS has taken it over: this is a deadline, not an idle time.
    raw.setTimeout(handshakeTimeoutMs, () => {
      if (settled) return;
      fail('timeout');
      raw.destroy();
    });
    const socket = new TLSSocket(raw, {
      isServer: true,
      server,
      secureContext: context,
      requestCert: true,
      rejectUnauthorized: true, // OpenSSL fails the handshake without a certificate; what it thinks of one is not asked
      ALPNProtocols: ['http/1.1'],
    });
    socket.on('error', (error: Error) => fail(...causeOf(error)));
    // Node keeps errors of the record layer from sockets it did not set up; without this they would linger.
    socket.on('_tlsError', () => settled && socket.destroy());
    socket.once('close', () => fail('handshake', 'the peer closed the connection'));
    socket.once('secure', () => {
      if (settled) return;
      settled = true;
      leave();
      raw.setTimeout(0);
      if (!server.listening) return void socket.destroy(); // closed meanwhile: nobody would end this connection any more
      const peer = acceptPeer(socket, trust);
      if (!peer.ok) return turnAway(socket, peer);
      open.set(socket, peer);
      hold(socket, peer);
      const cancel =
        peer.validUntil < indefinite
          ? clock.at(peer.validUntil + 1, () => turnAway(socket, refuse('expired'), peer))
          : () => undefined;
      socket.once('close', () => {
        open.delete(socket);
        release(socket, peer);
        cancel();
      });
      return server.emit('secureConnection', socket);
    });
  };

  server.removeAllListeners('connection'); // node:tls's own way of setting up TLS
  server.on('connection', arrive);

  const stop = trust.onChange(() => {
    context = createSecureContext(serverTls({ ...options, credentials })); // names of roots are sent to clients
    for (const [socket, peer] of open) {
      const fallen = trust.fallen(peer);
      if (fallen) turnAway(socket, fallen, peer);
    }
  });
  server.once('close', stop);

  return {
    server,
    socketsOf: lfdi => held.get(lfdi) ?? [],
    open,
    renew(next) {
      context = createSecureContext(serverTls({ ...options, credentials: next }));
      credentials = next;
    },
  };
}

function causeOf(error: Error & { code?: string }): [Reason, string] {
  const code = error.code ?? '';
  if (code.includes('PEER_DID_NOT_RETURN_A_CERTIFICATE')) return ['no-certificate', code];
  if (
    /NO_SHARED_CIPHER|NO_SHARED_GROUP|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_SUITABLE|NO_SHARED_SIGNATURE/.test(code)
  )
    return ['no-shared-cipher', code];
  return ['handshake', code || error.message];
}
