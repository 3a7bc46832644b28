import { type Seconds } from '../base/clock';
import { type CoarseRow, type ReadingRow } from './api';

/**
 * The coarse rows that readings of one meter go into, added to what `before` says is there. A reading without a value counts
 * for nothing. Readings come oldest first.
 */
export function intoCoarse(
  rows: readonly ReadingRow[],
  stepS: Seconds,
  before: (start: Seconds) => CoarseRow | undefined,
): CoarseRow[] {
  const found = new Map<Seconds, CoarseRow>();
  for (const { meter, start: at, value } of rows) {
    if (value === undefined) continue;
    const start = Math.floor(at / stepS) * stepS;
    const old = found.get(start) ?? before(start);
    const newer = !old || at >= old.lastStart;
    found.set(start, {
      meter,
      start,
      stepS,
      n: (old?.n ?? 0) + 1,
      sum: (old?.sum ?? 0) + value,
      least: Math.min(old?.least ?? value, value),
      most: Math.max(old?.most ?? value, value),
      last: newer ? value : old.last,
      lastStart: newer ? at : old.lastStart,
    });
  }
  return [...found.values()];
}
