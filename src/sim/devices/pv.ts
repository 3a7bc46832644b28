/** A photovoltaic array and its inverter: output follows the sun at once and a curtailment with a lag. */
export interface PvSpec {
  /** Output at 1,000 W/m², W AC. */
  readonly nameplateW: number;
  /** Share of nameplate left after temperature, wiring and dirt. */
  readonly performance: number;
  /** Time constant of the answer to a curtailment: 1–2 s. */
  readonly tauS: number;
}

export function pvSpec(nameplateW: number, more: Partial<PvSpec> = {}): PvSpec {
  return { nameplateW, performance: 0.9, tauS: 1.5, ...more };
}

export class Pv {
  /** Output, W, producing positive. */
  powerW = 0;
  /** What the sun allows now, W. */
  availableW = 0;
  /** The most it may produce, W; `ratedW` when it is free. */
  capW: number;
  /** Energy made and energy held back by the cap, Wh. */
  producedWh = 0;
  curtailedWh = 0;
  readonly ratedW: number;
  private readonly keepPerS: number;

  constructor(readonly spec: PvSpec) {
    this.ratedW = spec.nameplateW;
    this.capW = spec.nameplateW;
    this.keepPerS = Math.exp(-1 / spec.tauS);
  }

  /** Takes the irradiance of this second, W/m², before the controller decides. */
  see(irradianceWm2: number): void {
    const sun = (irradianceWm2 / 1000) * this.spec.nameplateW * this.spec.performance;
    this.availableW = Math.max(0, Math.min(this.ratedW, sun));
  }

  /** Where the output is going: the lesser of sun and cap. */
  get targetW(): number {
    return Math.min(this.availableW, this.capW);
  }

  /** Moves the output. Returns it, W, producing positive. */
  step(dtS = 1): number {
    const target = Math.min(this.availableW, this.capW);
    const keep = dtS === 1 ? this.keepPerS : Math.exp(-dtS / this.spec.tauS);
    // A falling sun takes the output down with it: only what is above the target by command lags.
    this.powerW = Math.min(this.availableW, target + (this.powerW - target) * keep);
    this.producedWh += (this.powerW * dtS) / 3600;
    this.curtailedWh += (Math.max(0, this.availableW - Math.max(this.powerW, target)) * dtS) / 3600;
    return this.powerW;
  }
}
