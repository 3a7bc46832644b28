/** Puts abnormal operation together: orders, constraint management and switching on one network, or orders alone where there is none. */
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type AbnormalService, type SwitchingEvent } from '../console/abnormal-service';
import { loadEngine } from '../engines';
import { type Snapshot } from '../engines/api';
import { allSites, siteOf } from '../functions/site';
import { assetsIn } from '../grid/assets';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { processHost } from '../services/engine-host';
import { createEnvelopeRunner, type EnvelopeRunner, type RunnerParts } from '../services/envelope-runner';
import { agreedOf } from '../services/envelopes/record';
import { type SiteLimits } from '../services/orders/order';
import { type ContractVersion, type Registered } from '../services/products/version';
import { cut } from '../services/segments';
import { type Store } from '../store/api';
import { constraints } from './constraints';
import { type ServerDeps } from './deps';
import { orderService } from './orders';
import { holds } from './snapshot';
import { type SwitchingBook } from './switching';

export interface AbnormalParts {
  readonly deps: ServerDeps & { readonly store: Store };
  readonly wall: Clock;
  readonly contracts: (store: Store) => Promise<ReadonlyMap<string, readonly ContractVersion[]>>;
  /** Composes; also of a server without a network. */
  readonly runner: Pick<EnvelopeRunner, 'compose'>;
  /** What there is only with a network. */
  readonly grid?:
    | {
        readonly network: Network;
        readonly book: SwitchingBook;
        /** The next seconds on the network as it is, and as it is after the event of that id and all open ones before it. */
        readonly around: (id: string, aheadS: number) => Promise<{ readonly now: Snapshot; readonly after: Snapshot }>;
        readonly parts: RunnerParts;
        /** The whole answer, in its own time. */
        readonly run: () => Promise<unknown>;
      }
    | undefined;
}

const releaseS = 600;
/** How far ahead the quick answer reaches, s. */
const quickAheadS = 2 * 3600;

export function abnormalService({
  contracts,
  deps,
  grid,
  runner,
  wall,
}: AbnormalParts): AbnormalService & { stop(): Promise<void> } {
  const { clock, config, store } = deps;
  const ids = async (): Promise<string[]> =>
    (await allSites(store)).flatMap(({ edev, role }) => (role === 'device' ? [edev] : []));
  const sitesBelow = grid ? below(store, grid.network) : noNetwork;
  const orders = orderService({
    ...deps,
    wall,
    contracts,
    sitesBelow,
    maxAgeS: Math.max(900, 3 * config.postRateS),
    compose: async sites => {
      const known = new Map<string, Registered>();
      for (const edev of sites) {
        const site = (await siteOf(store, edev))?.body;
        if (!site) continue;
        const { firmExportW, firmImportW, maxExportW, maxImportW } = site;
        // In a direction it cannot hold a site has no firm limit: its rating is told there.
        known.set(edev, {
          maxImportW,
          maxExportW,
          firmImportW: holds(site, 'import') ? firmImportW : 0,
          firmExportW: holds(site, 'export') ? firmExportW : 0,
        });
      }
      return runner.compose([...known.keys()], site => known.get(site));
    },
  });
  const watch =
    grid &&
    constraints({
      store,
      log: deps.log,
      network: grid.network,
      assets: assetsIn(powerFlow(grid.network)),
      orders,
      sitesBelow,
      allSites: ids,
    });
  const need = <T>(part: T | undefined): T => {
    if (part === undefined)
      throw new Problem('BAD_CONFIG', {
        at: 'network',
        note: 'without a network file there are no assets, buses and switches',
      });
    return part;
  };
  const runSoon = (): void => {
    const { run } = need(grid);
    deps.tasks.run(run);
  };
  const confirm: AbnormalService['confirm'] = async id => {
    const event = await need(grid).book.change(id, { confirmedAt: clock.now() });
    await inStages(event.id);
    runSoon();
    return event;
  };
  /** What there is more room for comes in stages: limits are held where they are, and the hold is let go of at once. */
  async function inStages(id: string): Promise<void> {
    const now = clock.now();
    const limits: Record<string, SiteLimits> = {};
    for (const edev of await ids()) {
      const agreed = agreedOf(await store.series.ofSite(edev, now)).during(now, now + 1);
      if (agreed) limits[edev] = { importW: agreed.importW, exportW: agreed.exportW };
    }
    const [first] = Object.keys(limits);
    if (first === undefined) return;
    const hold = { target: { kind: 'site' as const, id: first }, ask: { kind: 'each' as const, importW: 0 } };
    await orders.make(
      { ...hold, id: `${id}-release`, reason: 'reconfiguration', belowFirm: false, releaseS },
      'server',
      { origin: 'switching', limits, releasedAt: now },
    );
  }

  return {
    order: (asked, by) => orders.make(asked, by),
    release: id => orders.release(id),
    cancelOrder: id => orders.cancel(id),
    tell: sites => orders.tell(sites),
    stop: () => orders.keeper.stop(),
    switchings: async () => (grid ? grid.book.all() : []),
    async switch(asked, by) {
      const { book } = need(grid);
      const began = wall.monotonicMs();
      if (asked.at < clock.now())
        throw new Problem('BAD_VALUE', { at: 'at', want: `now or later, ${clock.now()}`, got: asked.at });
      const { event, islands } = await book.add({ ...asked, createdBy: by });
      const published = await quick(event);
      runSoon();
      return { event, islands, controlsPublished: published, seconds: (wall.monotonicMs() - began) / 1000 };
    },
    confirm,
    cancelSwitching: async id => {
      const event = await need(grid).book.change(id, { cancelledAt: clock.now() });
      runSoon();
      return event;
    },
    switchIs: async (name, to) => {
      const confirmed = await need(grid).book.report(name, to);
      for (const id of confirmed) await confirm(id);
      return confirmed;
    },
    loading: (asset, measured) => need(watch).loading(asset, measured),
    voltage: (bus, measured) => need(watch).voltage(bus, measured),
  };

  /**
   * The quick answer: what transformers and lines can carry after the event, without a power flow. Limits are lowered only, and only those of the
   * next hours: the whole answer is here before they are over. An event that is further off waits for that.
   */
  async function quick({ at, id, reason }: SwitchingEvent): Promise<number> {
    const { around, parts } = need(grid);
    if (at >= clock.now() + quickAheadS) return 0;
    const { after, now } = await around(id, quickAheadS);
    const first = Math.max(0, Math.floor((at - now.start) / now.stepS));
    const stretch = { first, steps: now.steps - first };
    const [base, changed] = [now, after].map(each => cut(each, stretch, new Map())) as [Snapshot, Snapshot];
    const { engine } = loadEngine('equal-share', {}, deps.dir);
    const { verify: _verify, variable: _variable, ...others } = parts;
    const { controlsPublished } = await createEnvelopeRunner({
      ...others,
      host: processHost(engine, { wall, deadlineS: 10 }),
      snapshot: async () => base,
      scenes: async () => [
        { first: 0, steps: base.steps, views: [{ snapshot: changed }], by: `switching ${id}`, reason },
      ],
    }).run({ lowerOnly: true });
    return controlsPublished;
  }
}

function noNetwork(asset: string): Promise<never> {
  return Promise.reject(
    new Problem('NO_SUCH', {
      at: `asset ${asset}`,
      note: 'without a network file there are no assets; name sites or groups',
    }),
  );
}

/** Sites at or below the bus an asset feeds. */
function below(store: Store, network: Network): (asset: string) => Promise<string[]> {
  const { topology } = powerFlow(network);
  return async name => {
    const branch = topology.branches.find(one => one.name.toLowerCase() === name.toLowerCase());
    if (!branch)
      throw new Problem('NO_SUCH', { at: `asset ${name}`, note: `${network.name} has no such transformer or line` });
    const under = new Set([branch.to]);
    for (let bus = branch.to + 1; bus < topology.buses.length; bus++)
      if (under.has(topology.parent[bus] ?? -1)) under.add(bus);
    return (await allSites(store)).flatMap(({ bus, edev, role }) =>
      role === 'device' && bus !== undefined && under.has(topology.busIndex(bus) ?? -1) ? [edev] : [],
    );
  };
}
