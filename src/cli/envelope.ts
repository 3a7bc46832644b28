import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { type AddCommand } from './command';
import { compareEngines } from './envelope-compare';
import { type OfflineOptions, offlineOptions, runOffline, verifyFile } from './envelope-offline';
import { withOperator } from './with-operator';

interface Shown {
  readonly site: string;
  readonly now: number;
  readonly controls: readonly {
    from: number;
    to: number;
    importW: number;
    exportW: number;
    bound: { import: string; export: string };
    engine: string;
    mrid: string;
  }[];
}

interface Ran {
  readonly outcome: string;
  readonly controlsPublished: number;
  readonly sitesPublished: number;
  readonly seconds: number;
  readonly events: readonly string[];
}

/** Operating envelopes: compute them now, import them, show what is in force and what bound it. */
export const envelope: AddCommand = (program, io) => {
  const group = program
    .command('envelope')
    .description('operating envelopes: run the engine, import limits, show what is in force');
  const home = (dir: string) => resolve(io.cwd, dir);

  offlineOptions(
    group
      .command('run')
      .argument('[dir]', 'folder of a running server; not with --network')
      .option('--json')
      .description(
        'run the capacity engine now and publish; with --network, run one on a feeder file and verify its envelopes',
      ),
  ).action(async (dir: string | undefined, options: OfflineOptions) => {
    const { json, network } = options;
    if (network !== undefined) return runOffline({ ...options, network }, io);
    if (dir === undefined)
      throw new Problem('BAD_USAGE', { at: 'envelope run', want: 'the folder of a server, or --network FILE' });
    const result = await withOperator(home(dir), io, api => api.post<Ran>('/api/envelopes/run'));
    if (json) io.out(JSON.stringify(result));
    else {
      io.out(
        `${result.outcome}: ${result.controlsPublished} controls for ${result.sitesPublished} sites in ${result.seconds.toFixed(2)} s`,
      );
      for (const event of result.events) io.out(`  ${event}`);
    }
    if (result.outcome === 'fallback') io.exitCode = 1;
  });

  offlineOptions(
    group
      .command('compare')
      .argument('<engines...>', 'names; options after a colon: box-robust:{"direction":"one"}')
      .option('--svg <file>', 'also a picture: the worst excess by what the phases do')
      .description('several engines on one feeder file, judged alike: a table in Markdown'),
  ).action(async (engines: string[], options: OfflineOptions & { svg?: string }) => {
    const { network } = options;
    if (network === undefined) throw new Problem('BAD_USAGE', { at: 'envelope compare', want: '--network FILE' });
    await compareEngines(engines, { ...options, network }, io);
  });

  group
    .command('verify')
    .argument('<file>', 'envelopes that `headroom envelope run --network … --out FILE` wrote')
    .option('--samples <n>', 'random vertices and points, over all steps; corners come on top', '2000')
    .option('--seed <n>', 'seed of the samples', '1')
    .option('--json')
    .description(
      'judge envelopes by power flow, apart from the engine that made them: corners, adversarial and random points',
    )
    .action((file: string, options: { samples: string; seed: string; json?: boolean }) =>
      verifyFile(file, options, io),
    );

  group
    .command('import')
    .argument('<dir>')
    .argument('<file>', 'JSON: {"site","start","stepS","importW":[…],"exportW":[…]}, or a list of such')
    .option('--json', 'print one JSON array')
    .description(
      'publish limits computed elsewhere, through the same safety net; all are judged before the first is published',
    )
    .action(async (dir: string, file: string, { json = false }: { json?: boolean }) => {
      const path = resolve(io.cwd, file);
      const items = readItems(path);
      const { results } = await withOperator(home(dir), io, api =>
        api.post<{ results: Ran[] }>('/api/envelopes/import', { envelopes: items }),
      );
      if (json) {
        io.out(JSON.stringify(results.map((result, i) => ({ site: siteIn(items[i]), ...result }))));
        return;
      }
      for (const [i, { outcome, controlsPublished, events }] of results.entries()) {
        io.out(`site ${siteIn(items[i])}: ${outcome}, ${controlsPublished} controls`);
        for (const event of events) io.out(`  ${event}`);
      }
    });

  group
    .command('show')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .option('--json')
    .description('limits in force and to come, and what bound them')
    .action(async (dir: string, site: string, { json }: { json?: boolean }) => {
      const shown = await withOperator(home(dir), io, api =>
        api.get<Shown>(`/api/envelopes/${encodeURIComponent(site)}`),
      );
      if (json) io.out(JSON.stringify(shown));
      else if (shown.controls.length === 0)
        io.out('no envelope is in force: the firm limits of DefaultDERControl hold');
      else
        for (const c of shown.controls)
          io.out(
            `${stamp(c.from)} … ${stamp(c.to)}  import ${watt(c.importW)} (${c.bound.import})  export ${watt(c.exportW)} (${c.bound.export})`,
          );
    });
};

const siteIn = (item: unknown): string => String((item as { site?: unknown }).site);
const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
const watt = (w: number): string => `${w} W`.padStart(9);

function readItems(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read', cause });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: path, note: `not JSON: ${(cause as Error).message}`, cause });
  }
  if (Array.isArray(parsed) && parsed.length === 0)
    throw new Problem('BAD_PROFILE', { at: path, note: 'the list is empty: there is nothing to import' });
  return Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
}
