import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem } from '../base/problem';
import { readConfig } from '../server/config';
import { backUp, checkDatabase } from '../store/open';
import { type AddCommand, type Io } from './command';

const tellEveryMs = 2000;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The database of a folder. @throws Problem BAD_CONFIG when it is kept in memory */
function databaseOf(home: string): string {
  const { database } = readConfig(home);
  if (database === ':memory:')
    throw new Problem('BAD_CONFIG', {
      at: join(home, 'config.json'),
      note: 'its database is kept in memory and gone when the server ends; set `database` to a file',
    });
  return resolve(home, database);
}

/** Says how far a copy is, every two seconds. */
function teller({ clock, say }: Io): (bytes: number, of: number) => void {
  let last = clock.monotonicMs();
  return (bytes, of) => {
    const now = clock.monotonicMs();
    if (now - last < tellEveryMs) return;
    last = now;
    say(`${Math.floor((100 * bytes) / of)} % of ${megabytes(of)} copied`);
  };
}

export const backup: AddCommand = (program, io) => {
  program
    .command('backup')
    .argument('<dir>', 'folder made by `headroom init`')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'replace a file of that name')
    .option('--json', 'print one JSON object')
    .description('copy the database, also while a server runs on it, and check the copy')
    .action(async (dir: string, file: string, { force = false, json = false }: { force?: boolean; json?: boolean }) => {
      const target = resolve(io.cwd, file);
      const source = databaseOf(resolve(io.cwd, dir));
      const done = await backUp({
        file: source,
        target,
        replace: force,
        onProgress: teller(io),
        stop: io.stop,
      }).catch((thrown: unknown) => {
        throw io.stop.aborted ? new Problem('BAD_FILE', { at: target, note: 'stopped; no backup was made' }) : thrown;
      });
      if (json) {
        io.out(JSON.stringify({ file: target, bytes: done.bytes, rows: done.rows }));
        return;
      }
      const { docs = 0, series = 0, readings = 0 } = done.rows;
      io.out(
        `${target}: ${megabytes(done.bytes)}, ${docs} documents, ${series} envelope rows, ${readings} readings, checked`,
      );
    });
};

export const check: AddCommand = (program, io) => {
  program
    .command('check')
    .argument('<path>', 'folder made by `headroom init`, or a database file such as a backup')
    .option('--json', 'print one JSON object')
    .description('read a whole database, also while a server runs on it, and say what is wrong with it')
    .action((path: string, { json = false }: { json?: boolean }) => {
      const at = resolve(io.cwd, path);
      const file = statSync(at).isDirectory() ? databaseOf(at) : at;
      const { faults, bytes, schema } = checkDatabase(file);
      if (json) io.out(JSON.stringify({ file, bytes, schema, faults }));
      else for (const fault of faults) io.out(fault);
      if (faults.length === 0) {
        if (!json) io.out(`${file}: ${megabytes(bytes)}, schema ${schema}, nothing wrong`);
        return;
      }
      io.say(`headroom: ${new Problem('DB_BROKEN', { at: file, note: `faults: ${faults.length}` }).advice}`);
      io.exitCode = 1;
    });
};
