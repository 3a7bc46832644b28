import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { type Io } from './command';
import { barsSvg } from './bars-svg';
import { type OfflineOptions, settingsOf } from './envelope-offline';
import { fairness } from './envelope-figures';
import { judge, runEngine, studyNetwork, studySnapshot } from './envelope-study';
import { numberOption } from './number-option';

interface Compared {
  readonly label: string;
  readonly cells: readonly string[];
  /** Worst excess of each phase pattern over all steps, per unit; the same order for every engine. */
  readonly patterns: ReadonlyMap<string, number>;
}

/**
 * Engines side by side on one feeder, as a Markdown table, and as a picture of the worst excess of every phase pattern. An engine may have
 * options after a colon: `box-robust:{"direction":"one"}`.
 */
export async function compareEngines(
  engines: readonly string[],
  given: OfflineOptions & { network: string; svg?: string },
  io: Io,
): Promise<void> {
  const settings = settingsOf(given, io);
  const samples = numberOption('--samples', given.samples, 0, 10_000_000);
  const network = studyNetwork(settings.network, settings);
  const snapshot = studySnapshot(network, settings);
  const all: Compared[] = [];
  for (const spec of engines) {
    io.stop.throwIfAborted();
    io.say(`${spec} …`);
    const colon = spec.indexOf(':{');
    const [name, options] = colon < 0 ? [spec, undefined] : [spec.slice(0, colon), jsonOf(spec.slice(colon + 1))];
    const from = io.clock.monotonicMs();
    const run = await runEngine(snapshot, name, options, io.cwd, io.stop);
    const ms = (io.clock.monotonicMs() - from) / snapshot.steps;
    const patterns = new Map<string, number>();
    const found = judge(network, snapshot, run, samples, settings.seed, (kind, where, excess) => {
      if (kind === 'pattern') patterns.set(where, Math.max(patterns.get(where) ?? -Infinity, excess));
    });
    const { byKind } = found;
    const of = (...kinds: (keyof typeof byKind)[]): string =>
      `${kinds.reduce((sum, kind) => sum + byKind[kind].broken, 0)} of ${kinds.reduce((sum, kind) => sum + byKind[kind].samples, 0)}`;
    const volts = found.breaches.find(({ kind }) => kind === 'high' || kind === 'low');
    all.push({
      label: [name, ...Object.values(options ?? {})].join(' '),
      patterns,
      cells: [
        `\`${spec}\``,
        kilo(run.meanImportW),
        kilo(run.meanExportW),
        of('pattern'),
        of('adversarial'),
        of('vertex', 'point'),
        volts ? `${(100 * volts.excess).toFixed(1)} %` : 'none',
        fairness(run.envelopes, 'importW').jain.toFixed(2),
        ms.toFixed(1),
      ],
    });
  }
  const header = [
    'Engine',
    'import kW',
    'export kW',
    'patterns broken',
    'adversarial broken',
    'random broken',
    'worst voltage',
    'Jain',
    'ms a step',
  ];
  for (const row of [header, header.map(() => '---'), ...all.map(({ cells }) => cells)])
    io.out(`| ${row.join(' | ')} |`);
  if (given.svg === undefined) return;
  const names = [...new Set(all.flatMap(({ patterns }) => [...patterns.keys()]))];
  const svg = barsSvg({
    title: `Worst excess of any limit, by what the phases do: ${network.name}, ${snapshot.devices.length} sites, ${snapshot.steps} steps`,
    unit: '% beyond the limit',
    series: all.map(({ label, patterns }) => ({
      label,
      values: names.map(name => 100 * Math.max(0, patterns.get(name) ?? 0)),
    })),
    columns: names.map(shortOf),
  });
  writeFileSync(resolve(io.cwd, given.svg), svg);
}

/** `phase 1 at its export limit, phase 2 …` as one sign for each of three phases: −, 0 or +. */
function shortOf(where: string): string {
  const signs = new Map<string, string>();
  for (const [, phase = '', way] of where.matchAll(/phase ([\d.]+) at its (\w+) limit/g))
    signs.set(phase, way === 'export' ? '−' : '+');
  return ['1', '2', '3'].map(phase => signs.get(phase) ?? '0').join('');
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: 'engines', want: 'NAME or NAME:{"option":value}', got: text, cause });
  }
}

const kilo = (w: number): string => (w / 1000).toFixed(2);
