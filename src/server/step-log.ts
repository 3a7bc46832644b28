/** Readings as means over steps, kept in memory: what is older than two days is read from the store once, as late posts go. */
import { type Seconds } from '../base/clock';
import { stepMeans } from '../forecast/steps';
import { type MeanReading } from '../functions/operator/flow-readings';

type Read = (from: Seconds, to: Seconds) => Promise<readonly MeanReading[]>;

const lateS = 2 * 86_400;
/** Longest reading there can be: one that began before still counts in the first steps that are read. */
const longestS = 3600;

export class StepLog {
  private readonly kept = new Map<string, { from: Seconds; values: Float64Array }>();

  constructor(readonly stepS: Seconds) {}

  /** Mean over each step of [from, to), whole steps both; NaN where nothing was measured. */
  async means(key: string, from: Seconds, to: Seconds, read: Read): Promise<Float64Array> {
    const { stepS } = this;
    const before = this.kept.get(key);
    const steps = (to - from) / stepS;
    const values = new Float64Array(steps).fill(NaN);
    let known = 0;
    if (before && before.from <= from) {
      const old = before.values.subarray((from - before.from) / stepS);
      known = Math.max(0, Math.min(steps, old.length - lateS / stepS));
      values.set(old.subarray(0, known));
    }
    const start = from + known * stepS;
    const readings = await read(start - longestS, to);
    values.set(stepMeans(readings, start, stepS, steps - known), known);
    this.kept.set(key, { from, values });
    return values.slice();
  }

  /** Reads it all anew next time. */
  forget(prefix: string): void {
    for (const key of [...this.kept.keys()]) if (key.startsWith(prefix)) this.kept.delete(key);
  }
}
