/** Opens the file: is it there, is it ours, is it of our time; then the settings that durability rests on. */
import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Log } from '../../base/log';
import { Problem } from '../../base/problem';
import { sqliteCode } from './faults';
import { applicationId, migrations as allMigrations } from './migrations';

export interface DatabaseOptions {
  readonly file: string;
  /** `create` makes the file and its folder where there is none; `open` refuses to. */
  readonly mode: 'create' | 'open';
  /** How long a write waits for another process, milliseconds. The event loop waits with it. */
  readonly busyMs: number;
  readonly log: Log;
  readonly migrations?: readonly string[];
}

/**
 * @throws Problem DB_MISSING, DB_TOO_NEW (a newer Headroom wrote it), DB_BROKEN (not a database, or not ours), BAD_FILE, STORE_BUSY.
 */
export function openDatabase(options: DatabaseOptions): Database.Database {
  const { file, mode, busyMs } = options;
  if (!existsSync(file)) {
    if (mode === 'open') throw new Problem('DB_MISSING', { at: file });
    createFile(file);
  }
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true, timeout: busyMs });
    checkOurs(db, options);
    checkPages(db, file);
    configure(db);
    migrate(db, options);
    return db;
  } catch (thrown) {
    db?.close();
    throw openProblem(thrown, file);
  }
}

/**
 * Opens a file of ours to read it, or to copy it, and changes nothing in it: an older schema stays what it is.
 * @throws Problem as openDatabase
 */
export function openToRead(file: string): Database.Database {
  if (!existsSync(file)) throw new Problem('DB_MISSING', { at: file });
  let db: Database.Database | undefined;
  try {
    // Not opened as read-only: such a connection leaves files of its own behind when it closes.
    db = new Database(file, { fileMustExist: true, timeout: 5000 });
    checkOurs(db, { file, mode: 'open' });
    db.pragma('query_only = ON');
    return db;
  } catch (thrown) {
    db?.close();
    throw openProblem(thrown, file);
  }
}

/** Readable by this user only: the database holds PINs. The folder is flushed too, or a power cut could lose the name. */
function createFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'wx', 0o600));
    const folder = openSync(dirname(file), 'r');
    if (process.platform !== 'win32') fsyncSync(folder);
    closeSync(folder);
  } catch (thrown) {
    throw openProblem(thrown, file);
  }
}

const number = (db: Database.Database, pragma: string) => Number(db.pragma(pragma, { simple: true }));
const tables = (db: Database.Database) => db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;

/** Before anything is written to it. */
function checkOurs(
  db: Database.Database,
  { file, mode, migrations = allMigrations }: Pick<DatabaseOptions, 'file' | 'mode' | 'migrations'>,
): void {
  const id = number(db, 'application_id');
  const version = number(db, 'user_version');
  if (id === 0 && version === 0 && tables(db) === 0) {
    if (mode === 'open') throw new Problem('DB_BROKEN', { at: file, note: 'the file is empty' });
    return;
  }
  if (id !== applicationId) throw new Problem('DB_BROKEN', { at: file, note: 'another program made it' });
  if (version > migrations.length)
    throw new Problem('DB_TOO_NEW', { at: file, want: `schema ${migrations.length} or older`, got: version });
}

/** A file up to this size is checked whole each time it is opened: a tenth of a second. `headroom check` looks at any. */
const checkedAtOpenBytes = 64 * 1024 * 1024;

/** What SQLite's own check finds, one line each. */
export function faultsOf(db: Database.Database, pragma: 'integrity_check' | 'quick_check(1)'): string[] {
  const rows = db.prepare<[], string>(`PRAGMA ${pragma}`).pluck().all();
  return rows.flatMap(row => row.split('\n')).filter(line => line !== 'ok' && !line.startsWith('***'));
}

function checkPages(db: Database.Database, file: string): void {
  if (number(db, 'page_count') * number(db, 'page_size') > checkedAtOpenBytes) return;
  const fault = faultsOf(db, 'quick_check(1)')[0];
  if (fault !== undefined) throw new Problem('DB_BROKEN', { at: file, note: `${fault}; \`headroom check\` says more` });
}

function configure(db: Database.Database): void {
  const journal = db.pragma('journal_mode = WAL', { simple: true });
  if (journal !== 'wal') throw new Problem('DB_BROKEN', { note: 'the file system cannot hold a write-ahead log' });
  db.pragma('synchronous = FULL'); // COMMIT returns when the log is on the disk: an acknowledged write survives a power cut
  db.pragma('fullfsync = ON'); // macOS: through the drive's cache too
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  // 8 MiB: the upper pages of all indexes, also with a million sites. More costs time at each commit: where a page was split,
  // SQLite looks through all it has in memory.
  db.pragma('cache_size = -8192');
  db.pragma('journal_size_limit = 67108864'); // after a burst the log shrinks again, bytes
}

/** All steps that are missing, in one transaction: a cut in the middle leaves the file as it was. */
function migrate(db: Database.Database, { log, file, migrations = allMigrations }: DatabaseOptions): void {
  if (number(db, 'user_version') === migrations.length) return;
  db.transaction(() => {
    const from = number(db, 'user_version'); // again: another process may have been quicker
    for (const step of migrations.slice(from)) db.exec(step);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
    // A new file is what was asked for; an old one that was changed is news.
    log[from === 0 ? 'debug' : 'info']('database schema brought up to date', { file, from, to: migrations.length });
  }).immediate();
}

/** What an operator is told of a file that cannot be used. */
export function openProblem(thrown: unknown, at: string): Problem {
  if (thrown instanceof Problem)
    return thrown.detail.at === undefined ? new Problem(thrown.code, { ...thrown.detail, at }) : thrown;
  const code = sqliteCode(thrown);
  const busy = /^SQLITE_(BUSY|LOCKED)/.test(code);
  const note = thrown instanceof Error ? thrown.message : String(thrown);
  const system = /^E[A-Z]+$/.test((thrown as NodeJS.ErrnoException).code ?? '');
  const file = system || /^SQLITE_(CANTOPEN|READONLY|PERM|FULL|IOERR)/.test(code);
  return new Problem(busy ? 'STORE_BUSY' : file ? 'BAD_FILE' : 'DB_BROKEN', { at, note, cause: thrown });
}
