import { constants } from 'node:crypto';
import { type TlsOptions } from 'node:tls';
import { cipherPolicy, type CipherOptions } from './cipher-policy';
import { derToPem } from './pem';
import { type Trust } from './trust';

/** What a TLS endpoint shows of itself. */
export interface Credentials {
  /** PKCS #8 or SEC 1, unencrypted. */
  readonly keyPem: string;
  /** Leaf first, then its intermediates, without the SERCA. */
  readonly chainPem: string;
}

export interface ServerTlsOptions extends CipherOptions {
  credentials: Credentials;
  trust: Trust;
  /** Let clients resume sessions by ticket; `acceptPeer` still lets in only whom it accepted before. Off unless given. */
  resumption?: boolean;
  /** Milliseconds; 30 s unless given. */
  handshakeTimeoutMs?: number;
}

/**
 * Options for `https.createServer`. By themselves they leave the judgement of chains to OpenSSL, which is not enough; use
 * `deviceServer`, or call `acceptPeer` on every 'secureConnection'.
 */
export function serverTls(options: ServerTlsOptions): TlsOptions {
  const { credentials, trust, resumption = false, handshakeTimeoutMs = 30_000 } = options;
  const policy = cipherPolicy(options);
  return {
    ...policy,
    ...(resumption && { secureOptions: (policy.secureOptions ?? 0) & ~constants.SSL_OP_NO_TICKET }),
    key: credentials.keyPem,
    cert: credentials.chainPem,
    ca: trust.roots.map(root => derToPem(root.der)),
    // Node resumes only sessions of the same context; the name keeps those of different listeners apart.
    sessionIdContext: 'headroom',
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: handshakeTimeoutMs,
  };
}
