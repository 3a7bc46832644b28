/** Sensitivities against LinDist3Flow's own matrices, and against differences of the power flow. */
import { drawsAt } from './draws';
import { type Draw } from './network';
import { powerFlow } from './power-flow';
import { readNetwork } from './read';
import { line, network } from './testing/networks';
import { withShared } from './testing/shared';

const phases = [1, 2, 3] as const;
const r = [
  [0.3, 0.1, 0.08],
  [0.1, 0.28, 0.09],
  [0.08, 0.09, 0.31],
];
const x = [
  [0.2, 0.06, 0.05],
  [0.06, 0.21, 0.07],
  [0.05, 0.07, 0.19],
];

it('about the flat state they are those of LinDist3Flow: half of MP over the voltage', () => {
  const flow = powerFlow(network({ lines: [line('a', 'b', 0, 0, { z: { r, x } })] }));
  flow.solve([]);
  const s = Math.sqrt(3);
  // y_b = y_a + MP P: same phase −2R, the phase behind R − √3 X, the phase before R + √3 X.
  const mp = (p: number, q: number): number =>
    p === q
      ? -2 * (r[p]?.[q] ?? 0)
      : (q - p + 3) % 3 === 1
        ? (r[p]?.[q] ?? 0) - s * (x[p]?.[q] ?? 0)
        : (r[p]?.[q] ?? 0) + s * (x[p]?.[q] ?? 0);
  for (const q of phases) {
    const { volts } = flow.respond(flow.node('b', q));
    for (const p of phases) expect(volts[flow.node('b', p)]).toBeCloseTo(mp(p - 1, q - 1) / 2 / 240, 9);
  }
});

it('a load can raise the voltage of another phase', () => {
  const flow = powerFlow(network({ lines: [line('a', 'b', 0, 0, { z: { r, x } })] }));
  flow.solve([]);
  const { volts } = flow.respond(flow.node('b', 1));
  expect(Math.max(...phases.map(phase => volts[flow.node('b', phase)] ?? NaN))).toBeGreaterThan(0);
});

withShared('sensitivities of the European LV feeder', ['feeders/european-lv/Master.dss'], ([file]) => {
  test('a kilowatt more at a customer moves every voltage and the head current as they say', () => {
    const grid = readNetwork(file);
    const flow = powerFlow(grid);
    const base = drawsAt(grid, 0);
    flow.solve(base);
    const at = flow.node('898', 1);
    const { ampsRe, volts } = flow.respond(at);
    const before = Array.from({ length: flow.nodeCount }, (_, n) => flow.voltageV(n));
    const head = flow.current(3 * (flow.head?.to ?? 0)).re;
    const more: Draw = { bus: '898', phase: 1, w: 1000, var: 0 };
    flow.solve([...base, more]);
    let worst = 0;
    for (let n = 0; n < before.length; n++)
      worst = Math.max(worst, Math.abs(flow.voltageV(n) - (before[n] ?? 0) - 1000 * (volts[n] ?? 0)));
    const moved = Math.abs(flow.voltageV(at) - (before[at] ?? 0));
    expect(moved).toBeGreaterThan(0.5);
    expect(worst).toBeLessThan(0.02 * moved);
    const amps = flow.current(3 * (flow.head?.to ?? 0)).re - head;
    expect(1000 * (ampsRe[3 * (flow.head?.to ?? 0)] ?? NaN)).toBeCloseTo(amps, 1);
  });
});
