/** Curtailment orders: whom they concern, what each may still do, and the telling of it. */
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type NewOrder, type OrderMade } from '../console/abnormal-service';
import { findGroup, membersOf } from '../functions/operator/groups';
import { netPowerW } from '../functions/operator/net-power';
import { changeOrder, layAside, ordersList, putNewOrder } from '../functions/operator/orders';
import { findSite } from '../functions/operator/sites';
import { wholeListOf } from '../functions/issued-controls';
import { siteOf } from '../functions/site';
import { agreedOf } from '../services/envelopes/record';
import { allocate, type Allocation, type Member } from '../services/orders/allocate';
import { orderKeeper, type OrderKeeper } from '../services/orders/keeper';
import { type Order, type Target } from '../services/orders/order';
import { termsOf, versionAt, type ContractVersion } from '../services/products/version';
import { type PublishedPlans } from '../services/publisher';
import { reasons } from '../services/reasons';
import { type Store } from '../store/api';
import { type ServerDeps } from './deps';

export interface OrderParts extends Pick<ServerDeps, 'clock' | 'tasks' | 'log'> {
  readonly store: Store;
  readonly wall: Clock;
  /** How old telemetry may be that a reduction counts on, seconds. */
  readonly maxAgeS: number;
  readonly contracts: (store: Store) => Promise<ReadonlyMap<string, readonly ContractVersion[]>>;
  /** Ids of the sites below an asset. @throws Problem NO_SUCH */
  readonly sitesBelow: (asset: string) => Promise<readonly string[]>;
  readonly compose: (sites: readonly string[]) => Promise<PublishedPlans>;
}

export interface OrderService {
  readonly keeper: OrderKeeper;
  make(
    asked: NewOrder,
    by: string,
    more?: Partial<Pick<Order, 'origin' | 'limits' | 'releasedAt'>>,
  ): Promise<OrderMade>;
  /** Puts other limits into an order that stands. */
  change(id: string, change: (order: Order) => Order): Promise<{ order: Order; controlsPublished: number }>;
  release(id: string): Promise<Order>;
  cancel(id: string): Promise<Order>;
  tell(sites: readonly string[]): Promise<number>;
  members(sites: readonly string[]): Promise<Member[]>;
}

export function orderService(parts: OrderParts): OrderService {
  const { clock, compose, store, wall } = parts;
  const tell = async (sites: readonly string[]): Promise<number> => (await compose(sites)).controlsPublished;
  const keeper = orderKeeper({
    ...parts,
    orders: async () => (await wholeListOf<Order>(store, ordersList)).map(({ body }) => body),
    tell,
    layAside: () => layAside(store, clock.now()),
  });

  const members = async (ids: readonly string[]): Promise<Member[]> => {
    const now = clock.now();
    const contracts = await parts.contracts(store);
    const all = await Promise.all(ids.map(edev => siteOf(store, edev)));
    const sites = all.flatMap(found => (found ? [found.body] : [])); // one may have been removed meanwhile
    return Promise.all(
      sites.map(async site => {
        const { edev } = site;
        const [terms = site] = termsOf(site, contracts.get(edev) ?? [], { start: now, stepS: 1, steps: 1 });
        const agreed = agreedOf(await store.series.ofSite(edev, now)).during(now, now + 1);
        const netW = await netPowerW(store, edev, { now, maxAgeS: parts.maxAgeS });
        return {
          site: edev,
          firmImportW: terms.firmImportW,
          firmExportW: terms.firmExportW,
          importW: agreed?.importW ?? terms.firmImportW,
          exportW: agreed?.exportW ?? terms.firmExportW,
          weight: site.weight,
          ...(netW !== undefined && { netW }),
        };
      }),
    );
  };

  const make: OrderService['make'] = async (asked, by, more = {}) => {
    const began = wall.monotonicMs();
    const now = clock.now();
    checkTimes(asked, now);
    const target = more.limits
      ? { id: asked.target.id, sites: Object.keys(more.limits) }
      : await targetOf(parts, asked.target);
    if (target.sites.length === 0)
      throw new Problem('BAD_VALUE', {
        at: 'target',
        note: 'there is no site that this would concern',
        got: asked.target.id,
      });
    const origin = more.origin ?? 'operator';
    if (origin === 'operator') await checkNotice(parts, target.sites, asked, now);
    const everybody = more.limits ? [] : await members(target.sites);
    const allocation: Allocation = more.limits
      ? { limits: more.limits, shortW: { import: 0, export: 0 }, unmeasured: 0 }
      : allocate(asked.ask, everybody, asked);
    const order = await putNewOrder(store, {
      id: asked.id,
      origin,
      target: { kind: asked.target.kind, id: target.id },
      ask: asked.ask,
      reason: asked.reason,
      belowFirm: asked.belowFirm,
      ...(asked.note !== undefined && { note: asked.note }),
      start: asked.start ?? now,
      ...(asked.end !== undefined && { end: asked.end }),
      releaseS: asked.releaseS,
      createdAt: now,
      createdBy: by,
      limits: allocation.limits,
      ...(more.releasedAt !== undefined && { releasedAt: more.releasedAt }),
    });
    const controlsPublished = await tell(Object.keys(order.limits));
    keeper.changed();
    return {
      order,
      controlsPublished,
      shortW: allocation.shortW,
      unmeasured: allocation.unmeasured,
      seconds: (wall.monotonicMs() - began) / 1000,
    };
  };

  const change: OrderService['change'] = async (id, how) => {
    const order = await changeOrder(store, id, { now: clock.now(), change: how });
    const controlsPublished = await tell(Object.keys(order.limits));
    keeper.changed();
    return { order, controlsPublished };
  };
  return {
    keeper,
    make,
    change,
    members,
    tell,
    release: async id => {
      const now = clock.now();
      const { order } = await change(id, before => ({
        ...before,
        ...(now < before.start ? { cancelledAt: now } : { releasedAt: Math.min(before.releasedAt ?? now, now) }),
      }));
      return order;
    },
    cancel: async id => (await change(id, before => ({ ...before, cancelledAt: clock.now() }))).order,
  };
}

async function targetOf(
  { sitesBelow, store }: OrderParts,
  { id, kind }: Target,
): Promise<{ readonly id: string; readonly sites: readonly string[] }> {
  if (kind === 'asset' || kind === 'bus') return { id, sites: await sitesBelow(id) };
  if (kind === 'site') {
    const { edev, role } = await findSite(store, id);
    return { id: edev, sites: role === 'device' ? [edev] : [] };
  }
  const group = await findGroup(store, id);
  const sites = await Promise.all((await membersOf(store, group.id)).map(edev => siteOf(store, edev)));
  return { id: group.id, sites: sites.flatMap(site => (site?.body.role === 'device' ? [site.body.edev] : [])) };
}

function checkTimes({ ask, belowFirm, end, reason, start }: NewOrder, now: number): void {
  const fail = (at: string, want: string, got: unknown) => {
    throw new Problem('BAD_VALUE', { at, want, got });
  };
  if (start !== undefined && start < now) fail('start', `now or later, ${now}`, start);
  if (end !== undefined && end <= Math.max(start ?? now, now)) fail('end', `after ${Math.max(start ?? now, now)}`, end);
  if (ask.importW === undefined && ask.exportW === undefined) fail('ask', 'importW, exportW or both', ask);
  if (belowFirm && !reasons[reason].belowFirm)
    fail('belowFirm', `a reason that allows it; ${reason} does not`, belowFirm);
}

/** A reason that can wait waits out the notice that contracts grant. */
async function checkNotice(
  parts: OrderParts,
  sites: readonly string[],
  { reason, start }: NewOrder,
  now: number,
): Promise<void> {
  if (reasons[reason].atOnce) return;
  const contracts = await parts.contracts(parts.store);
  for (const site of sites) {
    const noticeS = versionAt(contracts.get(site) ?? [], now)?.noticeS ?? 0;
    if ((start ?? now) < now + noticeS)
      throw new Problem('BAD_VALUE', {
        at: 'start',
        want: `${now + noticeS} or later: site ${site} has ${noticeS} s of notice by contract, and ${reason} can wait`,
        got: start ?? now,
      });
  }
}
