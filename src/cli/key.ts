import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { type AddCommand } from './command';
import { moment, table } from './table';
import { withOperator } from './with-operator';

interface Key {
  readonly name: string;
  readonly role: string;
  readonly kind: string;
  readonly created: number;
  readonly expires?: number;
  readonly key?: string;
}

const daySeconds = 86_400;

/** `headroom key`: who may use the operator API. */
export const key: AddCommand = (program, io) => {
  const group = program.command('key').description('keys of the operator API: make, list, remove');
  const home = (dir: string) => resolve(io.cwd, dir);

  group
    .command('add')
    .argument('<dir>')
    .argument('<name>', 'what the key is called in lists and in the audit trail')
    .requiredOption('--role <role>', 'viewer looks, operator acts, admin sets up')
    .option('--days <days>', 'it opens nothing any more after so many days')
    .option('--certificate <file>', 'PEM of a client certificate that is to stand for a key')
    .option('--json')
    .description('make a key; it is printed this once and kept only as a hash')
    .action(
      async (
        dir: string,
        name: string,
        options: { role: string; days?: string; certificate?: string; json?: boolean },
      ) => {
        const days = options.days === undefined ? undefined : Number(options.days);
        if (days !== undefined && !(days > 0))
          throw new Problem('BAD_USAGE', { at: '--days', want: 'a number above 0', got: options.days });
        const made = await withOperator(home(dir), io, api =>
          api.post<Key>('/api/keys', {
            name,
            role: options.role,
            ...(days !== undefined && { expires: io.clock.now() + Math.ceil(days * daySeconds) }),
            ...(options.certificate !== undefined && {
              certificate: readFileSync(resolve(io.cwd, options.certificate), 'utf8'),
            }),
          }),
        );
        if (options.json) io.out(JSON.stringify(made));
        else {
          io.out(made.key ?? `${name} is entered`);
          if (made.key !== undefined) io.say('Keep it: it is not shown again. Send it as `Authorization: Bearer KEY`.');
        }
      },
    );

  group
    .command('list')
    .argument('<dir>')
    .option('--json')
    .description('keys by name')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const { keys } = await withOperator(home(dir), io, api => api.get<{ keys: Key[] }>('/api/keys'));
      if (json) io.out(JSON.stringify(keys));
      else
        for (const line of table(
          ['NAME', 'ROLE', 'KIND', 'MADE', 'ENDS'],
          keys.map(each => [
            each.name,
            each.role,
            each.kind,
            moment(each.created),
            each.expires === undefined ? 'never' : moment(each.expires),
          ]),
        ))
          io.out(line);
    });

  group
    .command('remove')
    .argument('<dir>')
    .argument('<name>')
    .option('--json')
    .description('remove a key: it opens nothing any more')
    .action(async (dir: string, name: string, { json }: { json?: boolean }) => {
      await withOperator(home(dir), io, api => api.remove(`/api/keys/${encodeURIComponent(name)}`));
      io.out(json ? JSON.stringify({ removed: name }) : `${name} is removed`);
    });
};
