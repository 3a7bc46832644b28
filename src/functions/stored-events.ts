/**
 * Stored documents with an interval: events of demand response, pricing, messaging. Their status is derived from what is stored
 * and the clock, as everywhere (docs/adr/0005): a stored cancellation or supersession stands, the rest follows from time.
 */
import { type Seconds } from '../base/clock';
import { Event, type DateTimeInterval, type EventStatus } from '../model/common';
import { isA } from '../model/dsl';
import { type Href } from '../model/href';
import { type Resource } from '../model/resource';
import { eventStatus, isActive, isListed, nextChange, statusAt, type EventFacts } from '../services/timeline';
import { type Context } from './behaviour';
import { wholeListOf } from './issued-controls';

interface StoredEvent {
  readonly interval: DateTimeInterval;
  readonly creationTime?: Seconds;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly EventStatus?: EventStatus;
}

function factsOf(body: StoredEvent): EventFacts {
  const { interval, creationTime, randomizeStart, randomizeDuration, EventStatus: status } = body;
  const { currentStatus, dateTime = 0, potentiallySupersededTime } = status ?? {};
  const cancelled = currentStatus === eventStatus.cancelled || currentStatus === eventStatus.cancelledRandomized;
  return {
    start: interval.start,
    durationS: interval.duration,
    createdAt: creationTime ?? interval.start,
    ...(randomizeStart !== undefined && { randomizeStart }),
    ...(randomizeDuration !== undefined && { randomizeDuration }),
    ...(cancelled && { cancelledAt: dateTime, cancelRandomized: currentStatus === eventStatus.cancelledRandomized }),
    ...(currentStatus === eventStatus.superseded && { supersededAt: dateTime }),
    ...(potentiallySupersededTime !== undefined && { flagged: [{ from: potentiallySupersededTime }] }),
  };
}

/** The moment, and until when what is made of these events holds. */
function momentFor(ctx: Context, events: readonly EventFacts[]): Seconds {
  return ctx.nowUntil(now => {
    const next = events.map(event => nextChange(event, now)).filter(moment => moment !== undefined);
    return next.length > 0 ? Math.min(...next) : undefined;
  });
}

const withStatus = (body: StoredEvent, facts: EventFacts, now: Seconds): StoredEvent => ({
  ...body,
  ...(body.EventStatus && { EventStatus: { ...body.EventStatus, ...statusAt(facts, now) } }),
});

/** An event by itself, as long as it stands in its list. */
export function eventShown(ctx: Context, body: object): object | undefined {
  const facts = factsOf(body as StoredEvent);
  const now = momentFor(ctx, [facts]);
  return isListed(facts, now) ? withStatus(body as StoredEvent, facts, now) : undefined;
}

/** An event as it stands in its list. */
export interface StoredEntry {
  readonly key: string;
  readonly item: { readonly href: Href; readonly body: object };
}

/**
 * The events of one or more lists, in the order of the standard. A finished event has left its list; entries that are no
 * events, such as billing periods, stay, and are only told apart by being in force.
 */
export async function eventsOf(
  ctx: Context,
  lists: readonly Href[],
  item: Resource,
  { activeOnly = false } = {},
): Promise<StoredEntry[]> {
  const parts = await Promise.all(lists.map(list => wholeListOf<StoredEvent>(ctx.store, list)));
  const all = parts.flat().map(doc => ({ doc, facts: factsOf(doc.body) }));
  const now = momentFor(
    ctx,
    all.map(each => each.facts),
  );
  const leaves = isA(item.type, Event);
  const entries = all
    .filter(({ facts }) => (activeOnly ? isActive(facts, now) : !leaves || isListed(facts, now)))
    .map(({ doc, facts }) => ({ key: doc.sortKey, item: { href: doc.href, body: withStatus(doc.body, facts, now) } }));
  return lists.length > 1 ? entries.sort((a, b) => (a.key < b.key ? -1 : 1)) : entries;
}
