import { v5 as uuidFromName, v7 as uuidInTime } from 'uuid';

/** Makes identifiers. Passed in, so that a test can predict them. */
export interface Ids {
  /** A new id, unique for ever, for requests and operator objects. */
  next(): string;
}

export const systemIds: Ids = { next: () => uuidInTime() };

/**
 * Ids for what happens thousands of times a second: one unique id for the run, then a count. Randomness for each would cost
 * more than most answers do.
 */
export function countedIds(from: Ids): Ids {
  const run = from.next();
  let n = 0;
  return { next: () => `${run}-${(++n).toString(36)}` };
}

/** Ids 1, 2, 3 … for tests. */
export function countingIds(prefix = 'id-'): Ids {
  let n = 0;
  return { next: () => `${prefix}${++n}` };
}

/** IANA private enterprise number of the creator of an mRID: decimal digits in its last eight places (protocol facts 3.13). */
export type Pen = number;
/** The number of this server's default configuration; a utility sets its own in `config.json`. */
export const examplePen: Pen = 99999;

const namespace = '6f6c1e0a-7a2f-5d0e-9b1f-2f3b1d4c5e6a'; // ours: any fixed UUID makes the names ours

/**
 * The mRID of a named thing: 96 bits from the name (UUID version 5), then the creator's enterprise number in the low 32 bits
 * as eight decimal digits. The same name gives the same mRID after a restart or on another machine.
 */
export function mridOf(name: string, pen: Pen): string {
  const bits = uuidFromName(name, namespace).replaceAll('-', '').toUpperCase();
  return bits.slice(0, 24) + penDigits(pen);
}

export function penDigits(pen: Pen): string {
  if (!Number.isInteger(pen) || pen < 0 || pen > 99_999_999)
    throw new RangeError(`enterprise number out of range: ${pen}`);
  return String(pen).padStart(8, '0');
}
