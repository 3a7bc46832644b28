/**
 * What a client knows of one DERControl, and how two of them compare. All times are the server's, seconds since 1970 UTC.
 */
import { type Seconds } from '../../base/clock';
import { type Random } from '../../base/random';

export interface ControlEvent {
  readonly mrid: string;
  readonly creationTime: Seconds;
  readonly start: Seconds;
  readonly durationS: Seconds;
  /** Bounds of the random shift of the start and of the duration, −3600 … 3600 s; 0 means none. */
  readonly randomizeStart: number;
  readonly randomizeDuration: number;
  /** EventStatus.currentStatus and EventStatus.dateTime as last read. */
  readonly status: number;
  readonly statusAt: Seconds;
  /** Control modes by element name (`opModMaxLimW`), in wire form. */
  readonly modes: Readonly<Record<string, unknown>>;
  /** Ramp to the new values, hundredths of a second. */
  readonly rampTms?: number;
  /** Where Responses go, and which are wanted: bit 0 received, bit 1 specific, bit 2 user. */
  readonly replyTo?: string;
  readonly responseRequired: number;
}

export interface FollowedProgram {
  /** mRID of the DERProgram: programs reached by two ways are one. */
  readonly key: string;
  /** Lower is stronger. */
  readonly primacy: number;
  /** Modes of the DefaultDERControl; absent when the program has none. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Settings of the DefaultDERControl beside its modes, such as setGradW. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The whole DERControlList; absent when it could not be read, which changes nothing that is known. */
  readonly controls?: readonly ControlEvent[];
}

/** Stands for the modes of an event that names none: such events compete with one another and put nothing in force. */
export const noMode = '';

export const modesOf = (event: ControlEvent): string[] => {
  const names = Object.keys(event.modes);
  return names.length > 0 ? names : [noMode];
};

/** End of the interval as scheduled, randomisation left out. An event of no duration is on for a second. */
export const scheduledEnd = (event: ControlEvent): Seconds => event.start + Math.max(1, event.durationS);

/** First second at which any device may begin. */
export const earliestStart = (event: ControlEvent): Seconds => event.start + Math.min(0, event.randomizeStart);

export interface Ranked {
  readonly primacy: number;
  readonly event: Pick<ControlEvent, 'creationTime' | 'mrid'>;
}

/**
 * Whether `a` wins over `b` where both claim a mode: lower primacy, then later creationTime (protocol facts 4.2). Where all
 * is equal the higher mRID wins, which stands first in the standard's list order, so that every client decides alike.
 */
export function beats(a: Ranked, b: Ranked): boolean {
  if (a.primacy !== b.primacy) return a.primacy < b.primacy;
  if (a.event.creationTime !== b.event.creationTime) return a.event.creationTime > b.event.creationTime;
  return a.event.mrid > b.event.mrid;
}

/** The random numbers of one event: drawn from its mRID, so that a re-read, a restart or another order changes nothing. */
export interface Draws {
  /** Seconds, between 0 and the bound named, whichever sign that has. */
  readonly startS: number;
  readonly durationS: number;
  /** Uniform in [0, 1): where in the spread of a randomised cancellation this device stops. */
  readonly cancel: number;
}

export function drawsOf(event: ControlEvent, random: Random): Draws {
  const stream = random.fork(`event/${event.mrid}`);
  const within = (bound: number) => stream.integer(Math.min(0, bound), Math.max(0, bound));
  return { startS: within(event.randomizeStart), durationS: within(event.randomizeDuration), cancel: stream.next() };
}

/** Longest time over which devices spread the end of a cancelled event (status 3). */
export const cancelSpreadS = (event: ControlEvent): number =>
  Math.max(Math.abs(event.randomizeStart), Math.abs(event.randomizeDuration));

/**
 * The time in which this device means to follow the event, [from, to), for one first seen at `seen`. Seen after its start,
 * it begins after the size of the drawn shift and keeps the end as specified; `to` ≤ `from` then says it is too late.
 */
export function planOf(event: ControlEvent, draws: Draws, seen: Seconds): { from: Seconds; to: Seconds } {
  if (seen > event.start) return { from: seen + Math.abs(draws.startS), to: scheduledEnd(event) };
  const from = Math.max(seen, event.start + draws.startS);
  return { from, to: from + Math.max(1, event.durationS + draws.durationS) };
}
