/**
 * Which events of one program take the place of which, derived from what was issued (protocol facts 4.1, 4.2). Worked out for
 * each control mode: at its earliest effective start a newer event takes the modes it names from every older one whose
 * interval overlaps its own. What a mode was lost to never gives it back. An event that has lost all its modes is superseded;
 * one of which some mode can be lost is flagged as potentially superseded from the moment the newer one is issued.
 *
 * Overlap goes by intervals as issued: successive events stay successive whatever their randomisation (rule 6).
 */
import { type Seconds } from '../base/clock';
import { earliestStart, latestEnd, scheduledEnd, type EventFacts, type Span } from './timeline';

export interface IssuedEvent {
  readonly mrid: string;
  /** `supersededAt` and `flagged` are worked out here. */
  readonly facts: Omit<EventFacts, 'supersededAt' | 'flagged'>;
  /** Names of its control modes. */
  readonly modes: readonly string[];
  /** Bits of the device categories it is for; absent for all. */
  readonly categories?: number;
}

interface Placed {
  readonly event: IssuedEvent;
  /** Mode → when a newer event took it. */
  readonly lost: ReadonlyMap<string, Seconds>;
  /** Earliest effective start. */
  readonly begins: Seconds;
  /** Cancelled before it began, or issued after its end: it takes nothing from anybody. */
  readonly neverRan: boolean;
}

/** Facts of all events of one program with their supersession, in the order given. */
export function withSupersession(events: readonly IssuedEvent[]): EventFacts[] {
  const newer = new ByStart();
  const facts = new Map<IssuedEvent, EventFacts>();
  for (const event of [...events].sort(newestFirst)) {
    const lost = new Map<string, Seconds>();
    const flags: Span[] = [];
    for (const other of newer.overlapping(event)) judge(event, other, lost, flags);
    const all = event.modes.length > 0 && event.modes.every(mode => lost.has(mode));
    const flagged = joined(flags);
    facts.set(event, {
      ...event.facts,
      ...(all && { supersededAt: Math.max(...lost.values()) }),
      ...(flagged.length > 0 && { flagged }),
    });
    newer.add(placed(event, lost));
  }
  return events.map(event => facts.get(event) ?? event.facts);
}

/** Later creation wins; of the same second, the higher mRID (which is the one issued later). */
export function newestFirst(a: IssuedEvent, b: IssuedEvent): number {
  return b.facts.createdAt - a.facts.createdAt || (a.mrid < b.mrid ? 1 : a.mrid > b.mrid ? -1 : 0);
}

function placed(event: IssuedEvent, lost: ReadonlyMap<string, Seconds>): Placed {
  const begins = Math.max(earliestStart(event.facts), event.facts.createdAt);
  const { cancelledAt = Infinity } = event.facts;
  return { event, lost, begins, neverRan: cancelledAt < begins || begins >= latestEnd(event.facts) };
}

/** What a newer event that overlaps in time takes from this one, and whether it raises the flag. */
function judge(event: IssuedEvent, newer: Placed, lost: Map<string, Seconds>, flags: Span[]): void {
  const { event: other, begins, neverRan } = newer;
  const shared = event.modes.filter(mode => other.modes.includes(mode));
  if (shared.length === 0 || !meet(event.categories, other.categories)) return;
  const covered = covers(other.categories, event.categories);
  if (covered && !neverRan)
    for (const mode of shared)
      if ((newer.lost.get(mode) ?? Infinity) >= begins) lost.set(mode, Math.min(begins, lost.get(mode) ?? Infinity));
  if (covered && shared.length === event.modes.length) return;
  const { createdAt: from, cancelledAt: to } = other.facts;
  if (to === undefined || to >= begins) flags.push({ from });
  else if (to > from) flags.push({ from, to });
}

const meet = (a?: number, b?: number): boolean => a === undefined || b === undefined || (a & b) !== 0;
const covers = (a?: number, b?: number): boolean => a === undefined || (b !== undefined && (b & ~a) === 0);

/** Spans that touch or overlap made one. */
function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (!last || span.from > (last.to ?? Infinity)) out.push(span);
    else if (last.to !== undefined && (span.to === undefined || span.to > last.to))
      out[out.length - 1] = { from: last.from, ...(span.to !== undefined && { to: span.to }) };
  }
  return out;
}

/** Events in order of start, so that those that overlap one are found without looking at all. */
class ByStart {
  private readonly events: Placed[] = [];
  private longestS = 0;

  add(placed: Placed): void {
    const { start, durationS } = placed.event.facts;
    this.events.splice(this.firstFrom(start), 0, placed);
    this.longestS = Math.max(this.longestS, durationS);
  }

  *overlapping({ facts }: IssuedEvent): Iterable<Placed> {
    const end = scheduledEnd(facts);
    for (let i = this.firstFrom(facts.start - this.longestS); i < this.events.length; i++) {
      const other = this.events[i];
      if (!other || other.event.facts.start >= end) return;
      if (scheduledEnd(other.event.facts) > facts.start) yield other;
    }
  }

  private firstFrom(start: Seconds): number {
    let low = 0;
    for (let high = this.events.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.event.facts.start ?? Infinity) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
