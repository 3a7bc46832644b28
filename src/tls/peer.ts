import { type Socket } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { type ChainVerdict } from './chain';
import { type Hardware } from './extensions';
import { type Lfdi, lfdiOf, type Sfdi } from './lfdi';
import { oid } from './oids';
import { type Refusal, refuse } from './reasons';
import { type Standing, standingOf, type Trust } from './trust';

/** Who is at the other end of a connection, proven by its certificate. */
export interface PeerIdentity extends Standing {
  readonly ok: true;
  /** `self-signed` may see much less (protocol facts 1.2, mask 0x4). */
  readonly kind: 'device' | 'self-signed';
  readonly lfdi: Lfdi;
  readonly sfdi: Sfdi;
  /** Certificates from leaf to SERCA, both included; 1 for self-signed. */
  readonly chainDepth: number;
  readonly leafDer: Buffer;
  /** From the HardwareModuleName; undefined where a lenient listener took a leaf without one. */
  readonly hardware: Hardware | undefined;
  /** The certificate says "service provider" (policy 1.3.6.1.4.1.40732.2.3), as aggregators' do. */
  readonly serviceProvider: boolean;
  readonly resumed: boolean;
}

const peers = new WeakMap<Socket, PeerIdentity>();

/**
 * Decides once, after the handshake, whether the peer of a server-side connection is let in, and remembers who it is. The caller
 * ends a refused connection. A chain not seen before costs about 0.7 ms, one seen before next to nothing.
 */
export function acceptPeer(socket: TLSSocket, trust: Trust): PeerIdentity | Refusal {
  const known = peers.get(socket);
  if (known) return known;
  const resumed = socket.isSessionReused();
  const chain = presentedChain(socket);
  const [leaf] = chain;
  if (!leaf) return refuse('no-certificate');
  const verdict: ChainVerdict = resumed ? trust.judgeResumed(leaf) : trust.judge(chain);
  if (!verdict.ok) return { ...verdict, lfdi: lfdiOf(leaf) };
  const identity: PeerIdentity = {
    ...standingOf(verdict),
    ok: true,
    kind: verdict.root ? 'device' : 'self-signed',
    sfdi: verdict.sfdi,
    chainDepth: verdict.depth,
    leafDer: verdict.leaf.der,
    hardware: verdict.leaf.subjectAltName?.hardware[0],
    serviceProvider: verdict.leaf.policies?.some(policy => policy.oid === oid.serviceProvider) ?? false,
    resumed,
  };
  peers.set(socket, identity);
  return identity;
}

/** The identity of an accepted connection; undefined for any other. */
export function peerOf(socket: Socket): PeerIdentity | undefined {
  return peers.get(socket);
}

/**
 * The peer's certificates as DER, leaf first, in the order they came. Once only: Node takes the chain out of the connection as it
 * reads it, so that a second look, by whatever method, may show the leaf alone.
 */
export function presentedChain(socket: TLSSocket): Buffer[] {
  return chainFrom(socket.getPeerX509Certificate());
}

const mostLinks = 8; // more than any chain we accept, so that a longer one is seen to be too long

/**
 * A certificate and those above it, as far as Node shows them. One that came twice counts once: some clients, `openssl s_client`
 * among them, send their own certificate again in front of its issuers.
 */
export function chainFrom(first: { raw: Buffer; issuerCertificate?: unknown } | undefined): Buffer[] {
  const chain: Buffer[] = [];
  let next = first;
  for (let link = 0; next?.raw && link < mostLinks; link++) {
    const { raw } = next;
    if (!chain.some(der => der.equals(raw))) chain.push(raw);
    next = next.issuerCertificate as typeof first; // of a self-signed certificate: itself
  }
  return chain;
}
