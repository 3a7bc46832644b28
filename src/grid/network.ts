/**
 * A radial feeder as plain data: what a reader makes of a file and what the power flow solves. Knows nothing of 2030.5.
 * Names of buses, lines and loads are as in the file. Phases are 1, 2, 3.
 */
export type Phase = 1 | 2 | 3;

/** Complex 3×3 matrix in ohms, row by row. Rows of absent phases are zero. */
export interface Impedance {
  readonly r: readonly (readonly number[])[];
  readonly x: readonly (readonly number[])[];
}

export interface Source {
  readonly bus: string;
  /** Line-to-line kV. */
  readonly baseKv: number;
  readonly pu: number;
  readonly angleDeg: number;
  /** Three-phase short-circuit current in amperes and its X/R. */
  readonly isc3A: number;
  readonly xOverR: number;
  /** Zero-sequence impedance behind the source, ohms; absent: the same as the positive one. A delta winding hides it. */
  readonly zero?: { readonly rOhm: number; readonly xOhm: number };
  /** Each phase by itself, where the file gives an unbalanced source; then `pu` and `angleDeg` are of phase 1. */
  readonly phasors?: readonly [Phasor, Phasor, Phasor];
}

export interface Phasor {
  readonly pu: number;
  readonly angleDeg: number;
}

export interface Transformer {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /**
   * `delta-wye`: the low side lags 30°. `split-phase`: a centre-tapped winding fed by one phase to neutral; its two legs are phases 1 and 2
   * of the secondary bus, 180° apart, and equipment between the legs is a delta load.
   */
  readonly connection: 'delta-wye' | 'wye-wye' | 'split-phase';
  /** Line-to-line kV of each side; of a split-phase secondary between the legs. */
  readonly primaryKv: number;
  readonly secondaryKv: number;
  readonly ratingKva: number;
  /** Percent on its own rating. */
  readonly xPercent: number;
  readonly rPercent: number;
  /** Phases of a wye-wye bank, or the one that feeds a split-phase transformer; absent: all three. Delta-wye always has three. */
  readonly phases?: readonly Phase[];
  /** Turns of the primary over nominal, 1 unless given: 1.025 lowers the secondary by 2.4 %. */
  readonly tap?: number;
  /** Of each phase by itself, as three regulators of one phase have it; goes before `tap`. Not for delta-wye. */
  readonly tapByPhase?: readonly [number, number, number];
  /**
   * Split-phase only: percent of the primary winding and of each half of the secondary, on the whole rating. Absent: an interlaced
   * winding, half of R and 0.8 of X in the primary, R and 0.4 X in each half.
   */
  readonly halves?: {
    readonly primaryR: number;
    readonly primaryX: number;
    readonly legR: number;
    readonly legX: number;
  };
  /** No-load loss and magnetising current, percent on its own rating, as a shunt at the secondary. */
  readonly noLoadPercent?: number;
  readonly magnetisingPercent?: number;
}

export interface Line {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly lengthM: number;
  readonly phases: readonly Phase[];
  /** Of the whole length. */
  readonly z: Impedance;
  /** Shunt susceptance of the whole length, siemens, half of it at each end; absent: none. */
  readonly b?: readonly (readonly number[])[];
  /** Amperes per phase; absent when the file has none. */
  readonly ampacityA?: number;
  /** Where phases differ; goes before `ampacityA`. */
  readonly ampacityByPhaseA?: readonly [number, number, number];
  /** Whether it is a switch that an operator may open and close, and how it stands; absent: not a switch. */
  readonly switch?: 'open' | 'closed';
}

/** A capacitor bank to neutral: constant susceptance. */
export interface Capacitor {
  readonly name: string;
  readonly bus: string;
  readonly phases: readonly Phase[];
  /** Over all its phases, at `ratedV`, supplied to the network. */
  readonly var: number;
  /** To neutral; absent: the bus's nominal voltage. */
  readonly ratedV?: number;
}

export interface Load {
  readonly name: string;
  readonly bus: string;
  readonly phases: readonly Phase[];
  /** Watts and vars at a shape value of 1, over all its phases, import positive. */
  readonly baseW: number;
  readonly baseVar: number;
  readonly shape?: string;
  /** Between phases: two phases are one load between them, three a third of the load in each pair. Absent: to neutral. */
  readonly connection?: 'delta';
  /** What stays the same when the voltage moves; absent: `power`. The base is at `ratedV`. */
  readonly model?: LoadModel;
  /** Volts across the load at which it draws its base; absent: nominal. For models other than `power`. */
  readonly ratedV?: number;
  /** Set for a customer whose equipment an envelope may govern. */
  readonly site?: CustomerSite;
}

export type LoadModel = 'power' | 'current' | 'impedance';

/** What a network file says about the equipment behind a customer's meter. The load itself is what the customer draws besides. */
export interface CustomerSite {
  /** `inverter`: PV or battery inverters only. `pcs`: a power control system that also commands chargers and circuits. */
  readonly kind: 'inverter' | 'pcs';
  /** Rating of the service over all its phases, both directions. */
  readonly serviceW: number;
  /** Contractual floors: what the customer may always import and export. */
  readonly firmImportW: number;
  readonly firmExportW: number;
  readonly pvW?: number;
  readonly batteryW?: number;
  readonly batteryWh?: number;
  readonly evse?: readonly Evse[];
  /** When cars come. */
  readonly evUse?: 'home' | 'depot' | 'workplace';
}

export interface Evse {
  readonly maxA: number;
  /** Line to neutral. */
  readonly voltageV: number;
  readonly phases: readonly Phase[];
}

/** A series of multipliers; value i holds from i × stepS on, and repeats from the start after its end. */
export interface LoadShape {
  readonly name: string;
  readonly stepS: number;
  readonly values: readonly number[];
  /** Multipliers of the vars where they have a series of their own; absent: `values`. */
  readonly varValues?: readonly number[];
}

export interface Network {
  readonly name: string;
  readonly source: Source;
  readonly transformers: readonly Transformer[];
  readonly lines: readonly Line[];
  readonly loads: readonly Load[];
  readonly capacitors?: readonly Capacitor[];
  readonly shapes: readonly LoadShape[];
  /** Per unit of a bus's nominal line-to-neutral voltage. */
  readonly voltageBand: { readonly minPu: number; readonly maxPu: number };
  /** What the reader left out as harmless, with file and line, for the operator. */
  readonly warnings?: readonly string[];
}

/** Net power drawn at one bus and phase: watts and vars, import positive. */
export interface Draw {
  readonly bus: string;
  readonly phase: Phase;
  readonly w: number;
  readonly var: number;
  /** Drawn between `phase` and this one; absent: from `phase` to neutral. */
  readonly to?: Phase;
  /** As in `Load`; absent: constant power. */
  readonly model?: LoadModel;
  readonly ratedV?: number;
}

export interface NodeVoltage {
  readonly bus: string;
  readonly phase: Phase;
  readonly voltageV: number;
  readonly angleDeg: number;
  /** voltageV over the bus's nominal line-to-neutral voltage. */
  readonly pu: number;
}

export interface BranchCurrent {
  readonly name: string;
  readonly phase: Phase;
  /** Magnitude at the branch's downstream (to) side. */
  readonly currentA: number;
}

export interface Solution {
  readonly nodes: readonly NodeVoltage[];
  readonly branches: readonly BranchCurrent[];
  /** Complex power through the first transformer (or the head branch) at its secondary, per phase, import positive. */
  readonly head: readonly {
    readonly phase: Phase;
    readonly w: number;
    readonly var: number;
    readonly currentA: number;
  }[];
  readonly iterations: number;
}
