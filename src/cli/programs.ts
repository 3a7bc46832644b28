import { type AddCommand } from './command';
import { collect } from './init';
import { modesOption } from './modes-option';
import { numberOption } from './number-option';
import { allPages } from './operator-api';
import { table } from './table';
import { operatorOf } from './with-operator';

interface Program {
  readonly derp: string;
  readonly mRID: string;
  readonly description: string;
  readonly primacy: number;
  readonly envelopeOf?: string;
}

interface Json {
  json?: boolean;
}

interface Places extends Json {
  site: string[];
  group: string[];
}

const at = (derp: string): string => `/api/programs/${encodeURIComponent(derp)}`;
const primacyFrom = (name: string, text: string): number => Math.floor(numberOption(name, text, 0, 255));

/** `headroom program`: DERPrograms beside those of the envelopes. */
export const programCommand: AddCommand = (program, io) => {
  const root = program
    .command('program')
    .description('programs of DER controls: list, show, add, place, primacy, default, remove');
  const { use, say } = operatorOf(io);

  root
    .command('list')
    .argument('<dir>')
    .option('--all', 'those of envelopes too, one for each site')
    .option('--json')
    .description('programs, the strongest first')
    .action(async (dir: string, { all = false, json }: Json & { all?: boolean }) => {
      const every = await use(dir, api => allPages<Program>(api, '/api/programs', 'programs'));
      const programs = every.filter(({ envelopeOf }) => all || envelopeOf === undefined);
      if (json) io.out(JSON.stringify(programs));
      else
        for (const line of table(
          ['PROGRAM', 'PRIMACY', 'DESCRIPTION', 'MRID'],
          programs.map(({ derp, primacy, description, mRID }) => [derp, primacy, description, mRID]),
        ))
          io.out(line);
    });

  root
    .command('show')
    .argument('<dir>')
    .argument('<program>', 'id, as `list` shows it')
    .option('--json', 'in one line')
    .description('a program, where it is assigned, and its default')
    .action(async (dir: string, derp: string, { json }: Json) => {
      const shown = await use(dir, async api => ({
        ...(await api.get<object>(at(derp))),
        default: await api.get<object>(`${at(derp)}/default`).catch(() => null),
      }));
      io.out(json ? JSON.stringify(shown) : JSON.stringify(shown, null, 2));
    });

  root
    .command('add')
    .argument('<dir>')
    .argument('<description>')
    .option('--primacy <n>', '0 … 255, lower is stronger; left out: that of the level of the first group')
    .option('--site <site>', 'assign it to a site; may be repeated', collect, [])
    .option('--group <group>', 'put it on a group; may be repeated', collect, [])
    .option('--json')
    .description('make a program and assign it')
    .action(async (dir: string, description: string, options: Places & { primacy?: string }) => {
      const made = await use(dir, api =>
        api.post<{ derp: string; mRID: string }>('/api/programs', {
          description,
          sites: options.site,
          groups: options.group,
          ...(options.primacy !== undefined && { primacy: primacyFrom('--primacy', options.primacy) }),
        }),
      );
      say(options.json, made, `program ${made.derp} is made, mRID ${made.mRID}`);
    });

  root
    .command('place')
    .argument('<dir>')
    .argument('<program>')
    .option('--site <site>', 'may be repeated', collect, [])
    .option('--group <group>', 'may be repeated', collect, [])
    .option('--json')
    .description('assign a program to these sites and groups and to no others')
    .action(async (dir: string, derp: string, { site: sites, group: groups, json }: Places) => {
      await use(dir, api => api.put(`${at(derp)}/places`, { sites, groups }));
      say(json, { program: derp, sites, groups }, `${derp} is on ${[...sites, ...groups].join(', ') || 'nobody'}`);
    });

  root
    .command('primacy')
    .argument('<dir>')
    .argument('<changes...>', 'PROGRAM=N, one or several: all change in one step')
    .option('--json')
    .description('set primacies: 0 … 255, lower is stronger')
    .action(async (dir: string, changes: string[], { json }: Json) => {
      const programs = Object.fromEntries(
        changes.map(change => {
          const cut = change.lastIndexOf('=');
          return [change.slice(0, Math.max(0, cut)), { primacy: primacyFrom(change, change.slice(cut + 1)) }];
        }),
      );
      await use(dir, api => api.patch('/api/programs', { programs }));
      say(json, programs, changes.map(change => change.replace('=', ' has primacy ')).join(', '));
    });

  root
    .command('default')
    .argument('<dir>')
    .argument('<program>')
    .option('--mode <mode=value>', 'such as opModExpLimW=5000, in watts; may be repeated', collect, [])
    .option('--clear', 'take the default away')
    .option('--json')
    .description('show the default of a program, or set it')
    .action(async (dir: string, derp: string, options: Json & { mode: string[]; clear?: boolean }) => {
      const path = `${at(derp)}/default`;
      const base = modesOption('--mode', options.mode);
      if (options.clear) await use(dir, api => api.remove(path));
      else if (options.mode.length > 0) await use(dir, api => api.put(path, { base }));
      else {
        const shown = await use(dir, api => api.get<object>(path));
        io.out(options.json ? JSON.stringify(shown) : JSON.stringify(shown, null, 2));
        return;
      }
      const set = options.clear ? null : base;
      say(options.json, { program: derp, default: set }, `the default of ${derp} is ${set ? 'set' : 'gone'}`);
    });

  root
    .command('remove')
    .argument('<dir>')
    .argument('<program>')
    .option('--json')
    .description('remove a program whose controls are over')
    .action(async (dir: string, derp: string, { json }: Json) => {
      await use(dir, api => api.remove(at(derp)));
      say(json, { removed: derp }, `${derp} is removed`);
    });
};
