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
}

export interface Transformer {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly connection: 'delta-wye' | 'wye-wye';
  /** Line-to-line kV of each side. */
  readonly primaryKv: number;
  readonly secondaryKv: number;
  readonly ratingKva: number;
  /** Percent on its own rating. */
  readonly xPercent: number;
  readonly rPercent: number;
}

export interface Line {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly lengthM: number;
  readonly phases: readonly Phase[];
  /** Of the whole length. */
  readonly z: Impedance;
  /** Amperes per phase; absent when the file has none. */
  readonly ampacityA?: number;
}

export interface Load {
  readonly name: string;
  readonly bus: string;
  readonly phases: readonly Phase[];
  /** Watts and vars at a shape value of 1, over all its phases, import positive. */
  readonly baseW: number;
  readonly baseVar: number;
  readonly shape?: string;
}

/** A series of multipliers; value i holds from i × stepS on, and repeats from the start after its end. */
export interface LoadShape {
  readonly name: string;
  readonly stepS: number;
  readonly values: readonly number[];
}

export interface Network {
  readonly name: string;
  readonly source: Source;
  readonly transformers: readonly Transformer[];
  readonly lines: readonly Line[];
  readonly loads: readonly Load[];
  readonly shapes: readonly LoadShape[];
  /** Per unit of a bus's nominal line-to-neutral voltage. */
  readonly voltageBand: { readonly minPu: number; readonly maxPu: number };
}

/** Net power drawn at one bus and phase: watts and vars, import positive. */
export interface Draw {
  readonly bus: string;
  readonly phase: Phase;
  readonly w: number;
  readonly var: number;
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
