import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Store } from './api';
import { memoryStore } from './memory/store';
import { type SqliteStore, sqliteStore } from './sqlite/store';

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
 * The store a configuration asks for. A SQLite store can also be backed up and verified.
 * @throws Problem DB_MISSING, DB_TOO_NEW, DB_BROKEN or STORE_BUSY.
 */
export async function openStore(config: SqliteConfig, deps: StoreDeps): Promise<SqliteStore>;
export async function openStore(config: StoreConfig, deps: StoreDeps): Promise<Store>;
export async function openStore(config: StoreConfig, deps: StoreDeps): Promise<Store> {
  if (config.kind === 'memory') return memoryStore(deps);
  return sqliteStore({ ...deps, file: config.file, mode: config.mode });
}
