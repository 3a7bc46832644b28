/**
 * Local time of a grid of steps: what hour, what kind of day, and which step had the same time on the clock some days before. On the
 * days when daylight saving begins and ends that is not the step 24 hours before.
 */
import { type Seconds } from '../base/clock';
import { offsetS } from '../base/local-time';
import { Problem } from '../base/problem';

const daySeconds = 86_400;
const hourSeconds = 3600;

export interface CalendarOptions {
  /** Start of the first step, a whole multiple of `stepS`. */
  readonly start: Seconds;
  /** A divisor of an hour. */
  readonly stepS: Seconds;
  readonly steps: number;
  readonly timeZone: string;
  /** Days that count as Sundays, such as `2026-07-04`. */
  readonly holidays?: readonly string[];
}

export class Calendar {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
  readonly stepsPerDay: number;
  readonly stepsPerHour: number;
  /** Local hour of each step, 0 … 23. */
  readonly hour: Uint8Array;
  /** Local weekday of each step: 0 Sunday and holidays, 6 Saturday. */
  readonly weekday: Uint8Array;
  /** Place of each step in its local day, counted in steps. */
  readonly slot: Uint16Array;
  private readonly offset: Int32Array;

  /** @throws Problem BUG for steps that do not divide an hour or do not lie on their grid */
  constructor({ holidays = [], start, stepS, steps, timeZone }: CalendarOptions) {
    if (!(Number.isInteger(stepS) && stepS > 0 && hourSeconds % stepS === 0 && start % stepS === 0))
      throw new Problem('BUG', {
        at: 'calendar',
        want: 'steps on a grid that divides an hour',
        got: `${start}/${stepS}`,
      });
    [this.start, this.stepS, this.steps] = [start, stepS, steps];
    this.stepsPerDay = daySeconds / stepS;
    this.stepsPerHour = hourSeconds / stepS;
    this.hour = new Uint8Array(steps);
    this.weekday = new Uint8Array(steps);
    this.slot = new Uint16Array(steps);
    this.offset = offsetsOf(start, stepS, steps, timeZone);
    const sundays = new Set(holidays.map(day => Math.floor(Date.parse(`${day}T00:00Z`) / 1000 / daySeconds)));
    for (let i = 0; i < steps; i++) {
      const local = start + i * stepS + (this.offset[i] as number);
      const day = Math.floor(local / daySeconds);
      const inDay = local - day * daySeconds;
      this.hour[i] = Math.floor(inDay / hourSeconds);
      this.slot[i] = Math.floor(inDay / stepS);
      // 1970-01-01 was a Thursday.
      this.weekday[i] = sundays.has(day) ? 0 : (((day + 4) % 7) + 7) % 7;
    }
  }

  /** Start of a step. */
  at(step: number): Seconds {
    return this.start + step * this.stepS;
  }

  /**
   * The step `days` local days before at the same time on the clock, below 0 where that is before the first. Where the clock skipped that
   * time it is the step after, as clocks read it.
   */
  before(step: number, days: number): number {
    const then = step - days * this.stepsPerDay;
    if (then < 0) return then;
    return then + Math.round(((this.offset[step] as number) - (this.offset[then] as number)) / this.stepS);
  }
}

/** Offsets from UTC step by step; looked up once a day but where the day has two of them. */
function offsetsOf(start: Seconds, stepS: Seconds, steps: number, zone: string): Int32Array {
  const offsets = new Int32Array(steps);
  const perDay = daySeconds / stepS;
  for (let from = 0; from < steps; from += perDay) {
    const to = Math.min(steps, from + perDay);
    const [first, last] = [offsetS(zone, start + from * stepS), offsetS(zone, start + (to - 1) * stepS)];
    if (first === last) offsets.fill(first, from, to);
    else for (let i = from; i < to; i++) offsets[i] = offsetS(zone, start + i * stepS);
  }
  return offsets;
}
