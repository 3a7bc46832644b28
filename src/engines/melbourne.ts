/**
 * The arithmetic of the University of Melbourne's algorithms 2 to 4 (envelopes reference 3.3), in kW with export positive, as published; and the
 * closed forms that come out of it.
 */
import { Problem } from '../base/problem';

/** Least squares: y = slope × x + level. */
export interface Fit {
  readonly slope: number;
  readonly level: number;
}

/** @throws Problem BAD_PROFILE when there are fewer than two different x */
export function fitLine(points: readonly (readonly [number, number])[], at: string): Fit {
  const n = points.length;
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / Math.max(1, n);
  const [mx, my] = [mean(0), mean(1)];
  let [xy, xx] = [0, 0];
  for (const [x, y] of points) [xy, xx] = [xy + (x - mx) * (y - my), xx + (x - mx) ** 2];
  if (!(xx > 0)) throw new Problem('BAD_PROFILE', { at, want: 'two or more rows with different powers', got: n });
  return { slope: xy / xx, level: my - (xy / xx) * mx };
}

export interface Metered {
  /** At the transformer, and all active customers together. */
  readonly pTxKw: number;
  readonly qTxKw: number;
  readonly activeKw: number;
}

/**
 * Spare capacity as published: passive demand is the transformer's apparent power, with the sign of its active power, less the active
 * customers' active power.
 */
export function spareKw(
  { activeKw, pTxKw, qTxKw }: Metered,
  ratingKva: number,
): { exportKw: number; importKw: number } {
  const apparent = Math.hypot(pTxKw, qTxKw) * (pTxKw >= 0 ? 1 : -1);
  const passive = apparent - activeKw;
  return { exportKw: Math.max(0, ratingKva - passive), importKw: Math.max(0, ratingKva + passive) };
}

/** Split by size, each at most its cap, and what the capped ones leave is split again. */
export function splitBySize(spare: number, sizes: readonly number[], caps: readonly number[]): number[] {
  const order = sizes
    .map((_, k) => k)
    .sort((a, b) => (caps[a] as number) / (sizes[a] as number) - (caps[b] as number) / (sizes[b] as number));
  const shares = new Array<number>(sizes.length).fill(0);
  let left = spare;
  let size = sizes.reduce((sum, one) => sum + one, 0);
  for (const k of order) {
    const own = sizes[k] as number;
    const share = own > 0 ? Math.min(caps[k] as number, (left * own) / size) : 0;
    shares[k] = share;
    left -= share;
    size -= own;
  }
  return shares;
}

/** As published: lowered in steps until the estimated voltage is inside. */
export function steppedDown(kw: number, stepKw: number, inside: (kw: number) => boolean): number {
  let limit = kw;
  while (limit > 0 && !inside(limit)) limit -= stepKw;
  return Math.max(0, limit);
}

/** The largest export and import that keep the critical customer's voltage, by its own line (algorithm 3). */
export function byCriticalVoltage(
  { level, slope }: Fit,
  minV: number,
  maxV: number,
): { exportKw: number; importKw: number } {
  if (!(slope > 0)) return { exportKw: level <= maxV ? Infinity : 0, importKw: level >= minV ? Infinity : 0 };
  return { exportKw: Math.max(0, (maxV - level) / slope), importKw: Math.max(0, (level - minV) / slope) };
}

/**
 * The level at which n active customers bring voltage to its limit, by the transformer's voltage and the rise from there to the
 * critical customer, both as lines over the transformer's power (algorithm 4). `passiveKw` is export positive.
 */
export function byDeltaVoltage(
  tx: Fit,
  delta: Fit,
  limitV: number,
  passiveKw: number,
  n: number,
  sign: 1 | -1,
): number {
  const slope = tx.slope + delta.slope;
  const room = limitV - tx.level - delta.level;
  if (!(slope > 0)) return sign * room >= 0 ? Infinity : 0;
  return Math.max(0, (sign * (room / slope - passiveKw)) / Math.max(1, n));
}
