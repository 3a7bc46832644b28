import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command } from 'commander';
import { Problem } from '../base/problem';
import { type Envelope } from '../engines/api';
import { type Io } from './command';
import { fairness, groupWords } from './envelope-figures';
import {
  type Judgement,
  judge,
  runEngine,
  type Study,
  type StudySettings,
  studyNetwork,
  studySnapshot,
} from './envelope-study';
import { numberOption } from './number-option';

export interface OfflineOptions {
  readonly network?: string;
  readonly engine: string;
  readonly engineOptions?: string;
  readonly active?: string;
  readonly aggregators?: string;
  readonly maxImport: string;
  readonly maxExport: string;
  readonly headKva?: string;
  readonly sourcePu?: string;
  readonly band?: string;
  readonly minute: string;
  readonly step: string;
  readonly steps: string;
  readonly seed: string;
  readonly samples: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The options of a run without a server, for `headroom envelope run --network`. */
export function offlineOptions(command: Command): Command {
  return command
    .option('--network <file>', 'a feeder file: run without a server, verify, publish nothing')
    .option('--engine <name>', 'capacity engine: a name, or the path of a module', 'box-robust')
    .option('--engine-options <json>', 'its options; file names in them are relative to the current folder')
    .option('--active <n>', 'so many of the loads are sites; all that are marked as sites unless given')
    .option(
      '--aggregators <n>',
      'so many aggregators speak for the sites, each for neighbours in the file: for the engine `group`',
    )
    .option('--max-import <w>', 'most a site may import, W', '14000')
    .option('--max-export <w>', 'most a site may export, W', '10000')
    .option('--head-kva <kva>', 'another rating for the head of the feeder')
    .option('--source-pu <pu>', 'another voltage of the source')
    .option('--band <min,max>', 'another voltage band, per unit: 0.95,1.05')
    .option('--minute <n>', 'minute of the load shapes at which the first step begins', '1')
    .option('--step <s>', 'length of a step', '1800')
    .option('--steps <n>', 'number of steps', '48')
    .option('--seed <n>', 'seed of everything random', '1')
    .option('--samples <n>', 'random vertices and points to verify, over all steps; corners come on top', '2000')
    .option('--out <file>', 'write the envelopes there, for `headroom envelope verify`');
}

export async function runOffline(given: OfflineOptions & { network: string }, io: Io): Promise<void> {
  const settings = settingsOf(given, io);
  const engineOptions = optionsOf(given.engineOptions);
  const samples = numberOption('--samples', given.samples, 0, 10_000_000);
  const network = studyNetwork(settings.network, settings);
  const snapshot = studySnapshot(network, settings);
  const engine = /[/\\]/.test(given.engine) ? resolve(io.cwd, given.engine) : given.engine;
  const from = io.clock.monotonicMs();
  const run = await runEngine(snapshot, engine, engineOptions, io.cwd, io.stop);
  const ms = io.clock.monotonicMs() - from;
  const planned = await runEngine(snapshot, 'worst-hour', {}, io.cwd, io.stop);
  const found = judge(network, snapshot, run, samples, settings.seed);
  const study: Study = {
    format: 'headroom-envelopes/1',
    settings,
    engine: given.engine,
    ...(engineOptions === undefined ? {} : { engineOptions }),
    envelopes: run.envelopes,
    ...(run.groups.length > 0 && { groups: run.groups }),
  };
  if (given.out !== undefined) writeFileSync(resolve(io.cwd, given.out), `${JSON.stringify(study)}\n`);
  if (!found.passed) io.exitCode = 1;
  if (given.json) {
    io.out(JSON.stringify({ ...study, notices: run.notices, seconds: ms / 1000, verified: found }));
    return;
  }
  const [i, e] = (['importW', 'exportW'] as const).map(way => fairness(run.envelopes, way));
  io.out(
    `${network.name}, engine ${given.engine}: ${snapshot.devices.length} sites, ${snapshot.steps} steps of ${snapshot.stepS} s`,
  );
  io.out(
    `mean limits: import ${kilo(run.meanImportW)} kW, export ${kilo(run.meanExportW)} kW; fairness ${part(i?.jain)} and ${part(e?.jain)} (Jain)`,
  );
  io.out(
    `planning for the worst hour: import ${kilo(planned.meanImportW)} kW, export ${kilo(planned.meanExportW)} kW, by loading alone`,
  );
  io.out(`computed in ${(ms / Math.max(1, snapshot.steps)).toFixed(1)} ms a step`);
  for (const group of run.groups) io.out(groupWords(group, run.envelopes));
  for (const text of run.notices) io.out(`note: ${text}`);
  print(found, io);
}

/** Judges envelopes that `--out` wrote. */
export function verifyFile(file: string, given: { samples: string; seed: string; json?: boolean }, io: Io): void {
  const path = resolve(io.cwd, file);
  const study = studyFrom(path);
  const network = studyNetwork(resolve(dirname(path), study.settings.network), study.settings);
  const found = judge(
    network,
    studySnapshot(network, study.settings),
    study,
    numberOption('--samples', given.samples, 0, 10_000_000),
    numberOption('--seed', given.seed, 0, 4_294_967_295),
  );
  if (!found.passed) io.exitCode = 1;
  if (given.json) io.out(JSON.stringify(found));
  else print(found, io);
}

function print(found: Judgement, io: Io): void {
  const kinds = Object.entries(found.byKind).map(([kind, { broken, samples }]) => `${kind} ${broken} of ${samples}`);
  io.out(`verified: ${found.broken} of ${found.samples} samples break a limit (${kinds.join(', ')})`);
  io.out(
    `a random point breaks one with a probability below ${(100 * found.probabilityBelow).toPrecision(2)} % (95 %)`,
  );
  const [first] = found.atRest;
  if (first) io.out(`broken with every site at rest: ${first.text}, ${first.value.toFixed(4)} against ${first.limit}`);
  for (const { limit, samples, step, text, value, where } of found.breaches.slice(0, 5))
    io.out(`  ${text}: ${value.toFixed(4)} against ${limit} in step ${step}, ${where}; broken in ${samples} samples`);
  if (found.breaches.length > 5) io.out(`  … and ${found.breaches.length - 5} more limits`);
}

/** @throws Problem BAD_USAGE for an option that is out of range */
export function settingsOf(given: OfflineOptions & { network: string }, io: Io): StudySettings {
  const whole = (name: string, text: string, min: number, max: number): number => {
    const value = numberOption(name, text, min, max);
    if (!Number.isInteger(value)) throw new Problem('BAD_USAGE', { at: name, want: 'a whole number', got: text });
    return value;
  };
  return {
    network: resolve(io.cwd, given.network),
    ...(given.active === undefined ? {} : { active: whole('--active', given.active, 1, 1_000_000) }),
    ...(given.aggregators === undefined
      ? {}
      : { aggregators: whole('--aggregators', given.aggregators, 1, 1_000_000) }),
    maxImportW: numberOption('--max-import', given.maxImport, 0, 1e9),
    maxExportW: numberOption('--max-export', given.maxExport, 0, 1e9),
    ...(given.headKva === undefined ? {} : { headKva: numberOption('--head-kva', given.headKva, 0.001, 1e7) }),
    ...(given.sourcePu === undefined ? {} : { sourcePu: numberOption('--source-pu', given.sourcePu, 0.5, 1.5) }),
    ...(given.band === undefined ? {} : { band: bandOf(given.band) }),
    minute: whole('--minute', given.minute, 1, 10_000_000),
    stepS: whole('--step', given.step, 1, 86_400),
    steps: whole('--steps', given.steps, 1, 10_000),
    seed: whole('--seed', given.seed, 0, 4_294_967_295),
  };
}

function bandOf(text: string): readonly [number, number] {
  const [min = NaN, max = NaN, ...rest] = text.split(',').map(Number);
  if (!(min > 0 && min < 1 && max > 1 && max < 2) || rest.length > 0)
    throw new Problem('BAD_USAGE', { at: '--band', want: 'two numbers around 1, as in 0.95,1.05', got: text });
  return [min, max];
}

/** @throws Problem BAD_USAGE for what is no JSON */
export function optionsOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: '--engine-options', want: 'JSON', got: text, cause });
  }
}

function studyFrom(path: string): Study {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read as JSON', cause });
  }
  const study = value as Partial<Study> | null;
  const list = (w: unknown): boolean => Array.isArray(w) && w.every(each => typeof each === 'number' && each >= 0);
  const good =
    study?.format === 'headroom-envelopes/1' &&
    typeof study.settings?.network === 'string' &&
    Array.isArray(study.envelopes) &&
    (study.envelopes as readonly Partial<Envelope>[]).every(
      each => typeof each.device === 'string' && list(each.importW) && list(each.exportW),
    ) &&
    (study.groups ?? []).every(each => Array.isArray(each.devices) && list(each.importW) && list(each.exportW));
  if (!good)
    throw new Problem('BAD_USAGE', {
      at: path,
      want: 'a file that `headroom envelope run --network … --out FILE` wrote',
    });
  return study as Study;
}

const kilo = (w: number): string => (w / 1000).toFixed(2);
const part = (share = 0): string => share.toFixed(2);
