import { SteadyClock } from '../base/clock';
import { type Snapshot } from '../engines/api';
import { type contractsReader } from '../functions/operator/contracts';
import { allSites } from '../functions/site';
import { sumBook } from '../functions/sum-programs';
import { type Network } from '../grid/network';
import { type Switched } from '../grid/switching';
import { type EngineHost } from '../services/engine-host';
import { createEnvelopeRunner, type EnvelopeRunner, type RunnerParts } from '../services/envelope-runner';
import { deepFreeze } from '../services/inputs-hash';
import { type Unshared, noneUnshared } from '../services/rated';
import { type RunResult } from '../services/run-result';
import { type View } from '../services/scenes';
import { type Verify } from '../services/verified';
import { type Store } from '../store/api';
import { type ServerDeps } from './deps';
import { type forecastsOf } from './forecasts-of';
import { snapshotMaker } from './snapshot';
import { scenesOf, switchingBook } from './switching';
import { unsharedOf } from './unshared';
import { verification } from './verification';

export interface Governing {
  readonly deps: ServerDeps & { readonly store: Store };
  readonly common: Omit<RunnerParts, 'host' | 'snapshot'>;
  readonly contracts: ReturnType<typeof contractsReader>;
  readonly forecasts: ReturnType<typeof forecastsOf>;
  /** Told of each run by schedule, as of those on command. */
  readonly noted: (result: RunResult) => RunResult;
}

/** The runner on a network: its snapshots, as it is and as switching will have it, and its verification. */
export function governed(network: Network, host: EngineHost, { deps, common, contracts, forecasts, noted }: Governing) {
  const { clock, config, store } = deps;
  const wall = new SteadyClock();
  let unshared: Unshared = noneUnshared;
  const book = switchingBook({ clock, network, store });
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
    host,
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
  return { around, book, network, parts, runner: timed, verify };
}
