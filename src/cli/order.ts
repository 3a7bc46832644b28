import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { Problem } from '../base/problem';
import { operatorReasons } from '../services/reasons';
import { type AddCommand, type Io } from './command';
import { numberOption } from './number-option';
import { allPages } from './operator-api';
import { moment, table } from './table';
import { durationOption, momentFrom } from './time-option';
import { withOperator } from './with-operator';

interface Order {
  readonly id: string;
  readonly state: string;
  readonly origin: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly ask: { readonly kind: string; readonly importW?: number; readonly exportW?: number };
  readonly reason: string;
  readonly start: number;
  readonly end?: number;
  readonly limits: Readonly<Record<string, { readonly importW?: number; readonly exportW?: number }>>;
}
interface Made {
  readonly order: Order;
  readonly controlsPublished: number;
  readonly shortW: { readonly import: number; readonly export: number };
  readonly unmeasured: number;
  readonly seconds: number;
}
interface Switching {
  readonly id: string;
  readonly changes: readonly { readonly name: string; readonly to: string }[];
  readonly at: number;
  readonly reason: string;
  readonly confirmedAt?: number;
  readonly cancelledAt?: number;
}

interface MakeOptions {
  site?: string;
  group?: string;
  asset?: string;
  each?: boolean;
  together?: boolean;
  reduce?: boolean;
  importW?: string;
  exportW?: string;
  reason: string;
  belowFirm?: boolean;
  start?: string;
  end?: string;
  release: string;
  id?: string;
  note?: string;
  json?: boolean;
}

const mostW = 3e13;
const at = (id: string): string => `/api/orders/${encodeURIComponent(id)}`;
const switchingAt = (id: string): string => `/api/switchings/${encodeURIComponent(id)}`;
const why = (more = 'why') => new Option('--reason <code>', more).choices([...operatorReasons]);

/** Curtailment orders and switching: abnormal operation. */
export const order: AddCommand = (program, io) => {
  const group = program
    .command('order')
    .description('abnormal operation: order sites to do less, let go again, tell of switching');
  const home = (dir: string) => resolve(io.cwd, dir);

  group
    .command('make')
    .argument('<dir>', 'folder of a running server')
    .option('--site <site>', 'one site')
    .option('--group <group>', 'all sites of a group')
    .option('--asset <name>', 'all sites below a transformer or line')
    .option('--each', 'no site above the watts given')
    .option('--together', 'the sum of the sites not above the watts given')
    .option('--reduce', 'by so many watts below what they draw or feed in now')
    .option('--import-w <w>', 'watts of import')
    .option('--export-w <w>', 'watts of export')
    .addOption(why().makeOptionMandatory())
    .option('--below-firm', 'may take sites below their firm limits')
    .option('--start <time>', 'now unless given; +15m, or a time such as 2026-10-12T08:30Z')
    .option('--end <time>', 'until it is released unless given')
    .option('--release <time>', 'how long limits take to come back, in three stages', '10m')
    .option('--id <id>', 'R14-n unless given')
    .option('--note <text>', 'more of it, for people')
    .option('--json')
    .description('order sites to do less, for a reason; published at once')
    .action(async (dir: string, options: MakeOptions) => {
      const made = await withOperator(home(dir), io, async api => {
        const { now } = await api.get<{ now: number }>('/api/health');
        return api.post<Made>('/api/orders', bodyOf(options, now));
      });
      if (options.json) io.out(JSON.stringify(made));
      else {
        const { controlsPublished, order: one, seconds, shortW, unmeasured } = made;
        const sites = Object.keys(one.limits).length;
        io.out(`order ${one.id}: ${sites} sites, ${controlsPublished} controls published in ${seconds.toFixed(2)} s`);
        for (const direction of ['import', 'export'] as const)
          if (shortW[direction] > 0)
            io.out(`  ${shortW[direction]} W of ${direction} are missing: firm limits stand in the way`);
        if (unmeasured > 0) io.out(`  ${unmeasured} sites have no fresh telemetry: nothing was counted on them`);
      }
    });

  group
    .command('list')
    .argument('<dir>')
    .option('--past', 'those that are over')
    .option('--json')
    .description('orders that stand')
    .action(async (dir: string, { json, past }: { json?: boolean; past?: boolean }) => {
      const path = `/api/orders?which=${past ? 'past' : 'standing'}`;
      const all = await withOperator(home(dir), io, api => allPages<Order>(api, path, 'orders'));
      if (json) io.out(JSON.stringify(all));
      else
        for (const line of table(
          ['ORDER', 'STATE', 'WHOM', 'WHAT', 'REASON', 'FROM', 'TO'],
          all.map(one => [
            one.id,
            one.state,
            `${one.target.kind} ${one.target.id}`,
            asked(one),
            one.reason,
            moment(one.start),
            one.end === undefined ? 'released' : moment(one.end),
          ]),
        ))
          io.out(line);
    });

  group
    .command('show')
    .argument('<dir>')
    .argument('<order>')
    .option('--json')
    .description('an order and what it allows each site')
    .action(async (dir: string, id: string, { json }: { json?: boolean }) => {
      const one = await withOperator(home(dir), io, api => api.get<Order>(at(id)));
      if (json) {
        io.out(JSON.stringify(one));
        return;
      }
      io.out(`order ${one.id}: ${one.state}, ${asked(one)} for ${one.target.kind} ${one.target.id}, ${one.reason}`);
      const rows = Object.entries(one.limits).map(([site, { exportW, importW }]) => [
        site,
        importW ?? '',
        exportW ?? '',
      ]);
      for (const line of table(['SITE', 'IMPORT W', 'EXPORT W'], rows)) io.out(line);
    });

  for (const [name, what] of [
    ['release', 'let go of an order: limits come back in stages'],
    ['cancel', 'take an order back: limits come back at once'],
  ] as const)
    group
      .command(name)
      .argument('<dir>')
      .argument('<order>')
      .option('--json')
      .description(what)
      .action(async (dir: string, id: string, { json }: { json?: boolean }) => {
        const one = await withOperator(home(dir), io, api => api.post<Order>(`${at(id)}/${name}`));
        io.out(json ? JSON.stringify(one) : `order ${one.id} is ${one.state}`);
      });

  switching(group, io, home);
};

function switching(group: Command, io: Io, home: (dir: string) => string): void {
  group
    .command('switch')
    .argument('<dir>')
    .option('--open <names...>', 'switches that open')
    .option('--close <names...>', 'switches that close')
    .option('--at <time>', 'now unless given; +2h, or a time such as 2026-10-12T08:30Z')
    .addOption(why().default('reconfiguration'))
    .option('--note <text>')
    .option('--json')
    .description('tell of switching, planned or done: reductions go out at once, the rest when it is confirmed')
    .action(
      async (
        dir: string,
        options: { open?: string[]; close?: string[]; at?: string; reason: string; note?: string; json?: boolean },
      ) => {
        const { close = [], json, note, open = [], reason } = options;
        const changes = [...open.map(name => ({ name, to: 'open' })), ...close.map(name => ({ name, to: 'closed' }))];
        if (changes.length === 0) throw new Problem('BAD_USAGE', { at: 'order switch', want: '--open or --close' });
        const made = await withOperator(home(dir), io, async api => {
          const { now } = await api.get<{ now: number }>('/api/health');
          return api.post<{
            event: Switching;
            islands: { buses: string[]; loads: string[] }[];
            controlsPublished: number;
            seconds: number;
          }>('/api/switchings', {
            changes,
            reason,
            ...(options.at !== undefined && { at: momentFrom(now, '--at', options.at) }),
            ...(note !== undefined && { note }),
          });
        });
        if (json) io.out(JSON.stringify(made));
        else {
          io.out(
            `switching ${made.event.id}: ${made.controlsPublished} controls published in ${made.seconds.toFixed(2)} s; the whole answer follows`,
          );
          for (const { buses, loads } of made.islands)
            io.out(`  without supply: ${buses.join(', ')}${loads.length > 0 ? ` with ${loads.join(', ')}` : ''}`);
        }
      },
    );

  group
    .command('switchings')
    .argument('<dir>')
    .option('--json')
    .description('switching events, oldest first')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const { events } = await withOperator(home(dir), io, api => api.get<{ events: Switching[] }>('/api/switchings'));
      if (json) io.out(JSON.stringify(events));
      else
        for (const line of table(
          ['EVENT', 'AT', 'WHAT', 'REASON', 'STATE'],
          events.map(({ at: when, cancelledAt, changes, confirmedAt, id, reason }) => [
            id,
            moment(when),
            changes.map(({ name, to }) => `${name} ${to}`).join(', '),
            reason,
            cancelledAt === undefined ? (confirmedAt === undefined ? 'open' : 'confirmed') : 'cancelled',
          ]),
        ))
          io.out(line);
    });

  for (const [name, path, what] of [
    ['confirm', 'confirm', 'say that the network is as a switching event says'],
    ['undo', 'cancel', 'take a switching event back: it did not happen and will not'],
  ] as const)
    group
      .command(name)
      .argument('<dir>')
      .argument('<event>', 'such as S-1')
      .option('--json')
      .description(what)
      .action(async (dir: string, id: string, { json }: { json?: boolean }) => {
        const event = await withOperator(home(dir), io, api => api.post<Switching>(`${switchingAt(id)}/${path}`));
        io.out(
          json ? JSON.stringify(event) : `switching ${event.id} is ${name === 'undo' ? 'cancelled' : 'confirmed'}`,
        );
      });
}

function bodyOf(options: MakeOptions, now: number): object {
  const {
    asset,
    belowFirm = false,
    each,
    end,
    exportW,
    group,
    id,
    importW,
    note,
    reason,
    reduce,
    release,
    site,
    start,
    together,
  } = options;
  const targets = [
    ['site', site],
    ['group', group],
    ['asset', asset],
  ].filter(([, name]) => name !== undefined);
  const kinds = [each && 'each', together && 'together', reduce && 'reduce'].filter(kind => typeof kind === 'string');
  if (targets.length !== 1)
    throw new Problem('BAD_USAGE', { at: 'order make', want: 'one of --site, --group, --asset' });
  if (kinds.length !== 1)
    throw new Problem('BAD_USAGE', { at: 'order make', want: 'one of --each, --together, --reduce' });
  if (importW === undefined && exportW === undefined)
    throw new Problem('BAD_USAGE', { at: 'order make', want: '--import-w, --export-w or both' });
  const [[kind, name]] = targets as [[string, string]];
  return {
    target: { kind, id: name },
    ask: {
      kind: kinds[0],
      ...(importW !== undefined && { importW: numberOption('--import-w', importW, 0, mostW) }),
      ...(exportW !== undefined && { exportW: numberOption('--export-w', exportW, 0, mostW) }),
    },
    reason,
    belowFirm,
    releaseS: durationOption('--release', release),
    ...(start !== undefined && { start: momentFrom(now, '--start', start) }),
    ...(end !== undefined && { end: momentFrom(now, '--end', end) }),
    ...(id !== undefined && { id }),
    ...(note !== undefined && { note }),
  };
}

const asked = ({ ask: { exportW, importW, kind } }: Order): string =>
  [kind, importW === undefined ? '' : `import ${importW} W`, exportW === undefined ? '' : `export ${exportW} W`]
    .filter(part => part !== '')
    .join(' ');
