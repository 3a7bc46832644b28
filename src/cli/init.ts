import { resolve } from 'node:path';
import { promMetrics } from '../base/metrics';
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { initDir } from '../server/init';
import { type Config } from '../server/config';
import { configTable } from '../server/config-table';
import { type AddCommand } from './command';

/** `--set port=9443` as a configuration field: numbers, flags and objects are read as JSON, the rest is text. */
export function parseSettings(pairs: readonly string[]): Partial<Config> {
  const settings: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (at < 1 || !(name in configTable))
      throw new Problem('BAD_USAGE', {
        at: `--set ${pair}`,
        note: at < 1 ? 'want FIELD=VALUE' : orElse('no such field', name, Object.keys(configTable)),
      });
    const text = pair.slice(at + 1);
    try {
      settings[name] =
        typeof configTable[name as keyof typeof configTable].default === 'string'
          ? text
          : (JSON.parse(text) as unknown);
    } catch {
      settings[name] = text;
    }
  }
  return settings;
}

export const collect = (value: string, all: string[]): string[] => [...all, value];

export const init: AddCommand = (program, io) => {
  program
    .command('init')
    .argument('<dir>', 'folder to make')
    .option('--set <field=value>', 'a field of config.json; may be repeated', collect, [])
    .option('--json', 'print one JSON object')
    .description('make config.json, a test PKI, an operator key and an empty database')
    .action(async (dir: string, { set, json = false }: { set: string[]; json?: boolean }) => {
      const home = resolve(io.cwd, dir);
      const { lfdi } = await initDir(home, parseSettings(set), {
        clock: io.clock,
        log: io.log,
        metrics: promMetrics(),
      });
      if (json) {
        io.out(JSON.stringify({ dir: home, lfdi }));
        return;
      }
      io.out(`${home} is ready. Server LFDI ${lfdi}.`);
      io.out(`Next: headroom cert ${dir} NAME, headroom site add ${dir} …, headroom serve ${dir}`);
    });
};
