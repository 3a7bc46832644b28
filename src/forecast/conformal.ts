/**
 * Quantiles by split-conformal residuals (envelopes reference 3.8): what a forecaster was wrong by on data it had not seen, kept by days ahead
 * and hour of day, and the empirical quantile of it with the (n + 1) correction. Where the next residual is exchangeable with those
 * kept, and no two are equal, a reading lies at or below the quantile of level t with a chance in [t, t + 1/(n + 1)) for t of one
 * half and above, and in (t − 1/(n + 1), t] below, without any assumption on the distribution.
 */
const hours = 24;
/** Residuals kept of each hour of day, of each step within it. */
export const residualsKept = 60;

/** Which of n values in order is the quantile, counted from 1; 0 or n + 1 where n are too few for that level. */
export function rankOf(level: number, n: number): number {
  // A hair off, so that 0.95 of 20 is 19 whatever the last bit says.
  return level < 0.5 ? Math.floor((n + 1) * level + 1e-9) : Math.ceil((n + 1) * level - 1e-9);
}

const reaches = (level: number, n: number): boolean => rankOf(level, n) >= 1 && rankOf(level, n) <= n;

/** Residuals of one forecaster. */
export class Residuals {
  private readonly kept: number[][];
  private readonly sorted: (Float64Array | undefined)[];
  private readonly pooled: (Float64Array | undefined)[];

  constructor(
    private readonly days: number,
    private readonly perHour: number,
  ) {
    this.kept = Array.from({ length: days * hours }, () => []);
    this.sorted = new Array<undefined>(days * hours).fill(undefined);
    this.pooled = new Array<undefined>(days).fill(undefined);
  }

  /** Reading less forecast, W; the newest last. `day`: whole days ahead, from 0. */
  add(day: number, hour: number, residual: number): void {
    const at = day * hours + hour;
    const own = this.kept[at] as number[];
    own.push(residual);
    if (own.length > residualsKept * this.perHour) own.shift();
    this.sorted[at] = this.pooled[day] = undefined;
  }

  /**
   * What to add to a forecast for each level: of its own hour where there are enough residuals for all levels, else of all hours of that day
   * ahead; nothing where those are too few as well. Never falling from level to level.
   */
  quantiles(day: number, hour: number, levels: readonly number[]): readonly number[] | undefined {
    const within = Math.min(day, this.days - 1);
    const enough = (of: Float64Array): boolean => levels.every(level => reaches(level, of.length));
    const own = this.ownOf(within * hours + hour);
    const from = enough(own) ? own : this.poolOf(within);
    if (!enough(from)) return undefined;
    return levels.map(level => from[rankOf(level, from.length) - 1] as number);
  }

  private ownOf(at: number): Float64Array {
    return (this.sorted[at] ??= Float64Array.from(this.kept[at] as number[]).sort());
  }

  private poolOf(day: number): Float64Array {
    return (this.pooled[day] ??= Float64Array.from(this.kept.slice(day * hours, (day + 1) * hours).flat()).sort());
  }
}
