/** Every feeder at hand agrees with itself: what the source gives is what loads, losses and shunts take. */
import { resolve } from 'node:path';
import { drawsAt, minuteStart } from './draws';
import { type Network } from './network';
import { powerFlow } from './power-flow';
import { readNetwork } from './read';
import { sharedFile } from './testing/shared';

/** Relative to the power that the source gives. */
function imbalance(network: Network, minute: number): number {
  const flow = powerFlow(network, { tolerancePu: 1e-13 });
  const p = new Float64Array(flow.nodeCount);
  const q = new Float64Array(flow.nodeCount);
  const elements = flow.load(drawsAt(network, minuteStart(minute)), p, q);
  flow.run(p, q, { elements });
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
  const drawn = p.reduce((sum, w) => sum + w, 0);
  return Math.abs(source - drawn - losses - flow.shuntPower().w) / Math.abs(source);
}

const files = [
  resolve(__dirname, '../../examples/networks/oak-street.json'),
  ...[
    'european-lv/Master.dss',
    'uom-lv/network/Master.txt',
    'secondary-test-circuit/Master.DSS',
    'uom-lv-tutorial/LVcircuit-master.txt',
  ].map(name => sharedFile(`feeders/${name}`) ?? `feeders/${name}`),
];

test.each(files)('%s balances to 1e-9', file => {
  if (file.startsWith('feeders/')) {
    console.warn(`SKIPPED: balance of ${file}, which is not beside the repository`);
    return;
  }
  const network = readNetwork(file);
  for (const minute of [1, 1081]) expect(imbalance(network, minute)).toBeLessThan(1e-9);
});
