import { type Layer, type Lexical, type Simple } from './dsl';

/**
 * Simple types. Whole numbers become JavaScript numbers, hex binaries upper-case strings with an even number of digits. Int64
 * is limited to what a number holds exactly, which is a hundred million years of seconds either way.
 */
const builtin = <J>(name: string, lexical: Lexical, more: { min?: number; max?: number } = {}): Simple<J> => ({
  kind: 'simple',
  name,
  lexical,
  form: 'builtin',
  ...more,
});

interface Facets {
  min?: number;
  max?: number;
  length?: number;
  pattern?: string;
}

export const restrict = <J>(
  name: string,
  base: Simple<J>,
  { layer, ...facets }: Facets & { layer?: Layer } = {},
): Simple<J> => ({
  ...base,
  ...facets,
  ...(layer && { layer }),
  name,
  base,
  form: 'restriction',
});

/** A type that only gives another name, and a meaning, to its base. */
export const rename = <J>(name: string, base: Simple<J>, more: Pick<Simple, 'layer' | 'disables'> = {}): Simple<J> => ({
  ...base,
  ...more,
  name,
  base,
  form: 'rename',
});

const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
const xsByte = builtin<number>('xs:byte', 'int', { min: -128, max: 127 });
const xsShort = builtin<number>('xs:short', 'int', { min: -32_768, max: 32_767 });
const xsInt = builtin<number>('xs:int', 'int', { min: -2_147_483_648, max: 2_147_483_647 });
const xsLong = builtin<number>('xs:long', 'int', { min: least, max: most });
const xsUnsignedByte = builtin<number>('xs:unsignedByte', 'int', { min: 0, max: 255 });
const xsUnsignedShort = builtin<number>('xs:unsignedShort', 'int', { min: 0, max: 65_535 });
const xsUnsignedInt = builtin<number>('xs:unsignedInt', 'int', { min: 0, max: 4_294_967_295 });
const xsUnsignedLong = builtin<number>('xs:unsignedLong', 'int', { min: 0, max: most });
const xsHexBinary = builtin<string>('xs:hexBinary', 'hex');

export const AnyURI = builtin<string>('xs:anyURI', 'uri');
export const Bool = builtin<boolean>('xs:boolean', 'boolean');
export const Text = builtin<string>('xs:string', 'string');

export const Int8 = restrict('Int8', xsByte);
export const Int16 = restrict('Int16', xsShort);
export const Int32 = restrict('Int32', xsInt);
export const Int48 = restrict('Int48', xsLong, { min: -(2 ** 47), max: 2 ** 47 });
export const Int64 = restrict('Int64', xsLong);
export const UInt8 = restrict('UInt8', xsUnsignedByte);
export const UInt16 = restrict('UInt16', xsUnsignedShort);
export const UInt32 = restrict('UInt32', xsUnsignedInt);
/** The schema gives it the range of UInt48; so do we. */
export const UInt40 = restrict('UInt40', xsUnsignedLong, { max: 2 ** 48 - 1 });
export const UInt48 = restrict('UInt48', xsUnsignedLong, { max: 2 ** 48 - 1 });
export const UInt64 = restrict('UInt64', xsUnsignedLong);

/** Lengths in bytes: the name counts bits. */
export const HexBinary8 = restrict('HexBinary8', xsHexBinary, { length: 1 });
export const HexBinary16 = restrict('HexBinary16', xsHexBinary, { length: 2 });
export const HexBinary32 = restrict('HexBinary32', xsHexBinary, { length: 4 });
export const HexBinary48 = restrict('HexBinary48', xsHexBinary, { length: 6 });
export const HexBinary64 = restrict('HexBinary64', xsHexBinary, { length: 8 });
export const HexBinary128 = restrict('HexBinary128', xsHexBinary, { length: 16 });
export const HexBinary160 = restrict('HexBinary160', xsHexBinary, { length: 20 });

/** Lengths in characters. */
export const String2 = restrict('String2', Text, { length: 2, layer: '2023' });
export const String3 = restrict('String3', Text, { length: 3, layer: '2023' });
export const String6 = restrict('String6', Text, { length: 6 });
export const String16 = restrict('String16', Text, { length: 16 });
export const String20 = restrict('String20', Text, { length: 20 });
export const String32 = restrict('String32', Text, { length: 32 });
export const String42 = restrict('String42', Text, { length: 42 });
export const String192 = restrict('String192', Text, { length: 192 });

/** The schema a document follows: edition and revision, `2.2` for 2023. */
export const SEPVersion = restrict('SEPVersion', Text, {
  pattern: '[1-9][0-9]{0,2}[.]([0]|[1-9][0-9]{0,2})',
  layer: '2023',
});

/** 0 not at all, 1 without conditions, 2 with conditions, 3 both. */
export const SubscribableType = restrict('SubscribableType', UInt8);
