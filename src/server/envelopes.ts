/** Wires the capacity engine to the store: snapshot, host, runner, and what the operator API asks of them. */
import { resolve } from 'node:path';
import { type Cancel, SystemClock } from '../base/clock';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { type EnvelopeImport, type EnvelopeRun, type EnvelopeService } from '../console/envelope-service';
import { type Engine, type Snapshot } from '../engines/api';
import { loadEngine } from '../engines';
import { noSite } from '../functions/operator/sites';
import { allSites, siteOf } from '../functions/site';
import { assetOfBus, withHeadRating } from '../grid/assets';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { readNetwork } from '../grid/read';
import { hostOf, processHost, type EngineHost } from '../services/engine-host';
import { controlsOf, inForce } from '../services/envelopes/controls';
import { createEnvelopeRunner, type EnvelopeRunner } from '../services/envelope-runner';
import { type RunResult } from '../services/run-result';
import { type Auditor } from '../services/audit';
import { type Store } from '../store/api';
import { type ServerDeps } from './deps';
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
    run: async () => {
      const { problem, ...result } = noted(await mustRun().run());
      return { ...result, ...(problem && { problem: problem.advice }) };
    },
    runs: () => runs,
    import: async envelope => {
      const { outcome, controlsPublished, events } = noted(await importOne(deps, envelope));
      return { outcome, controlsPublished, events };
    },
    show: site => show(store, site, clock.now(), config.enterpriseNumber),
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
    let unshared = new Map<string, { importW?: number; exportW?: number }>();
    const make = snapshotMaker({
      network: feeder,
      store,
      clock,
      timeZone: config.timeZone,
      stepS: config.envelopeStepS,
      horizonS: config.envelopeHorizonS,
      seed: config.seed,
    });
    const snapshot = async (): Promise<Snapshot> => {
      const sites = await allSites(store);
      unshared = new Map(
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
    });
    // Runs by schedule are noted as those on command are.
    const run = made.run.bind(made);
    return { ...made, run, schedule: (everyS, tasks) => made.schedule(everyS, tasks, noted) };
  }
}

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

/** One site's limits from outside, through the same net and the same publication as an engine's. */
async function importOne(
  { store, clock, log, metrics, config }: ServerDeps & { readonly store: Store },
  envelope: EnvelopeImport,
): Promise<RunResult> {
  const { site, start, stepS, importW, exportW } = envelope;
  const found = await siteOf(store, site);
  if (!found) throw noSite(site);
  const { maxImportW, maxExportW, firmImportW, firmExportW, weight, phases } = found.body;
  const snapshot: Snapshot = {
    api: 1,
    now: clock.now(),
    start,
    stepS,
    steps: importW.length,
    assets: [],
    devices: [{ id: site, asset: '', phases, maxImportW, maxExportW, firmImportW, firmExportW, weight }],
    seed: config.seed,
  };
  const imported: Engine = {
    name: 'import',
    api: 1,
    compute: () => [
      { device: site, importW, exportW, bound: importW.map(() => ({ import: 'imported', export: 'imported' })) },
    ],
  };
  const host = processHost(imported, { wall: new SystemClock(), deadlineS: 10 });
  return createEnvelopeRunner({
    store,
    clock,
    log,
    metrics,
    host,
    snapshot: async () => snapshot,
    pen: config.enterpriseNumber,
  }).run();
}

/** Controls of a site in force and to come, and what bound them. */
async function show(store: Store, site: string, now: number, pen: number): Promise<object> {
  const controls = controlsOf(await store.series.ofSite(site, now), { pen });
  return {
    site,
    now,
    controls: controls
      .map(control => ({ ...control, ...inForce(control) }))
      .filter(({ from, to }) => to > now && to > from)
      .sort((a, b) => a.from - b.from)
      .map(({ mrid, from, to, importW, exportW, bound, engine, createdAt }) => ({
        mrid,
        from,
        to,
        importW,
        exportW,
        bound,
        engine,
        createdAt,
      })),
  };
}
