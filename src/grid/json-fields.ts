/** Decoders of plain JSON into typed data, with the exact field in every error. */
import { Problem } from '../base/problem';
import { type Phase } from './network';

export type Decoder<T> = (value: unknown, at: string) => T;
type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Out<D> = D extends Decoder<infer T> ? T : never;
type Decoded<R extends Fields, O extends Fields> = { readonly [K in keyof R]: Out<R[K]> } & {
  readonly [K in keyof O]?: Out<O[K]>;
};

export const wrong = (at: string, want: string, got?: unknown): Problem =>
  new Problem('BAD_NETWORK', { at, want, ...(got === undefined ? { note: 'it is missing' } : { got }) });

/** An object of exactly these fields; one that is not known is an error, because it is most often a slip of the pen. */
export function object<R extends Fields, O extends Fields>(required: R, optional: O): Decoder<Decoded<R, O>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrong(at || 'the file', 'an object', value);
    const given = new Map(Object.entries(value));
    const under = (name: string): string => (at === '' ? name : `${at}.${name}`);
    for (const name of given.keys())
      if (!Object.hasOwn(required, name) && !Object.hasOwn(optional, name))
        throw new Problem('BAD_NETWORK', {
          at: under(name),
          note: 'there is no such field',
          want: [...Object.keys(required), ...Object.keys(optional)].join(', '),
        });
    const result: Record<string, unknown> = {};
    for (const [name, decode] of Object.entries(required)) result[name] = decode(given.get(name), under(name));
    for (const [name, decode] of Object.entries(optional))
      if (given.get(name) !== undefined) result[name] = decode(given.get(name), under(name));
    return result as Decoded<R, O>;
  };
}

export function list<T>(decode: Decoder<T>, least = 0): Decoder<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list', value);
    if (value.length < least) throw wrong(at, `a list of ${least} or more`, value.length);
    return value.map((item, i) => decode(item, `${at}[${i}]`));
  };
}

/** Exactly three, as one for each phase. */
export function three<T>(decode: Decoder<T>): Decoder<readonly [T, T, T]> {
  return (value, at) => {
    const items = list(decode)(value, at);
    if (items.length !== 3) throw wrong(at, 'a list of three', items.length);
    return items as [T, T, T];
  };
}

/** A number, within bounds where they are given. */
export function num(min = -Infinity, max = Infinity): Decoder<number> {
  const want =
    min === -Infinity && max === Infinity
      ? 'a number'
      : max === Infinity
        ? `a number of ${min} or more`
        : `a number from ${min} to ${max}`;
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max)
      throw wrong(at, want, value);
    return value;
  };
}

export const positive: Decoder<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw wrong(at, 'a number above 0', value);
  return value;
};

export const text: Decoder<string> = (value, at) => {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 200)
    throw wrong(at, 'a text of 1 to 200 characters', value);
  return value;
};

/** As `text`, for remarks. */
export const remark: Decoder<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'a text', value);
  return value;
};

export function oneOf<const T extends string>(...options: readonly T[]): Decoder<T> {
  return (value, at) => {
    const found = options.find(option => option === value);
    if (found === undefined) throw wrong(at, `one of ${options.join(', ')}`, value);
    return found;
  };
}

export const phaseList: Decoder<readonly Phase[]> = (value, at) => {
  const ok = Array.isArray(value) && value.length > 0 && value.every(p => p === 1 || p === 2 || p === 3);
  if (!ok || new Set(value).size !== value.length) throw wrong(at, 'a list of different phases 1, 2, 3', value);
  return value as Phase[];
};

/** Three rows of three numbers. */
export const matrix3: Decoder<readonly (readonly number[])[]> = (value, at) => {
  const ok = Array.isArray(value) && value.length === 3 && value.every(row => Array.isArray(row) && row.length === 3);
  if (!ok) throw wrong(at, 'three rows of three numbers', value);
  return list(list(num()))(value, at);
};
