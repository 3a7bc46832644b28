/** Backups made by a running server into the folder of its configuration. The caller names none: names are made of the moment. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type * as workerThreads from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { type Clock } from '../base/clock';
import { Problem, type ProblemCode, problems, type ProblemDetail } from '../base/problem';
import { type BackupFile, type BackupService } from '../console/backup-service';
import { type Backup, backUp } from '../store/open';
import { type Config } from './config';

export interface BackupParts {
  readonly dir: string;
  readonly config: Pick<Config, 'backups' | 'database'>;
  readonly clock: Clock;
}

export const backupName = /^headroom-\d{8}T\d{6}Z(?:-\d{1,4})?\.db$/;

export function backupService({ dir, config, clock }: BackupParts): BackupService {
  const folder = resolve(dir, config.backups);
  let underWay = false;
  const fileOf = (name: string): string => {
    const file = join(folder, name);
    if (!backupName.test(name) || !existsSync(file))
      throw new Problem('NO_SUCH', { at: `backup ${name}`, note: 'no such backup; the list names them' });
    return file;
  };
  const stateOf = (name: string): BackupFile => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return { name, bytes: size, at: madeAt(name) ?? Math.floor(mtimeMs / 1000) };
  };
  return {
    list: () => {
      const names = existsSync(folder) ? readdirSync(folder).filter(name => backupName.test(name)) : [];
      return names.map(stateOf).sort((one, two) => one.at - two.at || one.name.length - two.name.length);
    },
    make: async () => {
      if (config.database === ':memory:')
        throw new Problem('BAD_CONFIG', { at: 'database', note: 'it is kept in memory; set it to a file' });
      if (underWay) throw new Problem('CONFLICT', { at: 'backups', note: 'a backup is being made' });
      underWay = true;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const name = freeName(folder, clock.now());
        const { rows } = await apart({ file: resolve(dir, config.database), target: join(folder, name) });
        return { ...stateOf(name), rows };
      } finally {
        underWay = false;
      }
    },
    remove: name => rmSync(fileOf(name)),
  };
}

function freeName(folder: string, now: number): string {
  const stamp = new Date(now * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  for (let n = 1; ; n++) {
    const name = `headroom-${stamp}${n === 1 ? '' : `-${n}`}.db`;
    if (!existsSync(join(folder, name))) return name;
  }
}

function madeAt(name: string): number | undefined {
  const [, date = '', time = ''] = /(\d{8})T(\d{6})Z/.exec(name) ?? [];
  const iso = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

interface Copy {
  readonly file: string;
  readonly target: string;
}

const builtModule = join(__dirname, '../store/open.js');

/** In a thread: a copy is read whole before it counts, and the server must answer meanwhile. From sources, as in tests, here. */
async function apart(copy: Copy): Promise<Backup> {
  if (!existsSync(builtModule)) return backUp({ ...copy, replace: false });
  const worker = new Worker(`(${main.toString()})(require)`, {
    eval: true,
    workerData: { ...copy, module: builtModule },
  });
  const told = await new Promise<Told>((done, failed) => {
    worker.once('message', done);
    worker.once('error', failed);
    worker.once('exit', () => failed(new Error('the thread of the backup ended by itself')));
  });
  if ('rows' in told) return told;
  throw told.code in problems ? new Problem(told.code as ProblemCode, told.detail) : new Error(told.code);
}

type Told = Backup | { readonly code: string; readonly detail: ProblemDetail };

/** The thread's program: nothing outside of it is in its reach. */
function main(load: NodeJS.Require): void {
  const threads = load('node:worker_threads') as typeof workerThreads;
  const { module, file, target } = threads.workerData as Copy & { readonly module: string };
  const { backUp: copy } = load(module) as { backUp: typeof backUp };
  copy({ file, target, replace: false }).then(
    done => threads.parentPort?.postMessage(done),
    (thrown: { code?: string; message: string; detail?: { at?: string; note?: string } }) =>
      threads.parentPort?.postMessage({
        code: thrown.code ?? thrown.message,
        detail: { at: thrown.detail?.at, note: thrown.detail?.note },
      }),
  );
}
