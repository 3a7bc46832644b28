/**
 * The events of one stored list as facts, with supersession worked out by the rules of their kind. A list whose writers keep
 * its ledger (`~events/…`) is worked out once for each change, any other at each look.
 */
import { type Seconds } from '../base/clock';
import { type Href } from '../model/href';
import { type Resource } from '../model/resource';
import { withSupersession, type IssuedEvent } from '../services/supersession';
import { earliestStart, eventStatus, scheduledEnd, type EventFacts } from '../services/timeline';
import { type NewDoc, type Store } from '../store/api';
import { eventKindOf, type EventKind, type StoredEvent } from './event-kinds';
import { wholeListOf } from './issued-controls';
import { versionKept } from './version-kept';

/** One event of a list, or one entry with an interval that is no event, such as a billing period. */
export interface ListedEvent {
  readonly href: Href;
  /** Its place in its list. */
  readonly key: string;
  readonly body: StoredEvent;
  readonly facts: EventFacts;
}

/** What is written with every change of a list. */
export interface EventLedger {
  readonly issued: number;
}

export const eventLedgerHref = (list: Href): Href => `~events${list}`;
export const eventLedgerDoc = (list: Href, body: EventLedger, now: Seconds): NewDoc => ({
  href: eventLedgerHref(list),
  list: '',
  kind: '~events',
  changed: now,
  sortKey: '',
  body,
});

/** Where events are laid aside that are over and have no bearing on others. */
export const pastEvents = (list: Href): Href => `~past${list}`;

export interface KeptEvents {
  ofList(store: Store, list: Href, item: Resource): Promise<readonly ListedEvent[]>;
}

export function keptEvents({ most = 200_000 } = {}): KeptEvents {
  const kept = versionKept<ListedEvent>(most);
  return {
    ofList: async (store, list, item) => {
      const ledger = eventLedgerHref(list);
      return (await store.get(ledger))
        ? kept.of(store, ledger, () => readEvents(store, list, item))
        : readEvents(store, list, item);
    },
  };
}

export async function readEvents(store: Store, list: Href, item: Resource): Promise<ListedEvent[]> {
  const docs = await wholeListOf<StoredEvent>(store, list);
  const kind = eventKindOf(item);
  const facts = docs.map(({ body }) => factsOf(body));
  const judged = kind ? withSupersession(docs.map(({ body }, i) => eventOf(kind, body, facts[i]))) : facts;
  return docs.map(({ href, sortKey: key, body }, i) => ({ href, key, body, facts: judged[i] ?? factsOf(body) }));
}

export function eventOf(
  { modes, byCategory }: EventKind,
  body: StoredEvent,
  facts: EventFacts = factsOf(body),
): IssuedEvent {
  const { mRID = '', deviceCategory } = body;
  return {
    mrid: mRID,
    facts,
    modes: modes(body),
    ...(byCategory && deviceCategory !== undefined && { categories: parseInt(deviceCategory, 16) }),
  };
}

/** What is no event, such as a billing period, was never made known: it begins at its start, though that be a change of its own. */
const always = Number.MIN_SAFE_INTEGER;

/** What a stored event says by itself. A cancellation or supersession that is stored stands. */
export function factsOf(body: StoredEvent): EventFacts {
  const { interval, creationTime, randomizeStart, randomizeDuration, EventStatus: status } = body;
  const { currentStatus, dateTime = 0, potentiallySupersededTime } = status ?? {};
  const cancelled = currentStatus === eventStatus.cancelled || currentStatus === eventStatus.cancelledRandomized;
  return {
    start: interval.start,
    durationS: interval.duration,
    createdAt: creationTime ?? always,
    ...(randomizeStart !== undefined && { randomizeStart }),
    ...(randomizeDuration !== undefined && { randomizeDuration }),
    ...(cancelled && { cancelledAt: dateTime, cancelRandomized: currentStatus === eventStatus.cancelledRandomized }),
    ...(currentStatus === eventStatus.superseded && { supersededAt: dateTime }),
    ...(potentiallySupersededTime !== undefined && { flagged: [{ from: potentiallySupersededTime }] }),
  };
}

export interface Cancelling {
  /** Devices are to spread the end over the randomisation of the event: status 3. */
  readonly randomized?: boolean | undefined;
  /** Told to devices, 192 characters at most. */
  readonly reason?: string | undefined;
}

/** An event as it is stored once it is cancelled. */
export const cancelledEvent = (
  body: StoredEvent,
  now: Seconds,
  { randomized = false, reason }: Cancelling = {},
): StoredEvent => ({
  ...body,
  EventStatus: {
    currentStatus: randomized ? eventStatus.cancelledRandomized : eventStatus.cancelled,
    dateTime: now,
    potentiallySuperseded: false,
    ...(reason !== undefined && { reason }),
  },
});

/** Whether a new event takes over all of an active one this second (docs/choices.md, changing a control). */
export function replaces({ modes }: EventKind, next: StoredEvent, old: StoredEvent, now: Seconds): boolean {
  const [after, before] = [factsOf({ ...next, creationTime: now }), factsOf(old)];
  const [named, lost] = [modes(next), modes(old)];
  return (
    lost.length > 0 &&
    lost.every(mode => named.includes(mode)) &&
    next.deviceCategory === old.deviceCategory &&
    earliestStart(after) <= now &&
    after.start < scheduledEnd(before) &&
    scheduledEnd(after) > before.start
  );
}
