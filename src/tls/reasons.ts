/** Why a certificate, a chain or a handshake is refused. A closed set: it labels a metric and stands in the audit trail. */
export const reasons = {
  // the chain as a whole
  'no-certificate': 'the peer presented no certificate',
  'self-signed': 'the peer presented a self-signed certificate',
  'too-long': 'a chain has at most four certificates, the SERCA included',
  'unknown-issuer': 'the chain does not lead to a trusted root',
  'name-chaining': 'an issuer name differs from the subject name of the certificate above it',
  'bad-signature': 'a signature does not fit the key of the certificate above it',
  'path-length': 'a CA stands above more CAs than it may',
  // one certificate
  'not-der': 'a certificate is not the DER of a certificate',
  version: 'a certificate is not of version 3',
  serial: 'a serial number is not positive or is longer than 20 octets',
  'wrong-curve': 'a key is not on the curve P-256',
  'wrong-signature-algorithm': 'a certificate is not signed with ECDSA and SHA-256',
  expired: 'a certificate has expired',
  'not-yet-valid': 'a certificate is not valid yet',
  'duplicate-extension': 'an extension stands twice in a certificate',
  'critical-extension': 'an extension that must not be critical is critical',
  'name-constraints': 'a certificate has nameConstraints',
  'policy-mappings': 'a certificate has policyMappings',
  'policy-constraints': 'a certificate has policyConstraints or inhibitAnyPolicy',
  'not-a-ca': 'a certificate that issued another is no CA',
  'leaf-is-ca': 'the peer presented a CA certificate as its own',
  'basic-constraints': 'basicConstraints is not critical',
  'key-usage': 'keyUsage is missing, not critical, or does not allow what the certificate is used for',
  policies: 'certificatePolicies is missing, not critical, or does not say what a 2030.5 certificate must say',
  'san-on-ca': 'a CA has a subjectAltName',
  'hardware-name': 'subjectAltName is missing, not critical, or is not exactly one HardwareModuleName',
  'key-identifier': 'authorityKeyIdentifier differs from the subjectKeyIdentifier above it',
  // this peer at this moment
  revoked: 'the certificate has been revoked here',
  resumed: 'a resumed session whose certificate has not been accepted before',
  'wrong-peer': 'the peer is not the one expected',
  // before there is a certificate to look at
  handshake: 'the TLS handshake failed',
  'no-shared-cipher': 'the peer offers no cipher suite, version or curve of ours',
  timeout: 'the TLS handshake took too long',
  'too-many': 'more connections than are taken from one address or identity',
} as const;

export type Reason = keyof typeof reasons;

export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  /** A sentence for the log and the operator: which certificate, what is wrong. */
  readonly text: string;
  /** LFDI of the certificate presented, where there was one; proves nothing about who presented it. */
  readonly lfdi?: string;
}

export function refuse(reason: Reason, about?: string): Refusal {
  return { ok: false, reason, text: about ? `${about}: ${reasons[reason]}` : reasons[reason] };
}
