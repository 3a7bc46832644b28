import { type Seconds } from '../base/clock';
import { type Certificate } from './certificate';
import { deviceTypes, oid } from './oids';
import { type Reason, type Refusal, refuse } from './reasons';

/**
 * `strict` is IEEE 2030.5-2018 6.11 as the reference client reads it. `lenient` is for labs: the leaf may lack what field
 * devices are known to lack, and CAs may leave flags uncritical; what a bad chain could gain from is refused all the same.
 */
export type ProfileName = 'strict' | 'lenient';
export type Role = 'leaf' | 'self-signed' | 'intermediate' | 'root';

/** Extensions we act on, the only ones that may be critical (6.11.10.1). */
const understood: ReadonlySet<string> = new Set([
  oid.keyUsage,
  oid.basicConstraints,
  oid.subjectAltName,
  oid.certificatePolicies,
]);

/** The rules for one certificate that do not depend on its neighbours. */
export function checkCertificate(
  certificate: Certificate,
  role: Role,
  profile: ProfileName,
  now: Seconds,
  about: string,
): Refusal | undefined {
  const reason =
    algorithmFault(certificate) ??
    validityFault(certificate, now) ??
    extensionFault(certificate, profile) ??
    (role === 'leaf' || role === 'self-signed'
      ? leafFault(certificate, role, profile)
      : caFault(certificate, role, profile));
  return reason && refuse(reason, about);
}

/** Whether key and signature are of the one kind 2030.5 knows, so that it is safe to verify with them. */
export function hasOurAlgorithms(certificate: Certificate): boolean {
  return algorithmFault(certificate) === undefined;
}

function algorithmFault(certificate: Certificate): Reason | undefined {
  if (certificate.version !== 3) return 'version';
  if (certificate.serial.length > 20 || certificate.serial.every(byte => byte === 0)) return 'serial';
  if (((certificate.serial[0] ?? 0) & 0x80) !== 0) return 'serial';
  if (certificate.keyOid !== oid.ecPublicKey || certificate.curveOid !== oid.prime256v1) return 'wrong-curve';
  const { signatureOid, signedSignatureOid, signatureHasParameters } = certificate;
  if (signatureOid !== oid.ecdsaWithSha256 || signedSignatureOid !== signatureOid || signatureHasParameters)
    return 'wrong-signature-algorithm';
  return undefined;
}

function validityFault(certificate: Certificate, now: Seconds): Reason | undefined {
  if (now < certificate.notBefore) return 'not-yet-valid';
  return now > certificate.notAfter ? 'expired' : undefined;
}

function extensionFault(certificate: Certificate, profile: ProfileName): Reason | undefined {
  const { extensions } = certificate;
  const has = (id: string) => extensions.some(extension => extension.oid === id);
  if (new Set(extensions.map(extension => extension.oid)).size < extensions.length) return 'duplicate-extension';
  if (has(oid.nameConstraints)) return 'name-constraints';
  if (has(oid.policyMappings)) return 'policy-mappings';
  if (extensions.some(extension => extension.critical && !understood.has(extension.oid))) return 'critical-extension';
  // RFC 5280 demands that these two be critical, so the line above has caught honest ones; strict takes no dishonest ones either.
  if (profile === 'strict' && (has(oid.policyConstraints) || has(oid.inhibitAnyPolicy))) return 'policy-constraints';
  return undefined;
}

function leafFault(certificate: Certificate, role: Role, profile: ProfileName): Reason | undefined {
  const { basicConstraints, keyUsage, subjectAltName, policies } = certificate;
  if (basicConstraints?.ca || keyUsage?.has('keyCertSign')) return 'leaf-is-ca';
  // In TLS the leaf signs; a lab leaf without keyUsage may do anything, one with it must allow that.
  if (keyUsage && !keyUsage.has('digitalSignature')) return 'key-usage';
  if (profile === 'lenient') return undefined;
  if (basicConstraints && !isCritical(certificate, oid.basicConstraints)) return 'basic-constraints';
  if (!keyUsage?.has('keyAgreement') || !isCritical(certificate, oid.keyUsage)) return 'key-usage';
  if (!policies || !isCritical(certificate, oid.certificatePolicies)) return 'policies';
  if (policies.some(policy => policy.qualified)) return 'policies';
  const selfSigned = policies.some(policy => policy.oid === oid.selfSignedPolicy);
  if (role === 'self-signed') return selfSigned ? undefined : 'policies'; // 6.11.8.4 asks no more of a self-signed one
  if (selfSigned || policies.filter(policy => deviceTypes.includes(policy.oid)).length !== 1) return 'policies';
  if (subjectAltName?.count !== 1 || subjectAltName.hardware.length !== 1) return 'hardware-name';
  return isCritical(certificate, oid.subjectAltName) ? undefined : 'hardware-name';
}

function caFault(certificate: Certificate, role: Role, profile: ProfileName): Reason | undefined {
  const { basicConstraints, keyUsage, subjectAltName, policies } = certificate;
  if (!basicConstraints?.ca || certificate.subjectIsEmpty) return 'not-a-ca';
  if (keyUsage && !keyUsage.has('keyCertSign')) return 'key-usage';
  if (subjectAltName) return 'san-on-ca';
  if (profile === 'lenient') return undefined;
  if (!isCritical(certificate, oid.basicConstraints)) return 'basic-constraints';
  if (!keyUsage || !isCritical(certificate, oid.keyUsage)) return 'key-usage';
  // A root is trusted by configuration, so one without policies means any; one that has them marks them critical.
  if (policies ? !isCritical(certificate, oid.certificatePolicies) : role !== 'root') return 'policies';
  return undefined;
}

function isCritical(certificate: Certificate, id: string): boolean {
  return certificate.extensions.some(extension => extension.oid === id && extension.critical);
}
