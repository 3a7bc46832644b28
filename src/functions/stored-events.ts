/**
 * Stored documents with an interval, as they are shown: events of demand response, pricing, messaging and flow reservation.
 * Their status is derived from what is stored and the clock, as everywhere (docs/adr/0005).
 */
import { type Seconds } from '../base/clock';
import { Event } from '../model/common';
import { isA } from '../model/dsl';
import { type Href } from '../model/href';
import { type Resource } from '../model/resource';
import { isActive, isListed, statusAt, versionAt, type Edition, type EventFacts } from '../services/timeline';
import { type Context } from './behaviour';
import { type StoredEvent } from './event-kinds';
import { factsOf } from './event-list';
import { editionOf, soonest } from './standing-controls';

/** The moment, and until when what is made of these events holds. */
const momentFor = (ctx: Context, events: readonly EventFacts[], edition: Edition): Seconds =>
  ctx.nowUntil(now => soonest(events, now, edition));

/** Status and version as of now. What is no event, such as a billing period, has neither. */
function withStatus(body: StoredEvent, facts: EventFacts, now: Seconds, edition: Edition): StoredEvent {
  if (!body.EventStatus) return body;
  const { reason } = body.EventStatus;
  const { currentStatus, dateTime, potentiallySuperseded, potentiallySupersededTime } = statusAt(facts, now, edition);
  return {
    ...body,
    version: (body.version ?? 0) + versionAt(facts, now, edition),
    EventStatus: {
      currentStatus,
      dateTime,
      potentiallySuperseded,
      ...(potentiallySupersededTime !== undefined && { potentiallySupersededTime }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** An event by itself, as long as it stands in its list. */
export async function eventShown(ctx: Context, item: Resource, at: Href): Promise<object | undefined> {
  const doc = await ctx.store.get<StoredEvent>(at);
  if (!doc) return undefined;
  const list = at.slice(0, at.lastIndexOf('/'));
  const listed = (await ctx.envelopes.events.ofList(ctx.store, list, item)).find(each => each.href === at);
  const { body, facts } = listed ?? { body: doc.body, facts: factsOf(doc.body) };
  const edition = editionOf(ctx.scope.dialect);
  const now = momentFor(ctx, [facts], edition);
  return isListed(facts, now, edition) ? withStatus(body, facts, now, edition) : undefined;
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
  const all = (await Promise.all(lists.map(list => ctx.envelopes.events.ofList(ctx.store, list, item)))).flat();
  const edition = editionOf(ctx.scope.dialect);
  const now = momentFor(
    ctx,
    all.map(each => each.facts),
    edition,
  );
  const leaves = isA(item.type, Event);
  const entries = all
    .filter(({ facts }) => (activeOnly ? isActive(facts, now) : !leaves || isListed(facts, now, edition)))
    .map(({ key, href, body, facts }) => ({ key, item: { href, body: withStatus(body, facts, now, edition) } }));
  return lists.length > 1 ? entries.sort((a, b) => (a.key < b.key ? -1 : 1)) : entries;
}
