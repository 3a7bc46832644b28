/**
 * Thermal and voltage constraint management (envelopes reference 3.7a): measurements of assets and buses become orders that relieve them, and
 * release them again. What is watched is stored, so that a restart goes on where it was.
 */
import { type Log } from '../base/log';
import { Problem } from '../base/problem';
import { type Measurement } from '../console/abnormal-service';
import { type GridAsset } from '../grid/assets';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { siteOf } from '../functions/site';
import { allocate, relieveVoltage, type Lever } from '../services/orders/allocate';
import { type Direction, type SiteLimits } from '../services/orders/order';
import { judge, thermalRules, voltageRules, type WatchRules, type WatchState } from '../services/orders/watch';
import { type ReasonCode } from '../services/reasons';
import { type Store } from '../store/api';
import { type OrderService } from './orders';

export interface ConstraintParts {
  readonly store: Store;
  readonly log: Log;
  readonly network: Network;
  readonly assets: readonly GridAsset[];
  readonly orders: OrderService;
  readonly sitesBelow: (asset: string) => Promise<readonly string[]>;
  readonly allSites: () => Promise<readonly string[]>;
}

/** What reaches the asset of what sites give up, the rest being losses they cause. */
const lossShare = 0.03;
const releaseS = 600;

export function constraints({ allSites, assets, log, network, orders, sitesBelow, store }: ConstraintParts) {
  const flow = powerFlow(network);
  const by = 'constraint watch';
  const inTurn = turns();

  return {
    loading: (name: string, { at, direction, va }: { va: number; direction: Direction; at: number }) =>
      inTurn(async (): Promise<Measurement> => {
        const asset = assets.find(({ id }) => id.toLowerCase() === name.toLowerCase());
        if (!asset)
          throw new Problem('NO_SUCH', {
            at: `asset ${name}`,
            note: 'the network has no rated transformer or line of that name',
          });
        return watched(`asset/${asset.id}/${direction}`, { value: va, limit: asset.ratingVA, at }, thermalRules, {
          target: { kind: 'asset', id: asset.id },
          reason: 'equipment-limit',
          direction,
          limits: async excessVA => {
            const members = await orders.members(await sitesBelow(asset.id));
            const name = direction === 'import' ? 'importW' : 'exportW';
            return allocate({ kind: 'reduce', [name]: excessVA / (1 - lossShare) }, members, { belowFirm: false })
              .limits;
          },
        });
      }),
    voltage: (bus: string, { at, phase, v }: { v: number; phase: 1 | 2 | 3; at: number }) =>
      inTurn(async (): Promise<Measurement> => {
        const index = flow.topology.busIndex(bus);
        if (index === undefined)
          throw new Problem('NO_SUCH', { at: `bus ${bus}`, note: 'the network has no such bus' });
        const nominal = flow.topology.nominalV[index] ?? 0;
        const { maxPu, minPu } = network.voltageBand;
        const high = v > ((maxPu + minPu) / 2) * nominal;
        const direction: Direction = high ? 'export' : 'import';
        const [value, limit] = high ? [v, maxPu * nominal] : [-v, -minPu * nominal];
        return watched(`bus/${bus}/${phase}/${direction}`, { value, limit, at }, voltageRules, {
          target: { kind: 'bus', id: bus },
          reason: 'voltage',
          direction,
          limits: async excessV => {
            const levers = await leversOf(bus, phase);
            return relieveVoltage(levers, excessV, { direction, belowFirm: false }).limits;
          },
        });
      }),
  };

  interface Relief {
    readonly target: { readonly kind: 'asset' | 'bus'; readonly id: string };
    readonly reason: ReasonCode;
    readonly direction: Direction;
    readonly limits: (excess: number) => Promise<Readonly<Record<string, SiteLimits>>>;
  }

  async function watched(
    key: string,
    measured: { value: number; limit: number; at: number },
    rules: WatchRules,
    relief: Relief,
  ): Promise<Measurement> {
    const href = `~constraint/${key}`;
    const doc = await store.get<WatchState>(href);
    const before = doc?.body ?? {};
    const { state, verdict } = judge(before, measured, rules);
    let next = state;
    let controlsPublished = 0;
    const what = key.replaceAll('/', ' ');
    if (verdict.act === 'reduce') {
      const limits = await relief.limits(verdict.by);
      const standing = before.order;
      if (Object.keys(limits).length === 0)
        log.warn('a constraint that nobody can relieve', { what, by: Math.ceil(verdict.by), reason: relief.reason });
      else {
        if (standing === undefined) {
          const made = await orders.make(
            {
              target: relief.target,
              ask: { kind: 'reduce', [relief.direction === 'import' ? 'importW' : 'exportW']: Math.ceil(verdict.by) },
              reason: relief.reason,
              belowFirm: false,
              releaseS,
              note: what,
            },
            by,
            { origin: 'constraint', limits },
          );
          next = { ...state, order: made.order.id };
          ({ controlsPublished } = made);
        } else {
          // Still over: what the sites do now is less already, and they are to do less again.
          const changed = await orders.change(standing, order => ({ ...order, limits: tighter(order.limits, limits) }));
          ({ controlsPublished } = changed);
        }
      }
    } else if (verdict.act === 'release' && before.order !== undefined) await orders.release(before.order);
    const { at } = measured;
    await store.commit({
      put: [{ href, list: '~constraint', kind: '~constraint', changed: at, sortKey: key, body: next }],
    });
    const order = next.order ?? before.order;
    return { what, verdict: verdict.act, controlsPublished, ...(order !== undefined && { order }) };
  }

  /** Volts at the node for each watt less at each site, by the power flow's own sensitivities. */
  async function leversOf(bus: string, phase: 1 | 2 | 3): Promise<Lever[]> {
    const ids = await allSites();
    const members = await orders.members(ids);
    flow.solve([]);
    const node = flow.node(bus, phase);
    return Promise.all(
      members.map(async (member): Promise<Lever> => {
        const site = (await siteOf(store, member.site))?.body;
        const at = site?.bus;
        if (!site || at === undefined || flow.topology.busIndex(at) === undefined) return { ...member, voltsPerW: 0 };
        const moved = site.phases.map(own => flow.respond(flow.node(at, own)).volts[node] ?? 0);
        return { ...member, voltsPerW: -moved.reduce((a, b) => a + b, 0) / site.phases.length };
      }),
    );
  }
}

function tighter(
  before: Readonly<Record<string, SiteLimits>>,
  after: Readonly<Record<string, SiteLimits>>,
): Record<string, SiteLimits> {
  const found: Record<string, SiteLimits> = { ...before };
  for (const [site, { exportW, importW }] of Object.entries(after)) {
    const old = before[site] ?? {};
    const least = (a: number | undefined, b: number | undefined) =>
      a === undefined ? b : b === undefined ? a : Math.min(a, b);
    const [i, e] = [least(old.importW, importW), least(old.exportW, exportW)];
    found[site] = { ...(i !== undefined && { importW: i }), ...(e !== undefined && { exportW: e }) };
  }
  return found;
}

/** One measurement after the other: two of one asset at once would each make an order. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
