/**
 * The same feeder with fewer buses, for solving it thousands of times: lines in series with nothing between them become one, and
 * ends on which nothing hangs are cut off. What is left has the same voltages and currents, because between two kept buses current is
 * the same all along; lines with charging are left alone. A merged line has the name and rating of its weakest piece.
 */
import { type Line, type Network, type Phase } from './network';
import { isClosed, topologyOf } from './topology';

/** `keep`: buses besides those of loads, capacitors and transformers that must stay, such as those of devices. */
export function reduced(network: Network, keep: Iterable<string> = []): Network {
  const kept = new Set([...keep, network.source.bus].map(bus => bus.toLowerCase()));
  for (const { bus } of [...network.loads, ...(network.capacitors ?? [])]) kept.add(bus.toLowerCase());
  for (const { from, to } of network.transformers) for (const bus of [from, to]) kept.add(bus.toLowerCase());
  for (const line of network.lines) if (line.b) for (const bus of [line.from, line.to]) kept.add(bus.toLowerCase());

  const topology = topologyOf(network);
  const children = new Uint32Array(topology.buses.length);
  // Leaves first: a bus stays when it is wanted, when something that stays hangs on it, or where ways part.
  const needed = new Uint8Array(topology.buses.length);
  for (let bus = topology.buses.length - 1; bus >= 0; bus--) {
    needed[bus] = children[bus] || kept.has((topology.buses[bus] as string).toLowerCase()) ? 1 : 0;
    if (needed[bus] && bus > 0)
      children[topology.parent[bus] as number] = (children[topology.parent[bus] as number] ?? 0) + 1;
  }
  /** The bus that a line goes on to from a bus; the last one where there are several. */
  const ahead = new Int32Array(topology.buses.length);
  for (const { from, line, to } of topology.branches) if (line && needed[to]) ahead[from] = to;
  const lines: Line[] = [];
  /** What has been gathered on the way to a bus that is not kept itself. */
  const open = new Map<number, Line>();
  for (const { from, line, to } of topology.branches) {
    if (!line || !needed[to]) continue;
    const before = open.get(from);
    const piece = { ...line, from: topology.buses[from] as string, to: topology.buses[to] as string };
    const joined = before ? inSeries(before, piece) : piece;
    if (before && !joined) {
      lines.push(before, piece);
      continue;
    }
    const passes =
      children[to] === 1 &&
      !kept.has((topology.buses[to] as string).toLowerCase()) &&
      topology.phaseMask[ahead[to] as number] === topology.phaseMask[to];
    if (passes) open.set(to, joined as Line);
    else lines.push(joined as Line);
  }
  return { ...network, lines };
}

function inSeries(a: Line, b: Line): Line | undefined {
  if (a.b || b.b || a.phases.join() !== b.phases.join() || !isClosed(b)) return undefined;
  const sum = (one: Line['z']['r'], two: Line['z']['r']): number[][] =>
    one.map((row, i) => row.map((value, j) => value + (two[i]?.[j] ?? 0)));
  const [first, second] = [ratings(a), ratings(b)];
  const least = ([1, 2, 3] as const).map(phase => Math.min(first(phase), second(phase)));
  const weaker = Math.min(...a.phases.map(second)) < Math.min(...a.phases.map(first)) ? b : a;
  const { ampacityA, ampacityByPhaseA, ...rest } = weaker;
  void ampacityA;
  void ampacityByPhaseA;
  return {
    ...rest,
    from: a.from,
    to: b.to,
    lengthM: a.lengthM + b.lengthM,
    z: { r: sum(a.z.r, b.z.r), x: sum(a.z.x, b.z.x) },
    ...(least.some(Number.isFinite) ? { ampacityByPhaseA: least as [number, number, number] } : {}),
  };
}

const ratings =
  ({ ampacityA, ampacityByPhaseA }: Line) =>
  (phase: Phase): number =>
    ampacityByPhaseA?.[phase - 1] ?? ampacityA ?? Infinity;
