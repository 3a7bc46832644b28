import { type AddCommand } from './command';
import { collect } from './init';
import { modesOption } from './modes-option';
import { numberOption } from './number-option';
import { allPages, type OperatorApi } from './operator-api';
import { moment, table } from './table';
import { durationOption, momentFrom } from './time-option';
import { operatorOf } from './with-operator';

interface Control {
  readonly mRID: string;
  readonly program: string;
  readonly description?: string;
  readonly start: number;
  readonly durationS: number;
  readonly base: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly since: number;
}

interface Reply {
  readonly site: string;
  readonly name?: string;
  readonly received?: number;
  readonly started?: number;
  readonly completed?: number;
  readonly cannotComply?: { readonly name: string; readonly at: number };
  readonly ended?: { readonly name: string; readonly at: number };
  readonly silentSince?: number;
}

interface Delivery {
  readonly sites: Reply[];
  readonly counts: Readonly<Record<string, number>>;
  readonly next?: string;
}

interface Issued {
  start: string;
  duration: string;
  mode: string[];
  description?: string;
  randomizeStart?: string;
  randomizeDuration?: string;
  category?: string;
  responses?: string;
  json?: boolean;
}

const statuses = ['scheduled', 'active', 'cancelled', 'cancelled, spread', 'superseded', 'completed'];
const at = (mRID: string): string => `/api/controls/${encodeURIComponent(mRID)}`;
const of = (derp: string): string => `/api/programs/${encodeURIComponent(derp)}/controls`;
const shift = (name: string, text: string): number => Math.round(numberOption(name, text, -3600, 3600));

/** `headroom control`: DERControls that an operator issues. */
export const control: AddCommand = (program, io) => {
  const root = program
    .command('control')
    .description('controls of DERs: list, show, issue, cancel, and what became of one at each site');
  const { use } = operatorOf(io);

  root
    .command('list')
    .argument('<dir>')
    .argument('<program>', 'id, as `headroom program list` shows it')
    .option('--past', 'those that are long over')
    .option('--json')
    .description('controls of a program that stand or lately stood')
    .action(async (dir: string, derp: string, { past, json }: { past?: boolean; json?: boolean }) => {
      const controls = await use(dir, async api =>
        past
          ? allPages<Control>(api, `${of(derp)}/past`, 'controls')
          : (await api.get<{ controls: Control[] }>(of(derp))).controls,
      );
      if (json) io.out(JSON.stringify(controls));
      else
        for (const line of table(
          ['MRID', 'START', 'SECONDS', 'STATUS', 'SINCE', 'ORDERS'],
          controls.map(({ mRID, start, durationS, status, since, base }) => [
            mRID,
            moment(start),
            durationS,
            statuses[status] ?? status,
            moment(since),
            ordersOf(base),
          ]),
        ))
          io.out(line);
    });

  root
    .command('show')
    .argument('<dir>')
    .argument('<mrid>')
    .option('--json', 'in one line')
    .description('a control and its state')
    .action(async (dir: string, mRID: string, { json }: { json?: boolean }) => {
      const found = await use(dir, api => api.get<object>(at(mRID)));
      io.out(json ? JSON.stringify(found) : JSON.stringify(found, null, 2));
    });

  root
    .command('issue')
    .argument('<dir>')
    .argument('<program>', 'id, as `headroom program list` shows it')
    .requiredOption('--start <time>', 'now, +15m, or a time such as 2026-10-12T08:30Z')
    .requiredOption('--duration <length>', 'seconds, or 15m, 2h, 1d')
    .requiredOption('--mode <mode=value>', 'such as opModExpLimW=5000, in watts; may be repeated', collect, [])
    .option('--description <text>')
    .option('--randomize-start <s>', 'devices spread their start over so many seconds, -3600 … 3600')
    .option('--randomize-duration <s>', 'and their end')
    .option('--category <hex>', 'DeviceCategory it is for')
    .option('--responses <hex>', 'Responses wanted; 03 unless given')
    .option('--json')
    .description('issue a control to everyone the program is assigned to')
    .action(async (dir: string, derp: string, options: Issued) => {
      const made = await use(dir, async api => {
        // The server's clock counts: that of a lab may be far from ours.
        const { now } = await api.get<{ now: number }>('/api/health');
        return api.post<{ mRID: string }>(of(derp), controlFrom(options, now));
      });
      io.out(options.json ? JSON.stringify(made) : `control ${made.mRID} is issued`);
    });

  root
    .command('cancel')
    .argument('<dir>')
    .argument('<mrid>')
    .option('--randomized', 'devices spread its end by its randomisation')
    .option('--json')
    .description('cancel a control, at once or spread by its randomisation')
    .action(async (dir: string, mRID: string, options: { randomized?: boolean; json?: boolean }) => {
      const { randomized = false } = options;
      await use(dir, api => api.post(`${at(mRID)}/cancel`, { randomized }));
      const how = randomized ? ', spread by its randomisation' : '';
      io.out(options.json ? JSON.stringify({ cancelled: mRID, randomized }) : `${mRID} is cancelled${how}`);
    });

  root
    .command('delivery')
    .argument('<dir>')
    .argument('<mrid>')
    .option('--json')
    .description('what became of a control at each site: received, started, completed, refused, or silent')
    .action(async (dir: string, mRID: string, { json }: { json?: boolean }) => {
      const { sites, counts } = await use(dir, api => wholeDelivery(api, `${at(mRID)}/delivery`));
      if (json) {
        io.out(JSON.stringify({ sites, counts }));
        return;
      }
      const when = (s: number | undefined) => (s === undefined ? '' : moment(s));
      const rows = sites.map(reply => [
        reply.name ?? reply.site,
        when(reply.received),
        when(reply.started),
        when(reply.completed),
        remark(reply),
      ]);
      for (const line of table(['SITE', 'RECEIVED', 'STARTED', 'COMPLETED', ''], rows)) io.out(line);
      io.out(
        Object.entries(counts)
          .map(([name, n]) => `${n} ${name}`)
          .join(', '),
      );
    });
};

function controlFrom(options: Issued, now: number): object {
  const { mode, start, duration, description, randomizeStart, randomizeDuration, category, responses } = options;
  return {
    start: momentFrom(now, '--start', start),
    durationS: durationOption('--duration', duration),
    base: modesOption('--mode', mode),
    ...(description !== undefined && { description }),
    ...(randomizeStart !== undefined && { randomizeStart: shift('--randomize-start', randomizeStart) }),
    ...(randomizeDuration !== undefined && { randomizeDuration: shift('--randomize-duration', randomizeDuration) }),
    ...(category !== undefined && { deviceCategory: category }),
    ...(responses !== undefined && { responseRequired: responses }),
  };
}

/** Counts are of all sites, whatever the page. */
async function wholeDelivery(api: OperatorApi, path: string): Promise<Pick<Delivery, 'sites' | 'counts'>> {
  const sites: Reply[] = [];
  for (let after = ''; ;) {
    const page = await api.get<Delivery>(`${path}?limit=10000${after}`);
    sites.push(...page.sites);
    if (page.next === undefined) return { sites, counts: page.counts };
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

const ordersOf = (base: Control['base']): string =>
  Object.entries(base)
    .map(([mode, value]) => `${mode}=${powerOf(value) ?? JSON.stringify(value)}`)
    .join(' ');

/** A power with a multiplier, in watts. */
function powerOf(value: unknown): number | undefined {
  const { multiplier, value: n } = (value ?? {}) as { multiplier?: unknown; value?: unknown };
  return typeof multiplier === 'number' && typeof n === 'number' ? n * 10 ** multiplier : undefined;
}

function remark({ cannotComply, ended, silentSince }: Reply): string {
  if (cannotComply) return `cannot comply: ${cannotComply.name}, ${moment(cannotComply.at)}`;
  if (ended) return `${ended.name}, ${moment(ended.at)}`;
  return silentSince === undefined ? '' : `silent since ${moment(silentSince)}`;
}
