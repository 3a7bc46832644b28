/**
 * The state of an event, derived from stored facts and the clock on every read. Nothing here is stored and no timer holds the
 * truth: a server that slept for a week answers right at once (protocol facts 4.1, docs/adr/0005).
 */
import { type Seconds } from '../base/clock';
import { eventStatus } from '../model/common';

/** What is known of an event. Times are seconds since 1970 UTC. */
export interface EventFacts {
  readonly start: Seconds;
  readonly durationS: Seconds;
  /** creationTime. */
  readonly createdAt: Seconds;
  /** Bound of the random shift of the start and of the duration, −3600 … 3600 s; absent means none. */
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  /** When the server cancelled it. */
  readonly cancelledAt?: Seconds;
  /** Whether devices shall spread the cancellation over the randomisation of the event (status 3 instead of 2). */
  readonly cancelRandomized?: boolean;
  /** Effective start of the newer event of the same program that covers the same controls. */
  readonly supersededAt?: Seconds;
  /**
   * Spans of time in which a newer event is known that overlaps it in time and in some, not all, controls: in order and apart
   * from one another. Without `to` it is known still.
   */
  readonly flagged?: readonly Span[];
}

export interface Span {
  readonly from: Seconds;
  readonly to?: Seconds;
}

export { eventStatus };
export type CurrentStatus = (typeof eventStatus)[keyof typeof eventStatus];

export interface StatusNow {
  readonly currentStatus: CurrentStatus;
  /** When the status changed; never later than now. */
  readonly dateTime: Seconds;
  readonly potentiallySuperseded: boolean;
  readonly potentiallySupersededTime?: Seconds;
}

/** First second at which any device may begin: a negative randomizeStart lets devices begin early. */
export function earliestStart(event: EventFacts): Seconds {
  return event.start + Math.min(0, event.randomizeStart ?? 0);
}

/** End of the interval as scheduled, without randomisation. */
export const scheduledEnd = (event: EventFacts): Seconds => event.start + event.durationS;

/** First second at which no device can still be in the event. */
export function latestEnd(event: EventFacts): Seconds {
  return scheduledEnd(event) + Math.max(0, event.randomizeStart ?? 0) + Math.max(0, event.randomizeDuration ?? 0);
}

/** Editions differ in what becomes of an event that is over: 2018 lets it leave its list, 2023 calls it completed first. */
export type Edition = 2018 | 2023;

/** How long a completed event stays in its list, 2023: in that edition a removed one counts as cancelled (protocol facts 9.1). */
export const completedForS = 900;
/** How long at least a cancelled or superseded event stays readable, even beyond its end (protocol facts 4.1). */
export const stoppedForS = 30;

/**
 * EventStatus at `now`. The earlier of cancellation and supersession wins, and neither is undone (4.2 rule 3). After
 * its end an event is status 5 with `edition` 2023; in 2018 it keeps the status it had, and `isListed` is false.
 */
export function statusAt(event: EventFacts, now: Seconds, edition: Edition = 2018): StatusNow {
  const known = Math.min(now, overAt(event));
  const flag = (event.flagged ?? []).find(({ from, to = Infinity }) => from <= known && known < to);
  const at = (currentStatus: CurrentStatus, since: Seconds): StatusNow => ({
    currentStatus,
    dateTime: Math.min(since, now), // a fact ahead of a clock that was set back is not shown as the future
    potentiallySuperseded: flag !== undefined,
    ...(flag && { potentiallySupersededTime: flag.from }),
  });
  const stop = stopOf(event);
  if (stop && stop.at <= now) return at(stop.status, stop.at);
  if (edition === 2023 && now >= latestEnd(event)) return at(eventStatus.completed, latestEnd(event));
  const start = earliestStart(event);
  if (now >= start) return at(eventStatus.active, Math.max(start, event.createdAt));
  return at(eventStatus.scheduled, event.createdAt);
}

/** Whether the event stands in its list: until its end, cancelled and superseded ones too (protocol facts 4.1). */
export function isListed(event: EventFacts, now: Seconds, edition: Edition = 2018): boolean {
  return now < leavesAt(event, edition);
}

/** First second at which it stands in no list any more. */
export function leavesAt(event: EventFacts, edition: Edition = 2018): Seconds {
  const stop = stopOf(event);
  if (stop) return Math.max(latestEnd(event), stop.at + stoppedForS);
  return latestEnd(event) + (edition === 2023 ? completedForS : 0);
}

/** Whether it belongs to the list of active events. */
export function isActive(event: EventFacts, now: Seconds): boolean {
  return now < latestEnd(event) && statusAt(event, now).currentStatus === eventStatus.active;
}

/** Version of the event as it is shown: 0 at first, one more for each change of its status or flag (protocol facts 3.13). */
export function versionAt(event: EventFacts, now: Seconds, edition: Edition = 2018): number {
  return changesOf(event, edition).filter(moment => moment <= now).length;
}

/** The next moment after `now` at which status, flag or membership changes; undefined when nothing more can. */
export function nextChange(event: EventFacts, now: Seconds, edition: Edition = 2018): Seconds | undefined {
  let next: Seconds | undefined;
  for (const moment of [...changesOf(event, edition), leavesAt(event, edition)])
    if (moment > now && (next === undefined || moment < next)) next = moment;
  return next;
}

/** Moments at which status or flag change, in no order. */
function changesOf(event: EventFacts, edition: Edition): Seconds[] {
  const { createdAt, flagged = [] } = event;
  const stop = stopOf(event);
  const over = overAt(event);
  const start = earliestStart(event);
  const changes: Seconds[] = [];
  if (start > createdAt && start <= over) changes.push(start);
  if (stop) changes.push(stop.at);
  else if (edition === 2023 && over > createdAt) changes.push(over);
  for (const { from, to = Infinity } of flagged) {
    if (from <= over) changes.push(from);
    if (to <= over) changes.push(to);
  }
  return changes;
}

/** When it was stopped, else its latest end. From then on nothing is said of it that was not said before. */
const overAt = (event: EventFacts): Seconds => stopOf(event)?.at ?? latestEnd(event);

/** What ended the event before its time, if anything did. A stop at or after the end changes nothing. */
export function stopOf(event: EventFacts): { at: Seconds; status: CurrentStatus } | undefined {
  const end = latestEnd(event);
  const { cancelledAt, supersededAt } = event;
  const cancelled = cancelledAt !== undefined && cancelledAt < end;
  const superseded = supersededAt !== undefined && supersededAt < end;
  if (cancelled && (!superseded || cancelledAt <= supersededAt)) {
    const randomizable = (event.randomizeStart ?? 0) !== 0 || (event.randomizeDuration ?? 0) !== 0;
    const spread = event.cancelRandomized === true && randomizable;
    return { at: cancelledAt, status: spread ? eventStatus.cancelledRandomized : eventStatus.cancelled };
  }
  return superseded ? { at: supersededAt, status: eventStatus.superseded } : undefined;
}
