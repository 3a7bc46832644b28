/** What the capacity engine sees: the feeder's rated assets with what flows through them anyway, and the sites below them. */
import { type Clock, type Seconds } from '../base/clock';
import { offsetS } from '../base/local-time';
import { Problem } from '../base/problem';
import { type Asset, type AssetForecast, type Device, type Snapshot } from '../engines/api';
import { speaksWatts } from '../functions/limits';
import { allSites, type Site } from '../functions/site';
import { assetOfBus, assetsOf, systemPhases } from '../grid/assets';
import { type Load, type Network } from '../grid/network';
import { passiveDraws } from '../grid/passive-draws';
import { passiveFlowParts } from '../grid/passive-flow';
import { powerFlow } from '../grid/power-flow';
import { type DialectId } from '../model/dialect';
import { type Store } from '../store/api';
import { forecastDraws, forecastFlow, type PlacedLoad } from './forecast-flow';

export interface SnapshotOptions {
  readonly network: Network;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeZone: string;
  readonly stepS: number;
  readonly horizonS: number;
  readonly seed: number;
  /** Buses that the network does not feed: sites there are left out. */
  readonly unfed?: readonly string[];
  /** What clients understand unless their site says otherwise. */
  readonly dialect: DialectId;
  /** Sites that can have no part in a limit for a sum, whoever speaks for them: their contracts say when limits may change. */
  readonly alone?: () => Promise<ReadonlySet<string>>;
  /** Of what flows besides the sites; without them it is what the shapes of the network say. */
  readonly forecasts?: { of(start: Seconds, steps: number): Promise<AssetForecast[]> };
}

const daySeconds = 86_400;

/** Each call makes one, as far ahead as the options say, up to `until` where that is later, or for `aheadS` seconds only. A site that the network does not feed is left out. */
export function snapshotMaker(options: SnapshotOptions): (until?: Seconds, aheadS?: Seconds) => Promise<Snapshot> {
  const { network, store, clock, timeZone, stepS, horizonS, seed } = options;
  const assets = assetsOf(network);
  const assetOf = assetOfBus(network);
  const upstream = systemPhases(powerFlow(network));
  const loads = new Map(network.loads.map(load => [load.name.toLowerCase(), load]));
  const parents = new Map(assets.map(({ id, parent }) => [id, parent]));
  const placed = (load: Load): PlacedLoad => {
    const above: string[] = [];
    for (let at = assetOf(load.bus); at !== undefined; at = parents.get(at)) above.push(at);
    return { load, phases: upstream(load.bus, load.phases), above };
  };
  const islands = new Set((options.unfed ?? []).map(bus => bus.toLowerCase()));
  const fed = (bus: string) => !islands.has(bus.toLowerCase());
  return async (until = 0, aheadS = Math.max(horizonS, until - clock.now())) => {
    const now = clock.now();
    // Steps lie on a fixed grid, so that one run's controls are the next run's too.
    const start = Math.floor(now / stepS) * stepS;
    const steps = Math.ceil(Math.max(until - start, aheadS) / stepS);
    const everybody = await allSites(store);
    const sums = aggregatorsIn(everybody, options.dialect);
    const alone = (await options.alone?.()) ?? new Set<string>();
    const sites = everybody.filter(site => site.role === 'device' && site.bus !== undefined && fed(site.bus));
    const governed = new Set(
      sites.filter(site => holds(site, 'import')).flatMap(site => loads.get(site.name.toLowerCase()) ?? []),
    );
    const passiveLoads: Load[] = network.loads.filter(load => !governed.has(load));
    const devices = sites.map((site): Device => {
      const phases = upstream(site.bus ?? '', site.phases);
      const aggregator = alone.has(site.edev) ? undefined : sums.get(site.manager ?? '');
      const device = deviceOf(site, assetOf, aggregator);
      return phases === site.phases ? device : { ...device, phases, terminals: site.phases };
    });
    const startS = (((start + offsetS(timeZone, start)) % daySeconds) + daySeconds) % daySeconds;
    const forecasts = (await options.forecasts?.of(start, steps)) ?? [];
    const others = forecasts.length > 0 ? passiveLoads.map(placed) : [];
    const passive =
      forecasts.length > 0
        ? [
            ...forecastDraws(
              others,
              passiveLoads.map(load => passiveDraws(network, { loads: [load], startS, stepS, steps })[0]),
              forecasts,
              parents,
            ),
            ...passiveDraws(network, { loads: [], governed: [...governed], startS, stepS, steps }),
          ]
        : passiveDraws(network, { loads: passiveLoads, governed: [...governed], startS, stepS, steps });
    const flows = passiveFlowParts(network, {
      loads: passiveLoads,
      startS,
      stepS,
      steps,
      devices: sites.map(({ bus = '', phases }) => ({ bus, phases })),
    });
    const rated = assets.flatMap((asset): Asset[] => {
      const parts = flows.get(asset.id);
      return parts
        ? [
            {
              id: asset.id,
              ...(asset.parent !== undefined && { parent: asset.parent }),
              kind: asset.kind,
              ratingVA: asset.ratingVA,
              phaseRatingVA: asset.phaseRatingVA,
              loadingFactor: 1,
              ...forecastFlow(asset, parts, forecasts, others),
            },
          ]
        : [];
    });
    return {
      api: 1,
      now,
      start,
      stepS,
      steps,
      assets: rated,
      devices,
      network,
      passive,
      ...(forecasts.length > 0 && { forecasts }),
      seed,
    };
  };
}

/** Whether a site can hold a limit in that direction. */
export const holds = ({ follows }: Pick<Site, 'follows'>, direction: 'import' | 'export'): boolean =>
  follows === undefined || follows === direction;

/**
 * A site as the engine sees it. In a direction it cannot hold it has nothing to share out: what it draws is part of the passive
 * flow, and its limit there is its rating (`ungoverned`).
 */
function deviceOf(site: Site, assetOf: (bus: string) => string | undefined, aggregator: string | undefined): Device {
  const bus = site.bus ?? '';
  const asset = assetOf(bus);
  if (asset === undefined)
    throw new Problem('BAD_NETWORK', {
      at: `bus ${bus}`,
      note: `no transformer or line above site ${site.name} has a rating`,
    });
  const [i, e] = [holds(site, 'import') ? 1 : 0, holds(site, 'export') ? 1 : 0];
  return {
    id: site.edev,
    asset,
    bus,
    phases: site.phases,
    maxImportW: site.maxImportW * i,
    maxExportW: site.maxExportW * e,
    firmImportW: site.firmImportW * i,
    firmExportW: site.firmExportW * e,
    weight: site.weight,
    // A sum counts what a site draws and what it feeds in: who cannot hold both has no part in one.
    ...(aggregator !== undefined && i === 1 && e === 1 && { aggregator }),
  };
}

/** Aggregators that can be told a limit for the sum of their sites, by LFDI: shares of a rating say nothing to one that has none. */
const aggregatorsIn = (sites: readonly Site[], fallback: DialectId): ReadonlyMap<string, string> =>
  new Map(
    sites.flatMap(({ dialect = fallback, edev, lfdi, role }) =>
      role === 'aggregator' && speaksWatts(dialect) ? [[lfdi, edev] as const] : [],
    ),
  );
