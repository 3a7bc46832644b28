import { type Seconds } from '../../base/clock';

/**
 * Loads behind contactors that a PCS may open (load management of the NEC's energy management article): water heater, heat pump, oven, laundry. What the
 * customer draws above the essential part fills the circuits from the first on, the last takes the rest. An opened circuit
 * stays open for a while, because compressors must not restart at once.
 */
export interface CircuitsSpec {
  /** Draw that no contactor can interrupt, W. */
  readonly essentialW: number;
  /** Size of each circuit but the last, W. */
  readonly sizesW: readonly number[];
  readonly minOffS: number;
}

export function circuitsSpec(essentialW: number, more: Partial<CircuitsSpec> = {}): CircuitsSpec {
  return { essentialW, sizesW: [1500, 3000], minOffS: 180, ...more };
}

export class Circuits {
  /** What is drawn after opening circuits, W. */
  servedW = 0;
  /** Energy that open circuits kept from the customer, Wh. */
  shedWh = 0;
  readonly count: number;
  private wantedW = 0;
  private readonly open: Uint8Array;
  private readonly closableAt: Float64Array;
  private readonly demandW: Float64Array;

  constructor(readonly spec: CircuitsSpec) {
    this.count = spec.sizesW.length + 1;
    this.open = new Uint8Array(this.count);
    this.closableAt = new Float64Array(this.count);
    this.demandW = new Float64Array(this.count);
  }

  /** Takes what the customer wants this second, W. */
  see(wantedW: number): void {
    this.wantedW = wantedW;
    let rest = wantedW - this.spec.essentialW;
    const last = this.count - 1;
    for (let i = 0; i < last; i++) {
      const part = Math.max(0, Math.min(rest, this.spec.sizesW[i] ?? 0));
      this.demandW[i] = part;
      rest -= part;
    }
    this.demandW[last] = Math.max(0, rest);
    this.serve();
  }

  get openCount(): number {
    let n = 0;
    for (let i = 0; i < this.count; i++) n += this.open[i] ?? 0;
    return n;
  }

  /** What the customer would draw more if all circuits were closed, W. */
  get deniedW(): number {
    return this.wantedW - this.servedW;
  }

  /** Draw of the first open circuit that may be closed and that the customer wants, W; 0 when there is none. */
  waitingW(now: Seconds): number {
    for (let i = 0; i < this.count; i++) {
      const demand = this.demandW[i] ?? 0;
      if (this.open[i] && demand > 0 && (this.closableAt[i] ?? 0) <= now) return demand;
    }
    return 0;
  }

  /** Opens circuits that carry load, the last first, until `needW` is off or none is left. Returns the watts taken off. */
  shed(needW: number, now: Seconds): number {
    let off = 0;
    for (let i = this.count - 1; i >= 0 && off < needW; i--) {
      const demand = this.demandW[i] ?? 0;
      if (this.open[i] || demand <= 0) continue;
      this.open[i] = 1;
      this.closableAt[i] = now + this.spec.minOffS;
      off += demand;
    }
    if (off > 0) this.serve();
    return off;
  }

  /** Opens all, loaded or not: what a PCS does that cannot see. */
  shedAll(now: Seconds): void {
    for (let i = 0; i < this.count; i++) {
      if (!this.open[i]) this.closableAt[i] = now + this.spec.minOffS;
      this.open[i] = 1;
    }
    this.serve();
  }

  /** Closes the first open circuit that has been off long enough and fits into `headroomW`. Returns its draw, or -1 when none. */
  restore(headroomW: number, now: Seconds): number {
    for (let i = 0; i < this.count; i++) {
      const demand = this.demandW[i] ?? 0;
      if (!this.open[i] || (this.closableAt[i] ?? 0) > now || demand > headroomW) continue;
      this.open[i] = 0;
      this.serve();
      return demand;
    }
    return -1;
  }

  /** Counts the energy of the step. Returns the draw, W. */
  step(dtS = 1): number {
    this.shedWh += ((this.wantedW - this.servedW) * dtS) / 3600;
    return this.servedW;
  }

  private serve(): void {
    let served = this.wantedW;
    for (let i = 0; i < this.count; i++) if (this.open[i]) served -= this.demandW[i] ?? 0;
    this.servedW = served;
  }
}
