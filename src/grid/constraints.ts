/**
 * The limits of a feeder as flat arrays, for judging thousands of solutions: the voltage band at every node, and amperes of every rated
 * branch and phase. Excess is per unit: of nominal voltage, or of a rating; 0 or below means inside.
 */
import { type Phase } from './network';
import { type PowerFlow, ratedA } from './power-flow';

export interface Constraint {
  readonly kind: 'high' | 'low' | 'current' | 'power';
  /** Bus or branch. */
  readonly name: string;
  /** Absent for a transformer's total. */
  readonly phase?: Phase;
  /** Per-unit voltage, or 1 for a full branch. */
  readonly limit: number;
}

export class Constraints {
  /** Voltages first, two for each node (too high, too low), then branches by phase, then transformers as a whole. */
  readonly all: readonly Constraint[];
  private readonly nodes: Int32Array;
  private readonly nominal: Float64Array;
  private readonly currents: { readonly to: number; readonly phase: Phase; readonly rated: number }[] = [];
  private readonly powers: { readonly to: number; readonly phases: readonly Phase[]; readonly ratingVA: number }[] = [];
  private readonly minPu: number;
  private readonly maxPu: number;

  /** @param loading allowed share of ratings, 1 unless the operator says otherwise */
  constructor(
    readonly flow: PowerFlow,
    readonly loading = 1,
  ) {
    const { network, topology } = flow;
    this.minPu = network.voltageBand.minPu;
    this.maxPu = network.voltageBand.maxPu;
    const nodes: number[] = [];
    const all: Constraint[] = [];
    topology.buses.forEach((name, bus) => {
      for (const phase of [1, 2, 3] as const) {
        if (((topology.phaseMask[bus] as number) >> (phase - 1)) % 2 === 0) continue;
        nodes.push(3 * bus + phase - 1);
        all.push({ kind: 'high', name, phase, limit: this.maxPu }, { kind: 'low', name, phase, limit: this.minPu });
      }
    });
    this.nodes = Int32Array.from(nodes);
    this.nominal = Float64Array.from(nodes, n => topology.nominalV[(n / 3) | 0] as number);
    for (const branch of topology.branches)
      for (const phase of branch.phases) {
        const rated = ratedA(branch, topology, phase);
        if (rated === undefined || !Number.isFinite(rated)) continue;
        this.currents.push({ to: branch.to, phase, rated: rated * loading });
        all.push({ kind: 'current', name: branch.name, phase, limit: 1 });
      }
    for (const { name, phases, to, transformer } of topology.branches) {
      if (!transformer) continue;
      this.powers.push({ to, phases, ratingVA: transformer.ratingKva * 1000 * loading });
      all.push({ kind: 'power', name, limit: 1 });
    }
    this.all = all;
  }

  /**
   * The largest excess of the present state, of voltages only if so asked, and the index of its constraint. `into` takes the excess of
   * every constraint looked at.
   */
  worst(into?: Float64Array, only?: 'voltage'): { excess: number; at: number } {
    const { currents, flow, maxPu, minPu, nodes, nominal, powers } = this;
    let excess = -Infinity;
    let at = -1;
    const see = (value: number, index: number): void => {
      if (into) into[index] = value;
      if (value > excess) [excess, at] = [value, index];
    };
    for (let i = 0; i < nodes.length; i++) {
      const pu = flow.voltageV(nodes[i] as number) / (nominal[i] as number);
      see(pu - maxPu, 2 * i);
      see(minPu - pu, 2 * i + 1);
    }
    if (only === 'voltage') return { excess, at };
    let index = 2 * nodes.length;
    for (const { phase, rated, to } of currents) see(flow.currentA(to, phase) / rated - 1, index++);
    for (const { phases, ratingVA, to } of powers) {
      let [w, reactive] = [0, 0];
      for (const phase of phases) {
        const power = flow.powerInto(to, phase);
        [w, reactive] = [w + power.w, reactive + power.var];
      }
      see(Math.hypot(w, reactive) / ratingVA - 1, index++);
    }
    return { excess, at };
  }

  isVoltage(index: number): boolean {
    return index < 2 * this.nodes.length;
  }
  /** Node of a voltage constraint. */
  nodeOf(index: number): number {
    return this.nodes[index >> 1] as number;
  }
  /** Downstream bus, phase and allowed amperes of a current constraint; undefined for others. */
  currentOf(index: number): { readonly to: number; readonly phase: Phase; readonly rated: number } | undefined {
    return this.currents[index - 2 * this.nodes.length];
  }
}

/** As operators name it: `Vmax bus 12 phase 2`, `line L1 phase 3`, `transformer T1`. */
export function constraintName({ kind, name, phase }: Constraint, isTransformer: boolean): string {
  const where = phase === undefined ? name : `${name} phase ${phase}`;
  if (kind === 'high') return `Vmax bus ${where}`;
  if (kind === 'low') return `Vmin bus ${where}`;
  return `${isTransformer ? 'transformer' : 'line'} ${where}`;
}
