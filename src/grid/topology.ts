/** The tree of a radial feeder: buses root first, each with the one branch that feeds it. */
import { Problem } from '../base/problem';
import { type Line, type Network, type Phase, type Transformer } from './network';

export interface Branch {
  readonly name: string;
  readonly kind: 'line' | 'transformer';
  /** Indices of its upstream and downstream bus; a line may be written either way round in the file. */
  readonly from: number;
  readonly to: number;
  /** At its downstream side: of a split-phase transformer its legs. */
  readonly phases: readonly Phase[];
  readonly line?: Line;
  readonly transformer?: Transformer;
}

export interface Topology {
  /** Names as in the file; parents come before children, the source first. */
  readonly buses: readonly string[];
  /** Branch k feeds bus k + 1. */
  readonly branches: readonly Branch[];
  /** Upstream bus of each bus, −1 for the source. */
  readonly parent: Int32Array;
  /** Phases present at each bus: bit 0 for phase 1. */
  readonly phaseMask: Uint8Array;
  /** The phase that feeds a bus over a split-phase transformer: there phases 1 and 2 are legs; undefined everywhere else. */
  readonly feed: readonly (Phase | undefined)[];
  /** Nominal volts to neutral of each bus. */
  readonly nominalV: Float64Array;
  /** Whatever the case; undefined when there is no such bus. */
  busIndex(name: string): number | undefined;
}

export const allPhases: readonly Phase[] = [1, 2, 3];
const legs: readonly Phase[] = [1, 2];

/** @throws Problem BAD_NETWORK for loops, islands, doubled names, and phases that do not reach a bus. */
export function topologyOf(network: Network): Topology {
  const elements = elementsOf(network);
  const atBus = new Map<string, Element[]>();
  for (const element of elements)
    for (const bus of [element.from, element.to]) {
      const key = bus.toLowerCase();
      const there = atBus.get(key);
      if (there) there.push(element);
      else atBus.set(key, [element]);
    }
  const index = new Map<string, number>([[network.source.bus.toLowerCase(), 0]]);
  const buses = [network.source.bus];
  const parent = [-1];
  const phaseMask = [7];
  const nominalV = [(network.source.baseKv * 1000) / Math.sqrt(3)];
  const feed: (Phase | undefined)[] = [undefined];
  const branches: Branch[] = [];
  const done = new Set<Element>();
  for (let at = 0; at < buses.length; at++) {
    for (const found of atBus.get((buses[at] as string).toLowerCase()) ?? []) {
      if (done.has(found)) continue;
      done.add(found);
      const backward = found.from.toLowerCase() !== (buses[at] as string).toLowerCase();
      // A wye-wye transformer works either way round, as after switching it may have to.
      const turns = backward && found.transformer?.connection === 'wye-wye';
      const element = turns ? turnedRound(found, found.transformer) : found;
      const forward = !backward || turns;
      const far = forward ? element.to : element.from;
      if (index.has(far.toLowerCase()))
        throw bad(element.at, `closes a loop at bus ${far}; only radial networks can be solved`);
      if (element.transformer && !forward)
        throw bad(element.at, `is fed from its secondary, bus ${element.to}; write it the other way round`);
      const mask = maskOf(element.phases);
      if ((mask & ~(phaseMask[at] as number)) !== 0)
        throw bad(element.at, `uses phases ${element.phases.join(', ')}, which do not all reach bus ${buses[at]}`);
      const to = buses.length;
      index.set(far.toLowerCase(), to);
      buses.push(far);
      parent.push(at);
      // The legs of a split-phase transformer are phases 1 and 2 of what hangs below it.
      const split = element.transformer?.connection === 'split-phase';
      phaseMask.push(split ? 3 : mask);
      feed.push(split ? element.phases[0] : feed[at]);
      nominalV.push(
        element.transformer
          ? (element.transformer.secondaryKv * 1000) / (split ? 2 : Math.sqrt(3))
          : (nominalV[at] as number),
      );
      branches.push({ ...branchFacts(element), ...(split ? { phases: legs } : {}), from: at, to });
    }
  }
  const lost = elements.find(element => !done.has(element));
  if (lost) throw bad(lost.at, `bus ${lost.from} is not connected to the source`);
  checkLoads(network, index, phaseMask);
  return {
    buses,
    branches,
    parent: Int32Array.from(parent),
    phaseMask: Uint8Array.from(phaseMask),
    feed,
    nominalV: Float64Array.from(nominalV),
    busIndex: name => index.get(name.toLowerCase()),
  };
}

export const isClosed = (line: Line): boolean => line.switch !== 'open';

interface Element {
  readonly at: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly phases: readonly Phase[];
  readonly line?: Line;
  readonly transformer?: Transformer;
}

function elementsOf(network: Network): Element[] {
  const elements: Element[] = [
    ...network.transformers.map(transformer => ({
      at: `transformer ${transformer.name}`,
      name: transformer.name,
      from: transformer.from,
      to: transformer.to,
      phases: transformer.phases ?? allPhases,
      transformer,
    })),
    // An open switch carries nothing, which in a tree is the same as no branch.
    ...network.lines.filter(isClosed).map(line => ({
      at: `line ${line.name}`,
      name: line.name,
      from: line.from,
      to: line.to,
      phases: line.phases,
      line,
    })),
  ];
  const names = new Set<string>();
  for (const { name, at } of elements) {
    if (names.has(name.toLowerCase())) throw bad(at, 'there are two branches of this name');
    names.add(name.toLowerCase());
  }
  return elements;
}

/**
 * A wye-wye transformer fed from its secondary: taps the other way, and its impedance, which is on the secondary side, carried over. For a
 * bank of taps of its own in each phase, whose impedance is small, by the mean of their squares.
 */
function turnedRound(element: Element, transformer: Transformer): Element {
  const { from, primaryKv, secondaryKv, tap = 1, tapByPhase, to } = transformer;
  const square = tapByPhase ? tapByPhase.reduce((sum, t) => sum + t * t, 0) / 3 : tap * tap;
  const turned: Transformer = {
    ...transformer,
    from: to,
    to: from,
    primaryKv: secondaryKv,
    secondaryKv: primaryKv,
    xPercent: transformer.xPercent * square,
    rPercent: transformer.rPercent * square,
    tap: 1 / tap,
    ...(tapByPhase && { tapByPhase: tapByPhase.map(t => 1 / t) as [number, number, number] }),
  };
  return { ...element, from: to, to: from, transformer: turned };
}

function branchFacts({ name, phases, line, transformer }: Element): Omit<Branch, 'from' | 'to'> {
  if (line) return { name, kind: 'line', phases, line };
  return transformer ? { name, kind: 'transformer', phases, transformer } : { name, kind: 'line', phases };
}

function checkLoads(network: Network, index: Map<string, number>, phaseMask: readonly number[]): void {
  const shapes = new Set(network.shapes.map(shape => shape.name.toLowerCase()));
  for (const load of network.loads) {
    const bus = index.get(load.bus.toLowerCase());
    if (bus === undefined) throw bad(`load ${load.name}`, `there is no bus ${load.bus}`);
    if ((maskOf(load.phases) & ~(phaseMask[bus] as number)) !== 0)
      throw bad(`load ${load.name}`, `is on phases ${load.phases.join(', ')}, which do not all reach bus ${load.bus}`);
    if (load.connection === 'delta' && load.phases.length < 2)
      throw bad(`load ${load.name}`, 'lies between phases, and has one phase only');
    if (load.shape !== undefined && !shapes.has(load.shape.toLowerCase()))
      throw bad(`load ${load.name}`, `there is no shape ${load.shape}`);
  }
  for (const { bus: name, name: capacitor, phases } of network.capacitors ?? []) {
    const bus = index.get(name.toLowerCase());
    if (bus === undefined) throw bad(`capacitor ${capacitor}`, `there is no bus ${name}`);
    if ((maskOf(phases) & ~(phaseMask[bus] as number)) !== 0)
      throw bad(`capacitor ${capacitor}`, `is on phases ${phases.join(', ')}, which do not all reach bus ${name}`);
  }
}

export const maskOf = (phases: readonly Phase[]): number =>
  phases.reduce((mask, phase) => mask | (1 << (phase - 1)), 0);

const bad = (at: string, note: string): Problem => new Problem('BAD_NETWORK', { at, note });
