import { model } from '../model';
import { type ReadingRow } from '../store/api';
import { memoryStore } from '../store/memory/store';
import { keepHouse, type KeepingPolicy } from './housekeeping';
import { docOf } from './provision';

const day = 86_400;
const now = 1_790_000_000;
const policy: KeepingPolicy = { readingsS: 30 * day, coarseStepS: 900, coarseS: 365 * day, mirrorIdleS: 3 * day };
const meter = '/upt/P/mr/M';
const row = (start: number, more: Partial<ReadingRow> = {}): ReadingRow => ({
  meter,
  set: '',
  start,
  place: '',
  value: 1,
  ...more,
});

async function house({ heard = now, readings = [] as ReadingRow[] } = {}) {
  const store = memoryStore();
  const mirror = docOf(model.mirror.mirror, { mup: 'P' }, { mRID: '0A' }, heard);
  const point = docOf(model.metering.usagePoint, { upt: 'P' }, { mRID: '0A' }, heard);
  await store.commit({
    put: [
      { href: '~site/1', list: '~site', kind: '~site', changed: now, sortKey: '1', body: { edev: '1' } },
      { ...mirror, list: '/mup@1' },
      { ...point, list: '/upt@1' },
      docOf(model.metering.meterReading, { upt: 'P', mr: 'M' }, { mRID: 'M' }, heard),
    ],
    readings,
  });
  return store;
}

it('makes coarse rows of readings that are old, in many small plans, and leaves the others', async () => {
  const old = Array.from({ length: 1300 }, (_, i) => row(now - 32 * day + i * 60, { value: i }));
  const young = [row(now - 30 * day + 900), row(now)];
  const store = await house({ readings: [...old, ...young] });
  expect(await keepHouse(store, now, policy)).toMatchObject({ thinned: 1300, mirrorsGone: 0 });
  expect((await store.readings.page(meter, { start: 0, limit: 9 })).rows).toEqual(young.toReversed());
  const coarse = await store.readings.coarse(meter, 0, now);
  expect(coarse.every(each => each.start % 900 === 0 && each.n <= 15)).toBe(true);
  expect(coarse.reduce((sum, each) => sum + each.n, 0)).toBe(1300);
  expect(coarse.reduce((sum, each) => sum + each.sum, 0)).toBe((1299 * 1300) / 2);
  expect(await keepHouse(store, now, policy)).toMatchObject({ thinned: 0 });
});

it('drops coarse rows that are very old', async () => {
  const store = await house({ readings: [row(now - 400 * day), row(now - 300 * day)] });
  expect(await keepHouse(store, now, policy)).toMatchObject({ thinned: 2, coarseGone: 1 });
  expect(await store.readings.coarse(meter, 0, now)).toHaveLength(1);
});

it('drops reading sets with their readings, and old ones that never had any', async () => {
  const store = await house();
  const set = (name: string, days: number) => ({ meter, set: name, start: now - days * day, durationS: 900 });
  await store.commit({
    sets: [set('40', 40), set('20', 20), set('E0', 40), set('E1', 20)],
    readings: [40, 20].map(days => row(now - days * day, { set: `${days}` })),
  });
  expect(await keepHouse(store, now, policy)).toMatchObject({ setsGone: 2, thinned: 1 });
  const { sets, all } = await store.readings.sets(meter, { start: 0, limit: 9 });
  expect(sets.map(each => each.set)).toEqual(['E1', '20']);
  expect(all).toBe(2);
  await store.commit({ sets: [set('E2', 31)] });
  expect(await keepHouse(store, now, policy)).toMatchObject({ setsGone: 1, thinned: 0 });
});

it('drops many old sets in small plans', async () => {
  const store = await house();
  const sets = Array.from({ length: 1100 }, (_, i) => ({
    meter,
    set: `${i}`,
    start: now - 40 * day + i,
    durationS: 1,
  }));
  await store.commit({ sets, readings: sets.map(({ set, start }) => row(start, { set })) });
  expect(await keepHouse(store, now, policy)).toMatchObject({ setsGone: 1100, thinned: 1100 });
});

it('drops a mirror nobody uses, and its usage point when that has nothing left', async () => {
  const store = await house({ heard: now - 3 * day - 1, readings: [row(now - 10 * day)] });
  expect(await keepHouse(store, now, policy)).toMatchObject({ mirrorsGone: 1, usagePointsGone: 0 });
  expect(await store.get('/mup/P')).toBeUndefined();
  expect(await store.get('/upt/P/mr/M')).toBeDefined();
  expect(await keepHouse(store, now + 30 * day, policy)).toMatchObject({ thinned: 1, usagePointsGone: 1 });
  for (const at of ['/upt/P', meter]) expect(await store.get(at)).toBeUndefined();
});

it('keeps for ever what it is told to, and stops when it is told to', async () => {
  const readings = Array.from({ length: 600 }, (_, i) => row(now - 400 * day + i));
  const store = await house({ heard: now - 400 * day, readings });
  const nothing = { thinned: 0, coarseGone: 0, setsGone: 0, mirrorsGone: 0, usagePointsGone: 0 };
  expect(await keepHouse(store, now, { readingsS: 0, coarseStepS: 900, coarseS: 0, mirrorIdleS: 0 })).toEqual(nothing);
  const stop = new AbortController();
  stop.abort();
  expect(await keepHouse(store, now, policy, stop.signal)).toEqual(nothing);
  expect((await store.readings.page(meter, { start: 0, limit: 0 })).all).toBe(600);
});
