/**
 * What a resource does beyond being stored. A behaviour reads through its context, decides, and answers with a value to show
 * or a plan to commit; it never writes by itself and knows nothing of HTTP.
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Ids, type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { Problem } from '../base/problem';
import { type Complex } from '../model/dsl';
import { type Href, type Params } from '../model/href';
import { type Method, type Resource } from '../model/resource';
import { type Condition } from '../model/subscription';
import { type Committed, type Plan, type Store } from '../store/api';
import { type FlowPolicy } from '../services/flow-policies/api';
import { type EnvelopeViews } from './envelope-views';
import { inTurn } from './operator/in-turn';
import { type Scope } from './scope';

export { together, type Observed, type Reads } from '../services/changes';

/** What functions need to know of this server's configuration. */
export interface House {
  readonly pen: Pen;
  /** Who this server is by its own certificate; without it there is no SelfDevice. */
  readonly self?: { readonly lfdi: string; readonly sfdi: number };
  /** Seconds, by resource name; the model's default where nothing is set. */
  pollRate(resource: Resource): number;
  /** Preferred seconds between telemetry posts. */
  readonly postRateS: number;
  /** Whether a certificate that is not registered may POST its own EndDevice. */
  readonly inBandRegistration: boolean;
  /** PIN for devices that register in band or are given none, six digits with check digit. */
  readonly defaultPin: number;
  /** Time quality as of 2030.5 TimeType: 3 authoritative … 7 uncoordinated. */
  readonly timeQuality: number;
  /** Time zone of the sites, as in the IANA data base. */
  readonly timeZone: string;
  /** Scheduled envelope controls shown at once. */
  readonly controlWindow: number;
  /** Largest limit of a page. */
  readonly pageCap: number;
  /** Bounds of what a device may mirror; those of functions/mirror.ts where nothing is said. Beyond: 413. */
  readonly metering?: { readonly mirrorsPerDevice: number; readonly metersPerMirror: number };
  /** Offsets in place of those of the time zone. */
  readonly timeOffsets?: TimeOffsets | undefined;
  /** Past values kept of each document a device writes (functions/past.ts), 100 where nothing is said. */
  readonly pastValues?: number;
  /** Who answers flow reservation requests; `capacity` where nothing is said. */
  readonly flowPolicy?: FlowPolicy;
  /** What may be subscribed to where; the defaults of functions/subscription.ts where nothing is said. */
  readonly subscriptions?: SubscriptionRules;
}

/** Offsets that an operator gives in place of those of the time zone. Seconds. */
export interface TimeOffsets {
  readonly tzOffset: number;
  readonly dstOffset: number;
  readonly dstStartTime: Seconds;
  readonly dstEndTime: Seconds;
}

export interface SubscriptionRules {
  /** Subscriptions below one EndDevice. */
  readonly mostPerDevice: number;
  /** What is wrong with a notificationURI; undefined when notifications may go there. */
  readonly refusal: (uri: string) => string | undefined;
}

export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  /** The moment of this request. Reading it makes an answer true for this second only; see `nowUntil`. */
  readonly now: Seconds;
  /**
   * The same moment, for those who know how long what they make of it stays true: until `next`, the first later second at
   * which it changes by time alone; undefined when it never does.
   */
  nowUntil(next: (now: Seconds) => Seconds | undefined): Seconds;
  readonly scope: Scope;
  /** What this caller would see at a path, for subscriptions to it; undefined where there is nothing it may know of. */
  readonly subject: (path: Href, condition?: Condition) => Promise<Subscribed | undefined>;
  readonly house: House;
  readonly envelopes: EnvelopeViews;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Subscribed {
  readonly resource: Resource;
  /** Stands for its content: another digest, another content. */
  readonly digest: string;
}

/**
 * A page asked of a list; `from` and `to` bound sort keys (store/api PageQuery). `after` says the same where the list's first key
 * is a time: only entries later than that.
 */
export interface PageAsk {
  readonly start: number;
  readonly limit: number;
  readonly from?: string;
  readonly to?: string;
  readonly after?: Seconds;
}

export interface ListView {
  /** Entries visible to this caller, whatever the page. */
  readonly all: number;
  /** Wire values, `href` included. */
  readonly items: readonly object[];
  /** Added to the list's own attributes and elements. */
  readonly more?: object;
}

/** A change decided: what to commit, and what the peer is told. */
export interface Change {
  readonly plan: Plan;
  /** 201 with `location` when something was made, 204 otherwise. */
  readonly status: 201 | 204;
  readonly location?: Href;
  /** Run after the commit, for counters. */
  readonly done?: () => void;
}

export interface Incoming {
  readonly type: Complex;
  readonly value: unknown;
}

export interface Behaviour {
  readonly resource: Resource;
  /** Optional and discouraged methods this server offers all the same (docs/choices.md). */
  readonly offer?: readonly Method[];
  /** Mandatory methods it does not offer to clients. */
  readonly withhold?: readonly Method[];
  /** Whether an item is there, for what hangs below it. Default: whether its document is. */
  readonly exists?: (ctx: Pick<Context, 'store'>, params: Params) => Promise<boolean>;
  /** The value of an item; undefined when there is none. Default: the stored document. */
  readonly item?: (ctx: Context, params: Params) => Promise<object | undefined>;
  /** The entries of a list. Default: the stored list. */
  readonly list?: (ctx: Context, params: Params, page: PageAsk) => Promise<ListView>;
  /** What tells one state of a long list from another, where that is cheaper than its entries. Default: all of them. */
  readonly essence?: (ctx: Context, params: Params) => Promise<unknown>;
  /** Makes a wire value of a stored body, for the default `item` and `list`. */
  readonly view?: (ctx: Context, body: object, href: Href) => object | Promise<object>;
  readonly put?: (ctx: Context, params: Params, incoming: Incoming) => Promise<Change>;
  readonly post?: (ctx: Context, params: Params, incoming: Incoming) => Promise<Change>;
  readonly remove?: (ctx: Context, params: Params) => Promise<Change>;
}

/** Methods offered on a resource, HEAD left out: the mandatory ones less those withheld, plus those a behaviour offers. */
export function offered(resource: Resource, behaviour?: Behaviour): Method[] {
  const order: Method[] = ['GET', 'PUT', 'POST', 'DELETE'];
  return order.filter(
    m => (resource.methods[m] === 'M' && !behaviour?.withhold?.includes(m)) || (behaviour?.offer?.includes(m) ?? false),
  );
}

const tries = 8;

/**
 * Decides and commits; when another write came first, decides again on what is there now. Those that lost over the same thing
 * do so one after another: of a hundred that come at once each loses once, not ninety-nine times.
 */
export async function apply(
  store: Store,
  decide: () => Promise<Change>,
): Promise<{ change: Change; committed: Committed & { ok: true } }> {
  let conflict: readonly string[] = [];
  const attempt = async () => {
    const change = await decide();
    const committed = await store.commit(change.plan);
    if (!committed.ok) {
      conflict = committed.conflict;
      return undefined;
    }
    change.done?.();
    return { change, committed };
  };
  for (let lost = 0; lost < tries; lost++) {
    const done = await (lost === 0 ? attempt() : inTurn(store, `lost ${conflict.join(' ')}`, attempt));
    if (done) return done;
  }
  throw new Problem('CONFLICT', { at: conflict.join(' '), note: `still moving after ${tries} attempts` });
}

export const notFound = (at: Href) => new Problem('NOT_FOUND', { at });
export const badValue = (at: string, note: string, got?: unknown) => new Problem('BAD_VALUE', { at, note, got });
