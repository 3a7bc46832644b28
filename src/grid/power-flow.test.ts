import fc from 'fast-check';
import { type Draw, type Phase } from './network';
import { powerFlow } from './power-flow';
import { Sweep } from './sweep';
import { line, load, network, randomCase, transformer } from './testing/networks';
import { topologyOf } from './topology';

const at = (bus: string, phase: Phase, w: number, reactive = 0): Draw => ({ bus, phase, w, var: reactive });
const balanced = (bus: string, w: number, reactive = 0): Draw[] =>
  ([1, 2, 3] as const).map(phase => at(bus, phase, w / 3, reactive / 3));

/** Receiving-end volts of a two-bus line, from V⁴ + (2(RP + XQ) − E²)V² + (R² + X²)(P² + Q²) = 0. */
function twoBus(e: number, r: number, x: number, p: number, q: number): number {
  const b = 2 * (r * p + x * q) - e ** 2;
  return Math.sqrt((-b + Math.sqrt(b ** 2 - 4 * (r ** 2 + x ** 2) * (p ** 2 + q ** 2))) / 2);
}

describe('by hand', () => {
  test.each([
    [5000, 0],
    [5000, 2000],
    [-6000, 0],
    [-6000, 1500],
    [0, 3000],
  ])('two buses, %d W and %d var on one phase', (w, q) => {
    const flow = powerFlow(network({ lines: [line('a', 'b', 0.2, 0.1)] }));
    const solution = flow.solve([at('b', 2, w, q)]);
    const volts = (bus: string, phase: number): number =>
      solution.nodes.find(node => node.bus === bus && node.phase === phase)?.voltageV ?? NaN;
    expect(volts('b', 2)).toBeCloseTo(twoBus(240, 0.2, 0.1, w, q), 5);
    expect(volts('b', 1)).toBeCloseTo(240, 5);
    expect(volts('b', 3)).toBeCloseTo(240, 5);
    const amps = solution.branches.find(branch => branch.phase === 2)?.currentA;
    expect(amps).toBeCloseTo(Math.hypot(w, q) / volts('b', 2), 6);
  });

  test('import lowers voltage, export raises it, and angles are −0, −120, 120', () => {
    const flow = powerFlow(network({ lines: [line('a', 'b', 0.2)] }));
    const volts = (w: number): number => flow.solve([at('b', 1, w)]).nodes.find(n => n.bus === 'b')?.voltageV ?? NaN;
    expect(volts(3000)).toBeLessThan(240);
    expect(volts(-3000)).toBeGreaterThan(240);
    const angles = flow
      .solve([])
      .nodes.filter(n => n.bus === 'a')
      .map(n => Math.round(n.angleDeg));
    expect(angles.map(a => a + 0)).toEqual([0, -120, 120]);
  });

  test('coupling: current in one phase shifts the others by Zm × I', () => {
    const coupled = line('a', 'b', 0, 0, {
      z: {
        r: [
          [0.3, 0.1, 0.1],
          [0.1, 0.3, 0.1],
          [0.1, 0.1, 0.3],
        ],
        x: [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
      },
    });
    const solution = powerFlow(network({ lines: [coupled] })).solve([at('b', 1, 4000)]);
    const [one, two] = solution.nodes.filter(node => node.bus === 'b');
    const amps = 4000 / (one?.voltageV ?? NaN);
    // V2 = 240∠−120° − 0.1 I, with I in phase with V1, which stays at 0°.
    expect(two?.voltageV).toBeCloseTo(Math.hypot(240 * -0.5 - 0.1 * amps, 240 * Math.sqrt(0.75)), 4);
  });

  test('Dyn1: the low side lags 30° and a balanced load sees the impedance of the rating', () => {
    const source = { bus: 'a', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e9, xOverR: 1 };
    const flow = powerFlow(network({ source, transformers: [transformer()] }));
    const idle = flow.solve([]).nodes.find(node => node.bus === 'b');
    expect(idle?.angleDeg).toBeCloseTo(-30, 6);
    expect(idle?.pu).toBeCloseTo(1, 6);
    const base = 416 ** 2 / 150_000;
    const loaded = flow.solve(balanced('b', 120_000, 40_000));
    const expected = twoBus(416 / Math.sqrt(3), 0.01 * base, 0.04 * base, 40_000, 40_000 / 3);
    for (const node of loaded.nodes.filter(n => n.bus === 'b')) expect(node.voltageV).toBeCloseTo(expected, 4);
    expect(flow.headLoading().va).toBeCloseTo(Math.hypot(120_000, 40_000), 3);
    expect(flow.headLoading().share).toBeCloseTo(Math.hypot(120_000, 40_000) / 150_000, 6);
  });

  test('Dyn1: current of one low-side phase returns through two lines of the high side', () => {
    const source = { bus: 's', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e9, xOverR: 1 };
    const grid = network({ source, transformers: [transformer()], lines: [line('s', 'a', 1)] });
    const solution = powerFlow(grid).solve([at('b', 1, 20_000)]);
    const amps = (name: string): number[] => solution.branches.filter(b => b.name === name).map(b => b.currentA);
    const low = amps('T')[0] ?? NaN;
    const ratio = (12.47 / 0.416) * Math.sqrt(3);
    const [one, two, three] = amps('s-a');
    expect(one).toBeCloseTo(low / ratio, 9);
    // Its coil lies between lines 1 and 3.
    expect(three).toBeCloseTo(low / ratio, 9);
    expect(two).toBeCloseTo(0, 12);
  });

  test('wye-wye: no phase shift, phases stay apart, a tap divides the voltage', () => {
    const source = { bus: 'a', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e9, xOverR: 1 };
    const wye = transformer({ connection: 'wye-wye', tap: 1.025 });
    const flow = powerFlow(network({ source, transformers: [wye] }));
    const [one, two] = flow.solve([at('b', 1, 30_000)]).nodes.filter(node => node.bus === 'b');
    expect(two?.pu).toBeCloseTo(1 / 1.025, 6);
    expect(two?.angleDeg).toBeCloseTo(-120, 6);
    const base = 416 ** 2 / 150_000;
    expect(one?.voltageV).toBeCloseTo(twoBus(416 / Math.sqrt(3) / 1.025, 0.01 * base, 0.04 * base, 30_000, 0), 4);
  });

  test('a bank of one phase feeds that phase only', () => {
    const source = { bus: 'a', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e9, xOverR: 1 };
    const one = transformer({ connection: 'wye-wye', phases: [3], ratingKva: 50 });
    const flow = powerFlow(network({ source, transformers: [one] }));
    expect(flow.solve([at('b', 3, 25_000)]).nodes.filter(node => node.bus === 'b')).toHaveLength(1);
    expect(flow.headLoading().share).toBeCloseTo(0.5, 6);
    expect(() => flow.solve([at('b', 1, 1)])).toThrow(/BAD_NETWORK: bus b, phase 1 does not reach it/);
  });

  test('the impedance of the source counts', () => {
    const source = { bus: 'a', baseKv: 0.4, pu: 1, angleDeg: 0, isc3A: 1000, xOverR: 4 };
    const flow = powerFlow(network({ source, lines: [line('a', 'b', 0.1)] }));
    const z = 400 / Math.sqrt(3) / 1000;
    const r = z / Math.sqrt(17);
    const volts = flow.solve(balanced('b', 30_000)).nodes.find(node => node.bus === 'b')?.voltageV;
    expect(volts).toBeCloseTo(twoBus(400 / Math.sqrt(3), r + 0.1, 4 * r, 10_000, 0), 5);
  });
});

describe('limits', () => {
  const grid = network({ lines: [line('a', 'b', 0.4, 0, { ampacityA: 20 })], loads: [] });

  test('overloads and voltages outside the band are named', () => {
    const flow = powerFlow(grid);
    flow.solve([at('b', 2, 8000)]);
    const found = flow.violations();
    expect(found).toContainEqual(expect.objectContaining({ kind: 'overload', name: 'a-b', phase: 2, limit: 1 }));
    expect(found).toContainEqual(expect.objectContaining({ kind: 'voltage', name: 'b', phase: 2, limit: 0.95 }));
    expect(found).toHaveLength(2);
    expect(flow.headLoading().phaseShare).toBeCloseTo(8000 / flow.voltageV(flow.node('b', 2)) / 20, 9);
    expect(flow.minMaxPu()).toMatchObject({ minBus: 'b', minPhase: 2 });
    flow.solve([at('b', 2, -8000)]);
    expect(flow.violations()).toContainEqual(expect.objectContaining({ kind: 'voltage', limit: 1.05 }));
    flow.solve([at('b', 2, 1000)]);
    expect(flow.violations()).toEqual([]);
  });

  test('past voltage collapse there is a clear problem, and the next solve is sound', () => {
    const flow = powerFlow(grid);
    expect(() => flow.solve([at('b', 1, 60_000)])).toThrow(/NO_SOLUTION: test, drawn 60 kW/);
    expect(() => flow.solve([at('b', 1, NaN)])).toThrow(/NO_SOLUTION/);
    expect(flow.solve([at('b', 1, 4800)]).nodes.find(n => n.bus === 'b')?.voltageV).toBeCloseTo(
      twoBus(240, 0.4, 0, 4800, 0),
      5,
    );
  });
});

describe('questions about the tree', () => {
  const grid = network({ lines: [line('a', 'B', 0.1), line('c', 'b', 0.1), line('b', 'd', 0.1, 0, { phases: [2] })] });
  const flow = powerFlow(grid);

  test('names are as first written, look-ups take any case, lines may be written backwards', () => {
    expect(flow.buses).toEqual(['a', 'B', 'c', 'd']);
    expect(flow.pathToSource('C').map(branch => branch.name)).toEqual(['c-b', 'a-B']);
    expect(flow.parentOf('d')).toBe('B');
    expect(flow.parentOf('A')).toBeUndefined();
    expect(flow.nominalV('d')).toBeCloseTo(240, 9);
    expect(flow.head?.name).toBe('a-B');
    expect(() => flow.nominalV('e')).toThrow(/no bus e/);
  });

  test.each([
    ['a loop', { lines: [line('a', 'b', 1), line('b', 'c', 1), line('a', 'c', 1)] }, /closes a loop at bus/],
    ['an island', { lines: [line('a', 'b', 1), line('c', 'd', 1)] }, /line c-d, bus c is not connected to the source/],
    [
      'a doubled name',
      { lines: [line('a', 'b', 1), line('b', 'c', 1, 0, { name: 'A-B' })] },
      /two branches of this name/,
    ],
    [
      'a phase that ends before',
      { lines: [line('a', 'b', 1, 0, { phases: [1] }), line('b', 'c', 1, 0, { phases: [2] })] },
      /line b-c, uses phases 2, which do not all reach bus b/,
    ],
    ['a load nowhere', { loads: [load('x', 'z', 1)] }, /load x, there is no bus z/],
    [
      'a load on a phase that is not there',
      { lines: [line('a', 'b', 1, 0, { phases: [1] })], loads: [load('x', 'b', 1)] },
      /load x, is on phases 1, 2, 3/,
    ],
    ['an unknown shape', { loads: [load('x', 'a', 1, { shape: 's' })] }, /load x, there is no shape s/],
    [
      'a transformer the wrong way round',
      { transformers: [transformer({ from: 'b', to: 'a' })] },
      /fed from its secondary/,
    ],
  ])('%s is refused', (_what, more, message) => {
    expect(() => powerFlow(network(more))).toThrow(message);
  });
});

describe('laws, in random networks', () => {
  const solved = ({ draws, network: grid }: { draws: readonly Draw[]; network: ReturnType<typeof network> }) => {
    const topology = topologyOf(grid);
    const sweep = new Sweep(grid, topology);
    const p = new Float64Array(3 * topology.buses.length);
    const q = new Float64Array(p.length);
    for (const { bus, phase, var: reactive, w } of draws) {
      const n = 3 * (topology.busIndex(bus) ?? NaN) + phase - 1;
      p[n] = (p[n] ?? 0) + w;
      q[n] = (q[n] ?? 0) + reactive;
    }
    expect(sweep.run(p, q, { tolerancePu: 1e-12, maxIterations: 200 })).toBeGreaterThan(0);
    return { topology, sweep, p, q };
  };

  test('the source gives what loads, losses and shunts take', () => {
    fc.assert(
      fc.property(randomCase, each => {
        const { p, q, sweep, topology } = solved(each);
        const { iIm, iRe, vIm, vRe } = sweep;
        let [w, reactive] = [0, 0];
        for (let n = 0; n < 3; n++) {
          w += vRe[n]! * iRe[n]! + vIm[n]! * iIm[n]!;
          reactive += vIm[n]! * iRe[n]! - vRe[n]! * iIm[n]!;
        }
        const shunt = sweep.shuntPower();
        let [takenW, takenVar] = [shunt.w, shunt.var];
        for (let n = 0; n < p.length; n++) [takenW, takenVar] = [takenW + p[n]!, takenVar + q[n]!];
        // Losses from currents alone: the real and imaginary part of I^H Z I.
        for (const { line: one, to, transformer: over } of topology.branches) {
          const ohm = over ? (over.secondaryKv ** 2 * 1000) / over.ratingKva : 0;
          for (let k = 0; k < 3; k++)
            for (let l = 0; l < 3; l++) {
              const r = one ? one.z.r[k]![l]! : k === l ? (over!.rPercent / 100) * ohm : 0;
              const x = one ? one.z.x[k]![l]! : k === l ? (over!.xPercent / 100) * ohm : 0;
              const [a, b] = [3 * to + k, 3 * to + l];
              const re = iRe[a]! * iRe[b]! + iIm[a]! * iIm[b]!;
              takenW += r * re;
              takenVar += x * re;
            }
        }
        expect(w).toBeCloseTo(takenW, 3);
        expect(reactive).toBeCloseTo(takenVar, 3);
      }),
      { numRuns: 150 },
    );
  });

  test('Kirchhoff: what flows into a bus is what flows out of it, and every branch drops Z × I', () => {
    fc.assert(
      fc.property(randomCase, each => {
        const { p, q, sweep, topology } = solved({
          ...each,
          network: { ...each.network, lines: each.network.lines.map(({ b: _b, ...rest }) => rest) },
        });
        const { iIm, iRe, vIm, vRe } = sweep;
        for (let bus = 1; bus < topology.buses.length; bus++) {
          // The bus below a transformer with iron losses has a shunt of its own.
          if (bus === 1 && each.network.transformers[0]?.noLoadPercent) continue;
          for (let k = 0; k < 3; k++) {
            const n = 3 * bus + k;
            const square = vRe[n]! ** 2 + vIm[n]! ** 2 || 1;
            let re = (p[n]! * vRe[n]! + q[n]! * vIm[n]!) / square;
            let im = (p[n]! * vIm[n]! - q[n]! * vRe[n]!) / square;
            for (const { from, to } of topology.branches)
              if (from === bus) [re, im] = [re + iRe[3 * to + k]!, im + iIm[3 * to + k]!];
            expect(iRe[n]).toBeCloseTo(re, 6);
            expect(iIm[n]).toBeCloseTo(im, 6);
          }
        }
        for (const { from, line: one, phases, to } of topology.branches)
          for (const phase of one ? phases : []) {
            let [re, im] = [0, 0];
            for (let l = 0; l < 3; l++) {
              const [r, x] = [one!.z.r[phase - 1]![l]!, one!.z.x[phase - 1]![l]!];
              re += r * iRe[3 * to + l]! - x * iIm[3 * to + l]!;
              im += r * iIm[3 * to + l]! + x * iRe[3 * to + l]!;
            }
            const [up, down] = [3 * from + phase - 1, 3 * to + phase - 1];
            expect(vRe[up]! - vRe[down]!).toBeCloseTo(re, 6);
            expect(vIm[up]! - vIm[down]!).toBeCloseTo(im, 6);
          }
      }),
      { numRuns: 100 },
    );
  });

  test('half the load on twice the impedance gives the same voltages', () => {
    fc.assert(
      fc.property(randomCase, ({ draws, network: grid }) => {
        const twice = (values: readonly (readonly number[])[]): number[][] => values.map(row => row.map(v => 2 * v));
        const double = {
          ...grid,
          source: { ...grid.source, isc3A: grid.source.isc3A / 2, zero: { rOhm: 2, xOhm: 6 } },
          transformers: grid.transformers.map(t => ({
            ...t,
            xPercent: 2 * t.xPercent,
            rPercent: 2 * t.rPercent,
            noLoadPercent: (t.noLoadPercent ?? 0) / 2,
            magnetisingPercent: (t.magnetisingPercent ?? 0) / 2,
          })),
          lines: grid.lines.map(l => ({
            ...l,
            z: { r: twice(l.z.r), x: twice(l.z.x) },
            ...(l.b ? { b: l.b.map(row => row.map(v => v / 2)) } : {}),
          })),
        };
        const one = powerFlow(grid).solve(draws);
        const other = powerFlow(double).solve(draws.map(d => ({ ...d, w: d.w / 2, var: d.var / 2 })));
        one.nodes.forEach((node, i) => expect(other.nodes[i]?.voltageV).toBeCloseTo(node.voltageV, 4));
      }),
      { numRuns: 50 },
    );
  });

  test('the same draws give the same answer, whatever was solved before', () => {
    fc.assert(
      fc.property(randomCase, fc.double({ min: -1, max: 1, noNaN: true }), ({ draws, network: grid }, by) => {
        const flow = powerFlow(grid);
        const before = JSON.stringify(flow.solve(draws));
        flow.solve(draws.map(draw => ({ ...draw, w: draw.w * by })));
        expect(JSON.stringify(flow.solve(draws))).toBe(before);
      }),
      { numRuns: 30 },
    );
  });
});

test('a warm start finds what a cold one finds, in fewer iterations', () => {
  const flow = powerFlow(network({ lines: [line('a', 'b', 0.2, 0.1)] }));
  const p = new Float64Array(flow.nodeCount);
  const q = new Float64Array(flow.nodeCount);
  p[flow.node('b', 1)] = 9000;
  const cold = flow.run(p, q);
  p[flow.node('b', 1)] = 9001;
  const warm = flow.run(p, q, { warm: true });
  const volts = flow.voltageV(flow.node('b', 1));
  flow.run(p, q);
  expect(warm).toBeLessThan(cold);
  expect(volts).toBeCloseTo(flow.voltageV(flow.node('b', 1)), 6);
});
