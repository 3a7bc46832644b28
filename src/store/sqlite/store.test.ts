import Database from 'better-sqlite3';
import { copyFileSync } from 'node:fs';
import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { noMetrics, promMetrics } from '../../base/metrics';
import { storeContract } from '../testing/contract';
import { audit, doc, entry, key, reading, series } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { openDatabase } from './database';
import { sqliteStore, storeOn } from './store';

const newFile = temporaryFiles();
const clock = new ManualClock(0);
const open = (file = newFile()) => sqliteStore({ file, mode: 'create', clock, busyMs: 1 });

let blank: string | undefined;
storeContract('the SQLite store', async () => {
  if (blank === undefined) await open((blank = newFile())).close();
  const file = newFile();
  copyFileSync(blank, file); // quicker than making each from nothing
  return open(file);
});

describe('group commit', () => {
  /** A store and the number of flushes it has made. */
  function counted(groupMost: number) {
    let flushes = 0;
    const metrics = { ...noMetrics, observe: () => void flushes++ };
    const file = newFile();
    const store = sqliteStore({ file, mode: 'create', clock, metrics, groupMost });
    return { store, file, flushes: () => flushes };
  }

  it('flushes once for what comes in together and again for what comes later', async () => {
    const { store, flushes } = counted(256);
    await Promise.all(Array.from({ length: 64 }, (_, n) => store.commit({ put: [entry('/l', `${n}`)] })));
    expect(flushes()).toBe(1);
    await store.commit({ put: [doc('/a')] });
    await store.commit({ put: [doc('/a')] });
    expect(flushes()).toBe(3);
    await store.close();
  });

  it('leaves what is beyond the size of a group for the next', async () => {
    const { store, flushes } = counted(10);
    await Promise.all(Array.from({ length: 25 }, (_, n) => store.commit({ put: [entry('/l', `${n}`)] })));
    expect(flushes()).toBe(3);
    expect(await store.count('/l')).toBe(25);
    await store.close();
  });

  it('resolves after the commit is there for every other process, and shows nothing before', async () => {
    const { store, file } = counted(256);
    const other = new Database(file);
    const seen = () => other.prepare('SELECT count(*) FROM docs').pluck().get();
    const pending = store.commit({ put: [doc('/a')] });
    expect(seen()).toBe(0);
    expect(await store.get('/a')).toBeUndefined();
    await pending;
    expect(seen()).toBe(1);
    other.close();
    await store.close();
  });
});

it('lets nobody change or drop what stands in the audit trail, not even with the file in hand', async () => {
  const file = newFile();
  const store = open(file);
  await store.commit({ audit: [audit('site.add')] });
  await store.close();
  const db = new Database(file);
  for (const sql of [
    "UPDATE audit SET who = 'nobody'",
    'DELETE FROM audit',
    'REPLACE INTO audit SELECT id, 9, who, came_from, what, subject, outcome, detail FROM audit',
  ])
    expect(() => db.exec(`PRAGMA recursive_triggers = ON; ${sql}`)).toThrow('append-only');
  expect(db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(1);
  db.close();
});

describe('two processes on one file', () => {
  it('let one of two racing registrations win and see each other', async () => {
    const file = newFile();
    const stores = [open(file), open(file)];
    const done = await Promise.all(
      stores.map((store, n) => store.commit({ put: [doc(`/edev/${n}`, { keys: [key('lfdi', 'AB', true)] })] })),
    );
    expect(done.filter(d => d.ok)).toHaveLength(1);
    for (const store of stores) expect(await store.find('lfdi', 'AB')).toHaveLength(1);
    for (const store of stores) await store.close();
  });

  it('answer STORE_BUSY when the other holds the file too long, write nothing, and go on afterwards', async () => {
    const file = newFile();
    const log = keptLog();
    const metrics = promMetrics();
    const store = sqliteStore({ file, mode: 'create', clock, busyMs: 1, log, metrics });
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const refused = { code: 'STORE_BUSY', entry: { status: 503 }, detail: { retryAfterS: 1 } };
    const pending = [store.commit({ put: [doc('/a')] }), store.commit({ put: [doc('/b')] })];
    for (const commit of pending) await expect(commit).rejects.toMatchObject(refused);
    expect(await store.get('/a')).toBeUndefined();
    expect(await metrics.value('headroom_commits_total', { outcome: 'failed' })).toBe(2);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { problem: 'STORE_BUSY' } });
    other.exec('ROLLBACK');
    other.close();
    expect(await store.commit({ put: [doc('/a')] })).toMatchObject({ ok: true });
    await store.close();
  });
});

describe('a full disk', () => {
  it('refuses a group whole with STORE_BUSY and goes on when there is room again', async () => {
    const db = openDatabase({ file: newFile(), mode: 'create', busyMs: 1, log: keptLog() });
    const store = storeOn(db, { clock });
    await store.commit({ put: [doc('/before', { list: '/l' })] });
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const big = doc('/big', { list: '/l', body: 'x'.repeat(100_000) });
    const done = await Promise.allSettled([
      store.commit({ put: [doc('/small', { list: '/l' })] }),
      store.commit({ put: [big] }),
      store.commit({ put: [doc('/last', { list: '/l' })] }),
    ]);
    // What SQLite could keep of the group it may keep; what was refused must be gone whole.
    for (const [i, href] of ['/small', '/big', '/last'].entries())
      expect(done[i]?.status === 'fulfilled').toBe((await store.get(href)) !== undefined);
    expect(done[1]).toMatchObject({ status: 'rejected', reason: { code: 'STORE_BUSY' } });
    expect(await store.verify()).toEqual([]);
    db.pragma('max_page_count = 1000000');
    expect(await store.commit({ put: [big] })).toMatchObject({ ok: true });
    expect(await store.verify()).toEqual([]);
    await store.close();
  });
});

describe('bodies', () => {
  it('come back from the file as they were: long integers, odd strings, nesting, no undefined', async () => {
    const file = newFile();
    const body = {
      sFDI: 167_261_211_391,
      seconds: 253_402_300_799,
      largest: Number.MAX_SAFE_INTEGER,
      small: -5e-324,
      text: 'a"b\\c\n\u0000 é ☀ 𝄞 \ud800',
      nested: [{ list: [[], {}] }, null, false],
    };
    const store = open(file);
    await store.commit({ put: [doc('/a', { body: { ...body, gone: undefined } })] });
    await store.close();
    const again = open(file);
    expect((await again.get('/a'))?.body).toStrictEqual(body);
    await again.close();
  });
});

it('never gives the id of a series twice, even when the last rows are gone', async () => {
  const db = openDatabase({ file: newFile(), mode: 'create', busyMs: 1, log: keptLog() });
  const store = storeOn(db, { clock });
  expect(await store.commit({ series: [series('1'), series('1')] })).toMatchObject({ series: [1, 2] });
  db.exec('DELETE FROM series');
  expect(await store.commit({ series: [series('1')] })).toMatchObject({ series: [3] });
  await store.close();
});

describe('verify', () => {
  it.each([
    ['a list is counted wrong', 'UPDATE list_blocks SET n = n + 1'],
    ['a list is counted wrong', "DELETE FROM docs WHERE href = '/l/1'"],
    ['a block of a list is counted wrong', "UPDATE docs SET sort_key = 'zz' WHERE href = '/l/1'"],
    ['a unique key has two holders', 'INSERT INTO keys SELECT name, key, doc + 1, 0 FROM keys'],
    ['a set of readings is counted wrong', 'UPDATE reading_sets SET n = 0'],
    ['a meter is counted wrong', 'UPDATE meters SET n = 2'],
    ['sets of a meter are counted wrong', 'UPDATE meters SET sets = 2'],
    ['a block of readings is counted wrong', 'UPDATE reading_blocks SET n = n + 1'],
    ['a block of readings is counted wrong', 'UPDATE reading_blocks SET from_start = 3 WHERE from_start = 2'],
    ['a series has arrays of unequal length', "UPDATE series SET own = x'00'"],
    ['a row refers to one that is not there', 'PRAGMA foreign_keys = OFF; UPDATE keys SET doc = 999'],
  ])('finds that %s', async (fault, damage) => {
    const file = newFile();
    const db = openDatabase({ file, mode: 'create', busyMs: 1, log: keptLog() });
    const store = storeOn(db, { clock, blockMost: 2 });
    await store.commit({
      put: ['1', '2', '3', '4'].map(n => entry('/l', n, n === '1' ? { keys: [key('lfdi', 'A', true)] } : {})),
      series: [series('1')],
      readings: [0, 1, 2, 3].map(start => reading('/m', start)),
    });
    expect(await store.verify()).toEqual([]);
    db.exec(damage);
    expect((await store.verify()).join('\n')).toContain(fault);
    await store.close();
  });
});
