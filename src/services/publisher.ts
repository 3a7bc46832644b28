/**
 * Publishes what sites are told next: all of them in one commit, or none. Decides again on what is there now when another publication came
 * first.
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { Problem } from '../base/problem';
import { nextTurn } from '../base/turn';
import { type NewDoc, type NewSeries, type Plan, type Store } from '../store/api';
import { type Order } from './orders/order';
import {
  type ContractVersion,
  type MomentsAt,
  type Registered,
  type StepTerms,
  calendar,
  termsOf,
  versionAt,
} from './products/version';
import { pieceOf } from './products/loss';
import { type ReductionReport, reductionDocs, reportsOf } from './reductions';
import { type SiteAsk, type SitePlan, planSite } from './site-plan';

/** What bears on sites besides what an engine says. */
export interface Standing {
  /** Contract versions of sites that have any. */
  readonly versions: ReadonlyMap<string, readonly ContractVersion[]>;
  /** Orders that are not over. */
  readonly orders: readonly Order[];
}

export const nothingStanding: Standing = { versions: new Map(), orders: [] };

export interface PublisherParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly pen: Pen;
  readonly stepS: Seconds;
  readonly horizonS: Seconds;
}

/** What one site is to be told, without what the publisher knows by itself. */
export type Wanted = Pick<SiteAsk, 'product'> & { readonly registered: Registered };

export interface Decision {
  /** The sites it concerns. */
  readonly sites: readonly string[];
  readonly standing: Standing;
  /** Called for each with what it has published. */
  readonly wanted: (site: string, rows: SiteAsk['rows'], now: Seconds) => Wanted | undefined;
  /** Written with what is published, if anything is. */
  readonly with?: (now: Seconds, published: { sites: number; controls: number }) => readonly NewDoc[];
  /** Committed with it, whether or not any limit changes. */
  readonly also?: Pick<Plan, 'expect' | 'put' | 'drop' | 'dropTree'>;
  /** What the head of all publications says: by whom, and from what. */
  readonly head: { readonly engine: string; readonly inputsHash: string };
  /** Whether lower limits without a reason refuse the whole of it. */
  readonly strict?: boolean;
}

export interface PublishedPlans {
  readonly controlsPublished: number;
  readonly sitesPublished: number;
  readonly controls: ReadonlyMap<string, number>;
  readonly reductions: readonly ReductionReport[];
  /** Sites and steps in which lower limits were refused for want of a reason. */
  readonly refused: { readonly sites: number; readonly steps: number };
}

/** Written with each publication and each withdrawal, so that no two can both decide on the same state of things. */
export const headHref = '~envelopes';
const tries = 5;
const sitesPerTurn = 100;

/** @throws Problem NO_REASON where `strict` and something would be lower without a reason; CONFLICT */
export async function publishPlans(parts: PublisherParts, decide: () => Promise<Decision>): Promise<PublishedPlans> {
  const { clock, store } = parts;
  const momentsAt = calendar();
  let conflict: readonly string[] = [];
  for (let attempt = 0; attempt < tries; attempt++) {
    const head = await store.get(headHref);
    const decision = await decide();
    const now = clock.now();
    const ordersOf = bySite(decision.standing.orders);
    const series: NewSeries[] = [];
    const controls = new Map<string, number>();
    const found: { site: string; reductions: SitePlan['reductions'] }[] = [];
    const refused = { sites: 0, steps: 0 };
    for (const [k, site] of decision.sites.entries()) {
      if (k % sitesPerTurn === 0) await new Promise<void>(nextTurn); // a server of 10,000 sites answers requests meanwhile
      const rows = await store.series.ofSite(site, now);
      const wanted = decision.wanted(site, rows, now);
      if (!wanted) continue;
      const versions = decision.standing.versions.get(site) ?? [];
      const { registered, ...product } = wanted;
      const plan = planSite({
        site,
        now,
        rows,
        ...product,
        ...siteTerms(registered, versions, { now, stepS: parts.stepS, momentsAt }),
        orders: ordersOf.get(site) ?? [],
        pen: parts.pen,
        stepS: parts.stepS,
        horizonS: parts.horizonS,
      });
      refused.steps += plan.refused;
      refused.sites += plan.refused > 0 ? 1 : 0;
      controls.set(site, plan.controls);
      series.push(...plan.rows);
      if (plan.reductions.length > 0) found.push({ site, reductions: plan.reductions });
    }
    if (decision.strict === true && refused.steps > 0)
      throw new Problem('NO_REASON', {
        at: `site ${decision.sites.join(', ').slice(0, 80)}`,
        note: `${refused.steps} steps`,
      });
    const reductions = reportsOf(now, found);
    const sitesPublished = new Set(series.map(({ site }) => site)).size;
    const controlsPublished = [...controls.values()].reduce((a, b) => a + b, 0);
    const published = { controlsPublished, sitesPublished, controls, reductions, refused };
    const more = decision.with?.(now, { sites: sitesPublished, controls: controlsPublished }) ?? [];
    const { drop = [], dropTree = [], expect = {}, put = [] } = decision.also ?? {};
    if ([series, more, put, drop, dropTree].every(part => part.length === 0)) return published;
    const body = { ...decision.head, publishedAt: now };
    const committed = await store.commit({
      expect: { ...expect, [headHref]: head?.version ?? 0 },
      drop,
      dropTree,
      put: [
        ...put,
        { href: headHref, list: '', kind: headHref, changed: now, sortKey: '', body },
        ...more,
        ...reductionDocs(reductions, (head?.version ?? 0) + 1),
      ],
      series,
    });
    if (committed.ok) return published;
    conflict = committed.conflict;
  }
  throw new Problem('CONFLICT', { at: conflict.join(' '), note: `still moving after ${tries} attempts` });
}

function siteTerms(
  registered: Registered,
  versions: readonly ContractVersion[],
  { momentsAt, now, stepS }: { now: Seconds; stepS: Seconds; momentsAt: MomentsAt },
): Pick<SiteAsk, 'termsAt' | 'noticeS' | 'pieceS'> {
  const one: StepTerms = registered;
  if (versions.length === 0) return { termsAt: () => one };
  const version = versionAt(versions, now);
  const pieceS = pieceOf(version?.loss, stepS);
  return {
    termsAt: termsOfSteps(registered, versions, { now, momentsAt }),
    ...(version && { noticeS: version.noticeS }),
    ...(pieceS !== undefined && { pieceS }),
  };
}

/** Terms of one stretch after another. Of a grid they are asked for in order: those of many steps are worked out together. */
function termsOfSteps(
  registered: Registered,
  versions: readonly ContractVersion[],
  { momentsAt, now }: { now: Seconds; momentsAt: MomentsAt },
): SiteAsk['termsAt'] {
  const together = 64;
  let known: { readonly from: Seconds; readonly stepS: Seconds; readonly terms: readonly StepTerms[] } | undefined;
  return (from, to) => {
    const stepS = to - from;
    const at = known && known.stepS === stepS ? (from - known.from) / stepS : -1;
    const found = known?.terms[at];
    if (found) return found;
    const grid = { start: from, stepS, steps: together, notBefore: now };
    known = { from, stepS, terms: termsOf(registered, versions, grid, momentsAt) };
    return known.terms[0] ?? registered;
  };
}

function bySite(orders: readonly Order[]): Map<string, Order[]> {
  const found = new Map<string, Order[]>();
  for (const order of orders)
    for (const site of Object.keys(order.limits)) {
      const known = found.get(site);
      if (known) known.push(order);
      else found.set(site, [order]);
    }
  return found;
}
