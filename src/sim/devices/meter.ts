import { type Random } from '../../base/random';

/** How a current transformer can lie: `open` reads nothing but its offset, `reversed` has the wrong sign, `missing` gives no sample. */
export type MeterFault = 'none' | 'open' | 'reversed' | 'missing' | 'frozen';

export interface MeterSpec {
  /** Standard deviation of the gain error as a share, drawn once for each meter (class 0.5). */
  readonly gainDeviation: number;
  /** Standard deviation of the offset, W, drawn once. */
  readonly offsetW: number;
  /** Chance that one sample is lost. */
  readonly dropout: number;
}

export function meterSpec(more: Partial<MeterSpec> = {}): MeterSpec {
  return { gainDeviation: 0.005, offsetW: 10, dropout: 0.0002, ...more };
}

const window = 5;

/** The meter at the point of connection: one sample a second, import positive, with the errors of a real one. */
export class Meter {
  fault: MeterFault = 'none';
  /** The latest sample; NaN when it was lost. */
  sampleW = 0;
  /** Mean of the samples that arrived in the last five seconds. */
  mean5W = 0;
  private readonly gain: number;
  private readonly offsetW: number;
  private readonly ring = new Float64Array(window);
  private at = 0;
  private sumW = 0;
  private count = 0;

  constructor(
    readonly spec: MeterSpec,
    private readonly random: Random,
  ) {
    this.gain = 1 + random.normal(0, spec.gainDeviation);
    this.offsetW = random.normal(0, spec.offsetW);
  }

  /** Samples the true power of the last second. Returns the sample, W, or NaN. Call once a second. */
  sample(trueW: number): number {
    let seen = trueW * this.gain + this.offsetW;
    const lost = this.spec.dropout > 0 && this.random.next() < this.spec.dropout;
    if (this.fault !== 'none') {
      if (this.fault === 'open') seen = this.offsetW;
      else if (this.fault === 'reversed') seen = this.offsetW - trueW * this.gain;
      else if (this.fault === 'missing') seen = NaN;
      else seen = this.sampleW;
    }
    if (lost) seen = NaN;
    this.sampleW = seen;
    this.ring[this.at] = seen;
    this.at = this.at === window - 1 ? 0 : this.at + 1;
    let sum = 0;
    let n = 0;
    for (let i = 0; i < window; i++) {
      const value = this.ring[i] ?? NaN;
      if (value === value) {
        sum += value;
        n++;
      }
    }
    if (n > 0) this.mean5W = sum / n;
    if (seen === seen) {
      this.sumW += seen;
      this.count++;
    }
    return seen;
  }

  /** Mean of the samples since the last call, W: what is posted as a reading. The latest five-second mean when there was none. */
  takeMean(): number {
    const mean = this.count > 0 ? this.sumW / this.count : this.mean5W;
    this.sumW = 0;
    this.count = 0;
    return mean;
  }
}
