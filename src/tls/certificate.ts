import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { asn1 } from 'node-forge';
import { type Seconds } from '../base/clock';
import { type Node, toDer } from './der';
import { type Extension, type Hardware, type KeyUsage, keyUsageBits } from './extensions';
import { oid } from './oids';
import {
  BadDer,
  bitsOf,
  booleanOf,
  bytesOf,
  isTagged,
  isUniversal,
  items,
  oidOf,
  primitive,
  readDer,
  smallIntegerOf,
  taggedItems,
  timeOf,
} from './read-der';

const { Type } = asn1;

/** A certificate as read; nothing in it has been judged. */
export interface Certificate {
  readonly der: Buffer;
  /** SHA-256 over `der`, 64 upper-case hex digits. */
  readonly fingerprint: string;
  /** What is signed. */
  readonly tbs: Buffer;
  readonly signature: Buffer;
  /** Object identifiers of the algorithm outside and inside the signed part; must agree. */
  readonly signatureOid: string;
  readonly signedSignatureOid: string;
  /** RFC 5758 3.2 forbids parameters beside ecdsa-with-SHA256. */
  readonly signatureHasParameters: boolean;
  readonly version: number;
  /** Two's complement, as it stands. */
  readonly serial: Buffer;
  /** DER of the names; they are compared byte for byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly subjectIsEmpty: boolean;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
  readonly spki: Buffer;
  readonly keyOid: string;
  /** Of a named curve; undefined otherwise. */
  readonly curveOid: string | undefined;
  readonly extensions: readonly Extension[];
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly subjectAltName: AltNames | undefined;
  readonly policies: readonly { readonly oid: string; readonly qualified: boolean }[] | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: Buffer | undefined;
}

export interface AltNames {
  /** How many GeneralNames of any kind. */
  readonly count: number;
  readonly hardware: readonly Hardware[];
}

/** Reads a DER certificate. Throws BadDer when it is none, or one with an extension of ours that cannot be read. */
export function parseCertificate(der: Uint8Array): Certificate {
  const [tbsNode, outer, signatureNode, ...more] = items(readDer(der));
  if (!tbsNode || more.length > 0) throw new BadDer('not a Certificate');
  const outerItems = items(outer);
  const fields = [...items(tbsNode)];
  const version = isTagged(fields[0], 0) ? smallIntegerOf(taggedItems(fields.shift(), 0)[0]) + 1 : 1;
  const serial = primitive(fields.shift(), Type.INTEGER);
  const inner = fields.shift();
  const issuer = fields.shift();
  const validity = items(fields.shift());
  const subject = fields.shift();
  const spki = fields.shift();
  const subjectIsEmpty = items(subject).length === 0;
  items(issuer);
  const [keyAlgorithm, keyBits] = items(spki);
  bitsOf(keyBits);
  const [keyOidNode, curve] = items(keyAlgorithm);
  const extensions = readExtensions(fields);
  const find = (id: string) => {
    const found = extensions.find(extension => extension.oid === id);
    return found && readDer(found.value);
  };
  const bytes = Buffer.from(der);
  return {
    der: bytes,
    fingerprint: createHash('sha256').update(bytes).digest('hex').toUpperCase(),
    tbs: toDer(tbsNode),
    signature: bitsOf(signatureNode).bytes,
    signatureOid: oidOf(outerItems[0]),
    signedSignatureOid: oidOf(items(inner)[0]),
    signatureHasParameters: outerItems.length > 1 || items(inner).length > 1,
    version,
    serial,
    issuer: toDer(issuer as Node),
    subject: toDer(subject as Node),
    subjectIsEmpty,
    notBefore: timeOf(validity[0]),
    notAfter: timeOf(validity[1]),
    spki: toDer(spki as Node),
    keyOid: oidOf(keyOidNode),
    curveOid: isUniversal(curve, Type.OID) ? oidOf(curve) : undefined,
    extensions,
    keyUsage: readKeyUsage(find(oid.keyUsage)),
    basicConstraints: readBasicConstraints(find(oid.basicConstraints)),
    subjectAltName: readAltNames(find(oid.subjectAltName)),
    policies: readPolicies(find(oid.certificatePolicies)),
    subjectKeyId: readSubjectKeyId(find(oid.subjectKeyIdentifier)),
    authorityKeyId: readAuthorityKeyId(find(oid.authorityKeyIdentifier)),
  };
}

/** The public key; throws BadDer when the point is not on its curve. */
export function publicKeyOf(certificate: Certificate): KeyObject {
  try {
    return createPublicKey({ key: certificate.spki, format: 'der', type: 'spki' });
  } catch {
    throw new BadDer('a public key that is none');
  }
}

function readExtensions(rest: Node[]): Extension[] {
  // issuerUniqueID [1] and subjectUniqueID [2] may precede [3]; CAs must not make them, readers must not choke (4.1.2.8).
  const last = rest.filter(field => !isTagged(field, 1) && !isTagged(field, 2));
  if (last.length === 0) return [];
  const [list, ...none] = taggedItems(last[0], 3);
  if (last.length > 1 || none.length > 0) throw new BadDer('something after the extensions');
  return items(list).map(node => {
    const [id, ...others] = items(node);
    const critical = isUniversal(others[0], Type.BOOLEAN) ? booleanOf(others.shift()) : false;
    if (others.length !== 1) throw new BadDer('a broken extension');
    return { oid: oidOf(id), critical, value: primitive(others[0], Type.OCTETSTRING) };
  });
}

function readKeyUsage(node: Node | undefined): Set<KeyUsage> | undefined {
  if (!node) return undefined;
  const { bytes } = bitsOf(node);
  return new Set(keyUsageBits.filter((_, n) => ((bytes[n >> 3] ?? 0) & (0x80 >> (n & 7))) !== 0));
}

function readBasicConstraints(node: Node | undefined): Certificate['basicConstraints'] {
  if (!node) return undefined;
  const fields = [...items(node)];
  const ca = isUniversal(fields[0], Type.BOOLEAN) ? booleanOf(fields.shift()) : false;
  const pathLength = fields.length > 0 ? smallIntegerOf(fields.shift()) : undefined;
  if (fields.length > 0) throw new BadDer('broken basicConstraints');
  return { ca, pathLength };
}

function readAltNames(node: Node | undefined): AltNames | undefined {
  if (!node) return undefined;
  const names = items(node);
  const hardware = names.flatMap(name => {
    if (!isTagged(name, 0) || !Array.isArray(name.value)) return [];
    const [type, wrapped] = name.value;
    if (oidOf(type) !== oid.hardwareModuleName) return [];
    const [typeOid, serial, ...more] = items(taggedItems(wrapped, 0)[0]);
    if (more.length > 0) throw new BadDer('a broken HardwareModuleName');
    return [{ typeOid: oidOf(typeOid), serial: primitive(serial, Type.OCTETSTRING) }];
  });
  return { count: names.length, hardware };
}

function readPolicies(node: Node | undefined): Certificate['policies'] {
  return node && items(node).map(policy => ({ oid: oidOf(items(policy)[0]), qualified: items(policy).length > 1 }));
}

function readSubjectKeyId(node: Node | undefined): Buffer | undefined {
  return node && primitive(node, Type.OCTETSTRING);
}

function readAuthorityKeyId(node: Node | undefined): Buffer | undefined {
  const keyId = node && items(node).find(item => isTagged(item, 0));
  return keyId && bytesOf(keyId);
}
