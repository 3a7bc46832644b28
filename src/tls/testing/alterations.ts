import { asn1 } from 'node-forge';
import { integer, type Node, oidNode, parsed, sequence, tagged, taggedBytes, toDer, utf8 } from '../der';
import { type Extension } from '../extensions';
import { type CertificateSpec } from '../issue';
import { oid } from '../oids';

/** What can be done to a certificate before it is signed, and extensions that do not belong into one. */
export type Alter = (spec: CertificateSpec) => CertificateSpec;
export const withExtensions =
  (change: (extensions: Extension[]) => Extension[]): Alter =>
  spec => ({ ...spec, extensions: change([...spec.extensions]) });
export const adding = (...more: Extension[]): Alter => withExtensions(extensions => [...extensions, ...more]);
export const without = (...ids: string[]): Alter =>
  withExtensions(extensions => extensions.filter(e => !ids.includes(e.oid)));
export const instead = (...others: Extension[]): Alter =>
  withExtensions(extensions => [...extensions.filter(e => !others.some(other => other.oid === e.oid)), ...others]);
export const uncritical = (id: string): Alter =>
  withExtensions(extensions => extensions.map(e => (e.oid === id ? { ...e, critical: false } : e)));
export const critical = (id: string): Alter =>
  withExtensions(extensions => extensions.map(e => (e.oid === id ? { ...e, critical: true } : e)));

export const extension = (id: string, isCritical: boolean, value: Node): Extension => ({
  oid: id,
  critical: isCritical,
  value: toDer(value),
});
export const extendedKeyUsage = (isCritical: boolean) =>
  extension(oid.extKeyUsage, isCritical, sequence([oidNode(oid.clientAuth), oidNode(oid.serverAuth)]));
/** Permits only DNS names under example.org. */
export const nameConstraints = (isCritical: boolean) =>
  extension(
    oid.nameConstraints,
    isCritical,
    sequence([tagged(0, [sequence([taggedBytes(2, Buffer.from('example.org'))])])]),
  );
export const policyMappings = (isCritical: boolean) =>
  extension(
    oid.policyMappings,
    isCritical,
    sequence([sequence([oidNode(oid.genericDevice), oidNode(oid.mobileDevice)])]),
  );
export const policyConstraints = (isCritical: boolean) =>
  extension(oid.policyConstraints, isCritical, sequence([taggedBytes(0, Uint8Array.of(0))]));
export const inhibitAnyPolicy = (isCritical: boolean) =>
  extension(oid.inhibitAnyPolicy, isCritical, integer(Uint8Array.of(0)));
export const unknown = (isCritical: boolean) => extension('1.3.6.1.4.1.99999.77', isCritical, utf8('of no concern'));
export const dnsName = (isCritical: boolean) =>
  extension(oid.subjectAltName, isCritical, sequence([taggedBytes(2, Buffer.from('device.example.org'))]));
export const altNames = (...names: Extension[]): Extension =>
  extension(oid.subjectAltName, true, sequence(names.flatMap(name => parsed(name.value).value as Node[])));
export const qualifiedPolicy = extension(
  oid.certificatePolicies,
  true,
  sequence([
    sequence([
      oidNode(oid.genericDevice),
      sequence([
        sequence([
          oidNode('1.3.6.1.5.5.7.2.1'),
          asn1.create(asn1.Class.UNIVERSAL, asn1.Type.IA5STRING, false, 'http://example.org/cps'),
        ]),
      ]),
    ]),
  ]),
);
