import { type Snapshot } from '../engines/api';
import { type Direction } from '../engines/headroom-formula';
import { type Note } from './net-rules';

/** What was answered for a device: its values, unchecked, or why there are none to use. */
export type Reader = (
  device: string,
) =>
  | { readonly fallback: 'missing' | 'duplicate' | 'steps' | 'engine' }
  | { limit(direction: Direction, step: number): unknown; bound(direction: Direction, step: number): string };

/**
 * Reads an answer that may be anything: strange types, holes, objects whose properties throw. It copies what it uses, so
 * nothing of the answer is touched again once the checks have begun.
 */
export function readProposal({ devices, steps }: Snapshot, proposal: unknown, note: Note): Reader {
  const known = new Set(devices.map(device => device.id));
  const found = new Map<string, Entry | 'duplicate'>();
  if (proposal === undefined) return () => ({ fallback: 'engine' });
  const list = listOf(proposal);
  if (!list) {
    note('shape', typeof proposal);
    return () => ({ fallback: 'engine' });
  }
  for (const item of list) {
    const entry = attempt(() => entryOf(item));
    if (!entry) note('shape', 'an entry');
    else if (!known.has(entry.device)) note('unknown', entry.device.slice(0, 40));
    else if (found.has(entry.device)) {
      if (found.get(entry.device) !== 'duplicate') note('duplicate', entry.device);
      found.set(entry.device, 'duplicate');
    } else found.set(entry.device, entry);
  }
  return device => {
    const entry = found.get(device);
    if (entry === 'duplicate') return { fallback: 'duplicate' };
    if (!entry) {
      note('missing', device);
      return { fallback: 'missing' };
    }
    if (entry.importW.length !== steps || entry.exportW.length !== steps) {
      note('steps', `${device} has ${entry.importW.length} and ${entry.exportW.length} of ${steps}`);
      return { fallback: 'steps' };
    }
    return {
      limit: (direction, step) => (direction === 'import' ? entry.importW : entry.exportW)[step],
      bound: (direction, step) => boundOf(entry.bound[step], direction),
    };
  };
}

interface Entry {
  readonly device: string;
  readonly importW: readonly unknown[];
  readonly exportW: readonly unknown[];
  readonly bound: readonly unknown[];
}

function listOf(proposal: unknown): unknown[] | undefined {
  return attempt(() => {
    if (Array.isArray(proposal)) return [...(proposal as unknown[])];
    const { envelopes } = proposal as { envelopes?: unknown };
    return Array.isArray(envelopes) ? [...(envelopes as unknown[])] : undefined;
  });
}

function entryOf(item: unknown): Entry | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { device, importW, exportW, bound } = item as Record<string, unknown>;
  if (typeof device !== 'string') return undefined;
  return { device, importW: valuesOf(importW), exportW: valuesOf(exportW), bound: valuesOf(bound) };
}

function valuesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return ArrayBuffer.isView(value) && 'length' in value ? Array.from(value as Float64Array) : [];
}

function boundOf(by: unknown, direction: Direction): string {
  const text = attempt(() => (by as Record<string, unknown> | undefined)?.[direction]);
  return typeof text === 'string' && text !== '' ? text.slice(0, 120).replaceAll('\t', ' ') : 'engine gave no reason';
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
