import { asn1, util } from 'node-forge';
import { type Seconds } from '../base/clock';

/** DER, written by node-forge. Nodes are forge's; these makers keep its binary strings out of the rest of the room. */
export type Node = asn1.Asn1;
/** notAfter of a certificate that never expires (RFC 5280 4.1.2.5, IEEE 2030.5 6.11.8): 99991231235959Z. */
export const indefinite: Seconds = 253_402_300_799;

const { Class, Type } = asn1;

export const sequence = (items: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
export const set = (items: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SET, true, items);
/** [n] EXPLICIT, or an implicitly tagged constructed value. */
export const tagged = (n: number, items: Node[]): Node => asn1.create(Class.CONTEXT_SPECIFIC, n, true, items);
/** [n] IMPLICIT over a primitive value. */
export const taggedBytes = (n: number, bytes: Uint8Array): Node =>
  asn1.create(Class.CONTEXT_SPECIFIC, n, false, binary(bytes));
export const oidNode = (dotted: string): Node => primitive(Type.OID, asn1.oidToDer(dotted).getBytes());
export const octets = (bytes: Uint8Array): Node => primitive(Type.OCTETSTRING, binary(bytes));
export const bits = (bytes: Uint8Array, unused = 0): Node =>
  primitive(Type.BITSTRING, String.fromCharCode(unused) + binary(bytes));
export const utf8 = (text: string): Node => primitive(Type.UTF8, util.encodeUtf8(text));
export const boolean = (value: boolean): Node => primitive(Type.BOOLEAN, value ? '\xff' : '\x00');
/** An INTEGER from its two's complement bytes, most significant first. */
export const integer = (bytes: Uint8Array): Node => primitive(Type.INTEGER, binary(bytes));
export const smallInteger = (n: number): Node => primitive(Type.INTEGER, asn1.integerToDer(n).getBytes());
/** A node for bytes that are DER already. */
export const parsed = (der: Uint8Array): Node =>
  asn1.fromDer(util.createBuffer(binary(der)), strict as unknown as boolean);

/** UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
export function time(seconds: Seconds): Node {
  const iso = new Date(seconds * 1000).toISOString(); // 2026-10-12T07:00:00.000Z
  const digits = iso.slice(0, 19).replace(/[-T:]/g, '');
  return Number(iso.slice(0, 4)) < 2050
    ? primitive(Type.UTCTIME, `${digits.slice(2)}Z`)
    : primitive(Type.GENERALIZEDTIME, `${digits}Z`);
}

export function toDer(node: Node): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}

/** BIT STRINGs stay bytes: forge would otherwise guess at ASN.1 inside them. The typings know only the older boolean. */
export const strict = { strict: true, parseAllBytes: true, decodeBitStrings: false, maxDepth: 16 };

function primitive(type: asn1.Type, value: string): Node {
  return asn1.create(Class.UNIVERSAL, type, false, value);
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
