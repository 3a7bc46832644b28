/**
 * Time, as the rest of the house may know it. 2030.5 counts whole seconds since 1970 UTC (TimeType), so `now()` is a whole
 * number of seconds; `nowMs()` is the same clock with its fraction, for control loops and latency figures.
 *
 * Everything that reads time or waits takes a Clock. Tests pass a ManualClock and advance it; the demo passes a ScaledClock
 * that server and clients share.
 */
export type Seconds = number;
export type Cancel = () => void;

export interface Clock {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  now(): Seconds;
  /** The same instant in milliseconds, not rounded. */
  nowMs(): number;
  /** Real milliseconds that only go forward; for durations of work, never for dates. */
  monotonicMs(): number;
  /** Runs `run` once, when the clock has reached `when` (seconds, fractions allowed). A moment that has passed runs soon. */
  at(when: Seconds, run: () => void): Cancel;
}

/** Resolves when the clock reaches `when`. Rejects with the signal's reason when it aborts first. */
export function until(clock: Clock, when: Seconds, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const abort = () => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.at(when, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

const longestTimerMs = 2_000_000_000; // Node fires a timer of 2^31 ms or more at once

/**
 * Wall time, optionally scaled: `speed` clock seconds pass in each real second, starting at `startMs` when the wall showed
 * `wallStartMs`. Processes that agree on the three numbers share one clock. Speed 1 with no start is plain system time.
 */
export class ScaledClock implements Clock {
  constructor(
    private readonly startMs: number = Date.now(),
    private readonly speed = 1,
    private readonly wallStartMs: number = Date.now(),
  ) {
    if (!(speed > 0)) throw new RangeError(`clock speed must be above 0, got ${speed}`);
  }

  now(): Seconds {
    return Math.floor(this.nowMs() / 1000);
  }

  nowMs(): number {
    return this.startMs + (Date.now() - this.wallStartMs) * this.speed;
  }

  monotonicMs(): number {
    return performance.now();
  }

  at(when: Seconds, run: () => void): Cancel {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const leftMs = Math.ceil((when * 1000 - this.nowMs()) / this.speed);
      if (leftMs <= 0) timer = setTimeout(run, 0);
      else timer = setTimeout(leftMs > longestTimerMs ? wait : settle, Math.min(leftMs, longestTimerMs));
    };
    // A timer may fire a fraction early against the wall clock: look again rather than run before time.
    const settle = () => (this.nowMs() < when * 1000 ? wait() : run());
    wait();
    return () => clearTimeout(timer);
  }

  /** The three numbers another process needs to share this clock. */
  share(): { startMs: number; speed: number; wallStartMs: number } {
    return { startMs: this.startMs, speed: this.speed, wallStartMs: this.wallStartMs };
  }
}

/** The clock of a production server: wall time, unscaled; steps of the wall are followed. */
export class SystemClock extends ScaledClock {
  constructor() {
    super(0, 1, 0);
  }
}

/** Real time since the process began, which no step of the wall moves: for pauses and deadlines, never for dates. */
export class SteadyClock extends ScaledClock {
  override nowMs(): number {
    return this.monotonicMs();
  }
}

interface Waiting {
  readonly when: Seconds;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: Waiting, b: Waiting): boolean => a.when < b.when || (a.when === b.when && a.order < b.order);

/** What waits, the first to come at the front: a binary heap, since a simulated fleet has tens of thousands of timers. */
class Agenda {
  private readonly heap: Waiting[] = [];

  /** The first that was not cancelled. */
  first(): Waiting | undefined {
    while (this.heap[0]?.cancelled) this.take();
    return this.heap[0];
  }

  add(entry: Waiting): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(entry, heap[up] as Waiting); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Waiting;
      at = up;
    }
    heap[at] = entry;
  }

  take(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1] as Waiting, heap[down] as Waiting)) down++;
      if (!before(heap[down] as Waiting, last)) break;
      heap[at] = heap[down] as Waiting;
      at = down;
    }
    heap[at] = last;
  }
}

/** A clock that stands still until told. Callbacks run in order of time, then of registration, with `now()` at their time. */
export class ManualClock implements Clock {
  private readonly waiting = new Agenda();
  private order = 0;
  private ms: number;

  constructor(start: Seconds) {
    this.ms = start * 1000;
  }

  now(): Seconds {
    return Math.floor(this.ms / 1000);
  }

  nowMs(): number {
    return this.ms;
  }

  monotonicMs(): number {
    return this.ms;
  }

  at(when: Seconds, run: () => void): Cancel {
    const entry = { when, order: this.order++, run, cancelled: false };
    this.waiting.add(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** When the next callback is due; undefined when nothing waits. */
  get next(): Seconds | undefined {
    return this.waiting.first()?.when;
  }

  /** Moves time forward by `seconds`, running what falls due on the way; what that schedules runs too if it is due. */
  advance(seconds: number): void {
    const target = this.ms + seconds * 1000;
    for (let next = this.waiting.first(); next && next.when * 1000 <= target; next = this.waiting.first()) {
      this.ms = Math.max(this.ms, next.when * 1000);
      this.waiting.take();
      next.run();
    }
    this.ms = target;
  }

  /** Advances in steps of one second, giving pending promises a turn of the event loop after each. */
  async run(seconds: number, stepS = 1): Promise<void> {
    for (let done = 0; done < seconds; done += stepS) {
      this.advance(Math.min(stepS, seconds - done));
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}
