import { type Database } from 'better-sqlite3';
import { type Clock } from '../../base/clock';
import { type Log, silentLog } from '../../base/log';
import { type Metrics, noMetrics } from '../../base/metrics';
import { Problem } from '../../base/problem';
import { nextTurn } from '../../base/turn';
import { type Committed, type Plan, type Store } from '../api';
import { prepare, touchRows, type Prepared } from '../plan';
import { SqliteAudit } from './audit';
import { openDatabase } from './database';
import { SqliteDocuments } from './documents';
import { storeProblem } from './faults';
import { GroupCommit } from './group-commit';
import { SqliteOutbox } from './outbox';
import { SqliteReadings } from './readings';
import { SqliteSeries } from './series';
import { verify } from './verify';

export interface SqliteOptions {
  readonly file: string;
  /** `create` makes the file where there is none; `open` answers DB_MISSING. */
  readonly mode: 'create' | 'open';
  readonly clock: Clock;
  readonly log?: Log;
  readonly metrics?: Metrics;
  /** How long a write waits for another process before it answers STORE_BUSY, milliseconds. */
  readonly busyMs?: number;
  /** Plans that share one flush at most. */
  readonly groupMost?: number;
}

export interface SqliteStore extends Store {
  /** What is wrong with the database, one line each; empty when nothing is. Reads everything. */
  verify(): Promise<string[]>;
}

/**
 * A store in one SQLite file, one connection. Reads are synchronous underneath and see what is committed; writes are gathered
 * (group-commit.ts). Other processes may read and write the same file.
 * @throws Problem DB_MISSING, DB_TOO_NEW, DB_BROKEN or STORE_BUSY.
 */
export function sqliteStore(options: SqliteOptions): SqliteStore {
  const { file, mode, log = silentLog, busyMs = 1000 } = options;
  return storeOn(openDatabase({ file, mode, busyMs, log }), options);
}

/** A store on an open database, which it closes. `blockMost`: see lists.ts and reading-blocks.ts; a small one lets tests cut blocks often. */
export function storeOn(
  db: Database,
  options: Pick<SqliteOptions, 'clock' | 'log' | 'metrics' | 'groupMost'> & { readonly blockMost?: number },
): SqliteStore {
  const { clock, log = silentLog, metrics = noMetrics, groupMost = 256, blockMost } = options;
  const documents = new SqliteDocuments(db, blockMost);
  const series = new SqliteSeries(db);
  const readings = new SqliteReadings(db, blockMost);
  const outbox = new SqliteOutbox(db);
  const audit = new SqliteAudit(db);
  let open = true;

  const apply = (plan: Prepared): Committed => {
    const { conflict, versions, touched } = documents.apply(plan);
    if (conflict.length > 0) return { ok: false, conflict };
    const ids = plan.series.map(row => series.add(row));
    for (const old of plan.thin) readings.writes.thin(old);
    for (const old of plan.forgetCoarse) readings.writes.forgetCoarse(old);
    readings.writes.add(plan.sets, plan.readings);
    for (const id of plan.settle) outbox.remove(id);
    for (const note of plan.enqueue) outbox.add(note);
    for (const row of plan.audit) audit.add(row);
    touchRows(touched, plan);
    return { ok: true, changed: Object.keys(versions), versions, series: ids, touched: [...touched].sort() };
  };

  const group = new GroupCommit(db, { apply, soon: nextTurn, most: groupMost, clock, log, metrics });

  const live = () => {
    if (!open) throw new Problem('STORE_BUSY', { note: 'the store is closed' });
  };
  const snapshot = db.transaction((query: () => unknown) => query());
  /** One statement. */
  const read = async <T>(query: () => T): Promise<T> => {
    live();
    try {
      return query();
    } catch (thrown) {
      throw storeProblem(thrown);
    }
  };
  /** Several statements that see one state, also when another process writes between them. */
  const readAll = <T>(query: () => T): Promise<T> => read(() => snapshot(query) as T);

  return {
    get: href => read(() => documents.get(href)),
    many: hrefs => readAll(() => documents.many(hrefs)),
    page: (list, query) => readAll(() => documents.page(list, query)),
    count: list => read(() => documents.count(list)),
    find: (index, key) => read(() => documents.find(index, key)),
    commit: async (plan: Plan) => {
      live();
      return group.add(prepare(plan));
    },
    series: {
      get: id => read(() => series.get(id)),
      ofSite: (site, from) => read(() => series.ofSite(site, from)),
      latest: site => read(() => series.latest(site)),
    },
    readings: {
      page: (meter, query) => readAll(() => readings.page(meter, query)),
      between: (meter, from, to, limit) => readAll(() => readings.between(meter, from, to, limit)),
      sets: (meter, query) => readAll(() => readings.sets(meter, query)),
      oneSet: (meter, set) => readAll(() => readings.oneSet(meter, set)),
      latest: meter => readAll(() => readings.latest(meter)),
      coarse: (meter, from, to, limit) => readAll(() => readings.coarse(meter, from, to, limit)),
      meters: query => read(() => readings.meters(query)),
    },
    outbox: {
      due: (now, limit) => read(() => outbox.due(now, limit)),
      waiting: () => read(() => outbox.waiting()),
    },
    audit: { page: query => read(() => audit.page(query)) },
    verify: () => readAll(() => verify(db)),
    close: async () => {
      if (!open) return;
      open = false;
      group.drain();
      db.close();
    },
  };
}
