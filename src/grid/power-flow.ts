/**
 * Power flow of a radial feeder, compiled once and solved many times. `solve` is the convenient way; `run` with typed arrays
 * by node index is the quick one, and allocates nothing.
 */
import { Problem } from '../base/problem';
import { type Draw, type Network, type NodeVoltage, type Phase, type Solution } from './network';
import { type Element, type Response, Sweep } from './sweep';
import { type Branch, maskOf, type Topology, topologyOf } from './topology';

export interface PowerFlowOptions {
  /** Largest change of any voltage in the last iteration, per unit. */
  readonly tolerancePu?: number;
  readonly maxIterations?: number;
}

export interface HeadLoading {
  /** Over all phases, at the secondary of the head transformer, import positive. */
  readonly w: number;
  readonly var: number;
  readonly va: number;
  /** `va` over the rating, and the largest phase current over its rated current; 0 where the file gives no rating. */
  readonly share: number;
  readonly phaseShare: number;
}

export interface VoltageExtremes {
  readonly minPu: number;
  readonly minBus: string;
  readonly minPhase: Phase;
  readonly maxPu: number;
  readonly maxBus: string;
  readonly maxPhase: Phase;
}

/** A branch above its rating or a node outside the voltage band. */
export interface Violation {
  readonly kind: 'overload' | 'voltage';
  /** Name of the branch or bus. */
  readonly name: string;
  /** Absent for a transformer's total. */
  readonly phase?: Phase;
  /** Share of the rating, or per-unit voltage. */
  readonly value: number;
  readonly limit: number;
}

/** @throws Problem BAD_NETWORK when the network is not one connected tree. */
export function powerFlow(network: Network, options: PowerFlowOptions = {}): PowerFlow {
  return new PowerFlow(network, topologyOf(network), options);
}

export class PowerFlow {
  /** Length of the arrays that `run` takes: three nodes for every bus, whether the phase is there or not. */
  readonly nodeCount: number;
  /** Branch whose secondary is the head: the first transformer, or the first branch where there is none. */
  readonly head: Branch | undefined;
  iterations = 0;
  private readonly sweep: Sweep;
  private readonly pW: Float64Array;
  private readonly qVar: Float64Array;
  private elements: readonly Element[] = [];
  private readonly tolerancePu: number;
  private readonly maxIterations: number;

  constructor(
    readonly network: Network,
    readonly topology: Topology,
    { tolerancePu = 1e-9, maxIterations = 200 }: PowerFlowOptions,
  ) {
    this.nodeCount = 3 * topology.buses.length;
    this.head = topology.branches.find(branch => branch.kind === 'transformer') ?? topology.branches[0];
    this.sweep = new Sweep(network, topology);
    this.pW = new Float64Array(this.nodeCount);
    this.qVar = new Float64Array(this.nodeCount);
    this.tolerancePu = tolerancePu;
    this.maxIterations = maxIterations;
  }

  /** Names as in the file, the source first. */
  get buses(): readonly string[] {
    return this.topology.buses;
  }

  /** Index of a node in the arrays of `run`. @throws Problem BAD_NETWORK when there is no such bus or the phase does not reach it. */
  node(bus: string, phase: Phase): number {
    const at = this.bus(bus);
    if (((this.topology.phaseMask[at] as number) & maskOf([phase])) === 0)
      throw new Problem('BAD_NETWORK', { at: `bus ${bus}`, note: `phase ${phase} does not reach it` });
    return 3 * at + phase - 1;
  }

  /** Nominal line-to-neutral volts of a bus. */
  nominalV(bus: string): number {
    return this.topology.nominalV[this.bus(bus)] as number;
  }

  /** The branches between a bus and the source, the nearest first. */
  pathToSource(bus: string): Branch[] {
    const path: Branch[] = [];
    for (let at = this.bus(bus); at > 0; at = this.topology.parent[at] as number)
      path.push(this.topology.branches[at - 1] as Branch);
    return path;
  }

  /** Bus upstream of a bus; undefined for the source. */
  parentOf(bus: string): string | undefined {
    return this.topology.buses[this.topology.parent[this.bus(bus)] as number];
  }

  /**
   * Solves; afterwards every other question is about this state. `pW` and `qVar` are watts and vars drawn at each node, import
   * positive, and must be 0 at phases that do not exist. `elements` are draws of other kinds besides (`elementsOf`); `warm` goes on
   * from the last solution. Answers the number of iterations.
   * @throws Problem NO_SOLUTION when it does not converge: past voltage collapse, or nonsense in the arrays.
   */
  run(
    pW: Float64Array,
    qVar: Float64Array,
    { elements, warm = false }: { readonly elements?: readonly Element[] | undefined; readonly warm?: boolean } = {},
  ): number {
    const { maxIterations, tolerancePu } = this;
    this.iterations = this.sweep.run(pW, qVar, {
      tolerancePu,
      maxIterations,
      warm,
      ...(elements?.length ? { elements } : {}),
    });
    if (this.iterations === 0)
      throw new Problem('NO_SOLUTION', {
        at: this.network.name,
        note: `drawn ${Math.round(total(pW) / 1000)} kW and ${Math.round(total(qVar) / 1000)} kvar, not solved after ${this.maxIterations} iterations`,
      });
    return this.iterations;
  }

  /** Solves for a list of draws; several draws at one node add up. @throws as `run` and `node`. */
  solve(draws: readonly Draw[]): Solution {
    this.elements = this.load(draws, this.pW, this.qVar);
    this.run(this.pW, this.qVar, { elements: this.elements });
    return this.solution();
  }

  /** Fills the arrays that `run` takes with these draws; answers those that do not fit in them. @throws as `node`. */
  load(draws: readonly Draw[], pW: Float64Array, qVar: Float64Array): Element[] {
    pW.fill(0);
    qVar.fill(0);
    const elements: Element[] = [];
    for (const { bus, model = 'power', phase, ratedV, to, var: reactive, w } of draws) {
      const n = this.node(bus, phase);
      if (to === undefined && model === 'power') {
        pW[n] = (pW[n] as number) + w;
        qVar[n] = (qVar[n] as number) + reactive;
        continue;
      }
      const other = to === undefined ? -1 : this.node(bus, to);
      const nominal = this.nominalV(bus) * (to === undefined ? 1 : this.isSplit(bus) ? 2 : Math.sqrt(3));
      elements.push({ node: n, other, w, var: reactive, model, ratedV: ratedV ?? nominal });
    }
    return elements;
  }

  /** Sensitivities of the present state to a watt more drawn at a node. */
  respond(node: number): Response {
    return this.sweep.respond(node);
  }

  /** Complex amperes into a node from upstream, in the present state. */
  current(node: number): { re: number; im: number } {
    return { re: this.sweep.iRe[node] as number, im: this.sweep.iIm[node] as number };
  }

  /** Whether a bus lies below a split-phase transformer: its phases are legs, 180° apart. */
  isSplit(bus: string): boolean {
    return this.topology.feed[this.bus(bus)] !== undefined;
  }

  /** What the elements of the last `solve` draw in the present state, W and var. For balances. */
  elementPower(): { w: number; var: number } {
    const powers = this.elements.map(element => this.sweep.elementPower(element));
    return { w: powers.reduce((sum, p) => sum + p.w, 0), var: powers.reduce((sum, p) => sum + p.var, 0) };
  }

  /** The present state in full. */
  solution(): Solution {
    const nodes: NodeVoltage[] = [];
    this.eachNode((bus, phase, n) =>
      nodes.push({ bus, phase, voltageV: this.voltageV(n), angleDeg: this.angleDeg(n), pu: this.pu(n) }),
    );
    const branches = this.topology.branches.flatMap(({ name, phases, to }) =>
      phases.map(phase => ({ name, phase, currentA: this.currentA(to, phase) })),
    );
    const { head } = this;
    const headPhases = head
      ? head.phases.map(phase => ({
          phase,
          ...this.powerInto(head.to, phase),
          currentA: this.currentA(head.to, phase),
        }))
      : [];
    return { nodes, branches, head: headPhases, iterations: this.iterations };
  }

  voltageV(node: number): number {
    return Math.hypot(this.sweep.vRe[node] as number, this.sweep.vIm[node] as number);
  }

  /** −180 … 180. */
  angleDeg(node: number): number {
    return (Math.atan2(this.sweep.vIm[node] as number, this.sweep.vRe[node] as number) * 180) / Math.PI;
  }

  pu(node: number): number {
    return this.voltageV(node) / (this.topology.nominalV[(node / 3) | 0] as number);
  }

  /** Amperes in the branch that feeds bus index `bus` (0: out of the source). */
  currentA(bus: number, phase: Phase): number {
    const n = 3 * bus + phase - 1;
    return Math.hypot(this.sweep.iRe[n] as number, this.sweep.iIm[n] as number);
  }

  /** Power arriving at bus index `bus` from upstream in one phase, import positive. At 0: leaving the source. */
  powerInto(bus: number, phase: Phase): { w: number; var: number } {
    const n = 3 * bus + phase - 1;
    const { iIm, iRe, vIm, vRe } = this.sweep;
    const [vr, vi, ir, ii] = [vRe[n], vIm[n], iRe[n], iIm[n]] as [number, number, number, number];
    return { w: vr * ir + vi * ii, var: vi * ir - vr * ii };
  }

  headLoading(): HeadLoading {
    const { head } = this;
    if (!head) return { w: 0, var: 0, va: 0, share: 0, phaseShare: 0 };
    let w = 0;
    let reactive = 0;
    for (const phase of head.phases) {
      const power = this.powerInto(head.to, phase);
      w += power.w;
      reactive += power.var;
    }
    const va = Math.hypot(w, reactive);
    const rated = ratedA(head, this.topology);
    if (rated === undefined) return { w, var: reactive, va, share: 0, phaseShare: 0 };
    const ratingVA = rated * head.phases.length * (this.topology.nominalV[head.to] as number);
    const phaseShare = Math.max(...head.phases.map(phase => this.currentA(head.to, phase))) / rated;
    return { w, var: reactive, va, share: va / ratingVA, phaseShare };
  }

  /** Over every node there is. */
  minMaxPu(): VoltageExtremes {
    let [min, max, minNode, maxNode] = [Infinity, -Infinity, 0, 0];
    const { nominalV, phaseMask } = this.topology;
    const { vIm, vRe } = this.sweep;
    for (let n = 0; n < this.nodeCount; n++) {
      const bus = (n / 3) | 0;
      if ((((phaseMask[bus] as number) >> (n % 3)) & 1) === 0) continue;
      const square = ((vRe[n] as number) ** 2 + (vIm[n] as number) ** 2) / (nominalV[bus] as number) ** 2;
      if (square < min) [min, minNode] = [square, n];
      if (square > max) [max, maxNode] = [square, n];
    }
    return {
      minPu: Math.sqrt(min),
      minBus: this.buses[(minNode / 3) | 0] as string,
      minPhase: ((minNode % 3) + 1) as Phase,
      maxPu: Math.sqrt(max),
      maxBus: this.buses[(maxNode / 3) | 0] as string,
      maxPhase: ((maxNode % 3) + 1) as Phase,
    };
  }

  /** Every rating and voltage limit that the present state breaks by more than `slack` of the limit. */
  violations(slack = 0): Violation[] {
    const found: Violation[] = [];
    for (const branch of this.topology.branches) {
      const rated = ratedA(branch, this.topology);
      if (rated === undefined) continue;
      for (const phase of branch.phases) {
        const value = this.currentA(branch.to, phase) / (ratedA(branch, this.topology, phase) ?? rated);
        if (value > 1 + slack) found.push({ kind: 'overload', name: branch.name, phase, value, limit: 1 });
      }
      if (branch.kind !== 'transformer') continue;
      const power = branch.phases.map(phase => this.powerInto(branch.to, phase));
      const va = Math.hypot(...[power.reduce((s, p) => s + p.w, 0), power.reduce((s, p) => s + p.var, 0)]);
      const value = va / (rated * branch.phases.length * (this.topology.nominalV[branch.to] as number));
      if (value > 1 + slack) found.push({ kind: 'overload', name: branch.name, value, limit: 1 });
    }
    const { maxPu, minPu } = this.network.voltageBand;
    this.eachNode((name, phase, n) => {
      const value = this.pu(n);
      if (value > maxPu * (1 + slack)) found.push({ kind: 'voltage', name, phase, value, limit: maxPu });
      if (value < minPu * (1 - slack)) found.push({ kind: 'voltage', name, phase, value, limit: minPu });
    });
    return found;
  }

  /** Watts and vars that line charging and iron losses take in the present state. */
  shuntPower(): { w: number; var: number } {
    return this.sweep.shuntPower();
  }

  private bus(name: string): number {
    const at = this.topology.busIndex(name);
    if (at === undefined) throw new Problem('BAD_NETWORK', { at: this.network.name, note: `there is no bus ${name}` });
    return at;
  }

  private eachNode(see: (bus: string, phase: Phase, node: number) => void): void {
    this.buses.forEach((bus, at) => {
      for (const phase of [1, 2, 3] as const)
        if (((this.topology.phaseMask[at] as number) & maskOf([phase])) !== 0) see(bus, phase, 3 * at + phase - 1);
    });
  }
}

/** Amperes a phase of a branch may carry at its downstream side, or its weakest phase; undefined where the file gives no rating. */
export function ratedA(branch: Branch, topology: Topology, phase?: Phase): number | undefined {
  const { line } = branch;
  if (line) {
    if (!line.ampacityByPhaseA) return line.ampacityA;
    if (phase !== undefined) return line.ampacityByPhaseA[phase - 1];
    return Math.min(...branch.phases.map(each => line.ampacityByPhaseA?.[each - 1] ?? Infinity));
  }
  if (!branch.transformer) return undefined;
  const nominal = topology.nominalV[branch.to] as number;
  return (branch.transformer.ratingKva * 1000) / branch.phases.length / nominal;
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
