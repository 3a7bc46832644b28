/** What became of a control at each device it was meant for, by the Responses that came and those that did not. */
import { type Metrics } from '../../base/metrics';
import { type Problem } from '../../base/problem';
import { latestEnd, stopOf, type EventFacts } from '../../services/timeline';
import { type Store } from '../../store/api';
import { responseNames, type StoredResponse } from '../response';
import { siteOf } from '../site';
import { knownControl, type KnownControl } from './control-states';
import { byId, recipientsOf } from './recipients';
import { type OperatorDeps } from './sites';

export interface DeliveredResponse {
  readonly subject: string;
  readonly status: number | undefined;
  readonly createdDateTime: number | undefined;
  readonly receivedAt: number;
}

/** Every Response a site has sent, oldest first. They outlive their controls. */
export async function responsesOfSite(store: Store, edev: string): Promise<DeliveredResponse[]> {
  const docs = await store.find<StoredResponse>('site', `response/${edev}`);
  return docs
    .map(({ body: { response, receivedAt } }) => ({
      subject: response.subject,
      status: response.status,
      createdDateTime: response.createdDateTime,
      receivedAt,
    }))
    .sort((a, b) => a.receivedAt - b.receivedAt || (a.status ?? 0) - (b.status ?? 0));
}

/** Responses received by this process, by what their status is called. */
export async function responseCounts(metrics: Metrics): Promise<Record<string, number>> {
  const names = Object.values(responseNames);
  const counts = await Promise.all(names.map(status => metrics.value('headroom_responses_total', { status })));
  return Object.fromEntries(names.map((name, i) => [name, counts[i] ?? 0]));
}

export interface Told {
  readonly status: number;
  /** What the status is called. */
  readonly name: string;
  /** When we received it. */
  readonly at: number;
}

export interface SiteDelivery {
  readonly site: string;
  readonly name?: string;
  /** Whether the program is assigned to it now; one that was moved away may have responded before. */
  readonly assigned: boolean;
  /** When we received its Response of that kind. */
  readonly received?: number;
  readonly started?: number;
  readonly completed?: number;
  /** It will not do, or has not done, what was asked. */
  readonly cannotComply?: Told;
  /** It has stopped for a reason of ours: cancelled, superseded, given up for another program. */
  readonly ended?: Told;
  /** Since when a Response that was asked for is missing. */
  readonly silentSince?: number;
}

export interface Delivery {
  readonly sites: readonly SiteDelivery[];
  /** Of all sites, whatever the page. */
  readonly counts: Readonly<Record<(typeof countOf)[number], number>>;
  readonly next?: string;
}

const countOf = ['sites', 'received', 'started', 'completed', 'cannotComply', 'ended', 'silent'] as const;
/** Opted out, partly done, no participation, cannot display; not supported, not applicable, invalid, expired. */
const cannotComply = new Set([4, 8, 9, 10, 12, 251, 252, 253, 254]);
/** Cancelled, superseded, given up for another server or program. */
const ended = new Set([6, 7, 13, 14]);

/** @throws Problem NO_SUCH when there is no such control and nobody has ever responded to one */
export async function deliveryOf(
  deps: OperatorDeps,
  mRID: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<Delivery> {
  const { store, clock } = deps;
  const bySite = new Map<string, StoredResponse[]>();
  for (const { body } of await store.find<StoredResponse>('subject', mRID.toUpperCase()))
    bySite.set(body.edev, [...(bySite.get(body.edev) ?? []), body]);
  const control = await knownControl(deps, mRID).catch((unknown: Problem) => {
    if (unknown.code !== 'NO_SUCH' || bySite.size === 0) throw unknown;
    return undefined; // its program is gone; what was said of it is not
  });
  const assigned = new Set(control ? await recipientsOf(store, control.program) : []);
  const now = clock.now();
  const all = [...new Set([...assigned, ...bySite.keys()])]
    .sort(byId)
    .map(site => siteDelivery(site, bySite.get(site) ?? [], { control, assigned: assigned.has(site), now }));
  const counts = Object.fromEntries(
    countOf.map(name => [name, name === 'sites' ? all.length : all.filter(each => hasTold(each, name)).length]),
  ) as Delivery['counts'];
  const rest = after === undefined ? all : all.filter(({ site }) => byId(site, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    sites: await Promise.all(page.map(async each => ({ ...each, ...(await nameOf(store, each.site)) }))),
    counts,
    ...(rest.length > limit && last && { next: last.site }),
  };
}

const hasTold = (each: SiteDelivery, name: Exclude<(typeof countOf)[number], 'sites'>): boolean =>
  each[name === 'silent' ? 'silentSince' : name] !== undefined;

async function nameOf(store: Store, edev: string): Promise<{ name?: string }> {
  const site = await siteOf(store, edev);
  return site ? { name: site.body.name } : {};
}

interface Meant {
  readonly control: KnownControl | undefined;
  readonly assigned: boolean;
  readonly now: number;
}

function siteDelivery(
  site: string,
  responses: readonly StoredResponse[],
  { control, assigned, now }: Meant,
): SiteDelivery {
  const told = responses
    .map(({ response: { status = -1 }, receivedAt: at }) => ({ status, name: responseNames[status] ?? 'none', at }))
    .sort((a, b) => a.at - b.at);
  const when = (status: number) => told.find(each => each.status === status)?.at;
  const last = (of: ReadonlySet<number>) => told.findLast(({ status }) => of.has(status));
  const [received, started, completed] = [when(1), when(2), when(3)];
  const [refused, stopped] = [last(cannotComply), last(ended)];
  const over = completed !== undefined || refused !== undefined || stopped !== undefined;
  const silentSince =
    control && assigned && !over ? missingSince(control, { any: told.length > 0, started }, now) : undefined;
  return {
    site,
    assigned,
    ...(received !== undefined && { received }),
    ...(started !== undefined && { started }),
    ...(completed !== undefined && { completed }),
    ...(refused && { cannotComply: refused }),
    ...(stopped && { ended: stopped }),
    ...(silentSince !== undefined && { silentSince }),
  };
}

/** Since when a Response is due that has not come: the last moment that asked for one. */
function missingSince(
  { facts, responseRequired }: KnownControl,
  { any, started }: { any: boolean; started: number | undefined },
  now: number,
): number | undefined {
  const asked = parseInt(responseRequired, 16);
  if (asked & 1 && !any) return facts.createdAt;
  if (!(asked & 2)) return undefined;
  const end = endOf(facts);
  if (now >= end) return end;
  const start = Math.max(facts.start + Math.max(0, facts.randomizeStart ?? 0), facts.createdAt);
  return started === undefined && now >= start ? start : undefined;
}

/** When every device must be done with it: a cancellation may be spread. */
function endOf(facts: EventFacts): number {
  const stop = stopOf(facts);
  if (!stop) return latestEnd(facts);
  const spread =
    stop.status === 3 ? Math.max(Math.abs(facts.randomizeStart ?? 0), Math.abs(facts.randomizeDuration ?? 0)) : 0;
  return stop.at + spread;
}
