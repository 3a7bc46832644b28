/** What the live table of a run shows, as plain data, and how it is read from a fleet while it runs. */
import { type Seconds } from '../../base/clock';
import { onFirm } from '../fallback';
import { type FleetSite } from '../fleet';
import { type NetworkTrace, type RunEvent, type SiteKind, type Summary } from './record';

/** What a site is busy with, most serious first: only the first that is true is told. */
export const doings = [
  'meter lost',
  'comms lost',
  'waiting',
  'firm',
  'recovering',
  'shedding load',
  'shedding sun',
  'following',
] as const;
export type Doing = (typeof doings)[number];

export interface LiveSite {
  readonly name: string;
  readonly kind: SiteKind;
  /** Mean of the last minute, W, import positive; limits are magnitudes. */
  readonly netW: number;
  readonly importW: number;
  readonly exportW: number;
  readonly doing: Doing;
}

export interface LiveState {
  readonly title: string;
  readonly networkName: string;
  readonly engine: string;
  readonly start: Seconds;
  readonly now: Seconds;
  readonly end: Seconds;
  /** Seconds east of UTC of the clock on the wall. */
  readonly utcOffsetS: number;
  readonly network: Pick<NetworkTrace, 'headName' | 'headRatingVA' | 'loadingWith' | 'loadingWithout'>;
  readonly sites: readonly LiveSite[];
  readonly controlsPublished: number;
  readonly responses: Summary['responses'];
  /** In order of time. */
  readonly events: readonly RunEvent[];
}

export const noResponses: Summary['responses'] = {
  received: 0,
  started: 0,
  completed: 0,
  superseded: 0,
  cancelled: 0,
  other: 0,
};

export function liveSite(each: FleetSite): LiveSite {
  const { site, spec } = each;
  return {
    name: spec.name,
    kind: spec.kind,
    netW: each.meanNetW,
    importW: site.comms.importW,
    exportW: site.comms.exportW,
    doing: doingOf(each),
  };
}

/**
 * Shedding is told by the twin: what it takes with no envelope is more than the envelope of this site allows, so the
 * site is held back at this moment.
 */
export function doingOf({ site, spec, meanTwinNetW }: Pick<FleetSite, 'site' | 'spec' | 'meanTwinNetW'>): Doing {
  const { state, source, importW, exportW } = site.comms;
  if (state === 'SENSOR_FAIL') return 'meter lost';
  if (state === 'STALE' || state === 'FALLBACK') return 'comms lost';
  if (state === 'RESTART') return 'waiting';
  if (source !== 'event' || onFirm(site.comms, spec)) return 'firm';
  if (state === 'RECOVER') return 'recovering';
  if (meanTwinNetW > importW) return 'shedding load';
  if (-meanTwinNetW > exportW) return 'shedding sun';
  return 'following';
}
