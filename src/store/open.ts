import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Store } from './api';
import { memoryStore } from './memory/store';
import { openToRead } from './sqlite/database';
import { damaged } from './sqlite/faults';
import { type SqliteStore, sqliteStore } from './sqlite/store';
import { verify } from './sqlite/verify';

export { backUp, type Backup } from './sqlite/backup';

export interface MemoryConfig {
  readonly kind: 'memory';
}
export interface SqliteConfig {
  readonly kind: 'sqlite';
  readonly file: string;
  /** `create` makes the file where there is none; `open` answers DB_MISSING. */
  readonly mode: 'create' | 'open';
}
export type StoreConfig = MemoryConfig | SqliteConfig;

export interface StoreDeps {
  readonly clock: Clock;
  readonly log?: Log;
  readonly metrics?: Metrics;
}

/**
 * The store a configuration asks for. A SQLite store can also be verified.
 * @throws Problem DB_MISSING, DB_TOO_NEW, DB_BROKEN or STORE_BUSY.
 */
export async function openStore(config: SqliteConfig, deps: StoreDeps): Promise<SqliteStore>;
export async function openStore(config: StoreConfig, deps: StoreDeps): Promise<Store>;
export async function openStore(config: StoreConfig, deps: StoreDeps): Promise<Store> {
  if (config.kind === 'memory') return memoryStore(deps);
  return sqliteStore({ ...deps, file: config.file, mode: config.mode });
}

export interface Checked {
  /** What is wrong, one line each; empty when nothing is. */
  readonly faults: readonly string[];
  readonly bytes: number;
  /** Number of its schema. */
  readonly schema: number;
}

/**
 * Reads the whole of a database file, in use or not, and changes nothing.
 * @throws Problem DB_MISSING, DB_TOO_NEW, DB_BROKEN (not a database, or not ours), BAD_FILE
 */
export function checkDatabase(file: string): Checked {
  const db = openToRead(file);
  try {
    return db.transaction(() => {
      const [pages, pageBytes, schema] = ['page_count', 'page_size', 'user_version'].map(name =>
        Number(db.pragma(name, { simple: true })),
      );
      return { faults: verify(db), bytes: (pages ?? 0) * (pageBytes ?? 0), schema: schema ?? 0 };
    })();
  } catch (thrown) {
    if (!damaged(thrown)) throw thrown;
    return { faults: [(thrown as Error).message], bytes: 0, schema: 0 }; // so damaged that nothing more can be asked
  } finally {
    db.close();
  }
}
