/**
 * What is old goes: readings become coarse rows, coarse rows go, mirrors that nobody uses go (protocol facts 3.9), and the
 * usage point of such a mirror goes when it has nothing left to show. Each step is a small plan of its own, so that requests
 * come between; stopped in the middle, the next run goes on where this one was.
 */
import { type Seconds } from '../base/clock';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Store, type Thinning } from '../store/api';
import { sitesList, type Site } from './site';

export interface KeepingPolicy {
  /** Seconds that readings stay as they came; 0: for ever. */
  readonly readingsS: Seconds;
  /** Length of a coarse row. */
  readonly coarseStepS: Seconds;
  /** Seconds that coarse rows stay; 0: for ever. */
  readonly coarseS: Seconds;
  /** Seconds after which a mirror nobody posted to is taken away; 0: never. */
  readonly mirrorIdleS: Seconds;
}

/** What one run did. */
export interface Kept {
  thinned: number;
  coarseGone: number;
  setsGone: number;
  mirrorsGone: number;
  usagePointsGone: number;
}

/** Rows in one plan: a few milliseconds of the event loop. */
const slice = 500;
const page = 200;

export async function keepHouse(store: Store, now: Seconds, policy: KeepingPolicy, stop?: AbortSignal): Promise<Kept> {
  const kept: Kept = { thinned: 0, coarseGone: 0, setsGone: 0, mirrorsGone: 0, usagePointsGone: 0 };
  await thinReadings(store, now, policy, kept, stop);
  if (policy.mirrorIdleS > 0) await dropIdleMirrors(store, now - policy.mirrorIdleS, kept, stop);
  return kept;
}

async function thinReadings(
  store: Store,
  now: Seconds,
  { readingsS, coarseStepS, coarseS }: KeepingPolicy,
  kept: Kept,
  stop?: AbortSignal,
): Promise<void> {
  // Whole coarse rows at a time: one that is half filled would be read as if it were whole.
  const before = readingsS > 0 ? Math.floor((now - readingsS) / coarseStepS) * coarseStepS : -Infinity;
  const coarseBefore = coarseS > 0 ? now - coarseS : -Infinity;
  for (let after: Href = ''; ;) {
    const meters = await store.readings.meters({ after, limit: page });
    for (const { meter, oldest = Infinity, oldestEmpty = Infinity, oldestCoarse = Infinity } of meters) {
      if (stop?.aborted) return;
      if (Math.min(oldest, oldestEmpty) < before)
        await thinMeter(store, meter, { before, stepS: coarseStepS }, kept, stop);
      if (Math.min(oldest, oldestCoarse) < coarseBefore) await forgetCoarse(store, meter, coarseBefore, kept, stop);
    }
    const last = meters.at(-1);
    if (!last || meters.length < page) return;
    after = last.meter;
  }
}

async function thinMeter(
  store: Store,
  meter: Href,
  thinning: Pick<Thinning, 'before' | 'stepS'>,
  kept: Kept,
  stop?: AbortSignal,
): Promise<void> {
  let size = await sizeOf(store, meter);
  while (!stop?.aborted) {
    await store.commit({ thin: [{ ...thinning, meter, most: slice }] });
    const now = await sizeOf(store, meter);
    const [rows, sets] = [size.rows - now.rows, size.sets - now.sets];
    kept.thinned += Math.max(0, rows);
    kept.setsGone += Math.max(0, sets);
    if (rows < slice && sets < slice) return; // or others came meanwhile: then the next run goes on
    size = now;
  }
}

const countOnly = { start: 0, limit: 0 };

async function sizeOf({ readings }: Store, meter: Href): Promise<{ rows: number; sets: number }> {
  return { rows: (await readings.page(meter, countOnly)).all, sets: (await readings.sets(meter, countOnly)).all };
}

async function forgetCoarse(store: Store, meter: Href, before: Seconds, kept: Kept, stop?: AbortSignal): Promise<void> {
  while (!stop?.aborted) {
    const old = await store.readings.coarse(meter, Number.MIN_SAFE_INTEGER, before, slice);
    if (old.length === 0) return;
    await store.commit({ forgetCoarse: [{ meter, before, most: slice }] });
    kept.coarseGone += old.length;
  }
}

async function dropIdleMirrors(store: Store, heardBefore: Seconds, kept: Kept, stop?: AbortSignal): Promise<void> {
  for (let start = 0; ; start += page) {
    const { docs } = await store.page<Site>(sitesList, { start, limit: page });
    for (const { body } of docs) {
      if (stop?.aborted) return;
      const mirrors = await store.page(`/mup@${body.edev}`, { start: 0, limit: Infinity });
      for (const mirror of mirrors.docs.filter(doc => doc.changed < heardBefore)) {
        const done = await store.commit({ expect: { [mirror.href]: mirror.version }, drop: [mirror.href] });
        if (done.ok) kept.mirrorsGone++;
      }
      await dropEmptyPoints(store, body.edev, kept);
    }
    if (docs.length < page) return;
  }
}

/** Usage points whose mirror is gone and whose readings are all gone too. */
async function dropEmptyPoints(store: Store, edev: string, kept: Kept): Promise<void> {
  const points = await store.page(`/upt@${edev}`, { start: 0, limit: Infinity });
  for (const point of points.docs) {
    const mup = point.href.slice(point.href.lastIndexOf('/') + 1);
    if (await store.get(href(model.mirror.mirror, { mup }))) continue;
    const meters = await store.page(href(model.metering.meterReadings, { upt: mup }), { start: 0, limit: Infinity });
    const left = await Promise.all(meters.docs.map(meter => sizeOf(store, meter.href)));
    if (left.some(({ rows, sets }) => rows + sets > 0)) continue;
    const done = await store.commit({ expect: { [href(model.mirror.mirror, { mup })]: 0 }, dropTree: [point.href] });
    if (done.ok) kept.usagePointsGone++;
  }
}
