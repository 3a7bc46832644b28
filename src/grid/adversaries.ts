/**
 * Vertices of a box chosen against the tightest constraints: each site at the limit that pushes a voltage or a current furthest, by the
 * sensitivities of the state that the power flow is in. The worst vertex of a linear constraint is just this one.
 */
import { type Constraints } from './constraints';
import { type Sums } from './sums';

export interface Adversary {
  /** Drawn by each site, W, import positive. */
  readonly power: readonly number[];
  readonly where: string;
}

export interface AdversaryOptions {
  /** Nodes on each side of the band, and rated branches, that are attacked. */
  readonly nodes?: number;
  readonly branches?: number;
  readonly directions?: number;
  /** Limits for sums that the points keep to. */
  readonly sums?: Sums;
}

/** `nodes` are those of each site; a site draws the same in each. Uses the present state of the power flow. */
export function adversaries(
  constraints: Constraints,
  nodes: readonly (readonly number[])[],
  boxes: readonly { readonly importW: number; readonly exportW: number }[],
  { branches = 3, directions = 16, nodes: count = 6, sums }: AdversaryOptions = {},
): Adversary[] {
  const { flow } = constraints;
  const responses = new Map<number, ReturnType<typeof flow.respond>>();
  const respond = (node: number): ReturnType<typeof flow.respond> => {
    const known = responses.get(node) ?? flow.respond(node);
    responses.set(node, known);
    return known;
  };
  const perSite = (of: (response: ReturnType<typeof flow.respond>) => number): number[] =>
    nodes.map(own => own.reduce((sum, node) => sum + of(respond(node)), 0) / Math.max(1, own.length));
  /** The vertex that raises what rises by `gain` for each watt a site draws, and how far it raises it. */
  const against = (gain: readonly number[]): { power: number[]; by: number } => {
    const power = boxes.map((box, k) => ((gain[k] as number) > 0 ? box.importW : -box.exportW));
    sums?.trade(power, gain);
    return { power, by: power.reduce((sum, w, k) => sum + w * (gain[k] as number), 0) };
  };
  const slack = new Float64Array(constraints.all.length);
  constraints.worst(slack);

  const found: { power: number[]; excess: number; where: string; kind: string }[] = [];
  const drawing = boxes.some(box => box.importW > 0 || box.exportW > 0);
  if (!drawing) return [];
  // Which phases of which buses: the excess that each voltage would have at its worst vertex.
  constraints.all.forEach(({ kind, name, phase }, i) => {
    if (!constraints.isVoltage(i)) return;
    const node = constraints.nodeOf(i);
    const sign = kind === 'high' ? 1 : -1;
    const gain = perSite(({ volts }) => sign * (volts[node] as number));
    const { by, power } = against(gain);
    const nominal = flow.topology.nominalV[(node / 3) | 0] as number;
    found.push({
      power,
      excess: (slack[i] as number) + by / nominal,
      where: `against ${kind} voltage at ${name}.${phase}`,
      kind,
    });
  });
  const tightest = (['high', 'low'] as const).flatMap(kind =>
    found
      .filter(one => one.kind === kind)
      .sort((a, b) => b.excess - a.excess)
      .slice(0, count),
  );
  const loaded = constraints.all
    .flatMap(({ name, phase }, i) => {
      const current = constraints.currentOf(i);
      if (!current || phase === undefined) return [];
      const node = 3 * current.to + phase - 1;
      const now = flow.current(node);
      const re = perSite(({ ampsRe }) => ampsRe[node] as number);
      const im = perSite(({ ampsIm }) => ampsIm[node] as number);
      return Array.from({ length: directions }, (_, d) => {
        const angle = (2 * Math.PI * d) / directions;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const { by, power } = against(re.map((value, k) => c * value + s * (im[k] as number)));
        const excess = (c * now.re + s * now.im + by) / current.rated - 1;
        return { power, excess, where: `against current of ${name} phase ${phase}`, name: `${name}.${phase}` };
      });
    })
    .sort((a, b) => b.excess - a.excess);
  const names = [...new Set(loaded.map(one => one.name))].slice(0, branches);
  return [...tightest, ...loaded.filter(one => names.includes(one.name))].map(({ power, where }) => ({ power, where }));
}
