import { createHash, type KeyObject } from 'node:crypto';
import { bits, boolean, octets, oidNode, sequence, smallInteger, tagged, taggedBytes, toDer } from './der';
import { oid } from './oids';

/** An extension as it stands in a certificate: `value` is the DER inside its OCTET STRING. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** Who made the hardware and which piece it is (RFC 4108 section 5); unique together, world-wide. */
export interface Hardware {
  /** Object identifier under the manufacturer's enterprise number. */
  readonly typeOid: string;
  readonly serial: Uint8Array;
}

/** KeyUsage bits by number (RFC 5280 4.2.1.3). */
export const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsageBits)[number];

export function keyUsage(usages: readonly KeyUsage[], critical = true): Extension {
  const numbers = usages.map(usage => keyUsageBits.indexOf(usage));
  const last = Math.max(0, ...numbers);
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const n of numbers) bytes[n >> 3] = (bytes[n >> 3] ?? 0) | (0x80 >> (n & 7));
  return { oid: oid.keyUsage, critical, value: toDer(bits(bytes, 7 - (last & 7))) };
}

export function basicConstraints(ca: boolean, pathLength?: number, critical = true): Extension {
  const items = ca ? [boolean(true)] : [];
  if (pathLength !== undefined) items.push(smallInteger(pathLength));
  return { oid: oid.basicConstraints, critical, value: toDer(sequence(items)) };
}

export function policies(oids: readonly string[], critical = true): Extension {
  return {
    oid: oid.certificatePolicies,
    critical,
    value: toDer(sequence(oids.map(policy => sequence([oidNode(policy)])))),
  };
}

/** subjectAltName with exactly one otherName, HardwareModuleName. */
export function hardwareModuleName(hardware: Hardware, critical = true): Extension {
  const name = sequence([oidNode(hardware.typeOid), octets(hardware.serial)]);
  const otherName = tagged(0, [oidNode(oid.hardwareModuleName), tagged(0, [name])]);
  return { oid: oid.subjectAltName, critical, value: toDer(sequence([otherName])) };
}

export function subjectKeyIdentifier(id: Uint8Array): Extension {
  return { oid: oid.subjectKeyIdentifier, critical: false, value: toDer(octets(id)) };
}

export function authorityKeyIdentifier(id: Uint8Array): Extension {
  return { oid: oid.authorityKeyIdentifier, critical: false, value: toDer(sequence([taggedBytes(0, id)])) };
}

/** Method 2 of RFC 5280 4.2.1.2: 0100, then the low 60 bits of SHA-1 over the public key's bits. Eight octets. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const point = spki.subarray(spki.length - pointBytes(publicKey));
  const id = Buffer.from(createHash('sha1').update(point).digest().subarray(12));
  id[0] = 0x40 | ((id[0] ?? 0) & 0x0f);
  return id;
}

function pointBytes(key: KeyObject): number {
  const size: Record<string, number> = { prime256v1: 65, secp384r1: 97, secp521r1: 133 };
  const bytes = size[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (bytes === undefined) throw new RangeError('not an elliptic curve key we make identifiers for');
  return bytes;
}
