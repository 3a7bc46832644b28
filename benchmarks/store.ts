/**
 * `npm run bench -- store`: durable commits with 1, 8 and 64 callers at once, and pages near and deep, each against bare
 * better-sqlite3 that writes or reads the same rows in the same run with the same settings. All figures are rates: higher is
 * better. Deep pages, of documents and of readings, have a line against the store's own first page: the bar there is a third.
 */
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { type NewDoc, type ReadingRow, type Store } from '../src/store/api';
import { sqliteStore } from '../src/store/sqlite/store';
import { type BenchResult } from './result';

type Line = BenchResult['results'][number];

const clock = new SystemClock();
const rounds = 5;
const roundMs = 300;
const entries = 20_000;
const limit = 10;

export async function store(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const kept = sqliteStore({ file: join(folder, 'store.db'), mode: 'create', clock });
  const bare = bareDatabase(join(folder, 'bare.db'));
  try {
    const results: Line[] = [];
    for (const callers of [1, 8, 64]) results.push(await commits(kept, bare, callers));
    results.push(...(await pages(kept, bare)), ...(await readings(kept)));
    return { name: 'store', machine: machine(), results };
  } finally {
    await kept.close();
    bare.close();
    rmSync(folder, { recursive: true });
  }
}

function machine(): string {
  const sqlite = new Database(':memory:').prepare<[], string>('SELECT sqlite_version()').pluck().get();
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, SQLite ${sqlite}`;
}

const name = (n: number) => String(n).padStart(8, '0');

/** About the size of a stored DERControl. */
function entry(list: string, n: number): NewDoc {
  const body = {
    mRID: name(n).padStart(32, '0'),
    description: 'operating envelope',
    creationTime: 1_700_000_000 + n,
    EventStatus: { currentStatus: 0, dateTime: 1_700_000_000, potentiallySuperseded: false },
    interval: { duration: 300, start: 1_700_000_000 + 300 * n },
    DERControlBase: {
      opModExpLimW: { multiplier: 0, value: n % 5000 },
      opModImpLimW: { multiplier: 0, value: 5000 - (n % 5000) },
    },
  };
  return { href: `${list}/${n}`, list, kind: 'der.control', changed: 1_700_000_000 + n, sortKey: name(n), body };
}

/** The documents table alone, with the store's settings, and nothing done but inserting and reading. */
function bareDatabase(file: string): Database.Database {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE docs (id INTEGER PRIMARY KEY, href TEXT NOT NULL UNIQUE, list TEXT NOT NULL, kind TEXT NOT NULL,
    version INTEGER NOT NULL, changed INTEGER NOT NULL, sort_key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX docs_in_list ON docs (list, sort_key, href)`);
  return db;
}

function inserter(db: Database.Database): (docs: readonly NewDoc[]) => void {
  const insert = db.prepare(
    'INSERT INTO docs (href, list, kind, version, changed, sort_key, body) VALUES (?, ?, ?, 1, ?, ?, ?)',
  );
  return db.transaction((docs: readonly NewDoc[]) => {
    for (const d of docs) insert.run(d.href, d.list, d.kind, d.changed, d.sortKey, JSON.stringify(d.body));
  });
}

/** Plans of one document each from `callers` that wait for each other's turn; the baseline puts as many rows in one transaction. */
async function commits(kept: Store, bare: Database.Database, callers: number): Promise<Line> {
  const insert = inserter(bare);
  const list = `/commits/${callers}`;
  let n = 0;
  let m = 0;
  const value = async () => {
    await Promise.all(Array.from({ length: callers }, () => kept.commit({ put: [entry(list, n++)] })));
    return callers;
  };
  const baseline = () => {
    insert(Array.from({ length: callers }, () => entry(list, m++)));
    return callers;
  };
  return compare(`commits, ${callers} at once`, 'commits/s', value, baseline);
}

async function pages(kept: Store, bare: Database.Database): Promise<Line[]> {
  const list = '/pages';
  const docs = Array.from({ length: entries }, (_, n) => entry(list, n));
  await kept.commit({ put: docs });
  inserter(bare)(docs);
  const select = bare.prepare<[string, number, number], { body: string }>(
    'SELECT * FROM docs WHERE list = ? ORDER BY sort_key, href LIMIT ? OFFSET ?',
  );
  const page = (start: number) => async () => (await kept.page(list, { start, limit })).docs.length / limit;
  const plain = (start: number) => () =>
    select.all(list, limit, start).filter(row => JSON.parse(row.body) !== null).length / limit;
  const last = entries - limit;
  return [
    await compare('page of 10 at 0', 'pages/s', page(0), plain(0)),
    await compare(`page of 10 at ${entries / 2}`, 'pages/s', page(entries / 2), plain(entries / 2)),
    await compare(`page of 10 at ${last}`, 'pages/s', page(last), plain(last)),
    await compare(`page of 10 at ${last}, against 0`, 'pages/s', page(last), page(0)),
    await compare('one document', 'reads/s', one(kept, list), () => select.all(list, 1, 0).length),
  ];
}

/** Pages of one meter and of one of its sets, each against the store's own first page. */
async function readings(kept: Store): Promise<Line[]> {
  const row = (n: number): ReadingRow => ({
    meter: '/upt/1/mr/1',
    set: n % 2 === 0 ? 'A' : 'B',
    start: 1_700_000_000 + 300 * n,
    durationS: 300,
    value: n,
    place: '',
  });
  for (let n = 0; n < 2 * entries; n += 1000)
    await kept.commit({ readings: Array.from({ length: 1000 }, (_, i) => row(n + i)) });
  const page = (start: number, set?: string) => async () =>
    (await kept.readings.page('/upt/1/mr/1', { start, limit, ...(set !== undefined && { set }) })).rows.length / limit;
  const deep = (start: number, set?: string) =>
    compare(
      `${limit} readings at ${start} of ${set === undefined ? 2 * entries : `${entries}, one set`}, against 0`,
      'pages/s',
      page(start, set),
      page(0, set),
    );
  return [await deep(entries), await deep(2 * entries - limit), await deep(entries - limit, 'A')];
}

const one = (kept: Store, list: string) => async () => ((await kept.get(`${list}/${entries / 2}`)) ? 1 : 0);

/** Rates of both in turn, so that a slow moment of the machine meets both; the median of the rounds. */
async function compare(
  what: string,
  unit: string,
  value: () => Promise<number>,
  baseline: () => number | Promise<number>,
): Promise<Line> {
  const values: number[] = [];
  const baselines: number[] = [];
  await rate(value, roundMs / 3);
  await rate(baseline, roundMs / 3);
  for (let round = 0; round < rounds; round++) {
    values.push(await rate(value, roundMs));
    baselines.push(await rate(baseline, roundMs));
  }
  const [v, b] = [median(values), median(baselines)];
  return { case: what, value: v, unit, baseline: b, ratio: v / b };
}

async function rate(work: () => number | Promise<number>, ms: number): Promise<number> {
  const start = clock.monotonicMs();
  let done = 0;
  while (clock.monotonicMs() - start < ms) done += await work();
  return (done * 1000) / (clock.monotonicMs() - start);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
