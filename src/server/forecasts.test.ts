/** Forecasts through a whole server: readings in, a rung chosen, quantiles in the engine's snapshot, provenance in what is published. */
import { resolve } from 'node:path';
import { ManualClock } from '../base/clock';
import { seededRandom } from '../base/random';
import { write } from '../codec/write';
import { dialects } from '../model/dialect';
import { MirrorMeterReading, MirrorUsagePoint } from '../model/mirror';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

jest.setTimeout(60_000);

const [hour, day] = [3600, 86_400];
const now = t0 - (t0 % hour) + 600;
const asset = 'Oak St transformer';
const network = resolve(__dirname, '../../examples/networks/oak-street.json');

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let clock: ManualClock;
beforeEach(async () => {
  home = await folder({ database: ':memory:' });
  clock = new ManualClock(now);
  const config = { network, engine: 'headroom', envelopeStepS: hour, envelopeHorizonS: 12 * hour, verifyBudgetS: 0 };
  house = await openHouse(home.dir, { clock, config: { ...config, forecastHistoryDays: 40 } });
});
afterEach(async () => {
  await house.close();
  home.remove();
});

/** Hourly means of the transformer over the last `days`: a day's shape around `meanW`, and noise. */
function transformer(days: number, meanW: number, until = now, quantity = 'w'): object[] {
  const random = seededRandom(5);
  const end = until - (until % hour);
  return Array.from({ length: days * 24 }, (_, i) => {
    const start = end - (days * 24 - i) * hour;
    const value = meanW + 8000 * Math.sin((2 * Math.PI * start) / day) + random.normal(0, 1500);
    return { asset, quantity, start, durationS: hour, value: Math.round(value) };
  });
}

const post = (readings: object[]) => house.operator('POST', '/api/forecasts/readings', { readings });
const show = async (path = `/${encodeURIComponent(asset)}`) =>
  (await house.operator('GET', `/api/forecasts${path}`)).json as { forecasts: Record<string, unknown>[] };
interface Control {
  importW: number;
  exportW: number;
  from: number;
  to: number;
  bound: { import: string };
  forecasts?: Record<string, unknown>[];
}
async function limits(): Promise<Control[]> {
  const ran = await house.operator('POST', '/api/envelopes/run');
  expect(ran.json['outcome']).not.toBe('fallback');
  return (await house.operator('GET', '/api/envelopes/1')).json['controls'] as Control[];
}
async function addSite(name = 'Farm', more: object = {}) {
  const device = house.device(name);
  const site = {
    name,
    lfdi: device.lfdi,
    bus: 'grocery',
    phases: [1, 2, 3],
    maxImportW: 400_000,
    maxExportW: 400_000,
    ...more,
  };
  expect((await house.operator('POST', '/api/sites', { sites: [site] })).status).toBe(201);
  return device;
}

/** What the site's own meter told hour by hour: `valueW` in each of the last `hours`. */
async function mirror(device: Awaited<ReturnType<typeof addSite>>, hours: number, valueW: number) {
  const dialect = dialects['2018'];
  const point = { mRID: '0A', roleFlags: '0003', serviceCategoryKind: 0, status: 1, deviceLFDI: device.lfdi };
  const made = await device.ask('/mup', {
    method: 'POST',
    body: write(MirrorUsagePoint, { ...point, MirrorMeterReading: [] }, { dialect }),
  });
  const last = now - (now % hour);
  const Reading = Array.from({ length: hours }, (_, i) => ({
    timePeriod: { start: last - (hours - i) * hour, duration: hour },
    value: valueW / 10,
    localID: i.toString(16).padStart(4, '0'),
  }));
  const timePeriod = { start: last - hours * hour, duration: hours * hour };
  const body = {
    mRID: '0C',
    ReadingType: { uom: 38, kind: 37, powerOfTenMultiplier: 1 },
    MirrorReadingSet: [{ mRID: '0D', timePeriod, Reading }],
  };
  const { status } = await device.ask(String(made.headers['location']), {
    method: 'POST',
    body: write(MirrorMeterReading, body, { dialect }),
  });
  expect([201, 204]).toContain(status);
}

it('learns from readings of a transformer, and a device gets what its high quantile leaves', async () => {
  const device = await addSite();
  await mirror(device, 12, 0);
  const [before] = await limits();
  expect(before?.forecasts).toBeUndefined();
  expect(await show('')).toEqual({ forecasts: [] });

  expect((await post(transformer(35, 150_000))).json).toEqual({ stored: 35 * 24 });
  const { forecasts } = await show();
  expect(forecasts).toHaveLength(1);
  const [one = {}] = forecasts;
  expect(one).toMatchObject({ asset, trainedUntil: now - (now % hour), lowLevel: 0.05, highLevel: 0.95, stepS: hour });
  expect(one['score']).toMatchObject({ rung: one['rung'] });
  const { coverage90, ofNaive } = one['score'] as { coverage90: number; ofNaive: number };
  expect(coverage90).toBeGreaterThan(0.8);
  expect(ofNaive).toBeLessThan(1);
  const [high, low] = [one['highW'] as number[], one['lowW'] as number[]];

  const after = await limits();
  expect(after[0]?.importW).toBeLessThan(before?.importW ?? 0);
  expect(after[0]?.bound.import).toContain(`transformer ${asset}`);
  expect(after[0]?.forecasts).toEqual([expect.objectContaining({ asset, rung: one['rung'], highLevel: 0.95 })]);
  // In every hour the import limit and the high quantile fit the transformer's 225 kVA together, and so for export and the low one.
  const steps = Math.min(high.length, 12);
  for (let i = 0; i < steps; i++) {
    const at = now - (now % hour) + i * hour;
    const control = after.find(({ to }) => to > at + 600);
    if (!control) throw new Error('no control');
    expect(control.importW + (high[i] as number)).toBeLessThanOrEqual(225_000);
    expect(control.exportW - (low[i] as number)).toBeLessThanOrEqual(225_000);
  }
});

it('takes off what the meters of the sites below say', async () => {
  const device = await addSite();
  await post(transformer(35, 60_000));
  const [without] = (await show()).forecasts;
  expect(without?.['note']).toBe('no meter of net power at site Farm below it');
  expect((await limits())[0]?.forecasts).toBeUndefined();
  // A load of 20 kW of the last ten days is the site's own.
  await mirror(device, 240, 20_000);
  const [one] = (await show()).forecasts;
  const mean = (of: unknown) => (of as number[]).reduce((sum, w) => sum + w, 0) / (of as number[]).length;
  expect(mean(one?.['pointW'])).toBeGreaterThan(33_000);
  expect(mean(one?.['pointW'])).toBeLessThan(47_000);
});

it('leaves what a site draws in a direction that it cannot hold with the others', async () => {
  const device = await addSite('Farm', { follows: 'export' });
  await post(transformer(35, 60_000));
  await mirror(device, 240, 20_000);
  const [one] = (await show()).forecasts;
  const points = one?.['pointW'] as number[];
  const mean = points.reduce((sum, w) => sum + w, 0) / points.length;
  expect(mean).toBeGreaterThan(53_000);
  expect(mean).toBeLessThan(67_000);
});

it('goes on with what it knows when readings are late, and stops when they are too old', async () => {
  await post(transformer(35, 60_000, now - day));
  const [late] = (await show()).forecasts;
  expect(late?.['trainedUntil']).toBe(now - (now % hour) - day);
  // The first step it answers lies before now: it covers the whole gap.
  expect(late?.['start']).toBe(late?.['trainedUntil']);
  expect((late?.['pointW'] as number[]).length).toBeGreaterThanOrEqual(24 + 12);
  clock.advance(8 * day);
  expect((await show()).forecasts[0]?.['note']).toBe('the last reading is too old');
});

it('says that history is too short on a cold start', async () => {
  await post(transformer(2, 60_000));
  expect((await show()).forecasts[0]?.['note']).toBe('too little history yet');
});

it('forecasts phases that have meters of their own', async () => {
  for (const [quantity, meanW] of [
    ['w1', 30_000],
    ['w2', 20_000],
    ['w3', 10_000],
  ] as const)
    await post(transformer(30, meanW, now, quantity));
  const { forecasts } = await show();
  expect(forecasts.map(each => each['phase'])).toEqual([undefined, 1, 2, 3]);
  const means = forecasts.map(({ pointW }) =>
    (pointW as number[]).reduce((sum, w) => sum + w / (pointW as number[]).length, 0),
  );
  expect((means[0] ?? 0) / 60_000).toBeCloseTo(1, 0);
  expect(means[1]).toBeGreaterThan(means[3] ?? Infinity);
});

it('refuses readings of assets that the network does not have, and shows none of such', async () => {
  const wrong = await post([{ asset: 'Oak St transfomer', start: now, value: 1 }]);
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('Oak St transformer');
  expect((await house.operator('GET', '/api/forecasts/nothing')).status).toBe(404);
});
