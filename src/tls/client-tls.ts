import { type AgentOptions } from 'node:https';
import { type PeerCertificate } from 'node:tls';
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type ChainVerdict, checkChain } from './chain';
import { cipherPolicy, type CipherOptions } from './cipher-policy';
import { chainFrom } from './peer';
import { derToPem, pemToDer } from './pem';
import { type ProfileName } from './profile-rules';
import { type Reason } from './reasons';
import { sameLfdi } from './lfdi';
import { type Credentials } from './server-tls';
import { type Trust } from './trust';

export interface ClientTlsOptions extends CipherOptions, Credentials {
  /** PEM of the SERCAs to trust, one or more. */
  readonly rootsPem: string;
  readonly clock: Clock;
  /** The server's LFDI where it is known; any server of the PKI otherwise. */
  readonly expectLfdi?: string;
  /** How server chains are judged; `strict` unless given. */
  readonly profile?: ProfileName;
}

/** Thrown into the connection by the client when it refuses its server. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';
  readonly code = 'SERVER_REFUSED';

  constructor(
    readonly reason: Reason,
    text: string,
  ) {
    super(`the server was refused: ${text}`);
  }
}

/**
 * Options for an https.Agent, or for tls.connect. A 2030.5 server is known by its chain and LFDI, never by a host name: device
 * certificates carry none. Throws BAD_CERT when the roots cannot be read.
 */
export function clientTls(options: ClientTlsOptions): AgentOptions {
  const { rootsPem, clock, profile = 'strict' } = options;
  const roots = pemToDer(rootsPem, 'roots');
  return agentOptions(options, rootsPem, chain => checkChain(chain, roots, { profile, now: clock.now() }));
}

export interface OutboundTlsOptions extends CipherOptions, Credentials {
  /** Whom to trust: revocations, and roots that come and go, count here as they do for those who come to us. */
  readonly trust: Trust;
  readonly expectLfdi?: string;
}

/** The same for a server that calls its clients back. Made anew when the roots have changed. */
export function outboundTls(options: OutboundTlsOptions): AgentOptions {
  const { trust } = options;
  const rootsPem = trust.roots.map(root => derToPem(root.der)).join('');
  return agentOptions(options, rootsPem, chain => trust.judge(chain));
}

function agentOptions(
  options: CipherOptions & Credentials & { readonly expectLfdi?: string },
  rootsPem: string,
  judge: (chain: readonly Uint8Array[]) => ChainVerdict,
): AgentOptions {
  const { keyPem, chainPem, expectLfdi } = options;
  if (expectLfdi !== undefined && !sameLfdi(expectLfdi, expectLfdi))
    throw new Problem('BAD_VALUE', { at: 'expectLfdi', got: expectLfdi, want: '40 hex digits' });
  return {
    ...cipherPolicy(options),
    key: keyPem,
    cert: chainPem,
    ca: rootsPem,
    rejectUnauthorized: true,
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => {
      const verdict = judge(chainFrom(certificate));
      if (!verdict.ok) return new ServerRefused(verdict.reason, verdict.text);
      if (expectLfdi !== undefined && !sameLfdi(expectLfdi, verdict.lfdi))
        return new ServerRefused('wrong-peer', `its LFDI is ${verdict.lfdi}, not ${expectLfdi}`);
      return undefined;
    },
    servername: '', // no SNI: there is no host name to speak of, and old servers stumble over it
    // Node does not check identity again in a resumed session, and keeps sessions from before the first check.
    maxCachedSessions: 0,
    keepAlive: true,
  };
}
