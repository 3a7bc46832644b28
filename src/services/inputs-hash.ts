import { createHash } from 'node:crypto';
import { type Snapshot } from '../engines/api';

/** SHA-256 of a snapshot as canonical JSON (keys in order), in hex: the same inputs give the same hash on every machine. */
export function inputsHash(snapshot: Snapshot): string {
  const { network, ...rest } = snapshot;
  const hash = createHash('sha256').update(canonical(rest));
  if (network) hash.update(textOf(network));
  return hash.digest('hex');
}

/**
 * For each step a hash of all that an engine whose steps are apart can see of it: its start, the columns of passive flow and draws, and
 * what is the same in all steps. Neither the time of the run nor telemetry is in it.
 */
export function stepHashes(snapshot: Snapshot): string[] {
  const { assets, devices, network, passive = [], seed, start, stepS, steps } = snapshot;
  const hash = createHash('sha256').update(
    canonical({
      seed,
      stepS,
      devices: devices.map(({ telemetry, ...device }) => (void telemetry, device)),
      assets: assets.map(({ passive: all, passiveByPhase, ...asset }) => (void all, void passiveByPhase, asset)),
      passive: passive.map(({ highW, lowW, var: q, w, ...draw }) => (void [highW, lowW, q, w], draw)),
      drawn: snapshot.passive !== undefined,
    }),
  );
  if (network) hash.update(textOf(network));
  const same = hash.digest();
  const columns = [
    ...assets.flatMap(asset => [asset.passive, ...asset.passiveByPhase]).flatMap(f => [f.highW, f.lowW, f.var]),
    ...passive.flatMap(draw => [draw.w, draw.var, draw.highW ?? [], draw.lowW ?? []]),
  ];
  const column = new Float64Array(columns.length + 1);
  return Array.from({ length: steps }, (_, step) => {
    column[0] = start + step * stepS;
    for (let i = 0; i < columns.length; i++) column[i + 1] = columns[i]?.[step] ?? NaN;
    const bytes = new Uint8Array(column.buffer);
    return createHash('sha256').update(same).update(bytes).digest('base64');
  });
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
