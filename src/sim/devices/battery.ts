/**
 * A battery with its inverter, seen from its AC terminals. Order-of-magnitude model: first-order response, constant
 * efficiency each way, hard limits of power and state of charge.
 */
export interface BatterySpec {
  readonly capacityWh: number;
  /** AC limits, W, both positive. */
  readonly maxChargeW: number;
  readonly maxDischargeW: number;
  /** Time constant of the power response. Battery inverters: 0.3–1 s. */
  readonly tauS: number;
  /** Share of AC energy that reaches the cells, and of the cells' energy that reaches AC. */
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  /** State of charge the battery never leaves, as shares of capacity. */
  readonly minSoc: number;
  readonly maxSoc: number;
  readonly initialSoc: number;
  /** Power tapers over this share of capacity before either end, down to a twentieth, as cell management has it. */
  readonly taperSoc: number;
}

/** A household battery: 0.5 s, 95 % each way (90 % round trip), 10–100 % used, half full. */
export function batterySpec(capacityWh: number, powerW: number, more: Partial<BatterySpec> = {}): BatterySpec {
  return {
    capacityWh,
    maxChargeW: powerW,
    maxDischargeW: powerW,
    tauS: 0.5,
    chargeEfficiency: 0.95,
    dischargeEfficiency: 0.95,
    minSoc: 0.1,
    maxSoc: 1,
    initialSoc: 0.5,
    taperSoc: 0.03,
    ...more,
  };
}

export class Battery {
  /** AC power, W, charging positive. */
  powerW = 0;
  /** The power it has been told to reach. */
  setW = 0;
  storedWh: number;
  private readonly minWh: number;
  private readonly maxWh: number;
  /** What remains of a deviation after one second. */
  private readonly keepPerS: number;

  constructor(readonly spec: BatterySpec) {
    this.storedWh = spec.initialSoc * spec.capacityWh;
    this.minWh = spec.minSoc * spec.capacityWh;
    this.maxWh = spec.maxSoc * spec.capacityWh;
    this.keepPerS = Math.exp(-1 / spec.tauS);
  }

  /** Share of capacity, 0 to 1. */
  get soc(): number {
    return this.storedWh / this.spec.capacityWh;
  }

  /** The most it can charge with, W, over a step of `dtS`. */
  chargeableW(dtS = 1): number {
    const room = ((this.maxWh - this.storedWh) * 3600) / (this.spec.chargeEfficiency * dtS);
    return Math.max(0, Math.min(this.spec.maxChargeW * this.taper(this.maxWh - this.storedWh), room));
  }

  /** The most it can discharge with, W, positive, over a step of `dtS`. */
  dischargeableW(dtS = 1): number {
    const stock = ((this.storedWh - this.minWh) * 3600 * this.spec.dischargeEfficiency) / dtS;
    return Math.max(0, Math.min(this.spec.maxDischargeW * this.taper(this.storedWh - this.minWh), stock));
  }

  /** Share of full power with `leftWh` to go. */
  private taper(leftWh: number): number {
    return Math.max(0.05, Math.min(1, leftWh / (this.spec.taperSoc * this.spec.capacityWh)));
  }

  /** Moves power towards `setW` and the charge with it. Returns the AC power, W, charging positive. */
  step(dtS = 1): number {
    const keep = dtS === 1 ? this.keepPerS : Math.exp(-dtS / this.spec.tauS);
    let power = this.setW + (this.powerW - this.setW) * keep;
    if (power >= 0) {
      power = Math.min(power, this.chargeableW(dtS));
      this.storedWh = Math.min(this.maxWh, this.storedWh + (power * this.spec.chargeEfficiency * dtS) / 3600);
    } else {
      power = Math.max(power, -this.dischargeableW(dtS));
      this.storedWh = Math.max(this.minWh, this.storedWh + (power * dtS) / 3600 / this.spec.dischargeEfficiency);
    }
    this.powerW = power;
    return power;
  }
}
