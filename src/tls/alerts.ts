import { type Reason } from './reasons';

/** Numbers of TLS alerts (RFC 5246 7.2.2). */
const alert = {
  handshakeFailure: 40,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateRevoked: 44,
  certificateExpired: 45,
  unknownCa: 48,
  accessDenied: 49,
  insufficientSecurity: 71,
  userCanceled: 90,
} as const;

const byReason: Partial<Record<Reason, number>> = {
  'no-certificate': alert.handshakeFailure,
  handshake: alert.handshakeFailure,
  'no-shared-cipher': alert.insufficientSecurity,
  'unknown-issuer': alert.unknownCa,
  'self-signed': alert.unknownCa,
  'wrong-curve': alert.unsupportedCertificate,
  'wrong-signature-algorithm': alert.unsupportedCertificate,
  expired: alert.certificateExpired,
  'not-yet-valid': alert.certificateExpired,
  revoked: alert.certificateRevoked,
  resumed: alert.certificateRevoked,
  'wrong-peer': alert.accessDenied,
  'too-many': alert.accessDenied,
  timeout: alert.userCanceled,
};

/** The alert that says what we refuse a connection for, whether or not it was still sent: bad_certificate where no other fits. */
export const alertOf = (reason: Reason): number => byReason[reason] ?? alert.badCertificate;
