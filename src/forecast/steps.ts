/** Readings of any length as means over the steps of a grid. */
import { type Seconds } from '../base/clock';

/** Mean of a quantity over [start, start + durationS). */
export interface Reading {
  readonly start: Seconds;
  /** 0 where it is the value of a moment: it then stands until the next, but not longer than a step. */
  readonly durationS: Seconds;
  readonly value: number;
}

/** A step counts as measured when readings cover at least this much of it. */
const leastCovered = 0.5;

/** Weighted by time; NaN where too little was measured. Of readings that overlap both count. Readings in order of start. */
export function stepMeans(readings: readonly Reading[], start: Seconds, stepS: Seconds, steps: number): Float64Array {
  const sum = new Float64Array(steps);
  const covered = new Float64Array(steps);
  readings.forEach(({ durationS, start: from, value }, i) => {
    if (!Number.isFinite(value)) return;
    const next = readings[i + 1]?.start ?? Infinity;
    const to = from + (durationS > 0 ? durationS : Math.min(stepS, next - from));
    const first = Math.max(0, Math.floor((from - start) / stepS));
    for (let k = first; k < steps && start + k * stepS < to; k++) {
      const seconds = Math.min(to, start + (k + 1) * stepS) - Math.max(from, start + k * stepS);
      if (seconds <= 0) continue;
      sum[k] = (sum[k] as number) + seconds * value;
      covered[k] = (covered[k] as number) + seconds;
    }
  });
  return sum.map((total, k) => ((covered[k] as number) >= leastCovered * stepS ? total / (covered[k] as number) : NaN));
}
