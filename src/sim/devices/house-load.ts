import { type Seconds } from '../../base/clock';
import { type Random } from '../../base/random';

/** A series of watts; value i holds from i × stepS after `start` on, and repeats after its end. */
export interface LoadSeries {
  readonly start: Seconds;
  readonly stepS: number;
  readonly values: readonly number[];
  /** Watts of a value of 1. */
  readonly scaleW: number;
}

export interface HouseLoadSpec {
  /** The mean to follow. Without it, `baseW` and appliances make the load. */
  readonly series?: LoadSeries;
  readonly baseW: number;
  /** Standard deviation of the one-second flicker as a share of the load, and its time constant. */
  readonly flicker: number;
  readonly flickerTauS: number;
  /** Mean number of appliance starts a day, their power and their time on. Started at the hours `busy` favours. */
  readonly startsPerDay: number;
  readonly applianceW: readonly [number, number];
  readonly applianceS: readonly [number, number];
}

/** Hourly weights of appliance starts over a local day, mean 1: a morning and an evening peak. */
const busy = [
  0.3, 0.2, 0.15, 0.15, 0.2, 0.4, 1.0, 1.6, 1.4, 1.0, 0.9, 0.9, 1.1, 1.0, 0.9, 0.9, 1.2, 1.7, 2.2, 2.1, 1.7, 1.4, 1.0,
  0.6,
] as const;
const busyMean = busy.reduce((sum, weight) => sum + weight, 0) / 24;

export function houseLoadSpec(more: Partial<HouseLoadSpec> = {}): HouseLoadSpec {
  const appliances = more.series ? 0 : 25;
  return {
    baseW: 250,
    flicker: 0.02,
    flickerTauS: 20,
    startsPerDay: appliances,
    applianceW: [400, 3000],
    applianceS: [60, 2400],
    ...more,
  };
}

const slots = 8; // appliances that can run at once

/** What a customer draws without asking anyone: the mean of a load shape, or appliances, with a flicker from second to second. */
export class HouseLoad {
  powerW = 0;
  private flickering = 0;
  private readonly keep: number;
  private readonly kick: number;
  private readonly runningW = new Float64Array(slots);
  private readonly runningUntil = new Float64Array(slots);

  constructor(
    readonly spec: HouseLoadSpec,
    private readonly random: Random,
  ) {
    this.keep = Math.exp(-1 / spec.flickerTauS);
    // A uniform variable on [-1, 1) has variance 1/3; the recursion x' = keep·x + kick·u then has the deviation asked for.
    this.kick = spec.flicker * Math.sqrt(3 * (1 - this.keep * this.keep));
  }

  /** The draw of the second that begins at `now`, W. `hour` is the local hour of day with its fraction. Call once a second. */
  step(now: Seconds, hour: number): number {
    const { series, baseW, startsPerDay } = this.spec;
    const mean = series === undefined ? baseW : seriesW(series, now);
    this.flickering = this.flickering * this.keep + (this.random.next() * 2 - 1) * this.kick;
    let power = mean * (1 + this.flickering);
    if (startsPerDay > 0) power += this.appliancesW(now, hour, startsPerDay);
    this.powerW = power > 0 ? power : 0;
    return this.powerW;
  }

  private appliancesW(now: Seconds, hour: number, startsPerDay: number): number {
    const chance = ((startsPerDay / 86_400) * (busy[Math.floor(hour) % 24] ?? 1)) / busyMean;
    const starts = this.random.next() < chance;
    let sum = 0;
    let free = -1;
    for (let i = 0; i < slots; i++) {
      if ((this.runningUntil[i] ?? 0) > now) sum += this.runningW[i] ?? 0;
      else free = i;
    }
    if (starts && free >= 0) {
      const { applianceW, applianceS } = this.spec;
      const power = applianceW[0] + (applianceW[1] - applianceW[0]) * this.random.next();
      this.runningW[free] = power;
      this.runningUntil[free] = now + applianceS[0] + (applianceS[1] - applianceS[0]) * this.random.next() ** 2;
      sum += power;
    }
    return sum;
  }
}

/** The value of a series at `now`, W. */
export function seriesW(series: LoadSeries, now: Seconds): number {
  const count = series.values.length;
  if (count === 0) return 0;
  const index = Math.floor((now - series.start) / series.stepS) % count;
  return (series.values[index < 0 ? index + count : index] ?? 0) * series.scaleW;
}
