/**
 * A snapshot made of a network file alone, for runs without a server: studies, benchmarks, tests. What the loads draw is taken from
 * their shapes; a site's own load is part of what its envelope limits.
 */
import { type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { seededRandom } from '../base/random';
import { assetOfBus, assetsOf, systemPhases } from '../grid/assets';
import { type Load, type Network } from '../grid/network';
import { passiveDraws } from '../grid/passive-draws';
import { passiveFlow } from '../grid/passive-flow';
import { powerFlow } from '../grid/power-flow';
import { type Device, type Snapshot } from './api';

export interface SnapshotOptions {
  /** Loads that are sites under an envelope. */
  readonly sites: readonly Load[];
  /** What a site may import and export at most, and always, where its load does not say, W. */
  readonly maxImportW: number;
  readonly maxExportW: number;
  /** First moment of the first step, and where that is in the shapes. */
  readonly start: Seconds;
  readonly startS: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
  readonly seed: number;
}

/** Loads with a `site`; where there are none, `count` of all by a seeded draw. @throws Problem BAD_USAGE when there are not so many */
export function sitesOf(network: Network, count: number | undefined, seed: number): Load[] {
  const marked = network.loads.filter(({ site }) => site !== undefined);
  if (count === undefined && marked.length > 0) return marked;
  const among = marked.length > 0 ? marked : network.loads;
  const wanted = count ?? among.length;
  if (wanted > among.length)
    throw new Problem('BAD_USAGE', { at: 'active sites', want: `at most ${among.length}`, got: wanted });
  const random = seededRandom(seed).fork('active sites');
  const order = among.map((load, i) => ({ load, i, key: random.next() })).sort((a, b) => a.key - b.key);
  return order
    .slice(0, wanted)
    .sort((a, b) => a.i - b.i)
    .map(({ load }) => load);
}

/** @throws Problem BAD_NETWORK when a site has no rated asset above it */
export function snapshotOf(network: Network, options: SnapshotOptions): Snapshot {
  const { seed, sites, start, startS, stepS, steps } = options;
  const governed = new Set(sites);
  const loads = network.loads.filter(load => !governed.has(load));
  const passive = passiveDraws(network, { loads, governed: sites, startS, stepS, steps });
  const places = sites.map(({ baseVar, bus, phases, shape }) => ({
    bus,
    phases,
    baseVar,
    ...(shape === undefined ? {} : { shape }),
  }));
  const flows = passiveFlow(network, { loads, startS, stepS, steps, devices: places });
  const upstream = systemPhases(powerFlow(network));
  const assetOf = assetOfBus(network);
  const devices = sites.map((load): Device => {
    const { bus, name, site } = load;
    const asset = assetOf(bus);
    if (asset === undefined)
      throw new Problem('BAD_NETWORK', {
        at: `bus ${bus}`,
        note: `no transformer or line above site ${name} has a rating`,
      });
    const phases = upstream(bus, load.phases);
    return {
      id: name,
      asset,
      bus,
      phases,
      ...(phases === load.phases ? {} : { terminals: load.phases }),
      maxImportW: Math.min(options.maxImportW, site?.serviceW ?? Infinity),
      maxExportW: Math.min(options.maxExportW, site?.serviceW ?? Infinity),
      firmImportW: site?.firmImportW ?? 0,
      firmExportW: site?.firmExportW ?? 0,
      weight: 1,
    };
  });
  const assets = assetsOf(network).flatMap(({ id, kind, parent, phaseRatingVA, ratingVA }) => {
    const flow = flows.get(id);
    const up = parent === undefined ? {} : { parent };
    return flow ? [{ id, ...up, kind, ratingVA, phaseRatingVA, loadingFactor: 1, ...flow }] : [];
  });
  return { api: 1, now: start, start, stepS, steps, assets, devices, network, passive, seed };
}
