import fc from 'fast-check';
import { upperBound } from './clopper-pearson';
import { type Network } from './network';
import { powerFlow } from './power-flow';
import { line, network, randomCase } from './testing/networks';
import { type Box, Verifier } from './verify';

const coupled = (from: string, to: string, amps?: number) => {
  const full = (own: number, mutual: number) => [0, 1, 2].map(p => [0, 1, 2].map(q => (p === q ? own : mutual)));
  return line(from, to, 0, 0, {
    z: { r: full(0.3, 0.1), x: full(0.2, 0.08) },
    ...(amps === undefined ? {} : { ampacityA: amps }),
  });
};
const three: Network = network({ lines: [coupled('a', 'b')] });
const boxes = (importW: number, exportW: number): Box[] =>
  ([1, 2, 3] as const).map(phase => ({ site: `s${phase}`, bus: 'b', phases: [phase], importW, exportW }));
const verify = (net: Network, some: readonly Box[], more = {}) =>
  new Verifier(net, { seed: 7, ...more }).verify([], some);

it('finds what the two usual corners hide: full export on one phase is worse than on all three', () => {
  const flow = powerFlow(three);
  const at = (draws: number[]) => {
    flow.solve(draws.map((w, i) => ({ bus: 'b', phase: (i + 1) as 1 | 2 | 3, w, var: 0 })));
    return flow.minMaxPu().maxPu;
  };
  const exportW = 12_000;
  expect(at([-exportW, -exportW, -exportW])).toBeLessThan(1.05);
  expect(at([-exportW, 0, 0])).toBeGreaterThan(1.05);
  const report = verify(three, boxes(0, exportW));
  expect(report.passed).toBe(false);
  expect(report.byKind.pattern).toMatchObject({ samples: 7 });
  expect(report.byKind.pattern.broken).toBeGreaterThan(0);
  expect(report.breaches[0]).toMatchObject({ kind: 'high', name: 'b', limit: 1.05 });
  expect(report.breaches[0]?.text).toMatch(/^Vmax bus b phase [123]$/);
  expect(report.breaches[0]?.where).toMatch(/export limit/);
});

it('passes small boxes, and says how sure that is', () => {
  const report = verify(three, boxes(1000, 1000), { vertices: 100, points: 100 });
  expect(report).toMatchObject({ passed: true, broken: 0, breaches: [], atRest: [] });
  expect(report.byKind.pattern.samples).toBe(26);
  expect(report.byKind.adversarial.samples).toBe(12);
  expect(report.probabilityBelow).toBeCloseTo(1 - 0.05 ** (1 / 200), 12);
});

it('reports overloaded wires, ends without a solution, and what is broken with everybody at rest', () => {
  const thin = network({ lines: [coupled('a', 'b', 10)] });
  expect(verify(thin, boxes(5000, 0)).breaches.map(each => each.text)).toContain('line a-b phase 1');
  expect(verify(three, boxes(1e9, 0)).breaches[0]?.text).toBe('voltage collapses');
  const high = { ...three, source: { ...three.source, pu: 1.07 } };
  expect(verify(high, boxes(0, 0)).atRest.map(each => each.kind)).toContain('high');
});

it('gives the same report for the same seed, and other samples for another step', () => {
  const verifier = new Verifier(three, { seed: 3, vertices: 3, points: 3 });
  const one = verifier.verify([], boxes(9000, 9000), 1);
  expect(verifier.verify([], boxes(9000, 9000), 1)).toEqual(one);
});

it('is never contented with less: a box inside a safe box is safe', () => {
  fc.assert(
    fc.property(randomCase, fc.double({ min: 0, max: 1, noNaN: true }), ({ draws, network: net }, by) => {
      const some = draws.slice(0, 6).map(({ bus, phase, w }, i): Box => {
        const size = Math.abs(w);
        return { site: String(i), bus, phases: [phase], importW: size, exportW: size };
      });
      const verifier = new Verifier(net, { seed: 1, vertices: 5, points: 5 });
      const outer = verifier.verify([], some);
      const inner = verifier.verify(
        [],
        some.map(box => ({ ...box, importW: box.importW * by, exportW: box.exportW * by })),
      );
      if (outer.passed && outer.atRest.length === 0) expect(inner.breaches).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

it.each([
  [0, 3840, 0.00078],
  [0, 20, 0.1391],
  [1, 20, 0.2161],
  [10, 100, 0.1637],
  [20, 20, 1],
])('bounds %d of %d by %d', (broken, samples, bound) => {
  expect(upperBound(broken, samples)).toBeCloseTo(bound, 4);
});

it('judges what keeps to sums: boxes that break a wire together pass where their sum is limited, and only there', () => {
  const amps = 20;
  const thin = network({ lines: [coupled('a', 'b', amps)] });
  // Two sites on each phase: one alone may use all of its box, both together no more than that.
  const pairs = [...boxes(4000, 4000), ...boxes(4000, 4000).map(box => ({ ...box, site: `${box.site}b` }))];
  const sums = ['s1', 's2', 's3'].map(site => ({ sites: [site, `${site}b`], importW: 4000, exportW: 4000 }));
  const seen: number[] = [];
  const verifier = new Verifier(thin, {
    seed: 7,
    vertices: 60,
    points: 60,
    observe: (_, __, excess) => seen.push(excess),
  });
  const free = verifier.verify([], pairs);
  expect(free.passed).toBe(false);
  seen.length = 0;
  const kept = verifier.verify([], pairs, 0, sums);
  expect(kept.breaches).toEqual([]);
  // It goes to the edge of what the sum allows, not somewhere inside.
  const alone = new Verifier(thin, { seed: 7, observe: (_, __, excess) => seen.push(excess) });
  const most = Math.max(...seen);
  seen.length = 0;
  alone.verify([], boxes(4000, 4000));
  expect(most).toBeCloseTo(Math.max(...seen), 3);
  const wide = sums.map(sum => ({ ...sum, importW: 8000, exportW: 8000 }));
  expect(verifier.verify([], pairs, 0, wide).broken).toBeGreaterThan(0);
});
