/**
 * What limits amount to over a time: capacity unlocked beyond planning for the worst hour (envelopes reference 1.1), what bound it, and how
 * evenly it is shared (Jain's index, and the least over the mean). Sums of power over sites are of limits, and not of what flows.
 */
import { type Seconds } from '../../base/clock';
import { type BoundBy } from '../envelopes/controls';
import { type HeldBack } from './held-back';
import { type Interval, type Stretch } from './intervals';
import { type BoundKind, kindOf } from './kinds';

/** What a site would have all the time under `worst-hour`, W. */
export interface Planned {
  readonly importW: number;
  readonly exportW: number;
  readonly bound: BoundBy;
}

export interface BoundShare {
  readonly by: string;
  readonly kind: BoundKind;
  /** Of all the hours of all the sites, 0 … 1. */
  readonly share: number;
  readonly siteHours: number;
}

/** Capacity beyond planning for the worst hour; below 0 where more was planned than is safe or contracted. */
export interface Unlocked {
  /** Of the plan, W; of several sites, the sum. */
  readonly plannedW: number;
  /** Mean over the time, W; of several sites, of what they may do together. */
  readonly meanW: number;
  readonly kWh: number;
  /** Most and least in any interval, W; of several sites, of one of them. */
  readonly mostW: number;
  readonly leastW: number;
}

/** One direction. */
export interface SideAccount {
  /** Mean limit over the time, W; of several sites, of what they may do together. */
  readonly limitW: number;
  /** Of the sites with a plan; missing where none has one. */
  readonly unlocked?: Unlocked;
  /** Most hours first. */
  readonly bound: readonly BoundShare[];
}

export interface Fairness {
  /** Jain's index of the mean limits of sites: 1 where all have the same, 1/n where one has it all. */
  readonly jain: number;
  /** The least of them over their mean. */
  readonly leastOverMean: number;
}

export interface SiteAccount {
  readonly site: string;
  readonly import: SideAccount;
  readonly export: SideAccount;
}

export interface Account {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly sites: number;
  readonly import: SideAccount & Fairness;
  readonly export: SideAccount & Fairness;
}

type Way = 'import' | 'export';
const field = { import: 'importW', export: 'exportW' } as const;

/** `intervals` follow one another without gaps. */
export function siteAccount(site: string, intervals: readonly Interval[], planned?: Planned): SiteAccount {
  const side = (way: Way): SideAccount => {
    let [seconds, joules, most, least] = [0, 0, -Infinity, Infinity];
    const by = new Map<string, Seconds>();
    for (const { bound, from, to, [field[way]]: w } of intervals) {
      seconds += to - from;
      joules += w * (to - from);
      most = Math.max(most, w);
      least = Math.min(least, w);
      const name = nameOf(bound[way]);
      by.set(name, (by.get(name) ?? 0) + to - from);
    }
    const limitW = seconds > 0 ? joules / seconds : 0;
    const plannedW = planned?.[field[way]];
    return {
      limitW,
      ...(plannedW !== undefined &&
        seconds > 0 && {
          unlocked: {
            plannedW,
            meanW: limitW - plannedW,
            kWh: ((limitW - plannedW) * seconds) / 3_600_000,
            mostW: most - plannedW,
            leastW: least - plannedW,
          },
        }),
      bound: sharesOf(by),
    };
  };
  return { site, import: side('import'), export: side('export') };
}

/** All sites together, over the same time. `held`: what limits for sums keep back of what the sites' own add up to. */
export function accountOf(sites: readonly SiteAccount[], { from, to }: Stretch, held?: HeldBack): Account {
  const side = (way: Way): SideAccount & Fairness => {
    let limitW = 0;
    let unlocked: Unlocked | undefined;
    const by = new Map<string, Seconds>();
    for (const { [way]: own } of sites) {
      limitW += own.limitW;
      if (own.unlocked) unlocked = unlocked ? added(unlocked, own.unlocked) : own.unlocked;
      for (const { by: name, siteHours } of own.bound) by.set(name, (by.get(name) ?? 0) + siteHours * 3600);
    }
    const heldW = held?.[field[way]] ?? 0;
    return {
      limitW: limitW - heldW,
      ...(unlocked && { unlocked: less(unlocked, heldW, to - from) }),
      bound: sharesOf(by),
      ...fairness(sites.map(({ [way]: own }) => own.limitW)),
    };
  };
  return { from, to, sites: sites.length, import: side('import'), export: side('export') };
}

const added = (a: Unlocked, b: Unlocked): Unlocked => ({
  plannedW: a.plannedW + b.plannedW,
  meanW: a.meanW + b.meanW,
  kWh: a.kWh + b.kWh,
  mostW: Math.max(a.mostW, b.mostW),
  leastW: Math.min(a.leastW, b.leastW),
});

const less = (unlocked: Unlocked, w: number, seconds: Seconds): Unlocked => ({
  ...unlocked,
  meanW: unlocked.meanW - w,
  kWh: unlocked.kWh - (w * seconds) / 3_600_000,
});

/** Of what each has, 0 or above. */
export function fairness(each: readonly number[]): Fairness {
  let [sum, squares, least] = [0, 0, Infinity];
  for (const w of each) {
    sum += w;
    squares += w * w;
    least = Math.min(least, w);
  }
  if (squares === 0) return { jain: 1, leastOverMean: 1 };
  return { jain: sum ** 2 / (each.length * squares), leastOverMean: (least * each.length) / sum };
}

/** A row for each kind of constraint, in place of one for each constraint. */
export function byKind(bound: readonly BoundShare[]): BoundShare[] {
  const kinds = new Map<BoundKind, BoundShare>();
  for (const { kind, share, siteHours } of bound) {
    const known = kinds.get(kind);
    kinds.set(kind, {
      by: kind,
      kind,
      share: share + (known?.share ?? 0),
      siteHours: siteHours + (known?.siteHours ?? 0),
    });
  }
  return [...kinds.values()].sort((a, b) => b.siteHours - a.siteHours);
}

/** A constraint without the figure it would have had: `Vmax bus 7 phase 1 at 1.061, limit 1.05` is the same at any voltage. */
const nameOf = (by: string): string => by.replace(/ at [\d.]+, limit [\d.]+$/, '');

function sharesOf(by: ReadonlyMap<string, Seconds>): BoundShare[] {
  const all = [...by.values()].reduce((sum, seconds) => sum + seconds, 0);
  return [...by]
    .map(([name, seconds]) => ({
      by: name,
      kind: kindOf(name),
      share: all > 0 ? seconds / all : 0,
      siteHours: seconds / 3600,
    }))
    .sort((a, b) => b.siteHours - a.siteHours || (a.by < b.by ? -1 : 1));
}
