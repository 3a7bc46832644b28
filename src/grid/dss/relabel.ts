/**
 * Phases of a bus by the names they have at the source. An OpenDSS line may join node 2 of one bus to node 1 of the next, as service lines
 * often do whose customers all sit at "node 1": that node is phase 2 all the same, and so is all that hangs from it.
 */
import { type Capacitor, type Line, type Load, type Phase, type Transformer } from '../network';
import { bad } from './values';

/** A line with the nodes that it joins at its second bus, where they are not those of the first. */
export interface JoinedLine extends Line {
  readonly at: string;
  readonly toPhases?: readonly Phase[];
}

interface Parts {
  readonly source: { readonly bus: string };
  readonly lines: readonly JoinedLine[];
  readonly transformers: readonly Transformer[];
  readonly loads: readonly Load[];
  readonly capacitors: readonly Capacitor[];
}

type Names = Map<Phase, Phase>;

/** @throws Problem BAD_NETWORK where a node would have to be two phases, or a three-phase transformer would be fed in another order */
export function relabelled(
  parts: Parts,
): Pick<Parts, 'transformers' | 'loads' | 'capacitors'> & { lines: Line[]; renamed: number } {
  const names = namesOf(parts);
  const at = (bus: string, phase: Phase): Phase => names.get(bus.toLowerCase())?.get(phase) ?? phase;
  const named = <T extends { readonly bus: string; readonly phases: readonly Phase[] }>(one: T): T =>
    names.has(one.bus.toLowerCase()) ? { ...one, phases: one.phases.map(phase => at(one.bus, phase)) } : one;
  const lines = parts.lines.map(({ at: where, toPhases, ...line }): Line => {
    void where;
    void toPhases;
    if (!names.has(line.from.toLowerCase())) return line;
    const phases = line.phases.map(phase => at(line.from, phase));
    const moved = (matrix: readonly (readonly number[])[]): number[][] =>
      [1, 2, 3].map(p =>
        [1, 2, 3].map(q =>
          valueAt(matrix, line.phases[phases.indexOf(p as Phase)], line.phases[phases.indexOf(q as Phase)]),
        ),
      );
    return {
      ...line,
      phases,
      z: { r: moved(line.z.r), x: moved(line.z.x) },
      ...(line.b && { b: moved(line.b) }),
    };
  });
  const transformers = parts.transformers.map(one =>
    one.phases && names.has(one.from.toLowerCase())
      ? { ...one, phases: one.phases.map(phase => at(one.from, phase)) }
      : one,
  );
  return {
    lines,
    transformers,
    loads: parts.loads.map(named),
    capacitors: parts.capacitors.map(named),
    renamed: names.size,
  };
}

const valueAt = (matrix: readonly (readonly number[])[], p: Phase | undefined, q: Phase | undefined): number =>
  p === undefined || q === undefined ? 0 : (matrix[p - 1]?.[q - 1] ?? 0);

/** Of each bus where any node has another name than its own, the phase that each of its nodes is. Walks out from the source. */
function namesOf({ lines, source, transformers }: Parts): Map<string, Names> {
  if (lines.every(({ toPhases }) => toPhases === undefined)) return new Map();
  const all = new Map<string, Names>([[source.bus.toLowerCase(), new Map()]]);
  const edges = new Map<string, (() => void)[]>();
  const edge = (bus: string, follow: () => void): void => {
    const key = bus.toLowerCase();
    edges.set(key, [...(edges.get(key) ?? []), follow]);
  };
  const queue = [source.bus.toLowerCase()];
  const give = (bus: string, pairs: readonly (readonly [Phase, Phase])[], where: string): void => {
    const key = bus.toLowerCase();
    const known = all.get(key);
    if (!known) queue.push(key);
    const own: Names = known ?? new Map<Phase, Phase>();
    all.set(key, own);
    for (const [node, phase] of pairs) {
      if ((own.get(node) ?? phase) !== phase)
        throw bad(where, `node ${node} of bus ${bus} is fed from two phases, ${own.get(node)} and ${phase}`);
      own.set(node, phase);
      const twin = [...own].find(([other, of]) => of === phase && other !== node);
      if (twin)
        throw bad(where, `nodes ${twin[0]} and ${node} of bus ${bus} would be one and the same phase, ${phase}`);
    }
  };
  const nameAt = (bus: string, node: Phase): Phase => all.get(bus.toLowerCase())?.get(node) ?? node;
  for (const { at, from, phases, switch: state, to, toPhases = phases } of lines) {
    if (state === 'open') continue;
    edge(from, () =>
      give(
        to,
        toPhases.map((node, i) => [node, nameAt(from, phases[i] as Phase)]),
        at,
      ),
    );
    edge(to, () =>
      give(
        from,
        phases.map((node, i) => [node, nameAt(to, toPhases[i] as Phase)]),
        at,
      ),
    );
  }
  for (const { connection, from, name, phases, to } of transformers)
    edge(from, () => {
      const fed = (phases ?? ([1, 2, 3] as const)).map((node): [Phase, Phase] => [node, nameAt(from, node)]);
      if (!phases && fed.some(([node, phase]) => node !== phase))
        throw bad(
          `transformer ${name}`,
          'its three phases are fed in another order than 1.2.3, which is not supported',
        );
      give(to, connection === 'split-phase' ? [] : fed, `transformer ${name}`);
    });
  for (let bus = queue.shift(); bus !== undefined; bus = queue.shift()) edges.get(bus)?.forEach(follow => follow());
  return new Map([...all].filter(([, own]) => [...own].some(([node, phase]) => node !== phase)));
}
