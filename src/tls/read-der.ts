import { asn1, util } from 'node-forge';
import { type Seconds } from '../base/clock';
import { type Node, strict, toDer } from './der';

/** Thrown by the readers below for bytes that are not the DER they should be; `checkChain` turns it into a refusal. */
export class BadDer extends Error {
  override readonly name = 'BadDer';
}

const { Class, Type } = asn1;
const longest = 16_384; // a device certificate is about 500 bytes; nothing honest comes near this

/**
 * Reads one DER value that fills `bytes` exactly. Forge also reads some BER, so the value is written again and must come out
 * the same: from here on `toDer(node)` is, byte for byte, what was signed.
 */
export function readDer(bytes: Uint8Array): Node {
  if (bytes.length > longest) throw new BadDer(`longer than ${longest} bytes`);
  const der = Buffer.from(bytes);
  let node: Node;
  try {
    node = asn1.fromDer(util.createBuffer(der.toString('latin1')), strict as unknown as boolean);
  } catch (cause) {
    throw new BadDer(cause instanceof Error ? cause.message : 'unreadable');
  }
  if (!toDer(node).equals(der)) throw new BadDer('encoded otherwise than DER demands');
  return node;
}

/** The children of a constructed universal value of the given type. */
export function items(node: Node | undefined, type: asn1.Type = Type.SEQUENCE): Node[] {
  if (!node || node.tagClass !== Class.UNIVERSAL || node.type !== type || !Array.isArray(node.value))
    throw new BadDer(`a constructed value of type ${type} is missing`);
  return node.value;
}

/** The bytes of a primitive universal value. */
export function primitive(node: Node | undefined, type: asn1.Type): Buffer {
  if (!node || node.tagClass !== Class.UNIVERSAL || node.type !== type)
    throw new BadDer(`a value of type ${type} is missing`);
  return bytesOf(node);
}

export function bytesOf(node: Node): Buffer {
  if (typeof node.value !== 'string') throw new BadDer('a primitive value is constructed');
  return Buffer.from(node.value, 'latin1');
}

export function isUniversal(node: Node | undefined, type: asn1.Type): boolean {
  return node?.tagClass === Class.UNIVERSAL && node.type === type;
}

export function isTagged(node: Node | undefined, n: number): boolean {
  return node?.tagClass === Class.CONTEXT_SPECIFIC && (node.type as number) === n;
}

/** Children of [n] EXPLICIT or of an implicitly tagged SEQUENCE. */
export function taggedItems(node: Node | undefined, n: number): Node[] {
  if (!node || !isTagged(node, n) || !Array.isArray(node.value)) throw new BadDer(`[${n}] is missing`);
  return node.value;
}

export function oidOf(node: Node | undefined): string {
  const bytes = primitive(node, Type.OID);
  if (bytes.length === 0 || ((bytes.at(-1) ?? 0) & 0x80) !== 0) throw new BadDer('a broken object identifier');
  return asn1.derToOid(bytes.toString('latin1'));
}

export function booleanOf(node: Node | undefined): boolean {
  const bytes = primitive(node, Type.BOOLEAN);
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) throw new BadDer('a broken BOOLEAN');
  return bytes[0] === 0xff;
}

/** An INTEGER between 0 and 2^31 - 1. */
export function smallIntegerOf(node: Node | undefined): number {
  const bytes = primitive(node, Type.INTEGER);
  if (bytes.length < 1 || bytes.length > 4 || ((bytes[0] ?? 0) & 0x80) !== 0)
    throw new BadDer('an INTEGER out of range');
  return bytes.readUIntBE(0, bytes.length);
}

export function bitsOf(node: Node | undefined): { bytes: Buffer; unused: number } {
  const content = primitive(node, Type.BITSTRING);
  const unused = content[0] ?? 8;
  const bytes = content.subarray(1);
  if (unused > 7 || (unused > 0 && (bytes.length === 0 || ((bytes.at(-1) ?? 0) & ((1 << unused) - 1)) !== 0)))
    throw new BadDer('a broken BIT STRING');
  return { bytes, unused };
}

/** UTCTime or GeneralizedTime in the only forms RFC 5280 4.1.2.5 allows: seconds always, Z always, no fractions. */
export function timeOf(node: Node | undefined): Seconds {
  const utc = isUniversal(node, Type.UTCTIME);
  const text = primitive(node, utc ? Type.UTCTIME : Type.GENERALIZEDTIME).toString('latin1');
  const match = (utc ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(
    text,
  );
  if (!match) throw new BadDer('a time in a form certificates may not use');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const fullYear = utc ? year + (year < 50 ? 2000 : 1900) : year;
  const ms = Date.UTC(fullYear, month - 1, day, hour, minute, second);
  const back = new Date(ms).toISOString().replace(/[-T:]/g, '').slice(0, 14);
  if (back !== String(fullYear).padStart(4, '0') + text.slice(utc ? 2 : 4, -1))
    throw new BadDer('a date that does not exist');
  return ms / 1000;
}
