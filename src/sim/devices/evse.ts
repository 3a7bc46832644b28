import { type Seconds } from '../../base/clock';

/** One car at one charger. Sessions of a charger are in order of arrival and do not overlap. */
export interface EvSession {
  readonly arrive: Seconds;
  readonly depart: Seconds;
  /** Energy the driver asks for, Wh at the AC side. */
  readonly needWh: number;
}

/**
 * An AC charger (IEC 61851-1, SAE J1772). The pilot signal cannot offer less than 6 A, so below that charging pauses; a car that
 * was paused is left alone for a minute at least, because restarting wears contactors and some cars give up.
 */
export interface EvseSpec {
  /** 32, 48 or 80 A by circuit. */
  readonly maxA: number;
  readonly minA: number;
  /** Pilot resolution: one percent of duty cycle is 0.6 A up to 51 A. */
  readonly stepA: number;
  /** Watts per ampere: volts of one phase, or three times as much. */
  readonly wattsPerA: number;
  /** Seconds from full power to nothing (1–2 s) and from nothing to full power (5–10 s). */
  readonly downS: number;
  readonly upS: number;
  readonly minPauseS: number;
  /** Near full a car draws less: what is missing divided by this time, but never less than the floor. */
  readonly taperS: number;
}

export function evseSpec(maxA: number, wattsPerA = 240, more: Partial<EvseSpec> = {}): EvseSpec {
  return { maxA, minA: 6, stepA: 0.6, wattsPerA, downS: 2, upS: 8, minPauseS: 60, taperS: 180, ...more };
}

export class Evse {
  powerW = 0;
  /** Where the car's draw is going, W. */
  targetW = 0;
  /** A car is plugged in and not yet full. */
  wants = false;
  /** Energy delivered over the run, and energy that cars left without, Wh. */
  deliveredWh = 0;
  missedWh = 0;
  /** Number of pauses, for wear. */
  pauses = 0;
  /** Least and most it can draw when it draws, W. */
  readonly floorW: number;
  readonly maxW: number;
  /** Scratch for whoever shares power among chargers. */
  offerW = 0;
  private readonly stepW: number;
  private readonly downWPerS: number;
  private readonly upWPerS: number;
  private next = 0;
  private leftWh = 0;
  private departs: Seconds = -Infinity;
  private pausedUntil: Seconds = -Infinity;

  constructor(
    readonly spec: EvseSpec,
    private readonly sessions: readonly EvSession[],
  ) {
    this.floorW = spec.minA * spec.wattsPerA;
    this.maxW = spec.maxA * spec.wattsPerA;
    this.stepW = spec.stepA * spec.wattsPerA;
    this.downWPerS = this.maxW / spec.downS;
    this.upWPerS = this.maxW / spec.upS;
  }

  /** Lets cars come and go. First thing in each step. */
  see(now: Seconds): void {
    if (this.departs <= now && this.departs !== -Infinity) {
      this.missedWh += this.leftWh;
      this.leftWh = 0;
      this.departs = -Infinity;
    }
    const coming = this.sessions[this.next];
    if (coming !== undefined && coming.arrive <= now) {
      this.next++;
      if (coming.depart > now) {
        this.leftWh = coming.needWh;
        this.departs = coming.depart;
        this.pausedUntil = -Infinity;
      } else this.missedWh += coming.needWh;
    }
    this.wants = this.leftWh > 0;
    if (!this.wants) this.targetW = 0;
  }

  /** The most the car would take now, W; 0 when there is none or it is full. */
  get wishW(): number {
    if (this.leftWh <= 0) return 0;
    return Math.min(this.maxW, Math.max(this.floorW, (this.leftWh * 3600) / this.spec.taperS));
  }

  /** May it start or go on charging, were it offered enough? */
  ready(now: Seconds): boolean {
    return this.wants && this.pausedUntil <= now;
  }

  /** Offers the car `offerW`; what the pilot cannot express is rounded down, less than the floor pauses. */
  offer(offerW: number, now: Seconds): void {
    if (!this.wants) {
      this.targetW = 0;
      return;
    }
    // A hair of slack, so that an offer of exactly n steps is n steps in floating point too.
    const pilot = offerW >= this.maxW ? this.maxW : Math.floor(offerW / this.stepW + 1e-9) * this.stepW;
    const told = Math.min(pilot, this.wishW);
    if (told < this.floorW) {
      if (this.targetW > 0) {
        this.pausedUntil = now + this.spec.minPauseS;
        this.pauses++;
      }
      this.targetW = 0;
    } else if (this.pausedUntil <= now) this.targetW = told;
  }

  /** What it will draw at the end of this second, on its ramp, W. */
  get nextW(): number {
    const { powerW, targetW } = this;
    return powerW > targetW ? Math.max(targetW, powerW - this.downWPerS) : Math.min(targetW, powerW + this.upWPerS);
  }

  /** Moves the draw. Returns it, W. */
  step(dtS = 1): number {
    const target = this.targetW;
    let power =
      this.powerW > target
        ? Math.max(target, this.powerW - this.downWPerS * dtS)
        : Math.min(target, this.powerW + this.upWPerS * dtS);
    // A full or departed car draws nothing: the contactor opens.
    power = Math.min(power, (this.leftWh * 3600) / dtS);
    if (power > 0) {
      const wh = (power * dtS) / 3600;
      this.leftWh = Math.max(0, this.leftWh - wh);
      this.deliveredWh += wh;
    }
    this.powerW = power;
    return power;
  }

  /** Energy that cars have gone without, plus what the car at hand can no longer get before it leaves, Wh. */
  unservedWh(now: Seconds): number {
    if (this.leftWh === 0) return this.missedWh;
    return this.missedWh + Math.max(0, this.leftWh - (this.maxW * Math.max(0, this.departs - now)) / 3600);
  }
}
