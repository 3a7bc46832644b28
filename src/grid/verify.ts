/**
 * Whether a set of envelopes is safe wherever sites sit inside their limits, not only where all sit at them. Independent of any engine:
 * full power flow, corners by phase pattern, vertices chosen against the tightest constraints, random vertices and random points
 * (envelopes reference 3.5c).
 */
import { Problem } from '../base/problem';
import { seededRandom } from '../base/random';
import { type Constraint, Constraints, constraintName } from './constraints';
import { adversaries } from './adversaries';
import { upperBound } from './clopper-pearson';
import { type Draw, type Network, type Phase } from './network';
import { powerFlow } from './power-flow';
import { type Sum, Sums } from './sums';
import { type Element } from './sweep';

export { type Sum } from './sums';

/** One site's envelope in one step: it may draw anything from −exportW to importW, W, the same in each of its phases. */
export interface Box {
  readonly site: string;
  readonly bus: string;
  /** As at its bus: the legs, below a split-phase transformer. */
  readonly phases: readonly Phase[];
  readonly importW: number;
  readonly exportW: number;
}

export interface VerifyOptions {
  readonly seed: number;
  /** Random vertices and uniform points a step, 20 and 20 unless given. */
  readonly vertices?: number;
  readonly points?: number;
  /** How far a limit may be exceeded before it counts: 0.1 % of voltage and 0.5 % of current unless given. */
  readonly voltageSlack?: number;
  readonly currentSlack?: number;
  /** Allowed share of ratings. */
  readonly loading?: number;
  /** Told of each sample how far its worst limit is exceeded, per unit; negative is inside. */
  readonly observe?: (kind: SampleKind, where: string, excess: number) => void;
}

export const sampleKinds = ['pattern', 'adversarial', 'vertex', 'point'] as const;
export type SampleKind = (typeof sampleKinds)[number];

export interface Breach extends Constraint {
  /** As operators name it. */
  readonly text: string;
  /** Per-unit voltage, or share of the rating. */
  readonly value: number;
  /** Beyond the limit: per unit. */
  readonly excess: number;
  /** How the sites sat when it was worst. */
  readonly where: string;
  /** In how many samples it was broken. */
  readonly samples: number;
}

export interface BoxReport {
  readonly passed: boolean;
  /** Samples, and those that broke a limit. */
  readonly samples: number;
  readonly broken: number;
  readonly byKind: Readonly<Record<SampleKind, { readonly samples: number; readonly broken: number }>>;
  /** The worst of each constraint that was broken, the worst first. */
  readonly breaches: readonly Breach[];
  /** Limits that are broken with every site at rest: no envelope can mend those. */
  readonly atRest: readonly Breach[];
  /** Upper bound, at 95 %, of the probability that a random vertex or point breaks a limit (Clopper-Pearson). */
  readonly probabilityBelow: number;
}

/** Ready to judge one network many times. */
export class Verifier {
  private readonly constraints: Constraints;
  private readonly transformers: ReadonlySet<string>;
  private readonly p: Float64Array;
  private readonly q: Float64Array;
  private readonly base: Float64Array;

  /** @throws Problem BAD_NETWORK when the network is not one connected tree. */
  constructor(
    readonly network: Network,
    private readonly options: VerifyOptions,
  ) {
    const flow = powerFlow(network, { tolerancePu: 1e-7 });
    this.constraints = new Constraints(flow, options.loading);
    this.transformers = new Set(network.transformers.map(({ name }) => name));
    this.p = new Float64Array(flow.nodeCount);
    this.q = new Float64Array(flow.nodeCount);
    this.base = new Float64Array(flow.nodeCount);
  }

  /**
   * Judges the boxes of one step over what is drawn besides: all points of them that keep to `sums`. `step` only makes the random samples differ
   * from step to step.
   */
  verify(passive: readonly Draw[], boxes: readonly Box[], step = 0, sums: readonly Sum[] = []): BoxReport {
    const { constraints, options } = this;
    const { flow } = constraints;
    const elements = flow.load(passive, this.base, this.q);
    const nodes = boxes.map(({ bus, phases }) => phases.map(phase => flow.node(bus, phase)));
    const tally = new Tally(constraints, this.transformers, options);
    const rest = new Tally(constraints, this.transformers, options);
    const at = (power: ArrayLike<number>): boolean => this.solve(nodes, power, elements);
    if (!at(new Float64Array(boxes.length))) rest.unsolved('at rest');
    else rest.see('all at rest');
    const within = new Sums(boxes, sums);
    const against = adversaries(constraints, nodes, boxes, { sums: within });

    const sample = (kind: SampleKind, power: ArrayLike<number>, where: string): void => {
      const solved = at(power);
      if (solved) tally.see(where, kind);
      else tally.unsolved(where, kind);
      options.observe?.(kind, where, solved ? constraints.worst().excess : 1);
    };
    for (const { power, where } of patterns(boxes)) {
      within.shrink(power);
      sample('pattern', power, where);
    }
    for (const { power, where } of against) sample('adversarial', power, where);
    const random = seededRandom(options.seed).fork(`verify ${step}`);
    for (let i = 0; i < (options.vertices ?? 20); i++) {
      const power = boxes.map(box => (random.next() < 0.5 ? box.importW : -box.exportW));
      // Who gives up what the sum does not allow is drawn too: that is a vertex of what is left of the box.
      if (within.any)
        within.trade(
          power,
          boxes.map(() => random.next()),
        );
      sample('vertex', power, 'a random vertex');
    }
    for (let i = 0; i < (options.points ?? 20); i++) {
      const power = boxes.map(box => box.importW - random.next() * (box.importW + box.exportW));
      within.shrink(power);
      sample('point', power, 'a random point');
    }
    return tally.report(rest.breaches());
  }

  private solve(nodes: readonly number[][], power: ArrayLike<number>, elements: readonly Element[]): boolean {
    const { flow } = this.constraints;
    this.p.set(this.base);
    nodes.forEach((own, k) => {
      for (const node of own) this.p[node] = (this.p[node] as number) + (power[k] as number) / own.length;
    });
    try {
      flow.run(this.p, this.q, { elements });
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'NO_SOLUTION') return false;
      throw error;
    }
  }
}

interface Sample {
  readonly power: number[];
  readonly where: string;
}

/** Past this many groups of sites of the same phases, only patterns of the first ones are all taken. */
const mostGroups = 5;

/** Every combination of export, rest and import over groups of sites of the same phases; rest of all is none. */
function* patterns(boxes: readonly Box[]): Generator<Sample> {
  const keys = [...new Set(boxes.map(box => box.phases.join('.')))].sort();
  const group = boxes.map(box => Math.min(keys.indexOf(box.phases.join('.')), mostGroups - 1));
  const count = Math.min(keys.length, mostGroups);
  const ways = Array.from({ length: count }, (_, g) => {
    const members = boxes.filter((_box, k) => group[k] === g);
    return [
      { by: 0, text: '' },
      ...(members.some(box => box.exportW > 0) ? [{ by: -1, text: 'export' }] : []),
      ...(members.some(box => box.importW > 0) ? [{ by: 1, text: 'import' }] : []),
    ];
  });
  const total = ways.reduce((product, way) => product * way.length, 1);
  for (let number = 1; number < total; number++) {
    let rest = number;
    const chosen = ways.map(way => {
      const one = way[rest % way.length] as (typeof way)[number];
      rest = Math.floor(rest / way.length);
      return one;
    });
    const power = boxes.map((box, k) => {
      const by = chosen[group[k] as number]?.by ?? 0;
      return by < 0 ? -box.exportW : by * box.importW;
    });
    const where = chosen.flatMap(({ text }, g) => (text === '' ? [] : [`phase ${keys[g]} at its ${text} limit`]));
    yield { power, where: `${where.join(', ')}${where.length < keys.length ? ', the rest at rest' : ''}` };
  }
}

/** Counts samples and remembers the worst of every constraint. */
class Tally {
  private readonly excess: Float64Array;
  private readonly worst = new Map<number, { excess: number; where: string; samples: number }>();
  private readonly kinds = Object.fromEntries(sampleKinds.map(kind => [kind, { samples: 0, broken: 0 }])) as Record<
    SampleKind,
    { samples: number; broken: number }
  >;

  constructor(
    private readonly constraints: Constraints,
    private readonly transformers: ReadonlySet<string>,
    private readonly options: VerifyOptions,
  ) {
    this.excess = new Float64Array(constraints.all.length);
  }

  /** The present state of the power flow is one sample. */
  see(where: string, kind?: SampleKind): void {
    const { voltageSlack = 0.001, currentSlack = 0.005 } = this.options;
    const { excess } = this.constraints.worst(this.excess);
    let broken = false;
    if (excess > Math.min(voltageSlack, currentSlack))
      this.excess.forEach((value, i) => {
        const constraint = this.constraints.all[i] as Constraint;
        if (value <= (this.constraints.isVoltage(i) ? voltageSlack * constraint.limit : currentSlack)) return;
        broken = true;
        this.note(i, value, where);
      });
    if (kind) this.count(kind, broken);
  }

  /** A state that has no solution: voltage collapse. */
  unsolved(where: string, kind?: SampleKind): void {
    this.note(-1, 1, where);
    if (kind) this.count(kind, true);
  }

  private count(kind: SampleKind, broken: boolean): void {
    this.kinds[kind].samples++;
    if (broken) this.kinds[kind].broken++;
  }

  private note(i: number, excess: number, where: string): void {
    const known = this.worst.get(i) ?? { excess: -Infinity, where, samples: 0 };
    this.worst.set(i, {
      samples: known.samples + 1,
      ...(excess > known.excess ? { excess, where } : { excess: known.excess, where: known.where }),
    });
  }

  breaches(): Breach[] {
    return [...this.worst]
      .map(([i, { excess, samples, where }]): Breach => {
        const constraint: Constraint = this.constraints.all[i] ?? { kind: 'power', name: 'the feeder', limit: 1 };
        const value = constraint.kind === 'low' ? constraint.limit - excess : constraint.limit + excess;
        const text = i < 0 ? 'voltage collapses' : constraintName(constraint, this.transformers.has(constraint.name));
        return { ...constraint, text, value, excess, where, samples };
      })
      .sort((a, b) => b.excess - a.excess);
  }

  report(atRest: readonly Breach[]): BoxReport {
    const kinds = this.kinds;
    const sum = (of: 'samples' | 'broken', ...some: SampleKind[]): number =>
      some.reduce((total, kind) => total + kinds[kind][of], 0);
    const broken = sum('broken', ...sampleKinds);
    return {
      passed: broken === 0,
      samples: sum('samples', ...sampleKinds),
      broken,
      byKind: kinds,
      breaches: this.breaches(),
      atRest,
      probabilityBelow: upperBound(sum('broken', 'vertex', 'point'), sum('samples', 'vertex', 'point')),
    };
  }
}
