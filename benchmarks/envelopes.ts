/**
 * `npm run bench -- envelopes`: milliseconds an engine takes for one step of the IEEE European LV feeder with 35 of 55 sites active (or of
 * Oak Street where that feeder is not beside the repository), and what verifying costs. The baseline is `equal-share`, which solves no power
 * flow; of box-robust on one core it is the bar of 60 ms. Then ten thousand sites, end to end (envelope-scale.ts); `--whole` computes all of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { seededRandom } from '../src/base/random';
import { neededOptions } from '../src/cli/demo/engine-needs';
import { type Envelope, envelopesOf, type Snapshot } from '../src/engines/api';
import { engineNames, loadEngine } from '../src/engines';
import { sitesOf, snapshotOf } from '../src/engines/network-snapshot';
import { type Network } from '../src/grid/network';
import { withHeadRating } from '../src/grid/assets';
import { drawsInStep } from '../src/grid/passive-draws';
import { reduced } from '../src/grid/reduce';
import { Verifier } from '../src/grid/verify';
import { hostOf } from '../src/services/engine-host';
import { planFleet } from '../src/sim/fleet-plan';
import { scaleRows } from './envelope-scale';
import { benchFeeder } from './grid';
import { type BenchResult } from './result';

const clock = new SystemClock();
const steps = 24;
const barMs = 60;

export async function envelopes(args: readonly string[]): Promise<BenchResult> {
  const read = benchFeeder();
  const big = read.loads.length >= 35;
  const feeder = big
    ? { ...withHeadRating(read, 133.3), source: { ...read.source, pu: 1 }, voltageBand: { minPu: 0.95, maxPu: 1.05 } }
    : read;
  const snapshot = snapshotOf(feeder, {
    sites: sitesOf(feeder, big ? 35 : undefined, 42),
    maxImportW: 14_000,
    maxExportW: 10_000,
    start: 0,
    startS: 6 * 3600,
    stepS: 1800,
    steps,
    seed: 1,
  });
  const base = await timeOf(snapshot, 'equal-share', {});
  const cases = [
    ['worst-hour', {}],
    ['headroom', { policy: 'proportional' }],
    ['oe1', {}],
    ['box-robust', {}],
    ['box-robust', { direction: 'one' }],
    ['box-robust', { policy: 'max-min' }],
    ['box-robust', { policy: 'proportional' }],
    ['box-robust', { policy: 'sum' }],
    ['box-robust', { policy: 'sum', leastShare: 0.8 }],
  ] as const;
  const others = await withNeeds(
    feeder,
    snapshot,
    engineNames.filter(name => name !== 'equal-share' && !cases.some(([each]) => each === name)),
  );
  const rows: { case: string; value: number; baseline: number }[] = [
    { case: 'equal-share', value: base.ms, baseline: base.ms },
  ];
  let robust: readonly Envelope[] = [];
  for (const [name, options] of cases) {
    const { answer, ms } = await timeOf(snapshot, name, options);
    if (name === 'box-robust' && robust.length === 0) robust = answer;
    const label = Object.keys(options).length > 0 ? `${name} ${JSON.stringify(options)}` : name;
    rows.push({ case: label, value: ms, baseline: name === 'box-robust' ? barMs : base.ms });
  }
  rows.push(...others.map(({ ms, name }) => ({ case: name, value: ms, baseline: base.ms })));
  const again = await hostMs(snapshot, 'box-robust');
  rows.push(
    { case: 'box-robust, threads over all cores', value: again.first, baseline: barMs },
    { case: 'the same again, nothing changed', value: again.second, baseline: again.first },
  );
  const whole = verifyMs(snapshot, new Verifier(feeder, { seed: 1, vertices: 5, points: 5 }), robust);
  const small = reduced(
    feeder,
    snapshot.devices.flatMap(({ bus }) => bus ?? []),
  );
  const quick = verifyMs(snapshot, new Verifier(small, { seed: 1, vertices: 5, points: 5 }), robust);
  rows.push({ case: 'verify a step, reduced feeder', value: quick, baseline: whole });
  const scale = await scaleRows(feeder, { whole: args.includes('--whole') });
  return {
    name: 'envelopes',
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${feeder.name}, ${snapshot.devices.length} sites, one core`,
    results: [...rows.map(row => ({ ...row, unit: 'ms/step' })), ...scale].map(row => ({
      ...row,
      ratio: row.value / row.baseline,
    })),
  };
}

/** Engines that cannot do without a profile, a history or one another: with what a demo makes for them, from the same feeder. */
async function withNeeds(network: Network, read: Snapshot, names: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  try {
    const buses = new Set(read.devices.map(({ bus }) => bus));
    const random = seededRandom(1);
    // Everybody has panels, and so is a site of the plan.
    const { sites } = planFleet(network, { midnight: read.start, random, pvShare: 1 });
    const plan = {
      sites: sites.filter(({ bus }) => buses.has(bus)),
      passive: network.loads.filter(({ bus }) => !buses.has(bus)),
    };
    const ids = new Map(plan.sites.map(({ bus }, i) => [bus, String(i + 1)])); // as histories name them
    const devices = read.devices.map((device, i) => ({
      ...device,
      id: ids.get(device.bus ?? '') ?? device.id,
      ...(i % 2 === 0 && { aggregator: 'aggregator' }),
    }));
    const found: { name: string; ms: number }[] = [];
    for (const name of names) {
      const options = neededOptions(name, { dir, network, plan, timeZone: 'UTC', random, midnightS: 0 }) ?? {};
      found.push({ name, ms: (await timeOf({ ...read, devices }, name, options, dir)).ms });
    }
    return found;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function timeOf(
  snapshot: Snapshot,
  name: string,
  options: unknown,
  dir = '.',
): Promise<{ ms: number; answer: readonly Envelope[] }> {
  const signal = new AbortController().signal;
  // Once to warm up; a fresh engine then, so that nothing is remembered.
  await loadEngine(name, options, dir).engine.compute(snapshot, signal);
  const { engine } = loadEngine(name, options, dir);
  const from = clock.monotonicMs();
  const answer = envelopesOf(await engine.compute(snapshot, signal));
  return { ms: (clock.monotonicMs() - from) / snapshot.steps, answer };
}

/** Through the engine host of a server: threads over all cores, then once more, when every step is as it was. */
async function hostMs(snapshot: Snapshot, name: string): Promise<{ first: number; second: number }> {
  const host = hostOf(loadEngine(name, {}, '.'), { wall: clock, deadlineS: 600, log: silentLog });
  // Threads start and get warm on another load.
  await host.compute({ ...snapshot, seed: 2 });
  const times: number[] = [];
  for (let i = 0; i < 2; i++) {
    const from = clock.monotonicMs();
    await host.compute(snapshot);
    times.push((clock.monotonicMs() - from) / snapshot.steps);
  }
  await host.close();
  return { first: times[0] ?? NaN, second: times[1] ?? NaN };
}

function verifyMs({ devices, passive = [] }: Snapshot, verifier: Verifier, answer: readonly Envelope[]): number {
  const at = new Map(devices.map(device => [device.id, device]));
  const from = clock.monotonicMs();
  const count = 6;
  for (let step = 0; step < count; step++)
    verifier.verify(
      drawsInStep(passive, step),
      answer.map(({ device, exportW, importW }) => ({
        site: device,
        bus: at.get(device)?.bus ?? '',
        phases: at.get(device)?.phases ?? [],
        importW: importW[step] ?? 0,
        exportW: exportW[step] ?? 0,
      })),
      step,
    );
  return (clock.monotonicMs() - from) / count;
}
