/**
 * Ten thousand sites on feeders of their own (182 of the IEEE European LV feeder with 55 sites each), 72 hourly intervals ahead, box-robust from
 * snapshot to bytes: computed in threads over all cores, held by the safety net and the verifier, published in one commit on SQLite, and read as
 * each device reads its list. `--whole` computes every feeder; without it a few are, the slope is told, and the rest is published with their limits.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, SystemClock } from '../src/base/clock';
import { systemIds } from '../src/base/ids';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { seededRandom } from '../src/base/random';
import { loadEngine } from '../src/engines';
import { type Snapshot } from '../src/engines/api';
import { sitesOf, snapshotOf } from '../src/engines/network-snapshot';
import { behaviours } from '../src/functions';
import { envelopeViews } from '../src/functions/envelope-views';
import { addSites } from '../src/functions/operator/sites';
import { type Network } from '../src/grid/network';
import { answerer } from '../src/protocol/answer';
import { KeptAnswers } from '../src/protocol/kept-answers';
import { defaultConfig } from '../src/server/config';
import { houseOf } from '../src/server/house';
import { verification } from '../src/server/verification';
import { observed } from '../src/services/changes';
import { type EngineHost, hostOf } from '../src/services/engine-host';
import { type NewEnvelope } from '../src/services/envelopes/publication';
import { type PublishedPlans, nothingStanding, publishPlans } from '../src/services/publisher';
import { type SafeEnvelope } from '../src/services/safety-net';
import { proposed } from '../src/services/scenes';
import { type Verify } from '../src/services/verified';
import { type Store } from '../src/store/api';
import { sqliteStore } from '../src/store/sqlite/store';
import { benchSite, lfdiOf } from './site';

export interface Row {
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
}

const wall = new SystemClock();
const hour = 3600;
const hours = 72;
const wantedSites = 10_000;
const pen = 99999;
const bar = { feederIntervalMs: 60, publishS: 10, dayAheadMin: 15, loadedS: 300, rollingS: 300, memoryGB: 2 };
/** Feeders at work at once: one is verified here while threads compute the next. */
const lanes = 2;

export async function scaleRows(feeder: Network, { whole }: { readonly whole: boolean }): Promise<Row[]> {
  const perFeeder = sitesOf(feeder, undefined, 1).length;
  const feeders = Math.ceil(wantedSites / perFeeder);
  const measured = whole ? feeders : 2;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const clock = new ManualClock(Math.floor(wall.now() / hour) * hour);
  const store = sqliteStore({ file: join(folder, 'scale.db'), mode: 'create', clock });
  const host = hostOf(loadEngine('box-robust', {}, '.'), { wall, deadlineS: 3600, log: silentLog });
  try {
    const ids = (
      await addSites(
        { store, clock, pen },
        Array.from({ length: feeders * perFeeder }, (_, i) => benchSite(i + 1)),
      )
    ).map(({ edev }) => edev);
    say(`${ids.length} sites on ${feeders} feeders`);
    const work = new Work(feeder, host);
    const ahead = await work.all(measured, { start: clock.now(), stepS: hour, steps: hours }, say);
    const limits = ids.map((_, i) => {
      const own = ahead.envelopes[Math.floor(i / perFeeder) % measured];
      return (own as readonly SafeEnvelope[])[i % perFeeder] as SafeEnvelope;
    });
    const first = await timed(() => publication(store, clock, ids, limits, { start: clock.now(), stepS: hour }));
    say(`published ${first.result.controlsPublished} controls in ${first.s.toFixed(1)} s`);
    const wireS = await onTheWire(store, clock, ids);
    clock.advance(hour);
    const rolled = await timed(() =>
      publication(store, clock, ids, limits.map(rolledOn), { start: clock.now(), stepS: hour }),
    );
    clock.advance(60);
    const lower = limits.map(rolledOn).map(reduced);
    const anew = await timed(() => publication(store, clock, ids, lower, { start: clock.now() - 60, stepS: hour }));
    const rolling = await work.all(whole ? feeders : 8, { start: clock.now(), stepS: 300, steps: 1 }, say);
    const minute = await timed(() =>
      publication(store, clock, ids, lower.map(firstStep), { start: clock.now() - 60, stepS: 300 }),
    );
    const intervals = measured * hours;
    const perIntervalMs = ahead.ms / intervals;
    const rest = (perFeederMs: number, done: number) => (perFeederMs * (feeders - done)) / 1000;
    const aheadS = ahead.ms / 1000 + rest(ahead.ms / measured, measured);
    const rollingCount = whole ? feeders : 8;
    const rollingS = rolling.ms / 1000 + rest(rolling.ms / rollingCount, rollingCount) + minute.s;
    const how = whole ? 'measured' : `by the slope of ${measured} feeders`;
    const rollingHow = whole ? 'measured' : `by the slope of ${rollingCount} feeders`;
    const GB = process.resourceUsage().maxRSS / 1e6;
    const sites = ids.length;
    return [
      row(`box-robust and verifier, ${perFeeder} sites, all cores`, perIntervalMs, 'ms/step', bar.feederIntervalMs),
      row('of that the verifier, one core', ahead.verifyMs / intervals, 'ms/step', bar.feederIntervalMs),
      row('snapshot of a feeder, 72 h', ahead.snapshotMs / measured, 'ms', bar.feederIntervalMs * hours),
      row(`publish ${sites} sites × 72 h`, first.s, 's', bar.publishS),
      row('publish an hour later, one step more', rolled.s, 's', bar.publishS),
      row('publish again, every limit lower', anew.s, 's', bar.publishS),
      row(`${sites} lists of 24 controls, request to bytes`, wireS, 's', bar.loadedS),
      row(`72 h of ${sites} sites, end to end, ${how}`, (aheadS + first.s + wireS) / 60, 'min', bar.dayAheadMin),
      row(`a 5-minute interval of ${sites} sites, ${rollingHow}`, rollingS, 's', bar.rollingS),
      row('most memory of the process', GB, 'GB', bar.memoryGB),
    ];
  } finally {
    await host.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const row = (name: string, value: number, unit: string, baseline: number): Row => ({
  case: name,
  value,
  unit,
  baseline,
});

interface Horizon {
  readonly start: number;
  readonly stepS: number;
  readonly steps: number;
}

/** Computes and verifies feeders. Each is the same wires with loads of its own, so that no answer is another's. */
class Work {
  private readonly networks = new Map<number, { readonly network: Network; readonly verify: Verify }>();

  constructor(
    private readonly base: Network,
    private readonly host: EngineHost,
  ) {}

  async all(count: number, horizon: Horizon, say: (line: string) => void) {
    const envelopes: (readonly SafeEnvelope[])[] = [];
    let [next, verifyMs, snapshotMs] = [0, 0, 0];
    const from = wall.monotonicMs();
    const lane = async (): Promise<void> => {
      while (next < count) {
        const i = next++;
        const { network, verify } = this.feeder(i);
        const began = wall.monotonicMs();
        const snapshot = this.snapshot(network, i, horizon);
        snapshotMs += wall.monotonicMs() - began;
        const judge: Verify = async (...given) => {
          const asked = wall.monotonicMs();
          const verdict = await verify(...given);
          verifyMs += wall.monotonicMs() - asked;
          return verdict;
        };
        const scene = { first: 0, steps: horizon.steps, views: [{ snapshot, verify: judge }] };
        const { judged, problem } = await proposed(snapshot, [scene], { host: this.host, terms: new Map() });
        if (problem) throw problem;
        envelopes[i] = judged.envelopes;
        if (i % 20 === 19) say(`${i + 1} of ${count} feeders`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return { envelopes, ms: wall.monotonicMs() - from, verifyMs, snapshotMs };
  }

  private feeder(i: number) {
    const known = this.networks.get(i);
    if (known) return known;
    const random = seededRandom(i + 1);
    const loads = this.base.loads.map(load => ({ ...load, baseVar: load.baseVar * (0.8 + 0.4 * random.next()) }));
    const network: Network = { ...this.base, loads };
    const made = { network, verify: verification(network, { wall, budgetS: 3600, seed: i + 1 }) };
    this.networks.set(i, made);
    return made;
  }

  private snapshot(network: Network, seed: number, { start, stepS, steps }: Horizon): Snapshot {
    const sites = sitesOf(network, undefined, 1);
    const most = { maxImportW: 14_000, maxExportW: 10_000 };
    return snapshotOf(network, { sites, ...most, start, startS: start % 86_400, stepS, steps, seed });
  }
}

/** As the runner publishes: decided site by site, committed at once. */
function publication(
  store: Store,
  clock: ManualClock,
  ids: readonly string[],
  limits: readonly Pick<SafeEnvelope, 'importW' | 'exportW' | 'bound'>[],
  { start, stepS }: Pick<NewEnvelope, 'start' | 'stepS'>,
): Promise<PublishedPlans> {
  const at = new Map(ids.map((id, i) => [id, limits[i]]));
  const head = { engine: 'box-robust', inputsHash: '' };
  const registered = { maxImportW: 14_000, maxExportW: 10_000, firmImportW: 0, firmExportW: 0 };
  return publishPlans({ store, clock, pen, stepS, horizonS: hours * hour }, async () => ({
    sites: ids,
    standing: nothingStanding,
    head,
    wanted: site => {
      const own = at.get(site);
      if (!own) return undefined;
      const { bound, exportW, importW } = own;
      const turn = { lowerFor: () => 'forecast' as const, raises: true, free: true };
      return { registered, product: { envelope: { start, stepS, importW, exportW, bound }, origin: head, turn } };
    },
  }));
}

type Limits = Pick<SafeEnvelope, 'importW' | 'exportW' | 'bound'>;

/** One step on: the first is over, and a new one, as a day before, is the last. */
function rolledOn({ bound, exportW, importW }: Limits): Limits {
  const on = (list: Int32Array) => Int32Array.from([...list.subarray(1), list[list.length - 24] ?? 0]);
  const last = bound[bound.length - 24];
  return { importW: on(importW), exportW: on(exportW), bound: [...bound.slice(1), ...(last ? [last] : [])] };
}

const reduced = ({ bound, exportW, importW }: Limits): Limits => ({
  importW: importW.map(w => 0.97 * w),
  exportW: exportW.map(w => 0.97 * w),
  bound,
});

const firstStep = ({ bound, exportW, importW }: Limits): Limits => ({
  importW: importW.slice(0, 1).map(w => 0.97 * w),
  exportW: exportW.slice(0, 1).map(w => 0.97 * w),
  bound: bound.slice(0, 1),
});

/** Seconds until every device has had its list of controls, asked one after the other, with nothing kept from before. */
async function onTheWire(store: Store, clock: ManualClock, ids: readonly string[]): Promise<number> {
  const answer = answerer({
    store: observed(store),
    kept: new KeptAnswers(0),
    clock,
    ids: systemIds,
    log: silentLog,
    metrics: noMetrics,
    house: houseOf(defaultConfig()).house,
    behaviours,
    envelopes: envelopeViews(clock, pen),
    dialect: 'csipaus-1.2',
    reading: 'lenient',
    admit: () => undefined,
    enter: () => () => undefined,
  });
  const { s } = await timed(async () => {
    for (const [i, id] of ids.entries()) {
      const { body, status } = await answer({
        id: '',
        method: 'GET',
        url: `/derp/${id}/derc?s=0&l=24`,
        namesHost: true,
        peer: { lfdi: lfdiOf(i + 1), sfdi: i + 1 },
        body: async () => Buffer.alloc(0),
      });
      if (status !== 200 || !body.includes('<DERControl ')) throw new Error(`site ${id}: ${status} ${body}`);
    }
  });
  return s;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly s: number; readonly result: T }> {
  const from = wall.monotonicMs();
  const result = await work();
  return { s: (wall.monotonicMs() - from) / 1000, result };
}
