import { assetOfBus, assetsOf, withHeadRating } from './assets';
import { drawsAt } from './draws';
import { type Network } from './network';
import { passiveFlow } from './passive-flow';
import { powerFlow } from './power-flow';
import { line, load, network, transformer } from './testing/networks';

const source = { bus: 's', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e12, xOverR: 1 };
const volts = 416 / Math.sqrt(3);
/** s – MV line – a – T – b – main – c – drop (phase 2) – d, and an unrated line c – e. */
const grid: Network = network({
  source,
  transformers: [transformer({ noLoadPercent: 0.4 })],
  lines: [
    line('s', 'a', 0.5, 0.5, { ampacityA: 20 }),
    line('b', 'c', 0.02, 0.01, { ampacityA: 200 }),
    line('c', 'd', 0.05, 0, { ampacityA: 60, phases: [2] }),
    line('c', 'e', 0.01),
  ],
  loads: [
    load('x', 'd', 6000, { phases: [2], baseVar: 1200, shape: 'steps' }),
    load('y', 'e', 30_000, { baseVar: 6000 }),
  ],
  shapes: [{ name: 'Steps', stepS: 300, values: [0.1, 0.5, 1, 0.2] }],
});

describe('assets', () => {
  test('form a tree of what has a rating', () => {
    const assets = assetsOf(grid);
    expect(assets.map(({ id, kind, parent }) => [id, kind, parent])).toEqual([
      ['s-a', 'branch', undefined],
      ['T', 'transformer', 's-a'],
      ['b-c', 'branch', 'T'],
      ['c-d', 'branch', 'b-c'],
    ]);
    const by = new Map(assets.map(asset => [asset.id, asset]));
    expect(by.get('T')?.ratingVA).toBeCloseTo(150_000, 6);
    expect(by.get('T')?.phaseRatingVA).toBeCloseTo(50_000, 6);
    expect(by.get('b-c')?.phaseRatingVA).toBeCloseTo(200 * volts, 6);
    expect(by.get('c-d')?.ratingVA).toBeCloseTo(60 * volts, 6);
    expect(by.get('c-d')?.phaseRatingVA).toBeCloseTo(60 * volts, 6);
    expect(by.get('s-a')?.phaseRatingVA).toBeCloseTo((20 * 12_470) / 2, 6);
  });

  test('a phase of the line above a delta winding is safe up to its rating', () => {
    const flow = powerFlow(grid);
    const phaseVA = assetsOf(grid)[0]?.phaseRatingVA ?? NaN;
    // Two phases full at once, in and out of phase with one another: the worst a line above the delta can see.
    for (const sign of [1, -1]) {
      const strong = { ...grid, transformers: [transformer({ ratingKva: 1e6 })] };
      const there = powerFlow(strong);
      there.solve([
        { bus: 'b', phase: 1, w: phaseVA, var: 0 },
        { bus: 'b', phase: 2, w: sign * phaseVA, var: 0 },
      ]);
      const most = Math.max(...[1, 2, 3].map(phase => there.currentA(1, phase as 1)));
      expect(most).toBeLessThan(20.2);
    }
    expect(flow.head?.name).toBe('T');
  });

  test('the asset above a bus', () => {
    const above = assetOfBus(grid);
    expect([above('D'), above('e'), above('c'), above('b'), above('a'), above('s')]).toEqual([
      'c-d',
      'b-c',
      'b-c',
      'T',
      's-a',
      undefined,
    ]);
    expect(() => above('z')).toThrow(/BAD_NETWORK.*no bus z/);
  });

  test('another head rating changes the limit and nothing of the flow', () => {
    const small = withHeadRating(grid, 40);
    const draws = drawsAt(grid, 600);
    const [before, after] = [powerFlow(grid), powerFlow(small)];
    const nodes = before.solve(draws).nodes;
    after.solve(draws).nodes.forEach((node, i) => expect(node.voltageV).toBeCloseTo(nodes[i]?.voltageV ?? NaN, 9));
    expect(after.headLoading().share / before.headLoading().share).toBeCloseTo(150 / 40, 9);
    expect(assetsOf(small).find(({ id }) => id === 'T')?.ratingVA).toBeCloseTo(40_000, 6);
    expect(() => withHeadRating(grid, 0)).toThrow(/head rating/);
    const bare = network({ lines: [line('a', 'b', 0.1), line('b', 'c', 0.1)] });
    expect(assetsOf(bare)).toEqual([]);
    expect(assetsOf(withHeadRating(bare, 72)).map(({ id, ratingVA }) => [id, Math.round(ratingVA)])).toEqual([
      ['a-b', 72_000],
    ]);
  });
});

describe('passive flow', () => {
  const window = { startS: 0, stepS: 600, steps: 2 };

  test('takes the extremes of the shapes within a step, adds losses, in total and by phase', () => {
    const flows = passiveFlow(grid, window);
    const drop = flows.get('c-d');
    expect(drop?.passive.highW).toEqual([expect.closeTo(3000, 9), expect.closeTo(6000, 9)]);
    expect(drop?.passiveByPhase[1].highW).toEqual(drop?.passive.highW);
    expect(drop?.passiveByPhase[0]).toEqual({ highW: [0, 0], lowW: [0, 0], var: [0, 0] });
    expect(drop?.passive.lowW[0]).toBeCloseTo(600, 9);
    expect(drop?.passive.var).toEqual([expect.closeTo(600, 9), expect.closeTo(1200, 9)]);
    // At the transformer: both loads, and what the lines below lose at the mean of the step.
    const flow = powerFlow(grid);
    flow.solve([...drawsAt(grid, 0, [grid.loads[1]!]), { bus: 'd', phase: 2, w: 1800, var: 360 }]);
    const losses = flow.headLoading().w - 31_800;
    expect(losses).toBeGreaterThan(100);
    expect(flows.get('T')?.passive.highW[0]).toBeCloseTo(33_000 + losses, 6);
    expect(flows.get('T')?.passive.lowW[0]).toBeCloseTo(30_600, 6);
    const phases = flows.get('T')?.passiveByPhase.reduce((sum, each) => sum + (each.highW[0] ?? NaN), 0);
    expect(phases).toBeCloseTo(33_000 + losses, 6);
  });

  test('a subset of loads, and a start in the day', () => {
    const flows = passiveFlow(grid, { ...window, loads: [grid.loads[0]!], startS: 600 });
    // Phase 1 carries only its third of the iron loss.
    expect(flows.get('T')?.passiveByPhase[0].highW[0]).toBeCloseTo(200, 0);
    expect(flows.get('c-d')?.passive.highW).toEqual([expect.closeTo(6000, 9), expect.closeTo(3000, 9)]);
  });

  test('with devices: filling what is left of each phase by them keeps the head inside its rating', () => {
    const devices = [
      { bus: 'd', phases: [2] as const, baseVar: 500 },
      { bus: 'e', phases: [1] as const },
      { bus: 'c', phases: [3] as const },
    ];
    const [passive, reserved] = [passiveFlow(grid, window), passiveFlow(grid, { ...window, devices })];
    const flow = powerFlow({ ...grid, lines: grid.lines.map(({ ampacityA: _a, ...rest }) => rest) });
    const fill = (flows: typeof passive): number => {
      const head = flows.get('T');
      const draws = devices.map(({ baseVar = 0, bus, phases }) => {
        const phase = phases[0];
        const own = head?.passiveByPhase[phase - 1];
        const room = Math.sqrt(50_000 ** 2 - (own?.var[1] ?? NaN) ** 2) - (own?.highW[1] ?? NaN);
        return { bus, phase, w: room, var: baseVar };
      });
      flow.solve([...drawsAt(grid, 600), ...draws]);
      return flow.headLoading().phaseShare;
    };
    expect(fill(passive)).toBeGreaterThan(1.01);
    expect(fill(reserved)).toBeLessThan(1.003);
    expect(fill(reserved)).toBeGreaterThan(0.97);
  });

  test('survives a network that cannot be filled', () => {
    const thin = network({ lines: [line('a', 'b', 3, 0, { ampacityA: 500 })], loads: [load('x', 'b', 900)] });
    const flows = passiveFlow(thin, { ...window, devices: [{ bus: 'b', phases: [1] }] });
    expect(flows.get('a-b')?.passive.highW[0]).toBeGreaterThan(900 - 1e-9);
  });
});
