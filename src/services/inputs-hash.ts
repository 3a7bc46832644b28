import { createHash } from 'node:crypto';
import { type Snapshot } from '../engines/api';

/** SHA-256 of a snapshot as canonical JSON (keys in order), in hex: the same inputs give the same hash on every machine. */
export function inputsHash(snapshot: Snapshot): string {
  const { network, ...rest } = snapshot;
  const hash = createHash('sha256').update(canonical(rest));
  if (network) hash.update(textOf(network));
  return hash.digest('hex');
}

/** Freezes a value and all it holds, once: what is frozen already is passed over. Binary arrays cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value) && typeof value[0] === 'number') return value; // a series of numbers holds nothing to freeze
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

/** A feeder is the same object run after run, and long. */
const known = new WeakMap<object, string>();
function textOf(value: object): string {
  const text = known.get(value) ?? canonical(value);
  known.set(value, text);
  return text;
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (Array.isArray(value)) return `[${(value as unknown[]).map(canonical).join()}]`;
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`);
  return `{${parts.join()}}`;
}
