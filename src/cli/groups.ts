import { levels, type StoredGroup } from '../functions/groups';
import { type AddCommand } from './command';
import { table } from './table';
import { operatorOf } from './with-operator';

interface Json {
  json?: boolean;
}

const at = (name: string): string => `/api/groups/${encodeURIComponent(name)}`;

/** `headroom group`: the tree of the network, and groups of any other kind. */
export const group: AddCommand = (program, io) => {
  const root = program
    .command('group')
    .description('the tree of the network and other groups: list, show, add, move, rename, remove, join, leave');
  const { use, say } = operatorOf(io);

  root
    .command('list')
    .argument('<dir>')
    .option('--json')
    .description('every group; nodes of the network stand below the node above them')
    .action(async (dir: string, { json }: Json) => {
      const { groups } = await use(dir, api => api.get<{ groups: StoredGroup[] }>('/api/groups'));
      if (json) io.out(JSON.stringify(groups));
      else
        for (const line of table(
          ['NAME', 'LEVEL', 'PROGRAMS', 'ID'],
          asTree(groups).map(({ group: each, depth }) => [
            '  '.repeat(depth) + each.name,
            each.level ?? '',
            each.programs.join(' '),
            each.id,
          ]),
        ))
          io.out(line);
    });

  root
    .command('show')
    .argument('<dir>')
    .argument('<group>', 'id or name')
    .option('--json', 'in one line')
    .description('a group and the sites in it')
    .action(async (dir: string, name: string, { json }: Json) => {
      const found = await use(dir, api => api.get<object>(at(name)));
      io.out(json ? JSON.stringify(found) : JSON.stringify(found, null, 2));
    });

  root
    .command('add')
    .argument('<dir>')
    .argument('<name>')
    .option('--level <level>', `of a node of the network: ${levels.join(', ')}`)
    .option('--parent <group>', 'the node above it')
    .option('--json')
    .description('make a node of the network, or a group of any other kind where no level is given')
    .action(async (dir: string, name: string, { level, parent, json }: Json & { level?: string; parent?: string }) => {
      const body = { name, ...(level !== undefined && { level }), ...(parent !== undefined && { parent }) };
      const made = await use(dir, api => api.post<StoredGroup>('/api/groups', body));
      say(json, made, `group ${made.name} is made, id ${made.id}`);
    });

  root
    .command('move')
    .argument('<dir>')
    .argument('<what...>', 'groups, or with --sites sites')
    .option('--to <group>', 'the node they are to hang below; out of the tree when left out')
    .option('--sites', 'what is named are sites')
    .option('--json')
    .description('move nodes with all below them, or sites, all in one step')
    .action(async (dir: string, what: string[], { to, sites, json }: Json & { to?: string; sites?: boolean }) => {
      const moves = what.map(each => ({ [sites ? 'site' : 'group']: each, ...(to !== undefined && { to }) }));
      await use(dir, api => api.post('/api/groups/moves', { moves }));
      say(json, { moved: what, to: to ?? null }, `moved ${what.join(', ')} ${to === undefined ? 'out' : `to ${to}`}`);
    });

  root
    .command('rename')
    .argument('<dir>')
    .argument('<group>', 'id or name')
    .argument('<name>', 'its new name')
    .option('--json')
    .description('rename a group')
    .action(async (dir: string, name: string, next: string, { json }: Json) => {
      await use(dir, api => api.patch(at(name), { name: next }));
      say(json, { renamed: name, name: next }, `${name} is now ${next}`);
    });

  root
    .command('remove')
    .argument('<dir>')
    .argument('<group>', 'id or name')
    .option('--json')
    .description('remove a group that is empty')
    .action(async (dir: string, name: string, { json }: Json) => {
      await use(dir, api => api.remove(at(name)));
      say(json, { removed: name }, `${name} is removed`);
    });

  for (const [verb, done, text] of [
    ['join', 'joined', 'make sites members of a group that is no node of the network'],
    ['leave', 'left', 'take sites out of such a group'],
  ] as const)
    root
      .command(verb)
      .argument('<dir>')
      .argument('<group>', 'id or name')
      .argument('<sites...>', 'ids, names or LFDIs')
      .option('--json')
      .description(text)
      .action(async (dir: string, name: string, sites: string[], { json }: Json) => {
        await use(dir, api => api.post(`${at(name)}/${verb}`, { sites }));
        say(json, { group: name, [done]: sites }, `${sites.join(', ')} ${done} ${name}`);
      });
};

/** Groups in the order of the tree, each with how deep it hangs; by name where they hang side by side. */
function asTree(groups: readonly StoredGroup[]): { group: StoredGroup; depth: number }[] {
  const known = new Set(groups.map(({ id }) => id));
  const below = (parent: string | undefined, depth: number): { group: StoredGroup; depth: number }[] =>
    groups
      .filter(each => (each.parent !== undefined && known.has(each.parent) ? each.parent : undefined) === parent)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(each => [{ group: each, depth }, ...below(each.id, depth + 1)]);
  return below(undefined, 0);
}
