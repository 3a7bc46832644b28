/** A check on a power flow that shares nothing with the sweep but its voltages and currents. */
import { drawsAt, minuteStart } from '../draws';
import { type Network } from '../network';
import { powerFlow } from '../power-flow';

/** What the source gives less what loads, losses and shunts take, relative to what it gives. */
export function imbalance(network: Network, minute: number): number {
  const flow = powerFlow(network, { tolerancePu: 1e-13 });
  const p = new Float64Array(flow.nodeCount);
  const q = new Float64Array(flow.nodeCount);
  const draws = drawsAt(network, minuteStart(minute));
  flow.load(draws, p, q);
  flow.solve(draws);
  const current = (node: number) => flow.current(node);
  let losses = 0;
  for (const { line, phases, to, transformer } of flow.topology.branches) {
    if (line)
      for (const a of phases)
        for (const b of phases) {
          // Real part of I^H Z I; X drops out of it but for rounding, as Z is symmetric.
          const [i, j] = [current(3 * to + a - 1), current(3 * to + b - 1)];
          const r = line.z.r[a - 1]?.[b - 1] ?? 0;
          losses += r * (i.re * j.re + i.im * j.im);
        }
    if (!transformer) continue;
    const ohms =
      ((transformer.rPercent / 100) * (transformer.secondaryKv ** 2 / 3) * 1000) /
      (transformer.ratingKva / (transformer.phases?.length ?? 3));
    for (const phase of phases)
      losses += ohms * (current(3 * to + phase - 1).re ** 2 + current(3 * to + phase - 1).im ** 2);
  }
  const source = ([1, 2, 3] as const).reduce((sum, phase) => sum + flow.powerInto(0, phase).w, 0);
  const drawn = p.reduce((sum, w) => sum + w, 0) + flow.elementPower().w;
  return Math.abs(source - drawn - losses - flow.shuntPower().w) / Math.abs(source);
}
