import { Problem } from '../base/problem';

/**
 * The JSON text of a body, and a refusal of everything that would come back as something else: Dates, Maps, typed arrays,
 * big integers, NaN. Keys whose value is undefined are dropped, as optional fields are. Numbers are doubles, exact to 2^53:
 * Int64 seconds of the wire are numbers here, never big integers.
 * @throws Problem BUG with the path of the offending value.
 */
export function jsonText(body: unknown, at: string): string {
  check(body, at);
  return JSON.stringify(body);
}

function check(value: unknown, at: string): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      break;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        for (const [i, item] of value.entries()) check(item, `${at}[${i}]`);
        return;
      }
      if (plain(value)) {
        for (const [key, item] of Object.entries(value)) if (item !== undefined) check(item, `${at}.${key}`);
        return;
      }
      break;
  }
  const got = typeof value === 'number' ? String(value) : Object.prototype.toString.call(value);
  throw new Problem('BUG', { at, note: 'a stored body must survive JSON unchanged', got });
}

function plain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // Object.prototype, of any realm
}
