/** Wires the capacity engine to the store: snapshot, host, runner, and what the operator API asks of them. */
import { resolve } from 'node:path';
import { type Cancel, SteadyClock } from '../base/clock';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { type EnvelopeService } from '../console/envelope-service';
import { loadEngine } from '../engines';
import { contractsReader } from '../functions/operator/contracts';
import { standingOrders } from '../functions/operator/orders';
import { withdrawnSites } from '../functions/operator/withdrawals';
import { assetOfBus, withHeadRating } from '../grid/assets';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { readNetwork } from '../grid/read';
import { type Auditor } from '../services/audit';
import { hostOf } from '../services/engine-host';
import { type EnvelopeRunner } from '../services/envelope-runner';
import { type Standing } from '../services/publisher';
import { type Store } from '../store/api';
import { abnormalService } from './abnormal';
import { contractRunner } from './contract-runner';
import { type ServerDeps } from './deps';
import { show, standing } from './envelopes-shown';
import { explainer } from './explained';
import { forecastsOf, noForecasts } from './forecasts-of';
import { governed } from './governed';
import { enforceWithdrawal, importOne } from './publish-one';
import { runNotes } from './run-notes';
import { shownSums } from './sums';

export interface Envelopes extends EnvelopeService {
  schedule(everyS: number, tasks: Tasks): void;
  stop(): Promise<void>;
}

/** @throws Problem BAD_NETWORK, UNKNOWN_ENGINE, BAD_CONFIG when network or engine of the configuration cannot be used */
export async function envelopeService(
  deps: ServerDeps & { readonly store: Store; readonly audit?: Auditor },
): Promise<Envelopes> {
  const { dir, config, store, clock } = deps;
  const network = networkOf(dir, config.network, config.headRatingKva);
  const loaded = loadEngine(config.engine, config.engineOptions, dir);
  const wall = new SteadyClock();
  const host = hostOf(loaded, {
    wall,
    deadlineS: config.engineDeadlineS,
    log: deps.log,
    ...(config.engineThreads > 0 && { threads: config.engineThreads }),
  });
  let cancel: Cancel = () => undefined;
  const checkBus = network ? busCheck(network) : () => undefined;
  const forecasts = forecastsOf(network, deps);
  const contracts = contractsReader();
  const common = {
    store,
    clock,
    log: deps.log,
    metrics: deps.metrics,
    pen: config.enterpriseNumber,
    withdrawn: () => withdrawnSites(store, clock.now()),
    standing: async (): Promise<Standing> => ({
      versions: await contracts(store),
      orders: await standingOrders(store, clock.now()),
    }),
    variable: {
      timeZone: config.timeZone,
      publishAtS: dayS(config.variablePublishAt),
      effectiveAtS: dayS(config.variableEffectiveAt),
      horizonS: config.envelopeHorizonS,
    },
    stepS: config.envelopeStepS,
    horizonS: config.envelopeHorizonS,
  };
  const { noted, runs, shortfalls } = runNotes(deps, result => explain.note(result));
  const grid = network && governed(network, host, { deps, common, contracts, forecasts, noted });
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
  return {
    abnormal,
    explain,
    shortfalls,
    forecasts: forecasts ?? noForecasts,
    run: async reason => {
      const able = await mustRun();
      const { problem, ...result } = noted(await able.run(reason === undefined ? {} : { reason }));
      return { ...result, ...(problem && { problem: problem.advice }) };
    },
    runs,
    import: async envelope => {
      const { outcome, controlsPublished, events } = noted(
        await importOne({ ...deps, standing: common.standing }, envelope),
      );
      return { outcome, controlsPublished, events };
    },
    show: (site, page) => show(store, site, clock.now(), config.enterpriseNumber, page),
    now: sites => standing(store, sites, clock.now(), config.enterpriseNumber),
    sums: () => shownSums(store, sites => standing(store, sites, clock.now(), config.enterpriseNumber)),
    enforce: async site => {
      const result = await enforceWithdrawal({ ...deps, standing: common.standing }, site);
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
}

/** `14:00` as seconds of the day. */
const dayS = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60;
};

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
