/**
 * `npm run bench -- abnormal`: seconds until sites have been told of an order, of the quick and of the whole answer to emergent switching, on the
 * IEEE European LV feeder with 35 of 55 sites active (or Oak Street where that feeder is not beside the repository), 72 hourly steps. The
 * baseline of the first two is the whole answer, taken in the same run: engine box-robust on the networks before and after, each verified
 * by power flow, and published. The last two rows hold them against the bars of 1 s and 60 s.
 */
import { cpus } from 'node:os';
import { SystemClock } from '../src/base/clock';
import { keptLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { loadEngine } from '../src/engines';
import { sitesOf, snapshotOf } from '../src/engines/network-snapshot';
import { withHeadRating } from '../src/grid/assets';
import { type Line, type Network } from '../src/grid/network';
import { powerFlow } from '../src/grid/power-flow';
import { switched } from '../src/grid/switching';
import { verification } from '../src/server/verification';
import { processHost } from '../src/services/engine-host';
import { createEnvelopeRunner, type RunnerParts } from '../src/services/envelope-runner';
import { allocate, type Member } from '../src/services/orders/allocate';
import { type Order } from '../src/services/orders/order';
import { memoryStore } from '../src/store/memory/store';
import { benchFeeder } from './grid';
import { type BenchResult } from './result';

const clock = new SystemClock();
const [steps, stepS] = [72, 3600];
/** The quick answer reaches two hours ahead; the whole one is here before they are over. */
const quickSteps = 2;
const [quickBarS, wholeBarS] = [1, 60];

export async function abnormal(): Promise<BenchResult> {
  const read = benchFeeder();
  const big = read.loads.length >= 35;
  const rated = big
    ? { ...withHeadRating(read, 133.3), source: { ...read.source, pu: 1 }, voltageBand: { minPu: 0.95, maxPu: 1.05 } }
    : read;
  const before = withTie(rated);
  const changes = [
    { name: 'main', to: 'open' },
    { name: 'tie', to: 'closed' },
  ] as const;
  const sites = sitesOf(before, big ? 35 : undefined, 42);
  const start = Math.floor(clock.now() / stepS) * stepS;
  const snap = (network: Network, ahead = steps) => ({
    ...snapshotOf(network, {
      sites,
      maxImportW: 14_000,
      maxExportW: 10_000,
      start,
      startS: 0,
      stepS,
      steps: ahead,
      seed: 1,
    }),
    now: clock.now(),
  });
  const base = snap(before);

  let orders: readonly Order[] = [];
  const parts: Omit<RunnerParts, 'host'> = {
    store: memoryStore(),
    clock,
    log: keptLog(),
    metrics: noMetrics,
    pen: 99999,
    snapshot: async () => base,
    standing: async () => ({ versions: new Map(), orders }),
    stepS,
    horizonS: steps * stepS,
  };
  const runner = (engine: string, more: Partial<RunnerParts> = {}) =>
    createEnvelopeRunner({
      ...parts,
      ...more,
      host: processHost(loadEngine(engine, {}, '.').engine, { wall: clock, deadlineS: 600 }),
    });
  const judge = (network: Network) => verification(network, { wall: clock, budgetS: 600, seed: 1 });
  await runner('box-robust', { verify: judge(before) }).run();

  const composer = runner('equal-share');
  const registered = new Map(base.devices.map(device => [device.id, device]));
  const orderS = await seconds(async () => {
    const members = base.devices.map((device): Member => ({
      ...device,
      site: device.id,
      importW: 3000,
      exportW: 3000,
      netW: 2000,
    }));
    orders = [orderOf(allocate({ kind: 'each', importW: 500 }, members, { belowFirm: false }).limits)];
    const told = await composer.compose([...registered.keys()], site => registered.get(site));
    if (told.sitesPublished === 0) throw new Error('nobody was told of the order');
  });
  orders = [];
  await composer.compose([...registered.keys()], site => registered.get(site));

  // What a server does: the next two hours on the network before and after, then the quick engine lowers what is published.
  let lowered = 0;
  const quickS = await seconds(async () => {
    const [now, after] = [snap(before, quickSteps), snap(switched(before, changes).network, quickSteps)];
    const scene = {
      first: 0,
      steps: quickSteps,
      views: [{ snapshot: after }],
      reason: 'emergency' as const,
      by: 'switching S-1',
    };
    const quick = runner('equal-share', { snapshot: async () => now, scenes: async () => [scene] });
    lowered = (await quick.run({ lowerOnly: true })).sitesPublished;
  });
  if (lowered === 0) throw new Error('switching lowered nothing: there is nothing to measure');
  const wholeS = await seconds(async () => {
    const { network } = switched(before, changes);
    const views = [
      { snapshot: base, verify: judge(before) },
      { snapshot: snap(network), verify: judge(network) },
    ];
    await runner('box-robust', {
      scenes: async () => [{ first: 0, steps, views, reason: 'emergency', by: 'switching S-1' }],
    }).run();
  });
  const rows = [
    { case: 'order to publication', value: orderS, baseline: wholeS },
    { case: `switching, quick answer, ${lowered} sites lowered`, value: quickS, baseline: wholeS },
    { case: 'switching, quick answer, against its bar', value: quickS, baseline: quickBarS },
    { case: 'switching, whole answer, against its bar', value: wholeS, baseline: wholeBarS },
  ];
  return {
    name: 'abnormal',
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${before.name}, ${sites.length} sites, one core`,
    results: rows.map(row => ({ ...row, unit: 's', ratio: row.value / row.baseline })),
  };
}

/** The first line of the feeder as a switch, and another way beside it that carries less. */
function withTie(network: Network): Network {
  const { head, topology } = powerFlow(network);
  const first = topology.branches.find(
    ({ from, line }) => line && (head?.line ? line === head.line : from === head?.to),
  )?.line;
  if (!first) throw new Error('the feeder has no line');
  const main: Line = { ...first, name: 'main', switch: 'closed' };
  const tie: Line = { ...first, name: 'tie', switch: 'open', ampacityA: 60 };
  return { ...network, lines: [main, tie, ...network.lines.filter(line => line !== first)] };
}

function orderOf(limits: Order['limits']): Order {
  const now = clock.now();
  return {
    id: 'R14-1',
    origin: 'operator',
    target: { kind: 'asset', id: 'main' },
    ask: { kind: 'each', importW: 500 },
    reason: 'emergency',
    belowFirm: false,
    start: now,
    releaseS: 600,
    createdAt: now,
    createdBy: 'bench',
    limits,
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const from = clock.monotonicMs();
  await work();
  return (clock.monotonicMs() - from) / 1000;
}
