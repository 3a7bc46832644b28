import { Problem } from '../base/problem';

/** The list query of 2030.5 (protocol facts 2.3): start ordinal, limit, and `after`, a time. */
export interface ListQuery {
  readonly start: number;
  readonly limit: number;
  readonly after?: number;
}

const uint32Max = 4_294_967_295;

/**
 * Reads `s`, `l` and `a`. The first of repeated parameters counts, unknown ones are ignored, the default limit is 1, and a
 * limit above `cap` is cut to it.
 * @throws Problem BAD_REQUEST when a value is not a number of the range the standard gives.
 */
export function listQuery(query: string, cap: number): ListQuery {
  let start: number | undefined;
  let limit: number | undefined;
  let after: number | undefined;
  if (query !== '') {
    for (const pair of query.split('&')) {
      const [name, value = ''] = pair.split('=', 2);
      if (name === 's') start ??= whole('s', value, 0, uint32Max);
      else if (name === 'l') limit ??= whole('l', value, 0, uint32Max);
      else if (name === 'a') after ??= whole('a', value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    }
  }
  return { start: start ?? 0, limit: Math.min(limit ?? 1, cap), ...(after !== undefined && { after }) };
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new Problem('BAD_REQUEST', { at: `?${name}`, got: text, want: `a whole number from ${min} to ${max}` });
  return value;
}
