/** Aggregators of a demo: whose sites they speak for, and the 2030.5 side of each: one certificate and one connection for all of them. */
import { seededRandom } from '../../base/random';
import { Aggregator } from '../../client/aggregator';
import { httpsTransport, type HttpsTransport } from '../../client/transport';
import { assetOfBus, assetsOf } from '../../grid/assets';
import { type Network } from '../../grid/network';
import { type Fleet, type FleetSite } from '../../sim/fleet';
import { type FleetPlan } from '../../sim/fleet-plan';
import { silentLimits } from '../../sim/limits';
import { SumShare } from '../../sim/sum-share';
import { canonicalLfdi, ccm8, clientTls, type Device } from '../../tls';
import { type OperatorApi } from '../operator-api';
import { type ClientDeps, deviceOptions } from './clients';

export interface AggregatorPlan {
  readonly name: string;
  /** Ids of its sites. */
  readonly sites: readonly string[];
}

/**
 * Who speaks for whom: each aggregator for as many power control systems under one asset as stay alone there. Inverters stay alone, as they
 * have no say over what their customers draw.
 */
export function planAggregators(network: Network, plan: FleetPlan, count: number): AggregatorPlan[] {
  const assetOf = assetOfBus(network);
  const parents = new Map(assetsOf(network).map(({ id, parent }) => [id, parent]));
  const places = new Map<string, string[]>();
  for (const { bus, id, kind } of plan.sites)
    if (kind === 'pcs')
      for (let at = assetOf(bus); at !== undefined; at = parents.get(at))
        places.set(at, [...(places.get(at) ?? []), id]);
  const most = [...places.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return Array.from({ length: count }, (_, i) => ({
    name: `Aggregator ${i + 1}`,
    sites: most.filter((_site, k) => k % (count + 1) === i),
  })).filter(({ sites }) => sites.length > 1);
}

export interface AggregatorClient {
  readonly transport: HttpsTransport;
  start(): void;
  stop(): void;
}

/** Whom limits for sums are about, by name of the aggregator: what an operator tells it beside the wire. */
export async function countedBy(api: Pick<OperatorApi, 'get'>): Promise<ReadonlyMap<string, readonly string[]>> {
  const { groups } = await api.get<{ groups: { name: string; sites: { name: string }[] }[] }>('/api/envelopes/groups');
  return new Map(groups.map(({ name, sites }) => [name, sites.map(site => site.name)]));
}

/** Connects an aggregator: its sites follow their own caps, and beside them what it shares out of the sum. */
export function connectAggregator(
  fleet: Fleet,
  { name, sites }: AggregatorPlan,
  devices: ReadonlyMap<string, Device>,
  /** `counted`: the sites that its limit for a sum is about, as the operator has told it; none where it has no such limit. */
  deps: ClientDeps & { readonly seed: number; readonly counted: readonly string[] },
): AggregatorClient | undefined {
  const own = devices.get(name);
  const members = sites.flatMap((id): { lfdi: string; site: FleetSite }[] => {
    const [site, device] = [fleet.get(id), devices.get(id)];
    return site && device ? [{ lfdi: canonicalLfdi(device.lfdi), site }] : [];
  });
  const [first] = members;
  if (!own || !first) return undefined;
  const { clock, counted, dcap, host, log, port, random, rootsPem, seed, tasks } = deps;
  const transport = httpsTransport({ host, port, tls: clientTls({ ...own, rootsPem, clock, suites: [ccm8] }) });
  const by = new Map(members.map(({ lfdi, site }) => [lfdi, site]));
  const aggregator = new Aggregator({
    transport,
    clock,
    tasks,
    random: random.fork(name),
    log,
    lfdi: own.lfdi,
    dialect: 'csipaus-1.2',
    startSpreadS: 60,
    ...(dcap !== undefined && { dcap }),
    device: lfdi => {
      const site = by.get(canonicalLfdi(lfdi));
      return site ? deviceOptions(site) : {};
    },
  });
  const silent = silentLimits.current(0);
  for (const { lfdi, site } of members)
    site.site.source = {
      current: now => aggregator.devices.get(lfdi)?.limits(now) ?? silent,
      schedule: when => aggregator.devices.get(lfdi)?.limitsAt(when) ?? silent,
    };
  const together = members.flatMap(({ site }) => (counted.includes(site.spec.id) ? [site] : []));
  if (together.length > 0) {
    const sum = new SumShare(name, together, first.site.spec.comms, seededRandom(seed).fork(name));
    sum.source = { current: now => aggregator.together?.limits(now) ?? silent };
    fleet.sums.push(sum);
  }
  return { transport, start: () => aggregator.start(), stop: () => aggregator.stop() };
}
