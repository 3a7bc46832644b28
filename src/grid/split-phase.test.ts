/** A centre-tapped transformer: 120 V legs 180° apart, one phase above. */
import { passiveFlow } from './passive-flow';
import { assetsOf, systemPhases } from './assets';
import { drawsAt } from './draws';
import { powerFlow } from './power-flow';
import { line, load, network, transformer } from './testing/networks';

const split = transformer({
  connection: 'split-phase',
  phases: [2],
  primaryKv: 12.47,
  secondaryKv: 0.24,
  ratingKva: 50,
  rPercent: 1,
  xPercent: 2,
});
const source = { bus: 'a', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 1e9, xOverR: 4 };
const house = network({
  source,
  transformers: [split],
  lines: [line('b', 'c', 0.02, 0, { phases: [1, 2], ampacityA: 200 })],
});
const solve = (loads: Parameters<typeof network>[0] extends infer P ? NonNullable<P> : never) => {
  const grid = { ...house, ...loads };
  const flow = powerFlow(grid);
  return { flow, solution: flow.solve(drawsAt(grid, 0)) };
};

it('has 120 V on each leg without load, in opposition', () => {
  const { flow } = solve({});
  const legs = [flow.node('c', 1), flow.node('c', 2)] as const;
  for (const leg of legs) expect(flow.voltageV(leg)).toBeCloseTo(120, 4);
  expect(Math.abs(flow.angleDeg(legs[0]) - flow.angleDeg(legs[1]))).toBeCloseTo(180, 6);
  expect(() => flow.node('c', 3)).toThrow('phase 3 does not reach it');
});

it('a load between the legs draws 240 V current through both and from one phase above, with all of the losses', () => {
  const { flow, solution } = solve({ loads: [load('oven', 'c', 12_000, { phases: [1, 2], connection: 'delta' })] });
  const across = flow.voltageV(flow.node('c', 1)) + flow.voltageV(flow.node('c', 2));
  const amps = solution.branches.filter(branch => branch.name === 'b-c').map(branch => branch.currentA);
  for (const each of amps) expect(each).toBeCloseTo(12_000 / across, 3);
  // R of the whole loop: 1 % in the primary and 2 × 1 % of a half, carried over, on 50 kVA at 120 V; and 2 × 0.02 Ω of line.
  const base = 120 ** 2 / 50_000;
  const loss = (amps[0] ?? 0) ** 2 * (base * (4 * 0.005 + 2 * 0.01) + 2 * 0.02);
  expect(flow.powerInto(0, 2).w).toBeCloseTo(12_000 + loss, 1);
  expect(flow.powerInto(0, 1).w).toBeCloseTo(0, 6);
});

it('a load on one leg lowers that leg and raises the other, by what they share', () => {
  const { flow } = solve({ loads: [load('kettle', 'c', 3000, { phases: [1] })] });
  expect(flow.voltageV(flow.node('c', 1))).toBeLessThan(119.5);
  expect(flow.voltageV(flow.node('b', 2))).toBeLessThan(120.0001);
  expect(flow.voltageV(flow.node('c', 2))).toBeGreaterThan(flow.voltageV(flow.node('c', 1)));
});

it('is one asset of one phase: both legs draw on the phase that feeds it', () => {
  const grid = { ...house, loads: [load('oven', 'c', 12_000, { phases: [1, 2], connection: 'delta' as const })] };
  const [top, wire] = assetsOf(grid);
  expect(top).toMatchObject({ id: 'T', phases: [2], ratingVA: 50_000, phaseRatingVA: 50_000 });
  expect(wire).toMatchObject({ id: 'b-c', phases: [2], ratingVA: 48_000, phaseRatingVA: 48_000, parent: 'T' });
  expect(systemPhases(powerFlow(grid))('c', [1, 2])).toEqual([2]);
  const flow = passiveFlow(grid, { startS: 0, stepS: 300, steps: 1 }).get('T');
  expect(flow?.passive.highW[0]).toBeGreaterThan(12_000);
  expect(flow?.passiveByPhase[1]?.highW[0]).toBeCloseTo(flow?.passive.highW[0] ?? NaN, 0);
  expect(flow?.passiveByPhase[0]?.highW[0]).toBeCloseTo(0, 6);
});
