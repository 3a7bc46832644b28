/** The clock of the test server: one that can be set off what it follows, at once and by any amount, as a lab wants it. */
import { type Cancel, type Clock, type Seconds } from '../../src/base/clock';

interface Waiting {
  readonly when: Seconds;
  readonly run: () => void;
  cancel: Cancel;
}

export class LabClock implements Clock {
  private ahead = 0;
  private readonly waiting = new Set<Waiting>();

  /** @param steady what stories are told by: it is never set off */
  constructor(readonly steady: Clock) {}

  now(): Seconds {
    return Math.floor(this.nowMs() / 1000);
  }

  nowMs(): number {
    return this.steady.nowMs() + this.ahead * 1000;
  }

  monotonicMs(): number {
    return this.steady.monotonicMs();
  }

  at(when: Seconds, run: () => void): Cancel {
    const each: Waiting = { when, run, cancel: () => undefined };
    this.waiting.add(each);
    this.arm(each);
    return () => {
      each.cancel();
      this.waiting.delete(each);
    };
  }

  /** Seconds it is ahead of the steady clock. */
  get offsetS(): number {
    return this.ahead;
  }

  /** Who waits for a moment that has now passed is called soon. */
  setOffset(seconds: number): void {
    if (seconds === this.ahead) return;
    this.ahead = seconds;
    for (const each of this.waiting) {
      each.cancel();
      this.arm(each);
    }
  }

  private arm(each: Waiting): void {
    each.cancel = this.steady.at(each.when - this.ahead, () => {
      this.waiting.delete(each);
      each.run();
    });
  }
}
