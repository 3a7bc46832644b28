/**
 * `npm run bench -- grid`: milliseconds for one power flow of the IEEE European LV feeder (906 buses), which lies beside the repository, or
 * of Oak Street where it is absent. The first row's baseline is the bar of 0.5 ms; the others' is the plain solve of the same load.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { drawsAt, minuteStart } from '../src/grid/draws';
import { type Network } from '../src/grid/network';
import { powerFlow } from '../src/grid/power-flow';
import { readNetwork } from '../src/grid/read';
import { reduced } from '../src/grid/reduce';
import { median } from './load';
import { type BenchResult } from './result';

const clock = new SystemClock();
const barMs = 0.5;
const root = resolve(__dirname, '../..');

/** The feeder beside the repository, or our own. */
export function benchFeeder(): Network {
  const shared = resolve(root, '../shared/feeders/european-lv/Master.dss');
  return readNetwork(existsSync(shared) ? shared : resolve(root, 'examples/networks/oak-street.json'));
}

export async function grid(): Promise<BenchResult> {
  const feeder = benchFeeder();
  const small = reduced(feeder);
  const cases = [
    ['light load', 1],
    ['peak', 566],
  ] as const;
  const results = cases.flatMap(([name, minute]) => {
    const cold = solveMs(feeder, minute, false);
    const rows = [
      { case: `${name}, warm start`, value: solveMs(feeder, minute, true), baseline: cold },
      {
        case: `${name}, ${powerFlow(small).buses.length} buses of the reduced feeder`,
        value: solveMs(small, minute, false),
        baseline: cold,
      },
    ];
    return [{ case: name, value: cold, baseline: barMs }, ...rows];
  });
  return {
    name: 'grid',
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${feeder.name}, ${powerFlow(feeder).buses.length} buses`,
    results: results.map(row => ({ ...row, unit: 'ms/solve', ratio: row.value / row.baseline })),
  };
}

/** The median of 15 rounds of 100 solves; a warm one alternates between two loads one percent apart. */
function solveMs(network: Network, minute: number, warm: boolean): number {
  const flow = powerFlow(network);
  const loads = [1, 1.01].map(by => {
    const p = new Float64Array(flow.nodeCount);
    const q = new Float64Array(flow.nodeCount);
    flow.load(drawsAt(network, minuteStart(minute)), p, q);
    return { p: p.map(w => w * by), q: q.map(w => w * by) };
  });
  const rounds: number[] = [];
  for (let round = 0; round < 18; round++) {
    const from = clock.monotonicMs();
    for (let i = 0; i < 100; i++) {
      const { p, q } = loads[i % 2] as (typeof loads)[number];
      flow.run(p, q, { warm });
    }
    rounds.push((clock.monotonicMs() - from) / 100);
  }
  return median(rounds.slice(3));
}
