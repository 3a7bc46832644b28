/**
 * Which customers of a network become sites, and with what equipment. A network whose loads carry a `site` has said so itself;
 * of another one, every customer becomes a site and a seeded share is given PV, batteries and chargers.
 */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';
import { type CustomerSite, type Load, type Network, type Phase } from '../grid/network';
import { type LoadSeries } from './devices/house-load';
import { siteSpec, type SiteOptions, type SiteSpec } from './site-spec';

export interface PlanOptions extends SiteOptions {
  /** When value 0 of every load shape begins: local midnight. */
  readonly midnight: Seconds;
  readonly random: Random;
  /** Shares of customers given each, 0 to 1. */
  readonly pvShare?: number;
  readonly batteryShare?: number;
  readonly evseShare?: number;
  /** Service rating of one phase, W. */
  readonly serviceW?: number;
  /** Rating of the head, kVA; that of the first transformer unless given. Firm limits are made to fit into it. */
  readonly headKva?: number;
}

export interface FleetPlan {
  readonly sites: readonly SiteSpec[];
  /** Customers without equipment under control. */
  readonly passive: readonly Load[];
}

/** Share of the head's rating that firm limits may fill together: the rest is for reactive power, losses and imbalance. */
const firmShare = 0.88;
const defaults = { pvShare: 0.4, batteryShare: 0.2, evseShare: 0.4, serviceW: 14_000 };

export function planFleet(network: Network, options: PlanOptions): FleetPlan {
  const spec = (load: Load, site: CustomerSite, more: Partial<SiteOptions> = {}): SiteSpec =>
    siteSpec(
      {
        ...site,
        id: load.name,
        bus: load.bus,
        phases: load.phases,
        varPerW: load.baseW === 0 ? 0 : load.baseVar / load.baseW,
        load: { series: loadSeries(network, load, options.midnight) },
      },
      { ...options, ...more },
    );
  const told = network.loads.filter(load => load.site !== undefined);
  if (told.length > 0)
    return {
      sites: told.map(load => spec(load, load.site as CustomerSite)),
      passive: network.loads.filter(load => load.site === undefined),
    };
  const equipped = equip(network, { ...defaults, ...options });
  const firm = firmLimits(network, equipped, { ...defaults, ...options });
  return {
    sites: equipped.map(({ load, site }) => {
      const nightly = options.random.fork(`plan ${load.name}`).next() < 0.25;
      const plan = options.plan ?? (nightly ? { plan: 'night-charge' as const } : {});
      return spec(load, { ...site, ...firm(load, site) }, { plan });
    }),
    passive: [],
  };
}

/** What a load draws by its shape, as a series in watts; a load without a shape draws its base. */
export function loadSeries(network: Network, load: Load, midnight: Seconds): LoadSeries {
  const shape = network.shapes.find(each => each.name.toLowerCase() === load.shape?.toLowerCase());
  return { start: midnight, stepS: shape?.stepS ?? 3600, values: shape?.values ?? [1], scaleW: load.baseW };
}

interface Equipped {
  readonly load: Load;
  readonly site: CustomerSite;
}

function equip(network: Network, options: PlanOptions & typeof defaults): Equipped[] {
  const { loads } = network;
  const { random, pvShare, batteryShare, evseShare } = options;
  const pv = chosen(loads, pvShare, random.fork('pv'));
  const battery = chosen(loads, batteryShare, random.fork('battery'));
  const evse = chosen(loads, evseShare, random.fork('evse'));
  const secondaryKv = network.transformers.at(-1)?.secondaryKv ?? network.source.baseKv;
  const voltageV = Math.round((secondaryKv * 1000) / Math.sqrt(3));
  return loads.map(load => {
    const own = random.fork(`equipment ${load.name}`);
    // A service carries what its customer draws: one that draws more than the usual has a larger one.
    const peak = peakW(network, [load]) * load.phases.length;
    const serviceW = Math.max(options.serviceW * load.phases.length, Math.ceil((1.2 * peak) / 1000) * 1000);
    const pvW = own.pick([3000, 4000, 5000, 6000]) * load.phases.length;
    const [batteryW, batteryWh] = own.pick([
      [3000, 6500],
      [5000, 10_000],
      [5000, 13_500],
    ] as const);
    const maxA = own.next() < 0.8 ? 32 : 48;
    const simple = !battery.has(load) && !evse.has(load);
    const site: CustomerSite = {
      // A customer with nothing but PV has an inverter with its own export control; all others a PCS.
      kind: simple && pv.has(load) ? 'inverter' : 'pcs',
      serviceW,
      firmImportW: serviceW,
      firmExportW: serviceW,
      ...(pv.has(load) ? { pvW } : {}),
      ...(battery.has(load) ? { batteryW, batteryWh } : {}),
      ...(evse.has(load) ? { evse: [{ maxA, voltageV, phases: load.phases }], evUse: 'home' as const } : {}),
    };
    return { load, site };
  });
}

/** Exactly the share of `items`, rounded, chosen by a seeded shuffle. */
function chosen<T>(items: readonly T[], share: number, random: Random): Set<T> {
  const order = items.map(item => ({ item, at: random.next() })).sort((a, b) => a.at - b.at);
  return new Set(order.slice(0, Math.round(share * items.length)).map(({ item }) => item));
}

/**
 * Firm limits that the head can carry even if every site used them at once: on each phase, what is left of its rating beside
 * the worst minute of the customers whose import nobody controls (inverter sites), in equal parts. Without a rating: 40 % of the service.
 */
function firmLimits(
  network: Network,
  equipped: readonly Equipped[],
  options: PlanOptions & typeof defaults,
): (load: Load, site: CustomerSite) => Pick<CustomerSite, 'firmImportW' | 'firmExportW'> {
  const headKva = options.headKva ?? network.transformers[0]?.ratingKva;
  const perPhase = ([1, 2, 3] as const).map(phase => {
    const room = headKva === undefined ? Infinity : (headKva * 1000 * firmShare) / 3;
    const on = equipped.filter(({ load }) => load.phases.includes(phase));
    const inverters = on.filter(({ site }) => site.kind === 'inverter').map(({ load }) => load);
    const generators = on.filter(({ site }) => (site.pvW ?? 0) + (site.batteryW ?? 0) > 0);
    return {
      importW: (room - peakW(network, inverters)) / Math.max(1, on.length - inverters.length),
      exportW: room / Math.max(1, generators.length),
    };
  });
  const least = (phases: readonly Phase[], of: 'importW' | 'exportW') =>
    Math.min(...phases.map(phase => perPhase[phase - 1]?.[of] ?? 0)) * phases.length;
  const round = (w: number) => Math.max(0, Math.floor(w / 50) * 50);
  return ({ phases }, { kind, serviceW }) => ({
    firmImportW: kind === 'inverter' ? serviceW : round(Math.min(0.4 * serviceW, least(phases, 'importW'))),
    firmExportW: round(Math.min(1500 * phases.length, least(phases, 'exportW'))),
  });
}

/** The worst moment of some loads together, W for each phase they have. */
function peakW(network: Network, loads: readonly Load[]): number {
  const series = loads.map(load => ({ ...loadSeries(network, load, 0), phases: load.phases.length }));
  const stepS = Math.min(3600, ...series.map(each => each.stepS));
  let most = 0;
  for (let t = 0; t < 86_400; t += stepS) {
    let sum = 0;
    for (const { values, stepS: own, scaleW, phases } of series)
      sum += ((values[Math.floor(t / own) % values.length] ?? 0) * scaleW) / phases;
    most = Math.max(most, sum);
  }
  return most;
}
