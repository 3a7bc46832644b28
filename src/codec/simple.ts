import { type Simple } from '../model/dsl';
import { codePoints, escapeAttribute, escapeText, illegalCharacter } from './characters';

export type Mode = 'strict' | 'lenient';

/** What is wrong with a value, without saying where. */
export class Misfit extends Error {
  constructor(
    readonly want: string,
    readonly got: unknown,
  ) {
    super(want);
  }
}

/** RFC 3986 characters; XML Schema would let anything through. */
const uriPattern = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;
const evenHex = /^(?:[0-9A-F]{2})*$/;

export const rangeOf = ({ min, max }: Simple): string => `a whole number from ${min} to ${max}`;
const hexOf = (length: number) => `an even number of hex digits, at most ${2 * length}`;
const textOf = (length: number) => (length === Infinity ? 'legal characters of XML' : `at most ${length} characters`);
const booleanWanted = 'true or false';

/** Makes the writer of a simple type: JavaScript value in, escaped text out. @throws Misfit */
export function formatter(simple: Simple, place: 'text' | 'attribute'): (value: unknown) => string {
  const { lexical, min = -Infinity, max = Infinity, length = Infinity } = simple;
  const escape = place === 'text' ? escapeText : escapeAttribute;
  switch (lexical) {
    case 'int':
      return value => {
        if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return `${value}`;
        throw new Misfit(rangeOf(simple), value);
      };
    case 'boolean':
      return value => {
        if (value === true) return 'true';
        if (value === false) return 'false';
        throw new Misfit(booleanWanted, value);
      };
    case 'hex':
      return value => {
        if (typeof value === 'string' && value.length <= 2 * length) {
          if (evenHex.test(value)) return value;
          const upper = value.toUpperCase();
          if (evenHex.test(upper)) return upper;
        }
        throw new Misfit(hexOf(length), value);
      };
    case 'uri':
      return value => {
        if (typeof value === 'string' && uriPattern.test(value)) return escape(value);
        throw new Misfit('a URI', value);
      };
    case 'string':
      return value => {
        if (typeof value === 'string' && !illegalCharacter.test(value) && fits(value, length)) return escape(value);
        throw new Misfit(textOf(length), value);
      };
  }
}

const fits = (text: string, length: number) => text.length <= length || codePoints(text) <= length;

/**
 * Makes the reader of a simple type: text of a document in, JavaScript value out. White space around anything but a string does
 * not count, by XML Schema. Lenient reading pads hex that lost its leading zeros and takes any case of true and false.
 * @throws Misfit
 */
export function parser(simple: Simple, mode: Mode): (text: string) => unknown {
  const { lexical, min = -Infinity, max = Infinity, length = Infinity } = simple;
  const lenient = mode === 'lenient';
  const pattern = simple.pattern === undefined ? undefined : new RegExp(`^(?:${simple.pattern})$`);
  switch (lexical) {
    case 'int':
      return text => {
        // Longer than any number of the schema: refused before it is converted.
        const value = text.length < 400 && /^[\t\n\r ]*[+-]?\d+[\t\n\r ]*$/.test(text) ? Number(text) : NaN;
        if (value >= min && value <= max) return value === 0 ? 0 : value;
        const far = max === Number.MAX_SAFE_INTEGER && !Number.isNaN(value) ? nearest(trim(text), min < 0) : undefined;
        if (far !== undefined) return far;
        throw new Misfit(rangeOf(simple), text);
      };
    case 'boolean':
      return text => {
        const word = lenient ? trim(text).toLowerCase() : trim(text);
        if (word === 'true' || word === '1') return true;
        if (word === 'false' || word === '0') return false;
        throw new Misfit(booleanWanted, text);
      };
    case 'hex':
      return text => {
        let digits = trim(text).toUpperCase();
        if (lenient) digits = mendHex(digits, length);
        if (digits.length <= 2 * length && evenHex.test(digits)) return digits;
        throw new Misfit(hexOf(length), text);
      };
    case 'uri':
      return text => {
        const uri = trim(text);
        if (lenient ? !/\s/.test(uri) : uriPattern.test(uri)) return uri;
        throw new Misfit('a URI', text);
      };
    case 'string':
      return text => {
        if (fits(text, length) && (!pattern || pattern.test(text))) return text;
        throw new Misfit(simple.pattern ?? textOf(length), text);
      };
  }
}

/**
 * The number closest to a whole number of 64 bits that no number holds exactly, such as the last moment of TimeType, with
 * which some say "never"; undefined beyond 64 bits.
 */
function nearest(text: string, isSigned: boolean): number | undefined {
  const value = BigInt(text.replace('+', ''));
  const fits64 = isSigned ? BigInt.asIntN(64, value) === value : BigInt.asUintN(64, value) === value;
  if (!fits64) return undefined;
  return value < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}

/** Without white space at the ends. Any other control character is refused before, so String.trim would take more than XML does. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** Old clients strip leading zero bytes of an LFDI and send odd digits (protocol facts 10); others pad beyond the type. */
function mendHex(digits: string, length: number): string {
  let mended = digits.length % 2 === 1 ? `0${digits}` : digits;
  if (mended.length > 2 * length) {
    const surplus = mended.length - 2 * length;
    if (/^0+$/.test(mended.slice(0, surplus))) mended = mended.slice(surplus);
  }
  return length === lfdiBytes && mended !== '' ? mended.padStart(2 * lfdiBytes, '0') : mended;
}

const lfdiBytes = 20;
