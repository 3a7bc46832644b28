/** The figures a run ends with, from its record and from what was counted on the wire. */
import { type RunRecord, type SumTrace, type Summary } from './report/record';

export type WireCounts = Pick<Summary, 'controlsPublished' | 'responses'>;

export function summarize(record: RunRecord, wire: WireCounts): Summary {
  const { minutes, network, sites } = record;
  const { maxPu, minPu } = network.voltageBand;
  const outside = (low: readonly number[], high: readonly number[]) =>
    low.filter((pu, i) => pu < minPu || (high[i] ?? 1) > maxPu).length;
  const over = (loading: readonly number[]) => loading.filter(share => share > 1).length;
  const seconds = minutes * 60 * sites.length;
  const outsideS = sum(sites.map(site => sum(site.outsideS)));
  return {
    sites: sites.length,
    hours: minutes / 60,
    ...wire,
    complianceShare: seconds === 0 ? 1 : 1 - outsideS / seconds,
    worstOvershootW: Math.max(0, ...sites.map(site => most(site.overshootW))),
    ...(record.sums && record.sums.length > 0 && { sums: sumsOf(record.sums, minutes) }),
    overloadMinutesWithout: over(network.loadingWithout),
    overloadMinutesWith: over(network.loadingWith),
    voltageViolationsWithout: outside(network.minVoltagePuWithout, network.maxVoltagePuWithout),
    voltageViolationsWith: outside(network.minVoltagePuWith, network.maxVoltagePuWith),
    shedKWhBySite: Object.fromEntries(sites.map(site => [site.id, Math.round(site.shedKWh * 1000) / 1000])),
    ...(network.brokenWith && { minutesBrokenWith: network.brokenWith.filter(broken => broken > 0).length }),
    outsideSeconds: outsideS,
    worstLoadingWithout: most(network.loadingWithout),
    worstLoadingWith: most(network.loadingWith),
    longestExcursionS: most(sites.map(site => site.longestExcursionS ?? 0)),
    longExports: sum(sites.map(site => site.longExports ?? 0)),
    shedKWh: Math.round(sum(sites.map(site => site.shedKWh)) * 1000) / 1000,
  };
}

function sumsOf(sums: readonly SumTrace[], minutes: number): NonNullable<Summary['sums']> {
  const seconds = minutes * 60 * sums.length;
  const outsideS = sum(sums.map(each => sum(each.outsideS)));
  return {
    count: sums.length,
    complianceShare: seconds === 0 ? 1 : 1 - outsideS / seconds,
    worstOvershootW: Math.max(0, ...sums.map(each => most(each.overshootW))),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]): number => values.reduce((best, value) => Math.max(best, value), 0);
