/** Values of OpenDSS properties as numbers, flags and matrices. */
import { Problem } from '../../base/problem';

export const bad = (at: string, note: string, got?: unknown, want?: unknown): Problem =>
  new Problem('BAD_NETWORK', {
    at,
    note,
    ...(got === undefined ? {} : { got }),
    ...(want === undefined ? {} : { want }),
  });

const plain = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?%?$/;

/** A number, or arithmetic in reverse Polish notation as OpenDSS allows in brackets: `{299 1.25 *}`. */
export function number(value: string, at: string, name: string): number {
  const words = value.trim().split(/[\s,]+/);
  const stack: number[] = [];
  const pop = (): number => {
    const top = stack.pop();
    if (top === undefined) throw bad(at, `${name} is not a number`, value);
    return top;
  };
  for (const word of words) {
    if (plain.test(word)) stack.push(Number(word.replace(/[dD]/, 'e').replace('%', '')));
    else {
      const y = pop();
      const word1 = word.toLowerCase();
      if (word1 === 'sqr') stack.push(y * y);
      else if (word1 === 'sqrt') stack.push(Math.sqrt(y));
      else if (word1 === 'inv') stack.push(1 / y);
      else if (word === '+') stack.push(pop() + y);
      else if (word === '-') stack.push(pop() - y);
      else if (word === '*') stack.push(pop() * y);
      else if (word === '/') stack.push(pop() / y);
      else if (word === '^') stack.push(pop() ** y);
      else throw bad(at, `${name} is not a number`, value);
    }
  }
  const result = pop();
  if (stack.length > 0 || !Number.isFinite(result)) throw bad(at, `${name} is not a number`, value);
  return result;
}

export function integer(value: string, at: string, name: string): number {
  const n = number(value, at, name);
  if (!Number.isInteger(n)) throw bad(at, `${name} is not a whole number`, value);
  return n;
}

/** OpenDSS takes the first letter of yes, true, no and false. */
export function flag(value: string, at: string, name: string): boolean {
  const first = value.trim().charAt(0).toLowerCase();
  if (first === 'y' || first === 't' || value.trim() === '1') return true;
  if (first === 'n' || first === 'f' || value.trim() === '0') return false;
  throw bad(at, `${name} is neither yes nor no`, value);
}

/** The words of an array. */
export const words = (value: string): string[] => value.split(/[\s,|]+/).filter(word => word !== '');

export function numbers(value: string, at: string, name: string): number[] {
  return words(value).map(word => number(word, at, name));
}

/** A square matrix: rows parted by `|`, in full or as a lower triangle. */
export function matrix(value: string, at: string, name: string, size: number): number[][] {
  const rows = value.split('|').map(row => numbers(row, at, name));
  // One row of all entries, as some exporters write it.
  if (rows.length === 1 && size > 1 && rows[0]?.length === size * size) {
    const all = rows[0];
    return Array.from({ length: size }, (_, i) => all.slice(i * size, (i + 1) * size));
  }
  const full = rows.length === size && rows.every(row => row.length === size);
  const lower = rows.length === size && rows.every((row, i) => row.length === i + 1);
  if (!full && !lower) throw bad(at, `${name} is not a ${size} × ${size} matrix`, value);
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_none, j) => (full || j <= i ? rows[i]?.[j] : rows[j]?.[i]) ?? 0),
  );
}
