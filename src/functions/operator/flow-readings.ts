/**
 * What an operator's own meters read at assets of the network: watts through a transformer, over all phases or of one, the generation of
 * panels metered by themselves, the temperature there. Kept in the store's log of readings under names of ours, so that they grow old as
 * the readings of clients do; and net power of a site as its own mirrors told it.
 */
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { type Href } from '../../model/href';
import { type ReadingType } from '../../model/metering';
import { type ReadingRow, type Store } from '../../store/api';
import { metersOf } from './telemetry';

/** `w` over all phases and `w1` … `w3` of each, import positive; `pvW` generated below; `temperatureC`, of times to come too. */
export const flowQuantities = ['w', 'w1', 'w2', 'w3', 'pvW', 'temperatureC'] as const;
export type FlowQuantity = (typeof flowQuantities)[number];

export interface FlowReading {
  readonly asset: string;
  readonly quantity: FlowQuantity;
  readonly start: Seconds;
  readonly durationS: Seconds;
  /** Mean over that time. */
  readonly value: number;
}

/** Mean of a quantity over [start, start + durationS), as `forecast/steps` takes it. */
export interface MeanReading {
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly value: number;
}

const flowPrefix = '~flow/';
export const flowMeter = (asset: string, quantity: FlowQuantity): Href =>
  `${flowPrefix}${encodeURIComponent(asset)}/${quantity}`;

/** Assets that ever had a reading. */
export async function meteredAssets(store: Store): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let after: Href = flowPrefix; ;) {
    const meters = (await store.readings.meters({ after, limit: slice })).map(({ meter }) => meter);
    for (const meter of meters)
      if (meter.startsWith(flowPrefix)) found.add(decodeURIComponent(meter.split('/')[1] ?? ''));
    const last = meters.at(-1);
    if (last === undefined || !last.startsWith(flowPrefix)) return found;
    after = last;
  }
}

const slice = 1000;

/** Writes them; one of the same asset, quantity and start replaces what was there. Answers how many. */
export async function addFlowReadings(store: Store, readings: readonly FlowReading[]): Promise<number> {
  for (let from = 0; from < readings.length; from += slice) {
    const rows = readings.slice(from, from + slice).map(({ asset, durationS, quantity, start, value }): ReadingRow => {
      return { meter: flowMeter(asset, quantity), set: '', start, place: '', durationS, value };
    });
    const done = await store.commit({ readings: rows });
    if (!done.ok) throw new Problem('CONFLICT', { at: done.conflict.join(' ') });
  }
  return readings.length;
}

/** Readings of a meter that start in [from, to), fresh and thinned, in order of time, times `scale`. */
export async function readMeans(
  store: Store,
  meter: Href,
  from: Seconds,
  to: Seconds,
  scale: (durationS: Seconds) => number = () => 1,
): Promise<MeanReading[]> {
  const [coarse, fine] = [await store.readings.coarse(meter, from, to), await store.readings.between(meter, from, to)];
  const thinned = coarse.flatMap(({ n, start, stepS, sum }): MeanReading[] =>
    n > 0 ? [{ start, durationS: stepS, value: (sum / n) * scale(stepS) }] : [],
  );
  const fresh = fine.flatMap(({ durationS = 0, start, value }): MeanReading[] =>
    value === undefined ? [] : [{ start, durationS, value: value * scale(durationS) }],
  );
  return [...thinned, ...fresh].sort((a, b) => a.start - b.start);
}

const [watts, reverse, premises, submeter] = [38, 19, 0x02, 0x40];

/**
 * Net power of a site, W, import positive: readings of each of its meters of active power at the premises, with the sign they count with.
 * A meter of the reverse direction counts against; of two meters alike the one with the newest reading counts.
 */
export async function netMeters(store: Store, edev: string): Promise<readonly { meter: Href; scale: number }[]> {
  const found = new Map<boolean, { meter: Href; scale: number; last: Seconds }>();
  for (const { latest, meter, readingType, usagePoint } of await metersOf(store, edev)) {
    const { flowDirection, kind = 37, phase = 0, powerOfTenMultiplier = 0, uom } = readingType as Partial<ReadingType>;
    const role = Number.parseInt(usagePoint.roleFlags, 16);
    if (uom !== watts || kind !== 37 || phase !== 0 || role & submeter || !(role & premises)) continue;
    const { start = -Infinity } = (latest ?? {}) as Partial<ReadingRow>;
    const against = flowDirection === reverse;
    if (start > (found.get(against)?.last ?? -Infinity))
      found.set(against, { meter, scale: (against ? -1 : 1) * 10 ** powerOfTenMultiplier, last: start });
  }
  return [...found.values()].map(({ meter, scale }) => ({ meter, scale }));
}
