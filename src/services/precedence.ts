/**
 * What governs a device that has several programs, by the rules its client follows (protocol facts 4.2): for each control mode
 * the strongest event that is on; lower primacy is stronger, then later creation. An event that was on beside a stronger
 * one has lost the mode for good. Randomisation, which each device draws for itself, is left out.
 */
import { type Seconds } from '../base/clock';
import { newestFirst, type IssuedEvent } from './supersession';
import { scheduledEnd, stopOf, type EventFacts } from './timeline';

/** One event with its supersession worked out. */
export interface RankedEvent extends IssuedEvent {
  readonly facts: EventFacts;
  /** Primacy of its program. */
  readonly primacy: number;
}

/** Strongest first. */
export const strongestFirst = (a: RankedEvent, b: RankedEvent): number => a.primacy - b.primacy || newestFirst(a, b);

/** Mode → the event that governs it at `now`. Modes without one are left to the defaults. */
export function governing<E extends RankedEvent>(events: readonly E[], now: Seconds): Map<string, E> {
  const claims = new Map<string, { from: Seconds; to: Seconds }[]>();
  const winners = new Map<string, E>();
  for (const event of [...events].sort(strongestFirst)) {
    const from = Math.max(event.facts.start, event.facts.createdAt);
    const end = Math.min(scheduledEnd(event.facts), stopOf(event.facts)?.at ?? Infinity);
    for (const mode of event.modes) {
      const held = claims.get(mode) ?? [];
      // From the first moment at which it is on beside a stronger claim, it has none.
      const to = held.reduce(
        (until, claim) => (claim.from < end && from < claim.to ? Math.min(until, Math.max(from, claim.from)) : until),
        end,
      );
      if (to <= from) continue;
      claims.set(mode, [...held, { from, to }]);
      if (from <= now && now < to) winners.set(mode, event);
    }
  }
  return winners;
}
