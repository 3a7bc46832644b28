import { type Seconds } from '../base/clock';
import { type DERControlBase } from '../model/der';
import { type IssuedEvent } from '../services/supersession';
import { type EventFacts } from '../services/timeline';
import { modesOf } from './modes';

/** A control the operator issued. Immutable but for its cancellation. */
export interface StoredControl {
  readonly mRID: string;
  readonly description?: string;
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
  /** Noted when it is laid aside, where what superseded it can no longer be looked up. */
  readonly supersededAt?: Seconds;
}

/** A control with its supersession worked out. */
export interface IssuedControl {
  readonly stored: StoredControl;
  /** Its place in its list. */
  readonly key: string;
  readonly facts: EventFacts;
}

export function factsOf(control: StoredControl): EventFacts {
  const { interval, creationTime, randomizeStart, randomizeDuration, cancelledAt, cancelRandomized } = control;
  return {
    start: interval.start,
    durationS: interval.duration,
    createdAt: creationTime,
    ...(randomizeStart !== undefined && { randomizeStart }),
    ...(randomizeDuration !== undefined && { randomizeDuration }),
    ...(cancelledAt !== undefined && { cancelledAt }),
    ...(cancelRandomized !== undefined && { cancelRandomized }),
    ...(control.supersededAt !== undefined && { supersededAt: control.supersededAt }),
  };
}

export function eventOf(stored: StoredControl): IssuedEvent {
  const { mRID: mrid, base, deviceCategory } = stored;
  return {
    mrid,
    facts: factsOf(stored),
    modes: modesOf(base),
    ...(deviceCategory !== undefined && { categories: parseInt(deviceCategory, 16) }),
  };
}
