/**
 * List order as text. The store sorts documents by one ASCII string; here it is made from the keys the standard gives a list
 * (protocol facts 2.4), so that ascending byte order of the strings is list order.
 */
import { fieldsOf, type Complex, type Simple } from './dsl';
import { type Href } from './href';
import { type Resource } from './resource';

/** One order key, found in the item's declaration: how to read it and how wide it is. */
interface Part {
  readonly path: readonly string[];
  readonly simple: Simple;
  readonly descending: boolean;
}

/** Digits of the largest safe integer in base 16. */
const intWidth = 14;
const compiled = new WeakMap<object, readonly Part[]>();

/**
 * Sort key of an item of a list; `resource` is the list or its item. `body` holds at least the order keys: a missing one sorts
 * as the least value. Ends with the href in natural order, which tells apart what the keys do not; an empty href is left out.
 */
export function sortKey(resource: Pick<Resource, 'type' | 'order'>, body: object, at: Href): string {
  let key = '';
  for (const part of partsOf(resource)) key += encode(part, read(body, part.path));
  return key + naturalKey(at);
}

/**
 * Bounds of the sort keys of entries strictly later than `after` (seconds), for `?a=`. Undefined when the list's first key is
 * not a time, where the standard has `a` ignored.
 */
export function timeKeyRange(
  resource: Pick<Resource, 'type' | 'order'>,
  after: number,
): { from?: string; to?: string } | undefined {
  const [first] = partsOf(resource);
  if (!first || first.simple.name !== 'TimeType') return undefined;
  if (first.descending) return { to: encode(first, after) };
  return { from: after >= Number.MAX_SAFE_INTEGER ? 'g' : encode(first, after + 1) };
}

function partsOf(resource: Pick<Resource, 'type' | 'order'>): readonly Part[] {
  let parts = compiled.get(resource);
  if (!parts) {
    const item = resource.type.item ?? resource.type;
    parts = (resource.order ?? []).filter(key => key !== 'href').map(key => partOf(item, key));
    compiled.set(resource, parts);
  }
  return parts;
}

function partOf(item: Complex, key: string): Part {
  const path = key.replace(/^-/, '').split('.');
  let at: Complex = item;
  for (const [i, name] of path.entries()) {
    const type = fieldsOf(at).find(([field]) => field === name)?.[1].type;
    if (!type || (type.kind === 'simple') !== (i === path.length - 1))
      throw new RangeError(`${item.name} has no order key ${key}`);
    if (type.kind === 'complex') at = type;
    else if (type.lexical === 'int' || type.lexical === 'string' || (type.lexical === 'hex' && type.length))
      return { path, simple: type, descending: key.startsWith('-') };
  }
  throw new RangeError(`${item.name}.${key} cannot order a list: want a whole number, a hex binary or a text`);
}

function read(body: unknown, path: readonly string[]): unknown {
  let at = body;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/**
 * Hex digits only: a digit for missing (0), negative (1) or not (2), then the value. Numbers and hex binaries have a fixed
 * width; a text is its UTF-8, which sorts by code point, ended by a NUL, which no text of XML holds.
 */
function encode({ simple, descending }: Part, value: unknown): string {
  let text: string;
  if (simple.lexical === 'int') {
    const digits = (n: number) => n.toString(16).padStart(intWidth, '0');
    if (typeof value !== 'number' || !Number.isFinite(value)) text = '0'.padEnd(intWidth + 1, '0');
    else if (value < 0)
      text = `1${digits(Number.MAX_SAFE_INTEGER + Math.max(Math.trunc(value), -Number.MAX_SAFE_INTEGER))}`;
    else text = `2${digits(Math.min(Math.trunc(value), Number.MAX_SAFE_INTEGER))}`;
  } else if (simple.lexical === 'string') {
    text = typeof value === 'string' ? `2${Buffer.from(value).toString('hex')}00` : '0';
  } else {
    const width = 2 * (simple.length ?? 0);
    const known = typeof value === 'string' && /^[0-9A-Fa-f]*$/.test(value);
    text = known ? `2${value.toLowerCase().padStart(width, '0').slice(-width)}` : '0'.padEnd(width + 1, '0');
  }
  return descending ? invert(text) : text;
}

const inverse = new Map([...'0123456789abcdef'].map((digit, i) => [digit, (15 - i).toString(16)]));
const invert = (hex: string): string => {
  let out = '';
  for (const digit of hex) out += inverse.get(digit) ?? digit;
  return out;
};

/** Numbers in the text compare by size: each run of digits is led by its length, so that /edev/2 comes before /edev/10. */
function naturalKey(at: Href): string {
  let stripped = false;
  const key = at.replace(/\d+/g, run => {
    const digits = run.replace(/^0+(?=\d)/, '');
    stripped ||= digits.length < run.length;
    return `${String(digits.length).padStart(3, '0')}${digits}`;
  });
  return stripped ? `${key} ${at}` : key;
}
