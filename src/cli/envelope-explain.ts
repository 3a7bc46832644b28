/** Why limits are what they are: `headroom envelope explain` and `report`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command } from 'commander';
import { Problem } from '../base/problem';
import { type Account, type BoundShare, type SideAccount } from '../services/explain/account';
import { type Stretch } from '../services/explain/intervals';
import { type Io } from './command';
import { type OfflineOptions, offlineOptions } from './envelope-offline';
import { type Explanation, explanationOf, timeQuery } from './envelope-report/intervals';
import { reportOffline, reportOfServer } from './envelope-report/make';
import { percent } from './envelope-report/plots';
import { moment, table } from './table';
import { momentFrom } from './time-option';
import { withOperator } from './with-operator';

interface TimeOptions {
  readonly from?: string;
  readonly to?: string;
}

type FleetSide = Account['import'] & { readonly kinds: readonly BoundShare[] };
interface Fleet extends Stretch {
  readonly plannedAt?: number;
  readonly sites: number;
  readonly import: FleetSide;
  readonly export: FleetSide;
}

export function explainCommands(group: Command, io: Io): void {
  const home = (dir: string) => resolve(io.cwd, dir);
  const timed = (command: Command) =>
    command
      .option('--from <time>', 'now unless given; a time such as 2026-10-12T08:30Z, also one that is over')
      .option('--to <time>', 'the end of what the latest run looked ahead unless given');
  const stretch = ({ from, to }: TimeOptions): Partial<Stretch> => ({
    ...(from !== undefined && { from: momentFrom(Math.floor(io.clock.now()), '--from', from) }),
    ...(to !== undefined && { to: momentFrom(Math.floor(io.clock.now()), '--to', to) }),
  });

  timed(group.command('explain').argument('<dir>').argument('[site]', 'id, name or LFDI; all of them unless given'))
    .option('--json')
    .description('what bound limits interval by interval, and what they unlock beyond planning for the worst hour')
    .action(async (dir: string, site: string | undefined, options: TimeOptions & { json?: boolean }) => {
      const time = stretch(options);
      if (site === undefined) {
        const fleet = await withOperator(home(dir), io, api =>
          api.get<Fleet>(`/api/envelopes/account?${timeQuery(time)}`),
        );
        for (const line of options.json ? [JSON.stringify(fleet)] : fleetLines(fleet)) io.out(line);
        return;
      }
      const found = await withOperator(home(dir), io, api => explanationOf(api, site, time));
      for (const line of options.json ? [JSON.stringify(found)] : siteLines(found)) io.out(line);
    });

  timed(
    offlineOptions(group.command('report').argument('[dir]', 'folder of a server; not with --network')).requiredOption(
      '--html <file>',
      'the report: one page that needs nothing else',
    ),
  )
    .description('a page with plots: capacity unlocked, what bound it, how evenly it is shared, and what was verified')
    .action(async (dir: string | undefined, options: OfflineOptions & TimeOptions & { html: string }) => {
      const { html, network } = options;
      const file = resolve(io.cwd, html);
      let page: string;
      if (network !== undefined) page = await reportOffline({ ...options, network }, io);
      else if (dir === undefined)
        throw new Problem('BAD_USAGE', { at: 'envelope report', want: 'the folder of a server, or --network FILE' });
      else page = await withOperator(home(dir), io, api => reportOfServer(api, stretch(options)));
      writeFileSync(file, page);
      io.out(`report: ${html}`);
    });
}

function siteLines({ from, intervals, name, planned, to, ...sides }: Explanation): string[] {
  return [
    `${name}, ${moment(from)} to ${moment(to)}`,
    planned
      ? `planned for the worst hour: import ${planned.importW} W (${planned.bound.import}), export ${planned.exportW} W (${planned.bound.export})`
      : 'nothing is planned: the server has no network, or the site no place in it',
    ...(['import', 'export'] as const).flatMap(way => unlockedLine(way, sides[way])),
    ...table(
      ['FROM', 'TO', 'IMPORT W', 'UNLOCKED', 'BOUND BY', 'EXPORT W', 'UNLOCKED', 'BOUND BY'],
      intervals.map(each => [
        moment(each.from),
        moment(each.to),
        each.importW,
        each.unlocked?.importW ?? '',
        each.bound.import,
        each.exportW,
        each.unlocked?.exportW ?? '',
        each.bound.export,
      ]),
    ),
  ];
}

function fleetLines(fleet: Fleet): string[] {
  const { from, sites, to } = fleet;
  return [
    `${sites} sites, ${moment(from)} to ${moment(to)}`,
    ...(['import', 'export'] as const).flatMap(way => {
      const { bound, jain, kinds, leastOverMean } = fleet[way];
      return [
        ...unlockedLine(way, fleet[way]),
        `${way} fairness: Jain ${jain.toFixed(3)}, least over mean ${leastOverMean.toFixed(2)}`,
        `${way} bound by ${kinds.map(each => `${each.kind} ${percent(each.share)}`).join(', ')}`,
        ...bound
          .slice(0, 5)
          .map(each => `  ${each.by}: ${each.siteHours.toFixed(1)} site-hours, ${percent(each.share)}`),
      ];
    }),
  ];
}

function unlockedLine(way: string, { limitW, unlocked }: SideAccount): string[] {
  const mean = `${way}: mean limit ${kilo(limitW)}`;
  if (!unlocked) return [mean];
  return [
    `${mean}, planned ${kilo(unlocked.plannedW)}; unlocked ${kilo(unlocked.meanW)} or ${unlocked.kWh.toFixed(1)} kWh`,
  ];
}

const kilo = (w: number): string => `${(w / 1000).toFixed(2)} kW`;
