/**
 * Forecasts of what flows through assets besides the sites under envelopes, from the readings in the store. Chosen, scored and made anew when a
 * reading of another step has come, so once an hour at most for hourly steps; a server answers requests meanwhile.
 */
import { type Clock, type Seconds } from '../base/clock';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { nextTurn } from '../base/turn';
import { type ForecastService } from '../console/forecast-service';
import { type AssetForecast } from '../engines/api';
import { ladder } from '../forecast';
import { backtest } from '../forecast/backtest';
import { Calendar } from '../forecast/calendar';
import { type Place, clearSkyOf } from '../forecast/clear-sky';
import { quantilesOf } from '../forecast/quantiles';
import { addFlowReadings, meteredAssets } from '../functions/operator/flow-readings';
import { allSites, type Site } from '../functions/site';
import { assetOfBus, assetsOf, systemPhases } from '../grid/assets';
import { type Network, type Phase } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { type Store } from '../store/api';
import { type Entry, type Made, forecastOf, summaryOf, usable } from './forecast-entry';
import { Histories, type SiteBelow } from './forecast-history';

export interface ForecastOptions {
  readonly network: Network;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeZone: string;
  /** Of an envelope step. */
  readonly stepS: Seconds;
  readonly horizonS: Seconds;
  readonly historyDays: number;
  /** Level of the high quantile, such as 0.95; the low one is as far from 0. */
  readonly level: number;
  readonly holidays: readonly string[];
  readonly place?: Place;
}

export interface Forecasts extends ForecastService {
  /** For the steps of an envelope; nothing of assets that have no forecast. */
  of(start: Seconds, steps: number): Promise<AssetForecast[]>;
}

const daySeconds = 86_400;
/** An older last reading is no ground to forecast from. */
const staleDays = 7;
/** Readings are looked for again after this long. */
const refreshS = 900;

/** Forecasts are of steps of 15 to 60 minutes, whatever the envelope's are. */
export const forecastStepS = (stepS: Seconds): Seconds => (stepS <= 900 ? 900 : stepS <= 1800 ? 1800 : 3600);

export function forecasts(options: ForecastOptions): Forecasts {
  const { clock, historyDays, holidays, horizonS, level, network, place, store, timeZone } = options;
  const stepS = forecastStepS(options.stepS);
  const levels = { lowLevel: Math.round((1 - level) * 1e6) / 1e6, highLevel: level };
  const assets = assetsOf(network);
  const parents = new Map(assets.map(({ id, parent }) => [id, parent]));
  const assetOf = assetOfBus(network);
  const upstream = systemPhases(powerFlow(network));
  const histories = new Histories(store, stepS);
  const made = new Map<string, Made>();
  let versions = 0;
  let under: Promise<Entry[]> | undefined;
  let latest: { readonly key: string; readonly entries: Entry[] } | undefined;

  const sitesBelow = (sites: readonly Site[]): ReadonlyMap<string, readonly SiteBelow[]> => {
    const found = new Map<string, SiteBelow[]>();
    for (const site of sites) {
      const bus = site.bus ?? '';
      const below = { site, phases: upstream(bus, site.phases) };
      for (let at = assetOf(bus); at !== undefined; at = parents.get(at)) {
        const sofar = found.get(at);
        if (sofar) sofar.push(below);
        else found.set(at, [below]);
      }
    }
    return found;
  };

  const makeAll = async (): Promise<Entry[]> => {
    const now = clock.now();
    const metered = await meteredAssets(store);
    if (metered.size === 0) return [];
    const sites = (await allSites(store)).filter(({ bus, role }) => role === 'device' && bus !== undefined);
    const places = sites.map(({ bus, edev, follows, phases }) => [edev, bus, follows, phases]);
    const key = JSON.stringify([Math.floor(now / refreshS), versions, places]);
    if (latest?.key === key) return latest.entries;
    const to = Math.floor(now / stepS) * stepS; // whole steps only
    const from = (Math.floor(now / daySeconds) - historyDays) * daySeconds;
    const until = to + (Math.ceil((horizonS + options.stepS) / stepS) + 1) * stepS;
    const below = sitesBelow(sites);
    const entries: Entry[] = [];
    for (const { id } of assets) {
      if (!metered.has(id)) continue;
      const history = await histories.of(id, below.get(id) ?? [], from, to, until);
      if (history === undefined) continue;
      if (typeof history === 'string') {
        entries.push({ asset: id, note: history });
        continue;
      }
      const { byPhase, pvW, temperatureC, total } = history;
      const whole = await makeOne(id, undefined, total, {
        from,
        now,
        until,
        ...(pvW && { pvW }),
        ...(temperatureC && { temperatureC }),
      });
      entries.push(whole);
      for (const [phase, w] of byPhase)
        if ('test' in whole)
          entries.push(await makeOne(id, phase, w, { from, now, until, ...(temperatureC && { temperatureC }) }));
    }
    // What is missing may come at any time; what is there is good for a while.
    latest = entries.every(usable) ? { key, entries } : undefined;
    return entries;
  };

  const makeOne = async (
    asset: string,
    phase: Phase | undefined,
    w: Float64Array,
    known: { from: Seconds; now: Seconds; until: Seconds; pvW?: Float64Array; temperatureC?: Float64Array },
  ): Promise<Entry> => {
    const { from, now, until, ...more } = known;
    const end = 1 + w.findLastIndex(value => !Number.isNaN(value));
    const trainedUntil = from + end * stepS;
    const named = phase === undefined ? { asset } : { asset, phase };
    if (now - trainedUntil > staleDays * daySeconds)
      return { ...named, note: end === 0 ? 'no step in which all meters were read' : 'the last reading is too old' };
    const [name, key] = [`${asset}/${phase ?? ''}`, `${from} ${end} ${until} ${versions}`];
    const before = made.get(name);
    if (before?.key === key) return before;
    const steps = (until - trainedUntil) / stepS;
    const calendar = new Calendar({ start: from, stepS, steps: end + steps, timeZone, holidays });
    const history = { calendar, w, end, ...more, ...(place && { clearSky: clearSkyOf(place, calendar) }) };
    const pause = (): Promise<void> => new Promise(nextTurn);
    const test = await backtest({ history, steps, ...levels, ladder: ladder() }, pause);
    const quantiles = quantilesOf(test, history, steps, levels);
    const found: Made = { ...named, key, test, trainedUntil, quantiles };
    made.set(name, found);
    return found;
  };

  /** Never two at once: they would do the same. */
  const entries = (): Promise<Entry[]> => (under ??= makeAll().finally(() => (under = undefined)));

  return {
    async of(start, count) {
      return (await entries()).flatMap(entry =>
        forecastOf(entry, { ...levels, forecastStepS: stepS, start, stepS: options.stepS, count }),
      );
    },
    list: async () => ({ forecasts: (await entries()).map(entry => summaryOf(entry, levels)) }),
    async show(asset) {
      if (!parents.has(asset))
        throw new Problem('NO_SUCH', {
          at: `asset ${asset}`,
          note: orElse('the network has no such asset', asset, [...parents.keys()]),
        });
      const mine = (await entries()).filter(entry => entry.asset === asset);
      return {
        asset,
        forecasts: mine.map(entry => ({
          ...summaryOf(entry, levels),
          ...(usable(entry) && { start: entry.trainedUntil, stepS, ...entry.quantiles }),
        })),
      };
    },
    async add(readings) {
      for (const [i, { asset }] of readings.entries())
        if (!parents.has(asset))
          throw new Problem('BAD_VALUE', {
            at: `readings.${i}.asset`,
            got: asset,
            note: orElse('the network has no such asset', asset, [...parents.keys()]),
          });
      for (const asset of new Set(readings.map(reading => reading.asset))) histories.forget(asset);
      versions++;
      return addFlowReadings(store, readings);
    },
  };
}
