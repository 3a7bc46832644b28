/** A year of published controls, expanded back and compared hour by hour with the letters they came from. */
import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { noMetrics } from '../../base/metrics';
import { type Engine, type Snapshot } from '../../engines/api';
import { device, snapshot } from '../../engines/testing/snapshots';
import { memoryStore } from '../../store/memory/store';
import { processHost } from '../engine-host';
import { createEnvelopeRunner } from '../envelope-runner';
import { controlsOf, inForce } from '../envelopes/controls';
import { readLetter } from './letter';
import { figuresFromCsv } from './letter-csv';
import { type ContractVersion } from './version';

const pen = 99999;
const zone = 'America/Los_Angeles';
const hour = 3600;
/** Local midnight of 1 January 2026. */
const newYear = Date.UTC(2026, 0, 1, 8) / 1000;
const hours = 365 * 24;

const load = (season: number, h: number) => 5000 + season * 1000 + (h >= 16 && h < 21 ? 0 : 3000);
const feedIn = (month: number, h: number) => (h >= 18 && h < 23 ? 1000 + month * 100 : 4000);
const summer = [6, 7, 8, 9];

const lll = figuresFromCsv(
  [
    'season,months,hour,watts',
    ...[1, 0].flatMap(season =>
      Array.from({ length: 24 }, (_, h) => `${season ? 'summer,6-9' : 'winter,10-5'},${h},${load(season, h)}`),
    ),
  ].join('\n'),
  'lll.csv',
);
const lgp = figuresFromCsv(
  [
    'month,block,watts',
    ...Array.from({ length: 12 }, (_, m) => [`${m + 1},in,${feedIn(m + 1, 18)}`, `${m + 1},out,4000`]).flat(),
  ].join('\n'),
  'lgp.csv',
);
const reading = { at: 'test', code: 'BAD_PROFILE' as const, timeZone: zone };
const first = readLetter({ contract: 'LLL-1', effectiveAt: newYear, ...lll }, reading);
const both = readLetter({ contract: 'LGP-1', effectiveAt: newYear, ...lgp }, { ...reading, carried: first });
const version: ContractVersion = { ...both, version: 1, enteredAt: 0, enteredBy: 'test' };

/** By Intl's own words, not by the code under test. */
const words = new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'numeric', hour: 'numeric', hourCycle: 'h23' });
function expected(at: number): readonly [number, number] {
  const parts = Object.fromEntries(words.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]));
  const { hour: h = 0, month = 0 } = parts;
  return [load(summer.includes(month) ? 1 : 0, h), feedIn(month, h)];
}

function house(steps: number) {
  const clock = new ManualClock(newYear);
  const store = memoryStore();
  // Whatever the engine says: the contract's figures are floor and ceiling.
  const engine: Engine = {
    name: 'generous',
    api: 1,
    compute: s =>
      s.devices.map(d => ({
        device: d.id,
        importW: new Array<number>(s.steps).fill(d.maxImportW),
        exportW: new Array<number>(s.steps).fill(d.maxExportW),
        bound: new Array<{ import: string; export: string }>(s.steps).fill({ import: 'x', export: 'x' }),
      })),
  };
  const runner = createEnvelopeRunner({
    store,
    clock,
    pen,
    log: keptLog(),
    metrics: noMetrics,
    host: processHost(engine, { wall: clock, deadlineS: 20 }),
    snapshot: async (): Promise<Snapshot> => ({
      ...snapshot([], [device('7', '')], {
        now: clock.now(),
        start: Math.floor(clock.now() / hour) * hour,
        stepS: hour,
        steps,
      }),
    }),
    standing: async () => ({ versions: new Map([['7', [version]]]), orders: [] }),
  });
  /** Limits of each hour of the year, by the controls that were published. */
  const expand = async () => {
    const controls = controlsOf(await store.series.ofSite('7', 0), { pen });
    const seen: (readonly [number, number] | undefined)[] = new Array<undefined>(hours).fill(undefined);
    for (const control of controls) {
      const { from, to } = inForce(control);
      for (let at = from; at < to; at += hour) {
        const k = (at - newYear) / hour;
        if (k >= hours) continue;
        expect(seen[k]).toBeUndefined();
        seen[k] = [control.importW, control.exportW];
      }
    }
    return { seen, controls };
  };
  return { clock, runner, expand };
}
const wanted = Array.from({ length: hours }, (_, k) => expected(newYear + k * hour));

it('a year published at once says in every hour what the letters say, both days of the clock change among them', async () => {
  const h = house(hours);
  await h.runner.run();
  const { controls, seen } = await h.expand();
  expect(seen).toEqual(wanted);
  // Neighbours that say the same are one control: four changes of load and feed-in a day, no more.
  expect(controls.length).toBeLessThan(365 * 5);
  for (let i = 1; i < controls.length; i++) {
    const [a, b] = [controls[i - 1], controls[i]];
    expect([a?.importW, a?.exportW]).not.toEqual([b?.importW, b?.exportW]);
  }
  // 8 March has 23 hours, 1 November 25: the hour from 2 to 3 is not there, that from 1 to 2 twice.
  const dayOf = (at: number) => new Date(at * 1000).toLocaleDateString('en-US', { timeZone: zone });
  const length = (day: string) => wanted.filter((_, k) => dayOf(newYear + k * hour) === day).length;
  expect([length('3/8/2026'), length('11/1/2026'), length('7/1/2026')]).toEqual([23, 25, 24]);
}, 60_000);

it('a rolling window of 72 hours, published day by day, comes to the same', async () => {
  const h = house(72);
  for (let day = 0; day < 365; day++) {
    await h.runner.run();
    h.clock.advance(24 * hour);
  }
  expect((await h.expand()).seen).toEqual(wanted);
}, 120_000);
