/** Contracts of a site and what comes of them: `headroom envelope contract`, `contracts`, `collections`, `reductions`, `shortfalls`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { Problem } from '../base/problem';
import { overIca } from '../services/products/ica';
import { type Letter, readLetter } from '../services/products/letter';
import { figuresFromCsv } from '../services/products/letter-csv';
import { type Io } from './command';
import { numberOption } from './number-option';
import { allPages } from './operator-api';
import { moment, table } from './table';
import { durationOption } from './time-option';
import { withOperator } from './with-operator';

interface Version {
  readonly version: number;
  readonly contract: string;
  readonly format: string;
  readonly product: string;
  readonly purpose: string;
  readonly effectiveAt: number;
  readonly endsAt?: number;
}

interface ContractOptions {
  contract?: string;
  effectiveAt?: string;
  endsAt?: string;
  purpose?: string;
  product?: string;
  timeZone?: string;
  notice?: string;
  firmAfterLoss?: string;
  lossBy: string;
  ica?: string;
  icaBuffer: string;
  note?: string;
  json?: boolean;
}

export function productCommands(group: Command, io: Io): void {
  const home = (dir: string) => resolve(io.cwd, dir);
  const sitePath = (site: string) => `/api/sites/${encodeURIComponent(site)}/contracts`;

  group
    .command('contract')
    .argument('<dir>', 'folder of a server')
    .argument('<site>', 'id, name or LFDI')
    .argument(
      '<file>',
      'JSON of a letter, or its figures as CSV: LLL season,months,hour,watts; LGP hour,watts and others',
    )
    .option('--contract <id>', 'what the paper is called; with CSV')
    .option('--effective-at <time>', 'local date such as 2026-12-01, with a time or not')
    .option('--ends-at <time>', 'of a temporary one')
    .addOption(new Option('--purpose <purpose>').choices(['bridging', 'non-bridging']))
    .addOption(new Option('--product <product>').choices(['static', 'variable', 'dynamic']))
    .option('--time-zone <zone>', 'of its hours and dates; that of the server unless given')
    .option('--notice <time>', 'least notice of a reduction, such as 24h')
    .option('--firm-after-loss <time>', 'when a site that lost contact is on firm, 0 to 72h')
    .addOption(new Option('--loss-by <who>', 'who sees to that').choices(['device', 'horizon']).default('device'))
    .option(
      '--ica <file>',
      'of an LGP: integration capacity as CSV month,hour,watts; nothing is entered where the profile is above it',
    )
    .option('--ica-buffer <percent>', 'of that capacity, kept free', '10')
    .option('--note <text>')
    .option('--json')
    .description('enter the next contract version of a site: firm floors, LLL, LGP; it holds from its date on')
    .action(async (dir: string, site: string, file: string, options: ContractOptions) => {
      const letter = { ...readLetterFile(resolve(io.cwd, file)), ...fieldsOf(options) };
      if (options.ica !== undefined)
        checkIca(letter, resolve(io.cwd, options.ica), numberOption('--ica-buffer', options.icaBuffer, 0, 100));
      const made = await withOperator(home(dir), io, api =>
        api.post<{ version: Version; controlsPublished: number }>(sitePath(site), letter),
      );
      if (options.json) io.out(JSON.stringify(made));
      else
        io.out(
          `${site}: version ${made.version.version}, ${made.version.contract}, ${made.version.product}, from ${moment(made.version.effectiveAt)}`,
        );
    });

  group
    .command('contracts')
    .argument('<dir>')
    .argument('<site>', 'id, name or LFDI')
    .option('--json')
    .description('contract versions of a site and the one in force')
    .action(async (dir: string, site: string, { json }: { json?: boolean }) => {
      const shown = await withOperator(home(dir), io, api =>
        api.get<{ versions: Version[]; inForce?: Version }>(sitePath(site)),
      );
      if (json) io.out(JSON.stringify(shown));
      else
        for (const line of table(
          ['VERSION', 'CONTRACT', 'FORMAT', 'PRODUCT', 'PURPOSE', 'FROM', 'TO', ''],
          shown.versions.map(one => [
            one.version,
            one.contract,
            one.format,
            one.product,
            one.purpose,
            moment(one.effectiveAt),
            one.endsAt === undefined ? '' : moment(one.endsAt),
            one.version === shown.inForce?.version ? 'in force' : '',
          ]),
        ))
          io.out(line);
    });

  lists(group, io, home);
}

function lists(group: Command, io: Io, home: (dir: string) => string): void {
  const add = <Row>(
    name: string,
    {
      header,
      list,
      paged = true,
      path,
      row,
      what,
    }: {
      path: string;
      list: string;
      paged?: boolean;
      what: string;
      header: readonly string[];
      row: (one: Row) => (string | number)[];
    },
  ) =>
    group
      .command(name)
      .argument('<dir>')
      .option('--json')
      .description(what)
      .action(async (dir: string, { json }: { json?: boolean }) => {
        const all = await withOperator(home(dir), io, api =>
          paged
            ? allPages<Row>(api, path, list)
            : api.get<Record<string, Row[]>>(path).then(found => found[list] ?? []),
        );
        if (json) io.out(JSON.stringify(all));
        else for (const line of table(header, all.map(row))) io.out(line);
      });

  interface CollectionRow {
    number: number;
    publishedAt: number;
    effectiveAt: number;
    until: number;
    sites: number;
    controls: number;
    engine: string;
  }
  add<CollectionRow>('collections', {
    path: '/api/envelope-collections',
    list: 'collections',
    what: 'collections of variable limits, oldest first',
    header: ['NUMBER', 'PUBLISHED', 'IN EFFECT', 'UNTIL', 'SITES', 'CONTROLS', 'ENGINE'],
    row: one => [
      one.number,
      moment(one.publishedAt),
      moment(one.effectiveAt),
      moment(one.until),
      one.sites,
      one.controls,
      one.engine,
    ],
  });
  interface ReductionRow {
    at: number;
    reason: string;
    order?: string;
    sites: number;
    noticeS: { least: number; median: number; most: number };
    worstW: number;
    wh: number;
  }
  add<ReductionRow>('reductions', {
    path: '/api/reductions',
    list: 'reductions',
    what: 'reductions of what was published, by reason, with their notice',
    header: ['AT', 'REASON', 'ORDER', 'SITES', 'NOTICE S', 'WORST W', 'WH'],
    row: one => [
      moment(one.at),
      one.reason,
      one.order ?? '',
      one.sites,
      `${one.noticeS.least} … ${one.noticeS.most}`,
      one.worstW,
      one.wh,
    ],
  });
  interface ShortfallRow {
    direction: string;
    shortW: number;
    from: number;
    to: number;
    text: string;
  }
  add<ShortfallRow>('shortfalls', {
    path: '/api/firm-shortfalls',
    paged: false,
    list: 'shortfalls',
    what: 'firm limits that the latest run could not give; they were kept all the same',
    header: ['DIRECTION', 'SHORT W', 'FROM', 'TO', 'WHAT'],
    row: one => [one.direction, one.shortW, moment(one.from), moment(one.to), one.text],
  });
}

function fieldsOf(options: ContractOptions): Record<string, unknown> {
  const { contract, effectiveAt, endsAt, firmAfterLoss, lossBy, note, notice, product, purpose, timeZone } = options;
  return {
    ...(contract !== undefined && { contract }),
    ...(effectiveAt !== undefined && { effectiveAt }),
    ...(endsAt !== undefined && { endsAt }),
    ...(purpose !== undefined && { purpose }),
    ...(product !== undefined && { product }),
    ...(timeZone !== undefined && { timeZone }),
    ...(note !== undefined && { note }),
    ...(notice !== undefined && { noticeS: durationOption('--notice', notice) }),
    ...(firmAfterLoss !== undefined && {
      loss: { firmAfterLossS: durationOption('--firm-after-loss', firmAfterLoss), by: lossBy },
    }),
  };
}

/** @throws Problem BAD_PROFILE that names the first month and hour in which there is less room than the profile wants */
function checkIca(letter: object, file: string, bufferPercent: number): void {
  const read = (from: object, at: string) =>
    readLetter({ contract: 'ICA', effectiveAt: 0, ...from } as Letter, { at, code: 'BAD_PROFILE', timeZone: 'UTC' })
      .firm.export;
  const profile = read({ ...letter, effectiveAt: 0, product: 'static' }, 'profile');
  const room = read(readLetterFile(file), file);
  if (!profile || !room)
    throw new Problem('BAD_USAGE', { at: '--ica', want: 'a generation profile, and its capacity as month,hour,watts' });
  const over = overIca(profile, room, bufferPercent / 100);
  const [first] = over;
  if (first)
    throw new Problem('BAD_PROFILE', {
      at: file,
      note: `the profile is above it in ${over.length} of 288 months and hours, first in month ${first.month}, hour ${first.hour}`,
      want: `at most ${first.roomW} W`,
      got: first.profileW,
    });
}

function readLetterFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: path, note: 'cannot be read', cause });
  }
  if (/\.csv$/i.test(path)) return figuresFromCsv(text, path);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: path, note: `not JSON: ${(cause as Error).message}`, cause });
  }
  throw new Problem('BAD_PROFILE', { at: path, want: 'one letter as a JSON object' });
}
