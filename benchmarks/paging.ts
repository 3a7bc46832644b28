/**
 * `npm run bench -- paging`: pages of ten deep in lists of 20,000 against pages at their beginning, from request to bytes, on
 * SQLite and with no answer kept. Rates: a ratio of a third or more is the bar (three times the cost of ordinal 0).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { systemIds } from '../src/base/ids';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { behaviours } from '../src/functions';
import { envelopeViews } from '../src/functions/envelope-views';
import { addSites } from '../src/functions/operator/sites';
import { docOf } from '../src/functions/provision';
import { model } from '../src/model';
import { answerer } from '../src/protocol/answer';
import { KeptAnswers } from '../src/protocol/kept-answers';
import { defaultConfig } from '../src/server/config';
import { houseOf } from '../src/server/house';
import { observed } from '../src/services/changes';
import { type Store } from '../src/store/api';
import { sqliteStore } from '../src/store/sqlite/store';
import { median } from './load';
import { type BenchResult } from './result';
import { benchSite, lfdiOf } from './site';

const entries = 20_000;
const limit = 10;
const rounds = 7;
const roundMs = 300;
const clock = new SystemClock();
const pen = 99999;

export async function paging(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const store = sqliteStore({ file: join(folder, 'paging.db'), mode: 'create', clock });
  try {
    await fill(store);
    const changes = observed(store);
    const { house } = houseOf(defaultConfig());
    const answer = answerer({
      store: changes,
      kept: new KeptAnswers(0),
      clock,
      ids: systemIds,
      log: silentLog,
      metrics: noMetrics,
      house,
      behaviours,
      envelopes: envelopeViews(clock, pen),
      dialect: 'csipaus-1.2',
      reading: 'lenient',
      admit: () => undefined,
      enter: () => () => undefined,
    });
    const page = (who: number, list: string) => async (start: number) => {
      const { status, body } = await answer({
        id: '',
        method: 'GET',
        url: `${list}?s=${start}&l=${limit}`,
        namesHost: true,
        peer: { lfdi: lfdiOf(who), sfdi: who },
        body: async () => Buffer.alloc(0),
      });
      if (status !== 200 || !body.includes(` results="${limit}"`)) throw new Error(`${list}: ${status} ${body}`);
    };
    const results = [
      await compare('LogEventList', page(1, '/edev/1/lel')),
      await compare('MirrorUsagePointList', page(1, '/mup')),
      await compare('ConsumptionTariffIntervalList', page(1, '/tp/1/rc/1/tti/1/cti')),
      await compare('EndDeviceList of an aggregator', page(2, '/edev')),
    ];
    return {
      name: 'paging',
      machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
      results,
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(store: Store): Promise<void> {
  const now = clock.now();
  const managed = Array.from({ length: entries - 1 }, (_, i) => benchSite(i + 3, { manager: lfdiOf(2) }));
  await addSites({ store, clock, pen }, [benchSite(1), benchSite(2, { role: 'aggregator' }), ...managed]);
  const numbers = Array.from({ length: entries }, (_, n) => n);
  const fsa = await store.get<object>('/edev/1/fsa/1');
  const tariff = {
    mRID: '01',
    currency: 840,
    pricePowerOfTenMultiplier: 0,
    primacy: 1,
    rateCode: 'a',
    serviceCategoryKind: 0,
  };
  await store.commit({
    put: [
      docOf(model.fsa.assignments, { edev: '1', fsa: '1' }, { ...fsa?.body, assigned: { tp: ['1'] } }, now),
      docOf(model.pricing.profile, { tp: '1' }, tariff, now),
      docOf(model.pricing.component, { tp: '1', rc: '1' }, { mRID: '02', flowRateEndLimit: 0, roleFlags: '00' }, now),
      docOf(
        model.pricing.interval,
        { tp: '1', rc: '1', tti: '1' },
        { mRID: '03', interval: { start: now, duration: 1 } },
        now,
      ),
      ...numbers.map(n => docOf(model.log.event, { edev: '1', le: `${n}` }, logEvent(n), now)),
      ...numbers.map(n =>
        docOf(
          model.pricing.step,
          { tp: '1', rc: '1', tti: '1', cti: `${n}` },
          { consumptionBlock: 0, startValue: n },
          now,
        ),
      ),
      ...numbers.map(n => ({
        ...docOf(model.mirror.mirror, { mup: `${n}` }, { edev: '1', point: mirror(n) }, now),
        list: '/mup@1',
        sortKey: String(n).padStart(8, '0'),
      })),
    ],
  });
}

const logEvent = (n: number) => ({
  createdDateTime: 1_700_000_000 + n,
  functionSet: 11,
  logEventCode: 0,
  logEventID: n % 65_536,
  logEventPEN: 40_732,
  profileID: 2,
});
const mirror = (n: number) => ({
  mRID: n.toString(16).toUpperCase().padStart(32, '0'),
  roleFlags: '0003',
  serviceCategoryKind: 0,
  status: 1,
  deviceLFDI: lfdiOf(1),
});

/** Deep and near in turn, so that a slow moment of the machine meets both. */
async function compare(list: string, page: (start: number) => Promise<void>): Promise<BenchResult['results'][number]> {
  const deep: number[] = [];
  const near: number[] = [];
  await rate(() => page(0), roundMs / 3);
  await rate(() => page(entries - limit), roundMs / 3);
  for (let round = 0; round < rounds; round++) {
    near.push(await rate(() => page(0), roundMs));
    deep.push(await rate(() => page(entries - limit), roundMs));
  }
  const [value, baseline] = [median(deep), median(near)];
  return {
    case: `${list}, ${entries - limit} of ${entries}`,
    value,
    unit: 'pages/s',
    baseline,
    ratio: value / baseline,
  };
}

async function rate(work: () => Promise<void>, ms: number): Promise<number> {
  const start = clock.monotonicMs();
  let done = 0;
  for (; clock.monotonicMs() - start < ms; done++) await work();
  return (done * 1000) / (clock.monotonicMs() - start);
}
