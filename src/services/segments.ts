/**
 * Engines know one firm limit and one rating of a device. Where a contract has others hour by hour, a run is cut into stretches of time in
 * which they stay the same, and the engine is asked for each; the answers are put together again.
 */
import { type Device, type PassiveFlow, type Snapshot } from '../engines/api';
import { type StepTerms } from './products/version';
import { type SafeEnvelope } from './safety-net';

export type TermsByDevice = ReadonlyMap<string, readonly StepTerms[]>;

export interface Stretch {
  readonly first: number;
  readonly steps: number;
}

/** Stretches of [first, first + steps) in which no device's terms change. */
export function stretchesOf(terms: TermsByDevice, first: number, steps: number): Stretch[] {
  const begins = new Set<number>([first]);
  for (const list of terms.values())
    for (let step = first + 1; step < first + steps; step++) {
      const [a, b] = [list[step - 1], list[step]];
      if (
        a?.firmImportW !== b?.firmImportW ||
        a?.firmExportW !== b?.firmExportW ||
        a?.maxImportW !== b?.maxImportW ||
        a?.maxExportW !== b?.maxExportW
      )
        begins.add(step);
    }
  const starts = [...begins].sort((a, b) => a - b);
  return starts.map((start, i) => ({ first: start, steps: (starts[i + 1] ?? first + steps) - start }));
}

/** Those steps of a snapshot, its devices with the terms of the first of them. The whole of it without terms is itself. */
export function cut(snapshot: Snapshot, { first, steps }: Stretch, terms: TermsByDevice): Snapshot {
  if (first === 0 && steps === snapshot.steps && terms.size === 0) return snapshot;
  const part = (values: readonly number[]): readonly number[] => values.slice(first, first + steps);
  const flow = ({ highW, lowW, var: reactive }: PassiveFlow): PassiveFlow => ({
    highW: part(highW),
    lowW: part(lowW),
    var: part(reactive),
  });
  return {
    ...snapshot,
    start: snapshot.start + first * snapshot.stepS,
    steps,
    assets: snapshot.assets.map(asset => {
      const [a, b, c] = asset.passiveByPhase;
      return { ...asset, passive: flow(asset.passive), passiveByPhase: [flow(a), flow(b), flow(c)] as const };
    }),
    devices: snapshot.devices.map(device => withTerms(device, terms.get(device.id)?.[first])),
    ...(snapshot.passive && {
      passive: snapshot.passive.map(draw => ({ ...draw, w: part(draw.w), var: part(draw.var) })),
    }),
    ...(snapshot.forecasts && {
      forecasts: snapshot.forecasts.map(forecast => ({
        ...forecast,
        lowW: part(forecast.lowW),
        pointW: part(forecast.pointW),
        highW: part(forecast.highW),
      })),
    }),
  };
}

/** In a direction in which the device has nothing to share out it goes on having nothing. */
function withTerms(device: Device, terms: StepTerms | undefined): Device {
  if (!terms) return device;
  const maxImportW = Math.min(device.maxImportW, terms.maxImportW);
  const maxExportW = Math.min(device.maxExportW, terms.maxExportW);
  return {
    ...device,
    maxImportW,
    maxExportW,
    firmImportW: Math.min(terms.firmImportW, maxImportW),
    firmExportW: Math.min(terms.firmExportW, maxExportW),
  };
}

/** Answers for stretches that follow each other, as one. */
export function joined(parts: readonly (readonly SafeEnvelope[])[]): readonly SafeEnvelope[] {
  const [first, ...rest] = parts;
  if (!first || rest.length === 0) return first ?? [];
  const by = rest.map(part => new Map(part.map(envelope => [envelope.device, envelope])));
  return first.map(envelope => {
    const all = [envelope, ...by.flatMap(part => part.get(envelope.device) ?? [])];
    const fallback = all.find(one => one.fallback)?.fallback;
    return {
      device: envelope.device,
      importW: Int32Array.from(all.flatMap(({ importW }) => [...importW])),
      exportW: Int32Array.from(all.flatMap(({ exportW }) => [...exportW])),
      bound: all.flatMap(({ bound }) => [...bound]),
      ...(fallback && { fallback }),
    };
  });
}

/**
 * Limits that are safe whichever of several networks is the real one: of each step the least. A device that one of them does not feed has
 * firm there, for `unfed` to say why.
 */
export function leastOf(
  devices: readonly Device[],
  answers: readonly (readonly SafeEnvelope[])[],
  { steps, unfed }: { steps: number; unfed: string },
): readonly SafeEnvelope[] {
  const by = answers.map(answer => new Map(answer.map(envelope => [envelope.device, envelope])));
  return devices.map(device => {
    const firm = { import: Math.floor(device.firmImportW), export: Math.floor(device.firmExportW) };
    const all = by.map(
      (answer): SafeEnvelope =>
        answer.get(device.id) ?? {
          device: device.id,
          importW: new Int32Array(steps).fill(firm.import),
          exportW: new Int32Array(steps).fill(firm.export),
          bound: new Array<{ import: string; export: string }>(steps).fill({ import: unfed, export: unfed }),
        },
    );
    const [first, ...rest] = all as [SafeEnvelope, ...SafeEnvelope[]];
    const least = { importW: first.importW.slice(), exportW: first.exportW.slice(), bound: [...first.bound] };
    for (const other of rest)
      for (let i = 0; i < steps; i++) {
        const was = least.bound[i] ?? { import: '', export: '' };
        const [lessI, lessE] = [
          (other.importW[i] ?? 0) < (least.importW[i] ?? 0),
          (other.exportW[i] ?? 0) < (least.exportW[i] ?? 0),
        ];
        if (lessI) least.importW[i] = other.importW[i] ?? 0;
        if (lessE) least.exportW[i] = other.exportW[i] ?? 0;
        least.bound[i] = {
          import: lessI ? (other.bound[i]?.import ?? '') : was.import,
          export: lessE ? (other.bound[i]?.export ?? '') : was.export,
        };
      }
    const fallback = all.find(one => one.fallback)?.fallback;
    return { device: device.id, ...least, ...(fallback && { fallback }) };
  });
}
