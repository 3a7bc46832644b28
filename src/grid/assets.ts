/** The rated assets of a feeder as a tree: transformers and lines with an ampacity. What a device hangs on, and what it may carry. */
import { Problem } from '../base/problem';
import { type Network, type Phase } from './network';
import { powerFlow, type PowerFlow, ratedA } from './power-flow';

/** Fits `Asset` of engines/api.ts but for its passive flow and loading factor. */
export interface GridAsset {
  /** Name of the branch. */
  readonly id: string;
  /** The next rated asset towards the source. */
  readonly parent?: string;
  readonly kind: 'transformer' | 'branch';
  /** Over all its phases, at nominal voltage. */
  readonly ratingVA: number;
  /**
   * Of each phase as devices below see phases. Above a delta winding each line carries the currents of two of them, at most
   * √3/2 of the sum of both, so a phase there is given √3/2 of a third.
   */
  readonly phaseRatingVA: number;
  /** Below a split-phase transformer the one phase that feeds it: both legs draw on that. */
  readonly phases: readonly Phase[];
  /** Bus at its downstream side. */
  readonly bus: string;
}

/** Root first: a parent comes before its children. @throws Problem BAD_NETWORK when the network is not a tree. */
export function assetsOf(network: Network): GridAsset[] {
  return assetsIn(powerFlow(network));
}

/** As `assetsOf`, for a network that is compiled already. */
export function assetsIn({ topology }: PowerFlow): GridAsset[] {
  const above = assetAbove(topology);
  const overDelta = busesOverDelta(topology);
  return topology.branches.flatMap(branch => {
    const rated = ratedA(branch, topology);
    if (rated === undefined) return [];
    const volts = topology.nominalV[branch.to] as number;
    const parent = above(branch.from);
    const feed = topology.feed[branch.to];
    const one = rated * volts * (overDelta.has(branch.to) ? Math.sqrt(3) / 2 : 1);
    return {
      id: branch.name,
      ...(parent === undefined ? {} : { parent }),
      kind: branch.kind === 'line' ? ('branch' as const) : ('transformer' as const),
      ratingVA: rated * volts * branch.phases.length,
      phaseRatingVA: feed === undefined ? one : rated * volts * branch.phases.length,
      phases: feed === undefined ? branch.phases : [feed],
      bus: topology.buses[branch.to] as string,
    };
  });
}

/** Answers the lowest rated asset above a bus; undefined where there is none. @throws Problem BAD_NETWORK for an unknown bus. */
export function assetOfBus(network: Network): (bus: string) => string | undefined {
  const { topology } = powerFlow(network);
  const above = assetAbove(topology);
  return bus => {
    const at = topology.busIndex(bus);
    if (at === undefined) throw new Problem('BAD_NETWORK', { at: network.name, note: `there is no bus ${bus}` });
    return above(at);
  };
}

/**
 * The same network with its head rated `kva`: the first transformer, its impedance kept in ohms although the file gives it in
 * percent of the rating; where there is no transformer, the ampacity of the first branch.
 * @throws Problem BAD_NETWORK when there is no branch.
 */
export function withHeadRating(network: Network, kva: number): Network {
  if (!(kva > 0)) throw new Problem('BAD_NETWORK', { at: 'head rating', want: 'kVA above 0', got: kva });
  const { head, topology } = powerFlow(network);
  if (!head) throw new Problem('BAD_NETWORK', { at: network.name, note: 'there is no branch to give a rating to' });
  if (!head.transformer) {
    const ampacityA = (kva * 1000) / head.phases.length / (topology.nominalV[head.to] as number);
    return { ...network, lines: network.lines.map(line => (line === head.line ? { ...line, ampacityA } : line)) };
  }
  const by = kva / head.transformer.ratingKva;
  const { magnetisingPercent, noLoadPercent, rPercent, xPercent } = head.transformer;
  const rated = {
    ...head.transformer,
    ratingKva: kva,
    xPercent: xPercent * by,
    rPercent: rPercent * by,
    ...(noLoadPercent === undefined ? {} : { noLoadPercent: noLoadPercent / by }),
    ...(magnetisingPercent === undefined ? {} : { magnetisingPercent: magnetisingPercent / by }),
  };
  return { ...network, transformers: network.transformers.map(one => (one === head.transformer ? rated : one)) };
}

type Tree = PowerFlow['topology'];

function assetAbove(topology: Tree): (bus: number) => string | undefined {
  return bus => {
    for (let at = bus; at > 0; at = topology.parent[at] as number) {
      const branch = topology.branches[at - 1];
      if (branch && ratedA(branch, topology) !== undefined) return branch.name;
    }
    return undefined;
  };
}

/**
 * The phases that equipment at a bus draws on upstream: its own, or the one that feeds its legs below a split-phase transformer.
 * Equipment between two phases draws about half of its power from each.
 */
export function systemPhases({ topology }: PowerFlow): (bus: string, phases: readonly Phase[]) => readonly Phase[] {
  return (bus, phases) => {
    const feed = topology.feed[topology.busIndex(bus) ?? 0];
    return feed === undefined ? phases : [feed];
  };
}

/** Buses with a delta-wye transformer somewhere below. */
export function busesOverDelta({ branches, parent }: Tree): ReadonlySet<number> {
  const over = new Set<number>();
  for (const { from, transformer } of branches)
    if (transformer?.connection === 'delta-wye') for (let at = from; at >= 0; at = parent[at] as number) over.add(at);
  return over;
}
