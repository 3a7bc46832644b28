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
import { contractsReader } from '../functions/operator/contracts';
import { standingOrders } from '../functions/operator/orders';
import { noSite } from '../functions/operator/sites';
import { sumBook } from '../functions/sum-programs';
import { stands, withdrawalOf, withdrawnSites } from '../functions/operator/withdrawals';
import { allSites, siteOf, type Site } from '../functions/site';
import { assetOfBus, withHeadRating } from '../grid/assets';
import { type Switched } from '../grid/switching';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { readNetwork } from '../grid/read';
import { readBasis } from '../services/basis';
import { hostOf, processHost, type EngineHost } from '../services/engine-host';
import { controlsOf, inForce, liveControls, type EnvelopeControl } from '../services/envelopes/controls';
import { createEnvelopeRunner, type EnvelopeRunner, type RunnerParts } from '../services/envelope-runner';
import { byKind } from '../services/explain/account';
import { deepFreeze } from '../services/inputs-hash';
import { type Standing } from '../services/publisher';
import { type FirmShortfall } from '../services/run-result';
import { type View } from '../services/scenes';
import { type Verify } from '../services/verified';
import { type RunResult } from '../services/run-result';
import { scheduledEnd } from '../services/timeline';
import { type Auditor } from '../services/audit';
import { type Store } from '../store/api';
import { abnormalService } from './abnormal';
import { contractRunner } from './contract-runner';
import { explainer } from './explained';
import { type ServerDeps } from './deps';
import { forecastsOf, noForecasts } from './forecasts-of';
import { holds, snapshotMaker } from './snapshot';
import { shownSums } from './sums';
import { scenesOf, switchingBook } from './switching';
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
  const host = hostOf(loaded, {
    wall,
    deadlineS: config.engineDeadlineS,
    log: deps.log,
    ...(config.engineThreads > 0 && { threads: config.engineThreads }),
  });
  const runs: EnvelopeRun[] = [];
  let cancel: Cancel = () => undefined;
  const checkBus = network ? busCheck(network) : () => undefined;
  const forecasts = forecastsOf(network, deps);
  const contracts = contractsReader();
  const standingNow = async (): Promise<Standing> => ({
    versions: await contracts(store),
    orders: await standingOrders(store, clock.now()),
  });
  const common = {
    store,
    clock,
    log: deps.log,
    metrics: deps.metrics,
    pen: config.enterpriseNumber,
    withdrawn: () => withdrawnSites(store, clock.now()),
    standing: standingNow,
    variable: {
      timeZone: config.timeZone,
      publishAtS: dayS(config.variablePublishAt),
      effectiveAtS: dayS(config.variableEffectiveAt),
      horizonS: config.envelopeHorizonS,
    },
    stepS: config.envelopeStepS,
    horizonS: config.envelopeHorizonS,
  };
  const grid = network && governed(network, host);
  const runner = grid?.runner;
  /** Without a network: what contracts say of their sites. */
  const plain = contractRunner(common, { contracts, seed: config.seed, wall });
  const abnormal = abnormalService({
    deps,
    wall,
    contracts,
    runner: runner ?? plain.runner,
    grid: grid && { ...grid, run: async () => noted(await grid.runner.run()) },
  });
  const mustRun = async (): Promise<EnvelopeRunner> => {
    if (runner) return runner;
    if ((await contracts(store)).size === 0)
      throw new Problem('BAD_CONFIG', {
        at: 'network',
        note: 'without a network file no envelope can be computed, only imported; sites with contracts are told what those say',
      });
    return plain.runner;
  };
  const explain = explainer({ ...common, ...(grid && { ...grid.parts, verify: grid.verify }) });
  const noted = (result: RunResult): RunResult => {
    explain.note(result);
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
    for (const { noticeS, order, reason, sites, wh, worstW } of result.reductions)
      deps.audit?.record({
        who: 'server',
        from: '',
        what: 'envelopes.reduced',
        subject: reason,
        detail: { sites, noticeS, worstW, wh, ...(order !== undefined && { order }) },
      });
    noteShortfalls(result);
    return result;
  };
  let shortfalls: readonly FirmShortfall[] = [];
  /** Recorded when they change: a shortfall that stands for a week is one row and not a row each run. */
  const noteShortfalls = (result: RunResult): void => {
    const texts = (list: readonly FirmShortfall[]) => list.map(({ text }) => text.replace(/\d+ W/g, 'W')).join();
    const before = texts(shortfalls);
    ({ shortfalls } = result);
    if (texts(shortfalls) === before) return;
    deps.audit?.record({
      who: 'server',
      from: '',
      what: 'envelopes.firm-shortfall',
      subject: result.engine,
      detail: { count: shortfalls.length, some: shortfalls.slice(0, 10).map(({ text }) => text) },
    });
  };
  return {
    abnormal,
    explain,
    shortfalls: () => shortfalls,
    forecasts: forecasts ?? noForecasts,
    run: async reason => {
      const able = await mustRun();
      const { problem, ...result } = noted(await able.run(reason === undefined ? {} : { reason }));
      return { ...result, ...(problem && { problem: problem.advice }) };
    },
    runs: () => runs,
    import: async envelope => {
      const { outcome, controlsPublished, events } = noted(
        await importOne({ ...deps, standing: standingNow }, envelope),
      );
      return { outcome, controlsPublished, events };
    },
    show: (site, page) => show(store, site, clock.now(), config.enterpriseNumber, page),
    now: sites => standing(store, sites, clock.now(), config.enterpriseNumber),
    sums: () => shownSums(store, sites => standing(store, sites, clock.now(), config.enterpriseNumber)),
    enforce: async site => {
      const result = await enforceWithdrawal(deps, site);
      return result ? noted(result).controlsPublished : 0;
    },
    checkBus,
    killEngine: () => host.kill('throws'),
    schedule: (everyS, tasks) => {
      cancel = (runner ?? plain.runner).schedule(everyS, tasks, runner ? undefined : noted);
    },
    stop: async () => {
      cancel();
      await abnormal.stop();
      await host.close();
    },
  };

  function governed(feeder: Network, engineHost: EngineHost) {
    let unshared: Unshared = new Map();
    const book = switchingBook({ clock, network: feeder, store });
    const budget = { wall, budgetS: config.verifyBudgetS, seed: config.seed };
    const makers = new WeakMap<Network, { make: ReturnType<typeof snapshotMaker>; verify: Verify | undefined }>();
    /** Whatever is worked out of a network once is kept with it. */
    const of = ({ islands, network: at }: Switched) => {
      const found = makers.get(at) ?? {
        make: snapshotMaker({
          network: at,
          store,
          clock,
          timeZone: config.timeZone,
          stepS: config.envelopeStepS,
          horizonS: config.envelopeHorizonS,
          seed: config.seed,
          dialect: config.dialect,
          alone: async () =>
            new Set(
              [...(await contracts(store))].flatMap(([edev, versions]) =>
                versions.some(({ product }) => product !== 'dynamic') ? [edev] : [],
              ),
            ),
          unfed: islands.flatMap(({ buses }) => buses),
          ...(forecasts && { forecasts }),
        }),
        verify: config.verifyBudgetS > 0 ? verification(at, budget) : undefined,
      };
      makers.set(at, found);
      return found;
    };
    const view = async (at: Switched, until?: number): Promise<View> => {
      const { make, verify } = of(at);
      return { snapshot: deepFreeze(await make(until)), verify };
    };
    const parts: RunnerParts = {
      ...common,
      sums: sumBook(store, config.enterpriseNumber),
      host: engineHost,
      unshared: () => unshared,
      snapshot: async until => {
        unshared = unsharedOf(await allSites(store));
        return of(await book.known()).make(until);
      },
      scenes: async snapshot => {
        const until = snapshot.start + snapshot.steps * snapshot.stepS;
        const { verify } = of(await book.known());
        const events = await book.open();
        return scenesOf(snapshot, events, {
          plain: { snapshot, verify },
          viewOf: async upTo => view(await book.with(events.slice(0, upTo)), until),
        });
      },
    };
    const made = createEnvelopeRunner(parts);
    // Runs by schedule are noted as those on command are.
    const timed: EnvelopeRunner = {
      ...made,
      run: made.run.bind(made),
      schedule: (everyS, tasks) => made.schedule(everyS, tasks, noted),
    };
    /** The next seconds, on the network as it is known and as it is after an event and those before it. */
    const around = async (id: string, aheadS: number): Promise<{ now: Snapshot; after: Snapshot }> => {
      unshared = unsharedOf(await allSites(store));
      const events = await book.open();
      const upTo = events.slice(0, events.findIndex(event => event.id === id) + 1);
      return {
        now: await of(await book.known()).make(0, aheadS),
        after: deepFreeze(await of(await book.with(upTo)).make(0, aheadS)),
      };
    };
    const verify: Verify = async (snapshot, envelopes) =>
      (await of(await book.known()).verify?.(snapshot, envelopes)) ?? {
        unsafe: new Map(),
        notLookedAt: snapshot.steps,
      };
    return { around, book, network: feeder, parts, runner: timed, verify };
  }
}

/** `14:00` as seconds of the day. */
const dayS = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60;
};

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
  account,
}: RunResult): EnvelopeRun {
  const notes: EnvelopeRun['notes'][number][] = [];
  if (problem) notes.push({ what: 'fallback', text: `engine ${engine}: ${problem.message}` });
  if (fallbacks.length > 0)
    notes.push({ what: 'fallback', text: `${fallbacks.length} sites put on their firm limits` });
  for (const event of net) notes.push({ what: 'safety-net', text: event.text });
  for (const notice of notices) notes.push({ what: 'note', text: notice.text });
  const kinds = (side: 'import' | 'export') => account && { ...account[side], bound: byKind(account[side].bound) };
  const [i, e] = [kinds('import'), kinds('export')];
  return {
    at,
    outcome,
    controlsPublished,
    notes,
    ...(account && i && e && { account: { ...account, import: i, export: e } }),
  };
}

type Parts = ServerDeps & { readonly store: Store; readonly standing?: () => Promise<Standing> };

/** One site's limits from outside, through the same net and the same publication as an engine's. */
async function importOne(parts: Parts, envelope: EnvelopeImport): Promise<RunResult> {
  const found = await siteOf(parts.store, envelope.site);
  if (!found) throw noSite(envelope.site);
  return publishOne(parts, found.body, envelope, { name: 'import', bound: 'imported', strict: true });
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
  { store, clock, log, metrics, config, standing: standingNow }: Parts,
  { maxImportW, maxExportW, firmImportW, firmExportW, weight, phases }: Site,
  { site, start, stepS, importW, exportW, reason }: EnvelopeImport,
  { name, bound: by, strict = false }: { readonly name: string; readonly bound: string; readonly strict?: boolean },
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
    strict,
    ...(standingNow && { standing: standingNow }),
  }).run(reason === undefined ? {} : { reason });
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
