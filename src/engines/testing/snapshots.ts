/** Snapshots for tests: made by hand, and random ones of every shape an engine must cope with. */
import fc from 'fast-check';
import { type Phase } from '../../grid/network';
import { type Asset, type Device, type PassiveFlow, type Snapshot } from '../api';

export const flow = (w: number | readonly number[] = 0, reactive = 0): PassiveFlow => {
  const highW = typeof w === 'number' ? [w] : w;
  return { highW, lowW: highW, var: highW.map(() => reactive) };
};

/** An asset whose phases have a third of its rating and carry a third of its passive flow. */
export function asset(id: string, ratingVA: number, more: Partial<Asset> = {}): Asset {
  const passive = more.passive ?? flow(new Array<number>(8).fill(0));
  const third = (p: PassiveFlow): PassiveFlow => ({
    highW: p.highW.map(w => w / 3),
    lowW: p.lowW.map(w => w / 3),
    var: p.var.map(v => v / 3),
  });
  const phase = third(passive);
  return {
    id,
    kind: 'transformer',
    ratingVA,
    phaseRatingVA: ratingVA / 3,
    loadingFactor: 1,
    passive,
    passiveByPhase: [phase, phase, phase],
    ...more,
  };
}

export function device(id: string, on: string, more: Partial<Device> = {}): Device {
  return {
    id,
    asset: on,
    phases: [1, 2, 3],
    maxImportW: 20_000,
    maxExportW: 10_000,
    firmImportW: 0,
    firmExportW: 0,
    weight: 1,
    ...more,
  };
}

export function snapshot(assets: readonly Asset[], devices: readonly Device[], more: Partial<Snapshot> = {}): Snapshot {
  return { api: 1, now: 1_000_000, start: 1_000_200, stepS: 300, steps: 1, assets, devices, seed: 1, ...more };
}

/** Freezes all the way down, as the runner does before it hands a snapshot out. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

export interface Shape {
  readonly maxAssets?: number;
  readonly maxDevices?: number;
  readonly maxSteps?: number;
  /** `fits`: firm limits fit below every asset; `any`: they may exceed what there is. */
  readonly firm?: 'fits' | 'any' | 'none';
}

const phaseSets: readonly (readonly Phase[])[] = [[1], [2], [3], [1, 2, 3], [1, 2], [2, 3]];

/** Random trees of assets with random passive flow, and devices with and without telemetry. */
export function snapshots({
  maxAssets = 5,
  maxDevices = 12,
  maxSteps = 3,
  firm = 'fits',
}: Shape = {}): fc.Arbitrary<Snapshot> {
  const flowOf = (steps: number, scale: number): fc.Arbitrary<PassiveFlow> =>
    fc
      .array(
        fc.tuple(
          fc.double({ min: -scale, max: scale, noNaN: true }),
          fc.double({ min: 0, max: scale / 2, noNaN: true }),
          fc.double({ min: 0, max: scale / 2, noNaN: true }),
        ),
        { minLength: steps, maxLength: steps },
      )
      .map(list => ({
        highW: list.map(([p, spread]) => p + spread),
        lowW: list.map(([p, spread]) => p - spread),
        var: list.map(([, , q]) => q),
      }));
  const assetAt = (i: number, steps: number): fc.Arbitrary<Asset> =>
    fc
      .record({
        ratingVA: fc.double({ min: 3000, max: 400_000, noNaN: true }),
        loadingFactor: fc.constantFrom(1, 1, 0.8, 1.2),
        kind: fc.constantFrom<Asset['kind']>('transformer', 'branch', 'node'),
        parent: fc.nat(Math.max(0, i - 1)),
        fill: fc.double({ min: 0, max: 1.1, noNaN: true }),
      })
      .chain(({ ratingVA, loadingFactor, kind, parent, fill }) =>
        fc
          .tuple(
            flowOf(steps, ratingVA * fill),
            flowOf(steps, (ratingVA / 3) * fill),
            flowOf(steps, (ratingVA / 3) * fill),
            flowOf(steps, (ratingVA / 3) * fill),
          )
          .map(([passive, a, b, c]): Asset => ({
            id: `A${i}`,
            ...(i > 0 && { parent: `A${parent}` }),
            kind,
            ratingVA,
            phaseRatingVA: ratingVA / 3,
            loadingFactor,
            passive,
            passiveByPhase: [a, b, c],
          })),
      );
  const deviceAt = (i: number, assets: number): fc.Arbitrary<Device> =>
    fc
      .record({
        asset: fc.nat(assets - 1),
        phases: fc.constantFrom(...phaseSets),
        maxImportW: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 3e5, noNaN: true })),
        maxExportW: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 3e5, noNaN: true })),
        firmImport: fc.double({ min: 0, max: 1, noNaN: true }),
        firmExport: fc.double({ min: 0, max: 1, noNaN: true }),
        weight: fc.constantFrom(1, 1, 1, 2, 0.5, 3.7),
        seen: fc.constantFrom('never', 'now', 'stale'),
        netW: fc.integer({ min: -20_000, max: 20_000 }),
        aggregator: fc.constantFrom(undefined, undefined, 'agg', 'other'),
      })
      .map(d => ({
        id: `D${i}`,
        asset: `A${d.asset}`,
        phases: d.phases,
        maxImportW: d.maxImportW,
        maxExportW: d.maxExportW,
        firmImportW: firm === 'none' ? 0 : d.firmImport * d.maxImportW,
        firmExportW: firm === 'none' ? 0 : d.firmExport * d.maxExportW,
        weight: d.weight,
        ...(d.aggregator !== undefined && { aggregator: d.aggregator }),
        ...(d.seen !== 'never' && { telemetry: { at: d.seen === 'now' ? 1_000_000 : 10, netW: d.netW } }),
      }));
  return fc
    .tuple(
      fc.integer({ min: 1, max: maxAssets }),
      fc.integer({ min: 0, max: maxDevices }),
      fc.integer({ min: 1, max: maxSteps }),
    )
    .chain(([assets, devices, steps]) =>
      fc.record({
        assets: fc.tuple(...Array.from({ length: assets }, (_, i) => assetAt(i, steps))),
        devices: fc.tuple(...Array.from({ length: devices }, (_, i) => deviceAt(i, assets))),
        steps: fc.constant(steps),
        seed: fc.nat(),
      }),
    )
    .map(({ assets, devices, steps, seed }) => {
      const made = snapshot(assets, devices, { steps, seed });
      return frozen(firm === 'fits' ? withFittingFirm(made) : made);
    });
}

/** The same snapshot with firm limits scaled down until they fit below every asset in every step, with 4 % to spare for losses. */
function withFittingFirm(s: Snapshot): Snapshot {
  const scale = (direction: 'Import' | 'Export', devices: readonly Device[]): number => {
    let factor = 1;
    for (const { id } of s.assets)
      for (const phase of [undefined, 1, 2, 3] as const) {
        const used = devices
          .filter(d => isBelow(s, d.asset, id))
          .reduce(
            (sum, d) =>
              sum + d[`firm${direction}W`] * (phase ? (d.phases.includes(phase) ? 1 : 0) / d.phases.length : 1),
            0,
          );
        for (let step = 0; step < s.steps; step++)
          if (used > 0) factor = Math.min(factor, roomW(s, id, direction, step, phase) / 1.04 / used);
      }
    return Math.max(0, factor);
  };
  const importBy = scale('Import', s.devices);
  const exportBy = scale('Export', s.devices);
  const devices = s.devices.map(d => ({
    ...d,
    firmImportW: d.firmImportW * importBy,
    firmExportW: d.firmExportW * exportBy,
  }));
  return { ...s, devices };
}

/** Whether `place` is `ancestor` or hangs below it. Walks up; written apart from the engines, so that it can judge them. */
export function isBelow(s: Snapshot, place: string, ancestor: string): boolean {
  for (let at: string | undefined = place; at !== undefined; at = s.assets.find(a => a.id === at)?.parent)
    if (at === ancestor) return true;
  return false;
}

/** Headroom by the formula of the reference, written apart from engines/headroom-formula.ts, so that a slip in one is seen. */
export function roomW(s: Snapshot, id: string, direction: 'Import' | 'Export', step: number, phase?: Phase): number {
  const a = s.assets.find(other => other.id === id);
  if (!a) throw new Error(`no asset ${id}`);
  const p = phase ? a.passiveByPhase[phase - 1] : a.passive;
  const limit = a.loadingFactor * (phase ? a.phaseRatingVA : a.ratingVA);
  const q = p?.var[step] ?? NaN;
  if (limit <= q) return 0;
  const activeW = Math.sqrt(limit * limit - q * q);
  return Math.max(0, direction === 'Import' ? activeW - (p?.highW[step] ?? NaN) : activeW + (p?.lowW[step] ?? NaN));
}
