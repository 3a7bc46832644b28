/**
 * The limits in force, ready for a controller that asks every second: worked out when something changes, handed out as they
 * are until then. Times are those of the client's own clock.
 */
import { type Seconds } from '../base/clock';
import {
  type Follower,
  type LimitSegment,
  limitsAhead,
  limitsFrom,
  type PowerLimits,
  sameLimits,
  type SourcedLimits,
  type Transition,
} from './follow';
import { type ServerTime } from './server-time';

export interface Limits extends Readonly<PowerLimits> {
  /** `event` a DERControl sets a limit, `default` a DefaultDERControl does, `none` nothing does. */
  readonly source: 'event' | 'default' | 'none';
  /** When they change by what is known; absent where nothing is known to follow. */
  readonly until?: Seconds;
  /** When the programs and controls were last read from the server; absent before the first time. */
  readonly lastContact?: Seconds;
  /** End of the last event known. */
  readonly scheduleEnd?: Seconds;
  /** What the DefaultDERControl alone would allow. */
  readonly defaultImportW?: number;
  readonly defaultExportW?: number;
  /** How fast to move to new limits, hundredths of a per cent of the rating per second; 0: no limit. */
  readonly setGradW?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What stays the same along the schedule. */
type Standing = Pick<Limits, 'scheduleEnd' | 'defaultImportW' | 'defaultExportW' | 'setGradW'>;

export class LimitView {
  private reading: Mutable<Limits> = { connected: true, source: 'none' };
  private standing: Standing = {};
  private changeAt: Seconds = Infinity;
  private segments: readonly LimitSegment[] | undefined;

  constructor(
    private readonly follower: Follower,
    private readonly time: ServerTime,
    /** What percentages refer to, W. */
    private readonly setMaxW: () => number,
  ) {}

  /** When the passing of time changes something next; whole seconds. */
  get next(): Seconds {
    return this.changeAt;
  }

  get current(): Limits {
    return this.reading;
  }

  /** Lets events begin and end up to `now`. Returns what happened, and whether the limits are others than before. */
  advance(now: Seconds): { transitions: Transition[]; changed: boolean } {
    const transitions = this.follower.advance(this.time.at(now));
    return { transitions, changed: this.refresh(now) };
  }

  /** To be called when the follower was told something, or the server's clock turned out to be another. */
  refresh(now: Seconds): boolean {
    const { follower, time, reading: before } = this;
    const setMaxW = this.setMaxW();
    const inForce = follower.inForce();
    const limits = limitsFrom(inForce, setMaxW);
    const byDefault = limitsFrom({ modes: follower.defaults(), settings: {} }, setMaxW);
    const [first] = limitsAhead(follower, time.at(now), setMaxW, 1);
    const end = follower.scheduleEnd();
    const next = follower.next();
    const { setGradW } = inForce.settings;
    this.segments = undefined;
    this.standing = {
      ...(end !== undefined && { scheduleEnd: time.local(end) }),
      ...(byDefault.importW !== undefined && { defaultImportW: byDefault.importW }),
      ...(byDefault.exportW !== undefined && { defaultExportW: byDefault.exportW }),
      ...(typeof setGradW === 'number' && { setGradW }),
    };
    this.reading = this.readingOf(limits, first?.to !== undefined ? time.local(first.to) : undefined);
    // Whole seconds: the clock shows no others, and an early look would find nothing due.
    this.changeAt = next === undefined ? Infinity : Math.ceil(time.local(next));
    return !sameLimits(limits, before);
  }

  heard(now: Seconds): void {
    this.reading.lastContact = now;
  }

  /** What is known of the limits from now on, in order of time. */
  ahead(): readonly LimitSegment[] {
    const { time } = this;
    this.segments ??= limitsAhead(this.follower, time.now(), this.setMaxW()).map(segment => ({
      ...segment,
      from: time.local(segment.from),
      ...(segment.to !== undefined && { to: time.local(segment.to) }),
    }));
    return this.segments;
  }

  /** What is known of the limits at a later moment. */
  at(when: Seconds): Limits {
    const segment = this.ahead().find(({ to = Infinity }) => when < to);
    return segment ? this.readingOf(segment, segment.to) : this.reading;
  }

  private readingOf(limits: SourcedLimits, until: Seconds | undefined): Mutable<Limits> {
    const { importW, exportW, generationW, loadW, connected, source } = limits;
    const { lastContact } = this.reading;
    return {
      ...(importW !== undefined && { importW }),
      ...(exportW !== undefined && { exportW }),
      ...(generationW !== undefined && { generationW }),
      ...(loadW !== undefined && { loadW }),
      connected,
      source,
      ...(until !== undefined && { until }),
      ...(lastContact !== undefined && { lastContact }),
      ...this.standing,
    };
  }
}
