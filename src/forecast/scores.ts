/** How good quantile forecasts were: pinball loss, coverage, errors, and what they would have cost or broken as limits. */

/** Levels that every back-test is scored at. */
export const scoreLevels = [0.05, 0.5, 0.95] as const;

/** Loss of a quantile forecast: least on average for the true quantile. */
export const pinball = (level: number, quantile: number, actual: number): number =>
  actual >= quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);

export interface RungScore {
  readonly rung: string;
  /** Readings it was judged by; 0 where it had no answer, and then there is nothing else to say. */
  readonly readings: number;
  /** Mean pinball loss over 5, 50 and 95 %, W, and as a share of that of the naive rung. */
  readonly pinballW: number;
  readonly ofNaive: number;
  /** Share of readings from the 5 % to the 95 % quantile: 0.9 is aimed at. */
  readonly coverage90: number;
  /** Mean absolute error of the middle quantile, W, and as a share of the largest reading. */
  readonly maeW: number;
  readonly maeOfPeak: number;
  /** Share of readings above the high quantile (an import envelope would have been broken) and below the low one (an export envelope). */
  readonly aboveHigh: number;
  readonly belowLow: number;
  /** What the high and the low quantile keep back against perfect foresight, kWh a day. */
  readonly importLostKWhPerDay: number;
  readonly exportLostKWhPerDay: number;
}

/** Adds up what one forecaster did. */
export class Tally {
  private n = 0;
  private loss = 0;
  private inBand = 0;
  private error = 0;
  private peak = 0;
  private above = 0;
  private below = 0;
  private importLost = 0;
  private exportLost = 0;

  /** `band`: quantiles at `scoreLevels`; `low`, `high`: those that envelopes are computed with. */
  add(actual: number, band: readonly number[], low: number, high: number): void {
    const [q05 = NaN, q50 = NaN, q95 = NaN] = band;
    this.n++;
    scoreLevels.forEach((level, i) => (this.loss += pinball(level, band[i] as number, actual)));
    if (actual >= q05 && actual <= q95) this.inBand++;
    this.error += Math.abs(actual - q50);
    this.peak = Math.max(this.peak, Math.abs(actual));
    if (actual > high) this.above++;
    if (actual < low) this.below++;
    this.importLost += Math.max(0, high - actual);
    this.exportLost += Math.max(0, actual - low);
  }

  get pinballW(): number {
    return this.n > 0 ? this.loss / (scoreLevels.length * this.n) : NaN;
  }

  score(rung: string, naivePinballW: number): RungScore {
    const { n } = this;
    const mean = (sum: number): number => (n > 0 ? sum / n : 0);
    return {
      rung,
      readings: n,
      pinballW: n > 0 ? this.pinballW : 0,
      ofNaive: n > 0 && naivePinballW > 0 ? this.pinballW / naivePinballW : 1,
      coverage90: mean(this.inBand),
      maeW: mean(this.error),
      maeOfPeak: this.peak > 0 ? mean(this.error) / this.peak : 0,
      aboveHigh: mean(this.above),
      belowLow: mean(this.below),
      importLostKWhPerDay: (mean(this.importLost) * 24) / 1000,
      exportLostKWhPerDay: (mean(this.exportLost) * 24) / 1000,
    };
  }
}
