/**
 * Does the meter tell the truth? A PCS knows what its own devices do, so it can cross-check. Three tests, each over more than
 * one sample: samples are missing; the load that remains after taking off the devices would have to generate; the reading
 * does not follow the devices when they move (open or reversed current transformer).
 */
export interface PlausibilitySpec {
  /** Seconds of missing or impossible samples until the sensor counts as failed. */
  readonly failAfterS: number;
  /**
   * Seconds of good samples until it counts as mended. Doubles with each failure, up to `mendAtMostS`: a sensor that fails
   * whenever the devices move looks well as long as they stand still.
   */
  readonly mendAfterS: number;
  readonly mendAtMostS: number;
  /** Least range of the samples while mending from a reading that did not follow, W: an open transformer shows none. */
  readonly aliveW: number;
  /** How far below zero the implied load may come by meter error and skew, W. */
  readonly slackW: number;
  /**
   * Move of the devices within one second, W, that the reading must follow in the same second. Over longer times a battery
   * that follows the load keeps the reading still by design.
   */
  readonly moveW: number;
  /** Moves not followed in a row until the sensor counts as failed. */
  readonly strikes: number;
}

export const plausibilityDefaults: PlausibilitySpec = {
  failAfterS: 5,
  mendAfterS: 30,
  mendAtMostS: 3600,
  aliveW: 20,
  slackW: 300,
  moveW: 300,
  strikes: 3,
};

export class Plausibility {
  ok = true;
  private bad = 0;
  private good = 0;
  private struck = 0;
  private failures = 0;
  private byMoves = false;
  private lowW = Infinity;
  private highW = -Infinity;
  private lastSampleW = NaN;
  private lastOwnW = 0;

  constructor(private readonly spec: PlausibilitySpec = plausibilityDefaults) {}

  /** `ownW`: what the devices under control draw net at the time of the sample, generation negative. Call once a second. */
  step(sampleW: number, ownW: number): boolean {
    const missing = sampleW !== sampleW;
    const impossible = !missing && sampleW - ownW < -(this.spec.slackW + 0.05 * Math.abs(ownW));
    this.watchMoves(sampleW, ownW);
    if (missing || impossible) {
      this.bad++;
      this.restartMending();
    } else {
      this.bad = 0;
      this.good++;
    }
    const outstruck = this.struck >= this.spec.strikes;
    if (this.ok && (this.bad > this.spec.failAfterS || outstruck)) {
      this.ok = false;
      this.failures++;
      this.byMoves = outstruck;
      this.restartMending();
    }
    if (!this.ok) this.mend(sampleW);
    else if (this.good > this.spec.mendAtMostS) this.failures = 0;
    return this.ok;
  }

  private mend(sampleW: number): void {
    if (sampleW < this.lowW) this.lowW = sampleW;
    if (sampleW > this.highW) this.highW = sampleW;
    const wait = Math.min(this.spec.mendAtMostS, this.spec.mendAfterS * 2 ** (this.failures - 1));
    if (this.good < wait || (this.byMoves && this.highW - this.lowW < this.spec.aliveW)) return;
    this.ok = true;
    this.struck = 0;
    this.good = 0;
  }

  private restartMending(): void {
    this.good = 0;
    this.lowW = Infinity;
    this.highW = -Infinity;
  }

  private watchMoves(sampleW: number, ownW: number): void {
    const moved = ownW - this.lastOwnW;
    const followed = sampleW - this.lastSampleW;
    this.lastSampleW = sampleW;
    this.lastOwnW = ownW;
    // A lost sample on either side leaves nothing to compare: `followed` is not a number.
    if (followed !== followed || Math.abs(moved) < this.spec.moveW) return;
    // A load of the customer's may move at the same moment by chance, but not three times running.
    this.struck = followed / moved < 0.3 ? this.struck + 1 : 0;
  }
}
