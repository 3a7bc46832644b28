/**
 * The feeder as a box-robust engine sees it: for one step, how far any limit is exceeded when devices draw this or that. Solved on a
 * reduced feeder; each step starts cold, so that its answer depends on nothing but its own inputs.
 */
import { Problem } from '../base/problem';
import { adversaries } from '../grid/adversaries';
import { Constraints, constraintName } from '../grid/constraints';
import { drawsInStep } from '../grid/passive-draws';
import { type Network } from '../grid/network';
import { powerFlow } from '../grid/power-flow';
import { reduced } from '../grid/reduce';
import { type Element } from '../grid/sweep';
import { type Device, type PassiveDraw } from './api';
import { Spread } from './box-spread';

export interface Excess {
  /** Per unit beyond the worst limit; 0 or below is inside. Infinity where there is no solution. */
  readonly excess: number;
  /** Index of that limit, for `name`. */
  readonly at: number;
}

export class BoxModel {
  /** For each device its nodes; none where it has no place in the feeder. */
  readonly nodes: readonly (readonly number[])[];
  readonly constraints: Constraints;
  solves = 0;
  private readonly base: Float64Array;
  private readonly p: Float64Array;
  private readonly q: Float64Array;
  private readonly spread: Spread;
  private readonly transformers: ReadonlySet<string>;
  private elements: readonly Element[] = [];
  private warm = false;

  constructor(
    network: Network,
    private readonly passive: readonly PassiveDraw[],
    devices: readonly Device[],
    /** What is kept clear of every limit, per unit, and whether loading counts too. */
    readonly options: { readonly margin: number; readonly only?: 'voltage' },
  ) {
    const buses = [...devices.flatMap(({ bus }) => (bus === undefined ? [] : [bus])), ...passive.map(({ bus }) => bus)];
    const flow = powerFlow(reduced(network, buses), { tolerancePu: 1e-7 });
    this.constraints = new Constraints(flow);
    this.transformers = new Set(network.transformers.map(({ name }) => name));
    this.nodes = devices.map(({ bus, phases, terminals = phases }) =>
      bus === undefined || flow.topology.busIndex(bus) === undefined
        ? []
        : terminals.map(phase => flow.node(bus, phase)),
    );
    this.base = new Float64Array(flow.nodeCount);
    this.p = new Float64Array(flow.nodeCount);
    this.q = new Float64Array(flow.nodeCount);
    this.spread = new Spread(flow, passive);
  }

  /** Makes ready for a step: all devices at rest. */
  begin(step: number): Excess {
    this.elements = this.constraints.flow.load(drawsInStep(this.passive, step), this.base, this.q);
    this.spread.begin(step);
    this.warm = false;
    return this.excess(undefined);
  }

  /** How far the worst limit is exceeded when device k draws `power[k]`, W, import positive. */
  excess(power: ArrayLike<number> | undefined): Excess {
    const { constraints, p } = this;
    const { flow } = constraints;
    p.set(this.base);
    if (power) {
      this.nodes.forEach((own, k) => {
        for (const node of own) p[node] = (p[node] as number) + (power[k] as number) / own.length;
      });
      this.spread.add(p, this.nodes, power);
    }
    this.solves++;
    try {
      flow.run(p, this.q, { elements: this.elements, warm: this.warm });
      this.warm = true;
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'NO_SOLUTION')) throw error;
      this.warm = false;
      return { excess: Infinity, at: -1 };
    }
    const { at, excess } = constraints.worst(undefined, this.options.only);
    return { excess: excess + this.options.margin, at };
  }

  /** Vertices of a box that the tightest limits fear most, by the sensitivities of the state with all at rest. */
  adversaries(
    boxes: readonly { readonly importW: number; readonly exportW: number }[],
  ): readonly (readonly number[])[] {
    this.excess(undefined);
    const seen = new Map<string, readonly number[]>();
    for (const { power } of adversaries(this.constraints, this.nodes, boxes, { branches: 2, nodes: 4 }))
      seen.set(power.join(), power);
    return [...seen.values()];
  }

  name(at: number): string {
    const constraint = this.constraints.all[at];
    return constraint ? constraintName(constraint, this.transformers.has(constraint.name)) : 'voltage collapse';
  }
}
