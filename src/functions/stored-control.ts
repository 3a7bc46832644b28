import { type Seconds } from '../base/clock';
import { type DERControlBase } from '../model/der';
import { earliestStart, latestEnd, type EventFacts } from '../services/timeline';

/** A control the operator issued. Immutable but for its cancellation. */
export interface StoredControl {
  readonly mRID: string;
  readonly description?: string;
  readonly version: number;
  readonly creationTime: Seconds;
  readonly interval: { readonly duration: Seconds; readonly start: Seconds };
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly base: DERControlBase;
  readonly deviceCategory?: string;
  /** HexBinary8: which responses are asked for. */
  readonly responseRequired: string;
  readonly cancelledAt?: Seconds;
  readonly cancelRandomized?: boolean;
}

function factsOf(control: StoredControl): EventFacts {
  const { interval, creationTime, randomizeStart, randomizeDuration, cancelledAt, cancelRandomized } = control;
  return {
    start: interval.start,
    durationS: interval.duration,
    createdAt: creationTime,
    ...(randomizeStart !== undefined && { randomizeStart }),
    ...(randomizeDuration !== undefined && { randomizeDuration }),
    ...(cancelledAt !== undefined && { cancelledAt }),
    ...(cancelRandomized !== undefined && { cancelRandomized }),
  };
}

const modes = (control: StoredControl): string[] => Object.keys(control.base).filter(mode => mode !== 'rampTms');

/**
 * Facts of all controls of one program, supersession worked out (protocol facts 4.1, 4.2): a newer control that names every
 * mode of an older one supersedes it at its own earliest effective start; one that names only some marks it as potentially
 * superseded from its creation on. A control cancelled before it began supersedes nothing.
 */
export function withSupersession(controls: readonly StoredControl[]): { stored: StoredControl; facts: EventFacts }[] {
  const all = controls.map(stored => ({ stored, facts: factsOf(stored) }));
  return all.map(({ stored, facts }) => {
    let supersededAt = Infinity;
    let potentiallySupersededAt = Infinity;
    for (const other of all) {
      const newer =
        other.stored.creationTime > stored.creationTime ||
        (other.stored.creationTime === stored.creationTime && other.stored.mRID > stored.mRID);
      if (!newer || other.stored === stored) continue;
      const begins = Math.max(earliestStart(other.facts), other.stored.creationTime);
      const overlaps = begins < latestEnd(facts) && latestEnd(other.facts) > earliestStart(facts);
      const neverRan = other.facts.cancelledAt !== undefined && other.facts.cancelledAt <= begins;
      if (!overlaps || neverRan) continue;
      const named = modes(other.stored);
      const mine = modes(stored);
      if (mine.every(mode => named.includes(mode)))
        supersededAt = Math.min(supersededAt, Math.max(begins, earliestStart(facts)));
      else if (mine.some(mode => named.includes(mode)))
        potentiallySupersededAt = Math.min(potentiallySupersededAt, other.stored.creationTime);
    }
    return {
      stored,
      facts: {
        ...facts,
        ...(supersededAt < Infinity && { supersededAt }),
        ...(potentiallySupersededAt < Infinity && { potentiallySupersededAt }),
      },
    };
  });
}
