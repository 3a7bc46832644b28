import { type Database } from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../base/problem';
import { openProblem, openToRead } from './database';
import { damaged } from './faults';
import { verify } from './verify';

export interface BackupOptions {
  /** The database, in use or not. */
  readonly file: string;
  /** Where the copy goes. */
  readonly target: string;
  /** Whether the copy may take the place of a file of that name. */
  readonly replace: boolean;
  /** Told after every few megabytes: bytes copied, and how many there are. */
  readonly onProgress?: (bytes: number, of: number) => void;
  /** Ends the copying; what was copied is taken away. */
  readonly stop?: AbortSignal;
}

export interface Backup {
  readonly bytes: number;
  /** Rows of each table, the same in the database and in the copy. */
  readonly rows: Readonly<Record<string, number>>;
}

const pagesAtOnce = 1000;

/**
 * Copies a database while other processes go on writing it. The copy is of one moment: a read transaction is held until all
 * pages are copied, for without it SQLite would begin again with every write of another process, and might never end. The
 * writer's log grows meanwhile and shrinks afterwards. The copy is checked whole, its rows are compared with those of the
 * original, and only then does it get its name.
 * @throws Problem DB_MISSING, DB_TOO_NEW, DB_BROKEN, BAD_FILE; BAD_USAGE when `target` is there and is not to be replaced
 */
export async function backUp({ file, target, replace, onProgress, stop }: BackupOptions): Promise<Backup> {
  const partial = `${target}.partial`;
  const db = openToRead(file);
  try {
    refuseToHarm(db.name, target, replace);
    createFile(partial, target);
    db.exec('BEGIN');
    const rows = rowsOf(db);
    const pageSize = Number(db.pragma('page_size', { simple: true }));
    await db.backup(partial, {
      progress: ({ totalPages, remainingPages }) => {
        stop?.throwIfAborted();
        onProgress?.((totalPages - remainingPages) * pageSize, totalPages * pageSize);
        return pagesAtOnce;
      },
    });
    db.exec('COMMIT'); // before the check: the writer's log need not grow longer
    check(partial, target, rows);
    flush(partial, 'r+');
    refuseToHarm(db.name, target, replace); // again: something may have come there meanwhile
    renameSync(partial, target);
    if (process.platform !== 'win32') flush(dirname(target), 'r');
    return { bytes: statSync(target).size, rows };
  } catch (thrown) {
    for (const left of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${left}`, { force: true });
    if (thrown instanceof Problem || stop?.aborted === true) throw thrown;
    if (damaged(thrown)) throw openProblem(thrown, file);
    const note = `the backup could not be made: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new Problem('BAD_FILE', { at: target, note, cause: thrown });
  } finally {
    db.close();
  }
}

function refuseToHarm(source: string, target: string, replace: boolean): void {
  if (!existsSync(target)) return;
  if (realpathSync(target) === realpathSync(source))
    throw new Problem('BAD_USAGE', { at: target, note: 'that is the database itself' });
  if (statSync(target).isDirectory())
    throw new Problem('BAD_USAGE', { at: target, note: 'that is a folder; name a file' });
  if (!replace) throw new Problem('BAD_USAGE', { at: target, note: 'it is there already; --force replaces it' });
}

/** Readable by this user only, before anything is in it: the database holds PINs. */
function createFile(partial: string, target: string): void {
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
  } catch (cause) {
    const note = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('BAD_FILE', { at: target, note, cause });
  }
}

function rowsOf(db: Database): Record<string, number> {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .pluck()
    .all();
  return Object.fromEntries(
    names.map(name => [name, db.prepare<[], number>(`SELECT count(*) FROM "${name}"`).pluck().get() ?? 0]),
  );
}

/** @throws Problem DB_BROKEN when the copy is not sound, as it is when the original is not */
function check(partial: string, target: string, want: Readonly<Record<string, number>>): void {
  const copy = openToRead(partial);
  try {
    copy.pragma('query_only = OFF');
    copy.pragma('journal_mode = DELETE'); // one file, readable from a medium that cannot be written
    const faults = verify(copy);
    if (faults.length > 0)
      throw new Problem('DB_BROKEN', {
        at: target,
        note: `the copy is not sound: ${faults[0]}; ask \`headroom check\` whether the database is`,
      });
    const got = rowsOf(copy);
    const short = Object.keys(want).find(name => got[name] !== want[name]);
    if (short !== undefined)
      throw new Problem('DB_BROKEN', {
        at: target,
        note: `rows of ${short} in the copy`,
        got: got[short],
        want: want[short],
      });
  } finally {
    copy.close();
  }
}

function flush(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
