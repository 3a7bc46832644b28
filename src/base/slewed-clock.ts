import { type Cancel, type Clock, type Seconds } from './clock';

/** One correction of the clock, as it was noticed. */
export interface Adjustment {
  /** Seconds the clock was behind what it follows; negative: ahead. */
  readonly byS: number;
  /** `slewed`: made up for little by little; `stepped`: at once. */
  readonly how: 'slewed' | 'stepped';
}

const stepMs = 60_000;
/** Below this a difference is the noise of two clocks read one after the other. */
const noticedMs = 1000;
/** Share of its own pace by which the clock is quickened or slowed. */
const slew = 0.1;
/** Who waits looks again this often: the clock may have been stepped. */
const longestWaitS = 30;

/**
 * A clock that follows another but neither leaps a little nor runs backwards: 2030.5 has corrections of less than 60 s slewed
 * (protocol facts 3.3). Larger ones are followed at once. Between looks it goes by the monotonic clock of what it follows,
 * which must run at the same pace.
 */
export class SlewedClock implements Clock {
  private shownMs: number;
  private lookedMs: number;
  private offsetMs = 0;
  private slewing = false;
  private readonly listeners = new Set<(adjustment: Adjustment) => void>();

  constructor(private readonly followed: Clock) {
    this.shownMs = followed.nowMs();
    this.lookedMs = followed.monotonicMs();
  }

  now(): Seconds {
    return Math.floor(this.nowMs() / 1000);
  }

  nowMs(): number {
    const monotonicMs = this.followed.monotonicMs();
    const elapsedMs = Math.max(0, monotonicMs - this.lookedMs);
    this.lookedMs = monotonicMs;
    this.shownMs += elapsedMs;
    const missingMs = this.followed.nowMs() + this.offsetMs - this.shownMs;
    if (Math.abs(missingMs) >= stepMs) {
      this.shownMs += missingMs;
      this.slewing = false;
      this.tell(missingMs, 'stepped');
      return this.shownMs;
    }
    if (Math.abs(missingMs) >= noticedMs && !this.slewing) {
      this.slewing = true;
      this.tell(missingMs, 'slewed');
    }
    const most = elapsedMs * slew;
    this.shownMs += Math.max(-most, Math.min(most, missingMs));
    if (Math.abs(missingMs) <= most) this.slewing = false;
    return this.shownMs;
  }

  monotonicMs(): number {
    return this.followed.monotonicMs();
  }

  at(when: Seconds, run: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const wait = (first: boolean) => {
      const leftS = when - this.nowMs() / 1000;
      if (leftS <= 0 && !first) run();
      else {
        const next = this.followed.nowMs() / 1000 + Math.max(0, Math.min(leftS, longestWaitS));
        cancel = this.followed.at(next, () => wait(false));
      }
    };
    wait(true);
    return () => cancel();
  }

  /** How far it is set off what it follows, seconds. */
  get offsetS(): number {
    return this.offsetMs / 1000;
  }

  /** Sets it off what it follows: an operator's correction, slewed or stepped as any other. */
  setOffset(seconds: number): void {
    this.offsetMs = seconds * 1000;
    this.nowMs();
  }

  /** Goes on where an earlier run stood: set off at once, and no correction. For the start, before anybody has read the clock. */
  resume(offsetS: number): void {
    this.offsetMs = offsetS * 1000;
    this.lookedMs = this.followed.monotonicMs();
    this.shownMs = this.followed.nowMs() + this.offsetMs;
    this.slewing = false;
  }

  /** Told once of each correction, when it begins. */
  onAdjusted(listener: (adjustment: Adjustment) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(missingMs: number, how: Adjustment['how']): void {
    for (const listener of this.listeners) listener({ byS: Math.round(missingMs / 100) / 10, how });
  }
}
