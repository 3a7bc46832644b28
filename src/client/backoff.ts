import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';

/**
 * How long to wait before the next attempt: doubling from `firstS` up to a most, a quarter shorter or longer by chance, so that
 * clients that lost one server together do not come back together. What the server asked for is kept to, and a little more.
 */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly random: Random,
    private readonly firstS = 15,
  ) {}

  /** After a failure. `mostS` is the usual distance of attempts; `askedS` what a Retry-After said. */
  next(mostS: Seconds, askedS?: Seconds): Seconds {
    const doubled = this.firstS * 2 ** Math.min(this.failures++, 20);
    const wait = Math.min(mostS, doubled) * (0.75 + this.random.next() / 2);
    const asked = askedS === undefined ? 0 : askedS + this.random.next() * Math.min(30, askedS / 10);
    return Math.max(1, Math.ceil(asked), Math.ceil(wait));
  }

  get count(): number {
    return this.failures;
  }

  reset(): void {
    this.failures = 0;
  }
}
