/** Small networks for tests. */
import fc from 'fast-check';
import { type Draw, type Line, type Load, type Network, type Phase, type Transformer } from '../network';

export const allPhases: readonly Phase[] = [1, 2, 3];

/** A source so strong that its impedance does not matter: 240 V to neutral unless told otherwise. */
export function network(more: Partial<Network> = {}): Network {
  return {
    name: 'test',
    source: { bus: 'a', baseKv: 0.24 * Math.sqrt(3), pu: 1, angleDeg: 0, isc3A: 1e12, xOverR: 1 },
    transformers: [],
    lines: [],
    loads: [],
    shapes: [],
    voltageBand: { minPu: 0.95, maxPu: 1.05 },
    ...more,
  };
}

/** A line whose phases do not couple. */
export function line(from: string, to: string, r: number, x = 0, more: Partial<Line> = {}): Line {
  const phases = more.phases ?? allPhases;
  const diagonal = (value: number): number[][] =>
    allPhases.map(p => allPhases.map(q => (p === q && phases.includes(p) ? value : 0)));
  return { name: `${from}-${to}`, from, to, lengthM: 100, phases, z: { r: diagonal(r), x: diagonal(x) }, ...more };
}

export function transformer(more: Partial<Transformer> = {}): Transformer {
  return {
    name: 'T',
    from: 'a',
    to: 'b',
    connection: 'delta-wye',
    primaryKv: 12.47,
    secondaryKv: 0.416,
    ratingKva: 150,
    xPercent: 4,
    rPercent: 1,
    ...more,
  };
}

export function load(name: string, bus: string, baseW: number, more: Partial<Load> = {}): Load {
  return { name, bus, phases: allPhases, baseW, baseVar: 0, ...more };
}

export interface RandomCase {
  readonly network: Network;
  readonly draws: readonly Draw[];
}

const power = fc.double({ min: -4000, max: 4000, noNaN: true });

/** Random trees below a delta-wye or wye-wye transformer: some lines of one or two phases, coupled impedances, charging, taps. */
export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({
    connection: fc.constantFrom('delta-wye', 'wye-wye'),
    tap: fc.double({ min: 0.95, max: 1.05, noNaN: true }),
    noLoad: fc.constantFrom(0, 0.3),
    pu: fc.double({ min: 0.97, max: 1.05, noNaN: true }),
    branches: fc.array(
      fc.record({
        up: fc.nat(),
        mask: fc.constantFrom(7, 7, 7, 7, 3, 5, 6, 1, 2, 4),
        r: fc.double({ min: 0.001, max: 0.03, noNaN: true }),
        x: fc.double({ min: 0, max: 0.03, noNaN: true }),
        coupling: fc.double({ min: 0, max: 0.6, noNaN: true }),
        b: fc.constantFrom(0, 0, 1e-5),
        backwards: fc.boolean(),
        w: fc.tuple(power, power, power),
        q: fc.tuple(power, power, power),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ branches, connection, noLoad, pu, tap }) => {
    const masks = [7];
    const lines: Line[] = [];
    const draws: Draw[] = [];
    branches.forEach(({ b, backwards, coupling, mask, q, r, up, w, x }, i) => {
      const parent = up % masks.length;
      const own = (masks[parent] as number) & mask || (masks[parent] as number);
      masks.push(own);
      const phases = allPhases.filter(p => (own >> (p - 1)) & 1);
      const coupled = (value: number): number[][] =>
        allPhases.map(p =>
          allPhases.map(o => (phases.includes(p) && phases.includes(o) ? value * (p === o ? 1 : coupling) : 0)),
        );
      const ends = { from: `n${parent}`, to: `n${i + 1}` };
      lines.push({
        name: `l${i + 1}`,
        ...(backwards ? { from: ends.to, to: ends.from } : ends),
        lengthM: 10,
        phases,
        z: { r: coupled(r), x: coupled(x) },
        ...(b === 0 ? {} : { b: coupled(b) }),
      });
      for (const phase of phases)
        draws.push({ bus: ends.to, phase, w: w[phase - 1] as number, var: q[phase - 1] as number });
    });
    const over = transformer({
      connection,
      to: 'n0',
      tap,
      ...(noLoad === 0 ? {} : { noLoadPercent: noLoad, magnetisingPercent: 0.5 }),
    });
    const source = { bus: 'a', baseKv: 12.47, pu, angleDeg: 0, isc3A: 5000, xOverR: 4, zero: { rOhm: 1, xOhm: 3 } };
    return { network: network({ source, transformers: [over], lines }), draws };
  });
