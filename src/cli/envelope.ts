import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { Problem } from '../base/problem';
import { operatorReasons } from '../services/reasons';
import { withdrawalReasons } from '../services/withdrawn';
import { type AddCommand } from './command';
import { compareEngines } from './envelope-compare';
import { explainCommands } from './envelope-explain';
import { productCommands } from './envelope-products';
import { type OfflineOptions, offlineOptions, runOffline, verifyFile } from './envelope-offline';
import { type RestsOn, restsOn } from './forecast-words';
import { allPages, type OperatorApi } from './operator-api';
import { moment, table } from './table';
import { momentFrom } from './time-option';
import { withOperator } from './with-operator';

interface Withdrawal {
  readonly reason: string;
  readonly note?: string;
  readonly from: number;
  readonly until?: number;
}

interface Standing {
  readonly site: string;
  readonly name: string;
  readonly inForce?: { readonly importW: number; readonly exportW: number; readonly to: number };
  readonly publishedUntil?: number;
  readonly withdrawal?: Withdrawal;
}

/** A limit for the sum over sites of an aggregator. */
interface Summed extends Omit<Standing, 'site' | 'withdrawal'> {
  readonly aggregator: string;
  readonly asset: string;
  readonly sites: readonly { readonly site: string; readonly name: string }[];
  readonly firmImportW: number;
  readonly firmExportW: number;
}

interface Shown {
  readonly site: string;
  readonly now: number;
  readonly withdrawal?: Withdrawal;
  readonly next?: number;
  readonly controls: readonly {
    from: number;
    to: number;
    importW: number;
    exportW: number;
    bound: { import: string; export: string };
    engine: string;
    mrid: string;
    forecasts?: NonNullable<RestsOn['forecasts']>;
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
  explainCommands(group, io);
  productCommands(group, io);

  offlineOptions(
    group
      .command('run')
      .argument('[dir]', 'folder of a running server; not with --network')
      .addOption(reason('why variable limits may be lower than what was published'))
      .option('--json')
      .description(
        'run the capacity engine now and publish; with --network, run one on a feeder file and verify its envelopes',
      ),
  ).action(async (dir: string | undefined, options: OfflineOptions & { reason?: string }) => {
    const { json, network } = options;
    if (network !== undefined) return runOffline({ ...options, network }, io);
    if (dir === undefined)
      throw new Problem('BAD_USAGE', { at: 'envelope run', want: 'the folder of a server, or --network FILE' });
    const result = await withOperator(home(dir), io, api =>
      api.post<Ran>('/api/envelopes/run', options.reason === undefined ? {} : { reason: options.reason }),
    );
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
    .addOption(reason('why limits may be lower than what was published; without one they may not'))
    .option('--json', 'print one JSON array')
    .description(
      'publish limits computed elsewhere, through the same safety net; all are judged before the first is published',
    )
    .action(async (dir: string, file: string, options: { json?: boolean; reason?: string }) => {
      const { json = false, reason: why } = options;
      const path = resolve(io.cwd, file);
      const items = readItems(path).map(item => withReason(item, why));
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
      const shown = await withOperator(home(dir), io, api => wholeEnvelope(api, site));
      if (json) {
        io.out(JSON.stringify(shown));
        return;
      }
      if (shown.withdrawal) io.out(withdrawn(shown.withdrawal));
      if (shown.controls.length === 0) io.out('no envelope is in force: the firm limits of DefaultDERControl hold');
      let before = '';
      for (const c of shown.controls) {
        io.out(
          `${stamp(c.from)} … ${stamp(c.to)}  import ${watt(c.importW)} (${c.bound.import})  export ${watt(c.exportW)} (${c.bound.export})`,
        );
        // Mostly all rest on the same: told where it changes.
        const rests = restsOn(c);
        if (rests.join('\n') !== before) for (const line of rests) io.out(line);
        before = rests.join('\n');
      }
    });

  group
    .command('list')
    .argument('<dir>')
    .option('--json')
    .description('what is in force at every site')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const all = await withOperator(home(dir), io, api => allPages<Standing>(api, '/api/envelopes', 'envelopes'));
      if (json) io.out(JSON.stringify(all));
      else
        for (const line of table(
          ['SITE', 'NAME', 'IMPORT W', 'EXPORT W', 'PUBLISHED UNTIL', ''],
          all.map(({ site, name, inForce, publishedUntil, withdrawal }) => [
            site,
            name,
            inForce?.importW ?? 'firm',
            inForce?.exportW ?? 'firm',
            publishedUntil === undefined ? '' : moment(publishedUntil),
            withdrawal ? withdrawn(withdrawal) : '',
          ]),
        ))
          io.out(line);
    });

  group
    .command('groups')
    .argument('<dir>')
    .option('--json')
    .description('limits for the sum over sites of an aggregator: what is in force; `show` has what is to come')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const { groups } = await withOperator(home(dir), io, api =>
        api.get<{ groups: Summed[] }>('/api/envelopes/groups'),
      );
      if (json) return io.out(JSON.stringify(groups));
      if (groups.length === 0) io.out('no aggregator has a limit for the sum of its sites');
      for (const line of table(
        ['AGGREGATOR', 'NAME', 'UNDER', 'SITES', 'SUM IMPORT W', 'SUM EXPORT W', 'PUBLISHED UNTIL'],
        groups.map(({ aggregator, asset, firmExportW, firmImportW, inForce, name, publishedUntil, sites }) => [
          aggregator,
          name,
          asset,
          sites.map(each => each.name).join(' '),
          inForce?.importW ?? `firm ${firmImportW}`,
          inForce?.exportW ?? `firm ${firmExportW}`,
          publishedUntil === undefined ? '' : moment(publishedUntil),
        ]),
      ))
        io.out(line);
    });

  group
    .command('withdraw')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .addOption(new Option('--reason <code>', 'why').choices([...withdrawalReasons]).makeOptionMandatory())
    .option('--note <text>', 'more of it, for people')
    .option('--from <time>', 'now unless given; +15m, or a time such as 2026-10-12T08:30Z')
    .option('--until <time>', 'until it is restored unless given')
    .option('--json')
    .description(
      'put a site on firm from now on (for planned reasons from the next step), or for a while, whatever the engine says',
    )
    .action(async (dir: string, site: string, options: WithdrawOptions) => {
      const { reason, note, from, until, json } = options;
      const done = await withOperator(home(dir), io, async api => {
        const { now } = await api.get<{ now: number }>('/api/health');
        return api.put<{ withdrawal: Withdrawal; controlsPublished: number }>(withdrawalAt(site), {
          reason,
          ...(note !== undefined && { note }),
          ...(from !== undefined && { from: momentFrom(now, '--from', from) }),
          ...(until !== undefined && { until: momentFrom(now, '--until', until) }),
        });
      });
      io.out(json ? JSON.stringify(done) : `${site}: ${withdrawn(done.withdrawal)}`);
    });

  group
    .command('restore')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .option('--json')
    .description('end a withdrawal; the next run gives the site what there is room for')
    .action(async (dir: string, site: string, { json }: { json?: boolean }) => {
      await withOperator(home(dir), io, api => api.remove(withdrawalAt(site)));
      io.out(json ? JSON.stringify({ restored: site }) : `${site} is restored`);
    });
};

const reason = (what: string) => new Option('--reason <code>', what).choices([...operatorReasons]);

/** An item that names a reason of its own keeps it. */
const withReason = (item: unknown, why: string | undefined): unknown =>
  why === undefined || typeof item !== 'object' || item === null ? item : { reason: why, ...item };

interface WithdrawOptions {
  reason: string;
  note?: string;
  from?: string;
  until?: string;
  json?: boolean;
}

const withdrawalAt = (site: string): string => `/api/envelopes/${encodeURIComponent(site)}/withdrawal`;

const withdrawn = ({ reason, note, from, until }: Withdrawal): string =>
  `withdrawn: ${reason}${note === undefined ? '' : ` (${note})`}, from ${moment(from)} ${until === undefined ? 'until it is restored' : `to ${moment(until)}`}`;

async function wholeEnvelope(api: OperatorApi, site: string): Promise<Shown> {
  const path = `/api/envelopes/${encodeURIComponent(site)}?limit=10000`;
  let { next, ...shown } = await api.get<Shown>(path);
  while (next !== undefined) {
    const page: Shown = await api.get<Shown>(`${path}&after=${next}`);
    shown = { ...shown, controls: [...shown.controls, ...page.controls] };
    ({ next } = page);
  }
  return shown;
}

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
