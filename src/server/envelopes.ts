/** Wires the capacity engine to the store: snapshot, host, runner, and what the operator API asks of them. */
import { resolve } from 'node:path';
import { type Cancel, SystemClock } from '../base/clock';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { nextTurn } from '../base/turn';
import {
  type EnvelopeImport,
  type EnvelopeNow,
  type EnvelopeRun,
  type EnvelopeService,
  type ShownEnvelope,
} from '../console/envelope-service';
import { type Engine, type Snapshot } from '../engines/api';
import { loadEngine } from '../engines';
import { noSite } from '../functions/operator/sites';
import { stands, withdrawalOf, withdrawnSites } from '../functions/operator/withdrawals';
import { allSites, siteOf, type Site } from '../functions/site';
import { assetOfBus, withHeadRating } from '../grid/assets';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { readNetwork } from '../grid/read';
import { readBasis } from '../services/basis';
import { hostOf, processHost, type EngineHost } from '../services/engine-host';
import { controlsOf, inForce, liveControls, type EnvelopeControl } from '../services/envelopes/controls';
import { createEnvelopeRunner, type EnvelopeRunner } from '../services/envelope-runner';
import { type RunResult } from '../services/run-result';
import { scheduledEnd } from '../services/timeline';
import { type Auditor } from '../services/audit';
import { type Store } from '../store/api';
import { type ServerDeps } from './deps';
import { forecastsOf, noForecasts } from './forecasts-of';
import { holds, snapshotMaker } from './snapshot';
import { verification } from './verification';

export interface Envelopes extends EnvelopeService {
  schedule(everyS: number, tasks: Tasks): void;
  stop(): Promise<void>;
}

const runsKept = 1000;

/** @throws Problem BAD_NETWORK, UNKNOWN_ENGINE, BAD_CONFIG when network or engine of the configuration cannot be used */
export async function envelopeService(
  deps: ServerDeps & { readonly store: Store; readonly audit?: Auditor },
): Promise<Envelopes> {
  const { dir, config, store, clock } = deps;
  const network = networkOf(dir, config.network, config.headRatingKva);
  const loaded = loadEngine(config.engine, config.engineOptions, dir);
  const wall = new SystemClock();
  const host = hostOf(loaded, { wall, deadlineS: config.engineDeadlineS, log: deps.log });
  const runs: EnvelopeRun[] = [];
  let cancel: Cancel = () => undefined;
  const checkBus = network ? busCheck(network) : () => undefined;
  const forecasts = forecastsOf(network, deps);
  let runner: EnvelopeRunner | undefined;
  if (network) runner = governed(deps, network, host);
  const mustRun = (): EnvelopeRunner => {
    if (!runner)
      throw new Problem('BAD_CONFIG', {
        at: 'network',
        note: 'without a network file no envelope can be computed, only imported',
      });
    return runner;
  };
  const noted = (result: RunResult): RunResult => {
    runs.push(summaryOf(result));
    if (runs.length > runsKept) runs.shift();
    const { engine, outcome, controlsPublished, sitesPublished } = result;
    deps.audit?.record({
      who: 'server',
      from: '',
      what: 'envelopes.published',
      subject: engine,
      detail: { outcome, controlsPublished, sitesPublished },
    });
    return result;
  };
  return {
    forecasts: forecasts ?? noForecasts,
    run: async () => {
      const { problem, ...result } = noted(await mustRun().run());
      return { ...result, ...(problem && { problem: problem.advice }) };
    },
    runs: () => runs,
    import: async envelope => {
      const { outcome, controlsPublished, events } = noted(await importOne(deps, envelope));
      return { outcome, controlsPublished, events };
    },
    show: (site, page) => show(store, site, clock.now(), config.enterpriseNumber, page),
    now: sites => standing(store, sites, clock.now(), config.enterpriseNumber),
    enforce: async site => {
      const result = await enforceWithdrawal(deps, site);
      return result ? noted(result).controlsPublished : 0;
    },
    checkBus,
    killEngine: () => host.kill('throws'),
    schedule: (everyS, tasks) => {
      const timed: EnvelopeRunner = mustRun();
      cancel = timed.schedule(everyS, tasks);
    },
    stop: async () => {
      cancel();
      await host.close();
    },
  };

  function governed(parts: typeof deps, feeder: Network, engineHost: EngineHost): EnvelopeRunner {
    const { log, metrics } = parts;
    let unshared: Unshared = new Map();
    const make = snapshotMaker({
      network: feeder,
      store,
      clock,
      timeZone: config.timeZone,
      stepS: config.envelopeStepS,
      horizonS: config.envelopeHorizonS,
      seed: config.seed,
      ...(forecasts && { forecasts }),
    });
    const snapshot = async (): Promise<Snapshot> => {
      unshared = unsharedOf(await allSites(store));
      return make();
    };
    const made = createEnvelopeRunner({
      store,
      clock,
      log,
      metrics,
      host: engineHost,
      snapshot,
      pen: config.enterpriseNumber,
      ...(config.verifyBudgetS > 0 && {
        verify: verification(feeder, { wall, budgetS: config.verifyBudgetS, seed: config.seed }),
      }),
      unshared: () => unshared,
      withdrawn: () => withdrawnSites(store, clock.now()),
    });
    // Runs by schedule are noted as those on command are.
    const run = made.run.bind(made);
    return { ...made, run, schedule: (everyS, tasks) => made.schedule(everyS, tasks, noted) };
  }
}

type Unshared = ReadonlyMap<string, { readonly importW?: number; readonly exportW?: number }>;

const unsharedOf = (sites: readonly Site[]): Unshared =>
  new Map(
    sites
      .filter(site => site.follows !== undefined)
      .map(site => [
        site.edev,
        {
          ...(!holds(site, 'import') && { importW: site.maxImportW }),
          ...(!holds(site, 'export') && { exportW: site.maxExportW }),
        },
      ]),
  );

function networkOf(dir: string, file: string, headKva: number): Network | undefined {
  if (file === '') return undefined;
  const network = readNetwork(resolve(dir, file));
  return headKva > 0 ? withHeadRating(network, headKva) : network;
}

function busCheck(network: Network): (bus: string, at: string) => void {
  const { topology } = powerFlow(network);
  const assetAbove = assetOfBus(network);
  return (bus, at) => {
    const where = `${at}, bus`;
    if (topology.busIndex(bus) === undefined)
      throw new Problem('BAD_VALUE', {
        at: where,
        got: bus,
        note: orElse(`${network.name} has no such bus`, bus, topology.buses),
      });
    if (assetAbove(bus) === undefined)
      throw new Problem('BAD_VALUE', { at: where, got: bus, note: 'no transformer or line above it has a rating' });
  };
}

function summaryOf({
  at,
  outcome,
  controlsPublished,
  fallbacks,
  net,
  notices,
  problem,
  engine,
}: RunResult): EnvelopeRun {
  const notes: EnvelopeRun['notes'][number][] = [];
  if (problem) notes.push({ what: 'fallback', text: `engine ${engine}: ${problem.message}` });
  if (fallbacks.length > 0)
    notes.push({ what: 'fallback', text: `${fallbacks.length} sites put on their firm limits` });
  for (const event of net) notes.push({ what: 'safety-net', text: event.text });
  for (const notice of notices) notes.push({ what: 'note', text: notice.text });
  return { at, outcome, controlsPublished, notes };
}

type Parts = ServerDeps & { readonly store: Store };

/** One site's limits from outside, through the same net and the same publication as an engine's. */
async function importOne(parts: Parts, envelope: EnvelopeImport): Promise<RunResult> {
  const found = await siteOf(parts.store, envelope.site);
  if (!found) throw noSite(envelope.site);
  return publishOne(parts, found.body, envelope, { name: 'import', bound: 'imported' });
}

/**
 * Puts the window of a withdrawal on firm as far as controls were published. After them DefaultDERControl carries firm by itself;
 * what later runs publish is put on firm by the runner.
 */
async function enforceWithdrawal(parts: Parts, site: string): Promise<RunResult | undefined> {
  const { store, clock, config } = parts;
  const now = clock.now();
  const [found, withdrawal] = [await siteOf(store, site), await withdrawalOf(store, site)];
  if (!found || !withdrawal) return undefined;
  const live = liveControls(controlsOf(await store.series.ofSite(site, now), { pen: config.enterpriseNumber }), now);
  const stepS = config.envelopeStepS;
  const start = Math.floor(Math.max(now, withdrawal.from) / stepS) * stepS;
  const end = Math.min(withdrawal.until ?? Infinity, Math.max(...live.map(scheduledEnd)));
  if (live.length === 0 || end <= start) return undefined;
  const steps = Math.ceil((end - start) / stepS);
  const { maxImportW, maxExportW } = found.body;
  const fill = (w: number) => new Array<number>(steps).fill(w);
  const most = { site, start, stepS, importW: fill(maxImportW), exportW: fill(maxExportW) };
  return publishOne(parts, found.body, most, { name: 'withdrawal', bound: 'site rating' }, unsharedOf([found.body]));
}

async function publishOne(
  { store, clock, log, metrics, config }: Parts,
  { maxImportW, maxExportW, firmImportW, firmExportW, weight, phases }: Site,
  { site, start, stepS, importW, exportW }: EnvelopeImport,
  { name, bound: by }: { readonly name: string; readonly bound: string },
  unshared: Unshared = new Map(),
): Promise<RunResult> {
  const { importW: ratedImportW, exportW: ratedExportW } = unshared.get(site) ?? {};
  const [i, e] = [ratedImportW === undefined ? 1 : 0, ratedExportW === undefined ? 1 : 0];
  const limits = {
    maxImportW: maxImportW * i,
    maxExportW: maxExportW * e,
    firmImportW: firmImportW * i,
    firmExportW: firmExportW * e,
  };
  const snapshot: Snapshot = {
    api: 1,
    now: clock.now(),
    start,
    stepS,
    steps: importW.length,
    assets: [],
    devices: [{ id: site, asset: '', phases, ...limits, weight }],
    seed: config.seed,
  };
  const given: Engine = {
    name,
    api: 1,
    compute: () => [
      {
        device: site,
        importW: importW.map(w => w * i),
        exportW: exportW.map(w => w * e),
        bound: importW.map(() => ({ import: by, export: by })),
      },
    ],
  };
  const host = processHost(given, { wall: new SystemClock(), deadlineS: 10 });
  return createEnvelopeRunner({
    store,
    clock,
    log,
    metrics,
    host,
    snapshot: async () => snapshot,
    pen: config.enterpriseNumber,
    unshared: () => unshared,
    withdrawn: () => withdrawnSites(store, clock.now()),
  }).run();
}

interface Page {
  readonly limit: number;
  /** Controls that begin after this moment. */
  readonly after?: number | undefined;
}

/** Controls of a site in force and to come, and what bound them. */
async function show(
  store: Store,
  site: string,
  now: number,
  pen: number,
  { limit, after = -Infinity }: Page,
): Promise<ShownEnvelope> {
  const live = liveControls(controlsOf(await store.series.ofSite(site, now), { pen }), now);
  const withdrawal = await withdrawalOf(store, site);
  const asked = live.filter(control => inForce(control).from > after);
  const shown = asked.slice(0, limit);
  const last = shown.at(-1);
  return {
    site,
    now,
    controls: shown.map(shownControl),
    ...(withdrawal && stands(withdrawal, now) && { withdrawal }),
    ...(asked.length > limit && last && { next: inForce(last).from }),
  };
}

const shownControl = (control: EnvelopeControl) => {
  const { basis, mrid, importW, exportW, bound, engine, createdAt } = control;
  const { forecasts } = readBasis(basis);
  const shown = { mrid, ...inForce(control), importW, exportW, bound, engine, createdAt };
  return { ...shown, ...(forecasts.length > 0 && { forecasts }) };
};

const sitesPerTurn = 100;

/** What is in force at each of these sites, and until when limits are published. */
async function standing(store: Store, sites: readonly Site[], now: number, pen: number): Promise<EnvelopeNow[]> {
  const found: EnvelopeNow[] = [];
  for (const [k, { edev, name }] of sites.entries()) {
    if (k % sitesPerTurn === 0) await new Promise<void>(nextTurn); // others are answered meanwhile
    const live = liveControls(controlsOf(await store.series.ofSite(edev, now), { pen }), now);
    const current = live.find(control => inForce(control).from <= now);
    const withdrawal = await withdrawalOf(store, edev);
    found.push({
      site: edev,
      name,
      ...(current && { inForce: shownControl(current) }),
      ...(live.length > 0 && { publishedUntil: Math.max(...live.map(control => inForce(control).to)) }),
      ...(withdrawal && stands(withdrawal, now) && { withdrawal }),
    });
  }
  return found;
}
