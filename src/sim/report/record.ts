/**
 * What a fleet run leaves behind, as plain data: the input of the report page and of the summary line. One sample a minute
 * unless said otherwise; times are whole seconds UTC. Powers are net at the point of connection in watts, import positive.
 */
import { type Seconds } from '../../base/clock';

export type SiteKind = 'inverter' | 'pcs';

export interface SiteTrace {
  readonly id: string;
  readonly name: string;
  readonly kind: SiteKind;
  readonly bus: string;
  readonly phases: readonly number[];
  readonly firmImportW: number;
  readonly firmExportW: number;
  /** Mean net power of each minute. */
  readonly netW: number[];
  /** What the same site would have drawn with no limit but its service rating. */
  readonly unlimitedW: number[];
  /** Limits the site's controller was told to follow at the end of each minute. */
  readonly importLimitW: number[];
  readonly exportLimitW: number[];
  /** Seconds in each minute in which net power stood outside the limit by more than the tolerance, response time excluded. */
  readonly outsideS: number[];
  /** Largest excess over a limit in each minute, W, 0 when none. */
  readonly overshootW: number[];
  /** Where its limits came from at the end of each minute. */
  readonly source: SourceOfLimit[];
  /** State of its communications at the end of each minute. */
  readonly state?: ('NORMAL' | 'STALE' | 'FALLBACK' | 'RECOVER' | 'SENSOR_FAIL' | 'RESTART')[];
  /** Longest time beyond a limit by more than the tolerance, response time included, s. */
  longestExcursionS?: number;
  /** Times it exported above its limit for 2 to 60 s, and for longer. */
  shortExports?: number;
  longExports?: number;
  /** Energy not served or not produced because of limits over the run, kWh. */
  shedKWh: number;
}

/** The sum over sites of one aggregator that has a limit for it, each minute. */
export interface SumTrace {
  readonly name: string;
  /** Ids of its sites. */
  readonly sites: readonly string[];
  readonly netW: number[];
  readonly importLimitW: number[];
  readonly exportLimitW: number[];
  /** As of a site. */
  readonly outsideS: number[];
  readonly overshootW: number[];
}

/**
 * `event` a DERControl, `default` DefaultDERControl (firm), `fallback` firm because contact was lost or the engine failed,
 * `none` before the first contact.
 */
export type SourceOfLimit = 'event' | 'default' | 'fallback' | 'none';

export interface NetworkTrace {
  readonly headName: string;
  readonly headRatingVA: number;
  /** Worst of total and three times the worst phase, over the rating, each minute: 1 is full. */
  readonly loadingWith: number[];
  readonly loadingWithout: number[];
  readonly minVoltagePuWith: number[];
  readonly maxVoltagePuWith: number[];
  readonly minVoltagePuWithout: number[];
  readonly maxVoltagePuWithout: number[];
  /** Ratings and voltage limits broken anywhere in the network, each minute. */
  readonly brokenWith?: number[];
  readonly brokenWithout?: number[];
  readonly voltageBand: { readonly minPu: number; readonly maxPu: number };
}

export interface RunEvent {
  readonly at: Seconds;
  readonly what: 'published' | 'fallback' | 'engine-killed' | 'safety-net' | 'note';
  readonly text: string;
}

export interface RunRecord {
  readonly title: string;
  readonly networkName: string;
  readonly start: Seconds;
  /** Seconds east of UTC of the clock on the wall; UTC where absent. */
  readonly utcOffsetS?: number;
  readonly stepS: Seconds;
  readonly minutes: number;
  readonly engine: string;
  readonly seed: number;
  readonly sites: readonly SiteTrace[];
  /** Of aggregators, where there are any. */
  readonly sums?: readonly SumTrace[];
  readonly network: NetworkTrace;
  readonly events: readonly RunEvent[];
}

/** The one JSON object that `headroom demo --json` ends with. */
export interface Summary {
  readonly sites: number;
  readonly hours: number;
  readonly controlsPublished: number;
  readonly responses: Readonly<
    Record<'received' | 'started' | 'completed' | 'superseded' | 'cancelled' | 'other', number>
  >;
  /** Share of site-seconds inside the limits, tolerance and response time allowed: 1 is perfect. */
  readonly complianceShare: number;
  readonly worstOvershootW: number;
  /** Limits for sums over an aggregator's sites: how many, and the share of their seconds in which they were kept. */
  readonly sums?: { readonly count: number; readonly complianceShare: number; readonly worstOvershootW: number };
  readonly overloadMinutesWithout: number;
  readonly overloadMinutesWith: number;
  readonly voltageViolationsWithout: number;
  readonly voltageViolationsWith: number;
  /** Minutes in which any rating or voltage limit of the network was broken with envelopes. */
  readonly minutesBrokenWith?: number;
  readonly shedKWhBySite: Readonly<Record<string, number>>;
  readonly [more: string]: unknown;
}
