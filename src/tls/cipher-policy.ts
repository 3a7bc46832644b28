import { constants } from 'node:crypto';
import { type SecureContextOptions } from 'node:tls';

/** The suite every CSIP peer must have: TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, 0xC0AE (RFC 7251). */
export const ccm8 = 'ECDHE-ECDSA-AES128-CCM8';
/** For clients whose TLS library lacks CCM-8 (Go, rustls); equal or better strength, which 2030.5 6.4 allows. */
export const gcm = 'ECDHE-ECDSA-AES128-GCM-SHA256';
const tls13 = ['TLS_AES_128_CCM_8_SHA256', 'TLS_AES_128_GCM_SHA256'];

export interface CipherOptions {
  /** TLS 1.2 suites in order of preference; CCM-8, then GCM, unless given. */
  suites?: readonly string[];
  /** Also TLS 1.3. Off by default: CSIP knows 1.2 only, and a client that offers both would land on 1.3. */
  tls13?: boolean;
}

/** Versions, suites, curve and signatures for both ends. */
export function cipherPolicy({ suites = [ccm8, gcm], tls13: newer = false }: CipherOptions = {}): SecureContextOptions {
  const names = [...(newer ? tls13 : []), ...suites, ...(needsSecurityLevelZero() ? ['@SECLEVEL=0'] : [])];
  return {
    minVersion: 'TLSv1.2',
    maxVersion: newer ? 'TLSv1.3' : 'TLSv1.2',
    ciphers: names.join(':'),
    honorCipherOrder: true,
    ecdhCurve: 'prime256v1',
    sigalgs: 'ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512',
    // No tickets: a resumed session hides the chain. No renegotiation: a peer could change its certificate in mid-connection.
    secureOptions: constants.SSL_OP_NO_TICKET | noRenegotiation | constants.SSL_OP_NO_COMPRESSION,
  };
}

const noRenegotiation = 1 << 30; // SSL_OP_NO_RENEGOTIATION; Node names only the older options

/**
 * OpenSSL 3.2 counts CCM-8's short tag as 64 bits of security and drops the suite above level 0. Level 0 also drops checks on
 * certificates; `checkChain` makes them itself (P-256 and SHA-256 everywhere), and the curve is pinned above.
 */
export function needsSecurityLevelZero(openssl: string = process.versions.openssl): boolean {
  const [major = 0, minor = 0] = openssl.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 2);
}
