import Database from 'better-sqlite3';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { entry, reading } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { type DatabaseOptions, openDatabase, openToRead } from './database';
import { applicationId, migrations } from './migrations';
import { storeOn } from './store';
import { verify } from './verify';

const newFile = temporaryFiles();
const open = (file: string, more: Partial<DatabaseOptions> = {}) =>
  openDatabase({ file, mode: 'open', busyMs: 1, log: keptLog(), ...more });
const make = (file: string, more: Partial<DatabaseOptions> = {}) => open(file, { mode: 'create', ...more }).close();

it('makes a database, its folder too, for this user only', () => {
  const file = join(newFile(), 'deep', 'headroom.db');
  make(file);
  expect(statSync(file).mode & 0o077).toBe(process.platform === 'win32' ? statSync(file).mode & 0o077 : 0);
  const db = open(file);
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(db.pragma('application_id', { simple: true })).toBe(applicationId);
  db.close();
});

it('sets what durability rests on', () => {
  const file = newFile();
  make(file);
  const db = open(file);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('synchronous', { simple: true })).toBe(2); // FULL
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(db.pragma('busy_timeout', { simple: true })).toBe(1);
  db.close();
});

it('creates over an existing database of ours without harm', () => {
  const file = newFile();
  make(file);
  const db = open(file);
  db.exec("INSERT INTO meters (href, n) VALUES ('/m', 0)");
  db.close();
  make(file);
  const again = open(file);
  expect(again.prepare('SELECT count(*) FROM meters').pluck().get()).toBe(1);
  again.close();
});

describe('refuses', () => {
  const refusal = (file: string, more: Partial<DatabaseOptions> = {}) => {
    try {
      open(file, more).close();
    } catch (thrown) {
      return thrown;
    }
    return 'opened';
  };

  it('a file that is missing, with what to do', () => {
    const file = newFile();
    expect(refusal(file)).toMatchObject({
      code: 'DB_MISSING',
      advice: `DB_MISSING: ${file}. There is no database where the configuration says. Run \`headroom init DIR\`, or correct \`database\`.`,
    });
  });

  it.each([
    ['text', Buffer.from('not a database, but long enough to be looked at. '.repeat(40))],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, ...Array<number>(2000).fill(7)])],
  ])('%s, and leaves it as it is', (_, content) => {
    const file = newFile();
    writeFileSync(file, content);
    expect(refusal(file)).toMatchObject({ code: 'DB_BROKEN', detail: { at: file } });
    expect(refusal(file, { mode: 'create' })).toMatchObject({ code: 'DB_BROKEN' });
    expect(readFileSync(file)).toEqual(content);
  });

  it('an empty file, unless it may make a database of it', () => {
    const file = newFile();
    writeFileSync(file, '');
    expect(refusal(file)).toMatchObject({ code: 'DB_BROKEN', detail: { note: 'the file is empty' } });
    make(file);
    expect(refusal(file)).toBe('opened');
  });

  it('a folder', () => {
    const file = newFile();
    mkdirSync(file);
    expect(refusal(file)).toMatchObject({ code: 'BAD_FILE', detail: { at: file } });
  });

  it("another program's database, and leaves it as it is", () => {
    const file = newFile();
    const other = new Database(file);
    other.exec('CREATE TABLE docs (id INTEGER)');
    other.close();
    const before = readFileSync(file);
    const want = { code: 'DB_BROKEN', detail: { at: file, note: 'another program made it' } };
    expect(refusal(file)).toMatchObject(want);
    expect(refusal(file, { mode: 'create' })).toMatchObject(want);
    expect(readFileSync(file)).toEqual(before);
  });

  it('a database of a newer Headroom', () => {
    const file = newFile();
    make(file);
    const db = new Database(file);
    db.pragma(`user_version = ${migrations.length + 1}`);
    db.close();
    expect(refusal(file)).toMatchObject({ code: 'DB_TOO_NEW', detail: { at: file, got: migrations.length + 1 } });
    expect(refusal(file, { mode: 'create' })).toMatchObject({ code: 'DB_TOO_NEW' });
  });

  it('a damaged database', () => {
    const file = newFile();
    make(file);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 4096);
    writeFileSync(file, bytes);
    expect(refusal(file)).toMatchObject({ code: 'DB_BROKEN', detail: { at: file } });
  });

  it('a database with a damaged page, wherever it is', async () => {
    const file = newFile();
    const store = storeOn(open(file, { mode: 'create' }), { clock: new ManualClock(0) });
    await store.commit({ put: Array.from({ length: 500 }, (_, n) => entry('/l', `${n}`, { body: 'x'.repeat(300) })) });
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xee, bytes.length - 3 * 4096, bytes.length - 2 * 4096);
    writeFileSync(file, bytes);
    expect(refusal(file)).toMatchObject({
      code: 'DB_BROKEN',
      advice: expect.stringMatching(/`headroom check` says more.*Restore a backup/) as string,
    });
    const readable = openToRead(file);
    expect(verify(readable).length).toBeGreaterThan(0);
    readable.close();
  });

  it('to wait for ever for another process that is bringing it up to date', () => {
    const file = newFile();
    make(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const more = { migrations: [...migrations, 'CREATE TABLE more (id INTEGER)'] };
    expect(refusal(file, more)).toMatchObject({ code: 'STORE_BUSY', detail: { at: file } });
    other.close();
    expect(refusal(file)).toBe('opened');
  });
});

describe('migrations', () => {
  it('applies the steps that are missing, keeps the rows, and says so once', () => {
    const file = newFile();
    make(file);
    const db = open(file);
    db.exec("INSERT INTO meters (href, n) VALUES ('/m', 0)");
    db.close();
    const log = keptLog();
    const next = [...migrations, "ALTER TABLE meters ADD COLUMN unit TEXT NOT NULL DEFAULT 'W'"];
    open(file, { migrations: next, log }).close();
    const again = open(file, { migrations: next, log });
    expect(again.prepare('SELECT href, unit FROM meters').all()).toEqual([{ href: '/m', unit: 'W' }]);
    again.close();
    expect(log.lines.map(line => line.fields)).toEqual([{ file, from: migrations.length, to: next.length }]);
  });

  it('leaves the file as it was when a step fails', () => {
    const file = newFile();
    make(file);
    const bad = [...migrations, 'CREATE TABLE half (id INTEGER)', 'CREATE TABLE half (id INTEGER)'];
    expect(() => open(file, { migrations: bad })).toThrow(/DB_BROKEN.*half/);
    const db = open(file);
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    db.close();
  });

  it('keeps readings of a schema that kept less of them', async () => {
    const file = newFile();
    const old = open(file, { mode: 'create', migrations: migrations.slice(0, 4) });
    old.exec(`INSERT INTO meters VALUES (1, '/m', 2); INSERT INTO reading_sets VALUES (1, 1, '', 2);
      INSERT INTO readings VALUES (1, 0, 1, '0000', 300, 7, ''), (1, 300, 1, '01', 0, 8.5, '0001')`);
    expect(verify(old)).toEqual([]);
    old.close();
    const store = storeOn(open(file), { clock: new ManualClock(0) });
    expect(await store.verify()).toEqual([]);
    const row = { meter: '/m', set: '' };
    expect(await store.readings.between('/m', 0, 999)).toEqual([
      { ...row, start: 0, place: '0000', localID: '0000', durationS: 300, value: 7 },
      { ...row, start: 300, place: '01', localID: '01', durationS: 0, value: 8.5, qualityFlags: '0001' },
    ]);
    expect((await store.readings.latest('/m'))?.value).toBe(8.5);
    await store.close();
  });

  it('makes rows of reading sets that were documents', async () => {
    const file = newFile();
    const old = open(file, { mode: 'create', migrations: migrations.slice(0, 6) });
    old.exec(`INSERT INTO meters VALUES (1, '/upt/1/mr/A', 2);
      INSERT INTO reading_sets VALUES (1, 1, '0A', 1, NULL, NULL), (2, 1, '', 1, 5, '');
      INSERT INTO readings (meter, start, in_set, place, value) VALUES (1, 5, 1, '01', 7), (1, 5, 2, '', 8)`);
    const put = old.prepare(`INSERT INTO docs (href, list, kind, version, changed, sort_key, body)
      VALUES (?, ?, 'metering.readingSet', 1, 0, '', ?)`);
    const doc = (meter: string, mRID: string, more: object = {}) =>
      put.run(`${meter}/rs/${mRID}`, `${meter}/rs`, JSON.stringify({ mRID, timePeriod, ...more }));
    const timePeriod = { start: 5, duration: 900 };
    doc('/upt/1/mr/A', '0A', { description: 'first', version: 2 });
    doc('/upt/1/mr/A', '0B');
    doc('/upt/1/mr/B', '0C');
    old.exec(`INSERT INTO list_blocks VALUES ('/upt/1/mr/A/rs', '', '', 2), ('/upt/1/mr/B/rs', '', '', 1);
      INSERT INTO keys SELECT 'mrid', '0A', id, 0 FROM docs LIMIT 1`);
    expect(verify(old)).toEqual([]);
    old.close();
    const store = storeOn(open(file), { clock: new ManualClock(0) });
    expect(await store.verify()).toEqual([]);
    const set = (meter: string, name: string, readings: number) => ({
      ...{ meter, set: name, start: 5, durationS: 900, readings },
    });
    const of = async (meter: string) => store.readings.sets(meter, { start: 0, limit: 9 });
    const first = { ...set('/upt/1/mr/A', '0A', 1), description: 'first', version: 2 };
    expect(await of('/upt/1/mr/A')).toEqual({ sets: [set('/upt/1/mr/A', '0B', 0), first], all: 2 });
    expect(await of('/upt/1/mr/B')).toEqual({ sets: [set('/upt/1/mr/B', '0C', 0)], all: 1 });
    expect(await store.get('/upt/1/mr/A/rs/0A')).toBeUndefined();
    expect(await store.find('mrid', '0A')).toEqual([]);
    expect((await store.readings.latest('/upt/1/mr/A'))?.value).toBe(8);
    await store.close();
  });

  it('counts readings of an older schema into blocks', async () => {
    const file = newFile();
    const old = open(file, { mode: 'create', migrations: migrations.slice(0, 1) });
    old.exec("INSERT INTO meters VALUES (1, '/m', 0), (2, '/few', 0)");
    old.exec("INSERT INTO reading_sets VALUES (1, 1, 'A', 0), (2, 1, 'B', 0), (3, 2, '', 0)");
    const insert = old.prepare("INSERT INTO readings VALUES (?, ?, ?, '', 300, ?, '')");
    old.transaction(() => {
      for (let i = 0; i < 1500; i++) insert.run(1, i * 60, i % 3 === 0 ? 2 : 1, i);
    })();
    insert.run(2, 0, 3, 7);
    old.exec('UPDATE meters SET n = (SELECT count(*) FROM readings WHERE meter = id)');
    old.exec('UPDATE reading_sets SET n = (SELECT count(*) FROM readings WHERE in_set = id)');
    old.close();
    const store = storeOn(open(file), { clock: new ManualClock(0) });
    expect(await store.verify()).toEqual([]);
    const values = async (start: number, set?: string) =>
      (await store.readings.page('/m', { start, limit: 2, ...(set !== undefined && { set }) })).rows.map(r => r.value);
    expect(await values(1497)).toEqual([2, 1]);
    expect(await values(700)).toEqual([799, 798]);
    expect(await values(998, 'A')).toEqual([2, 1]);
    expect(await values(499, 'B')).toEqual([0]);
    await store.commit({ readings: [reading('/m', 30, { set: 'A', value: 0.5 }), reading('/few', 60)] });
    expect(await values(1499)).toEqual([0.5, 0]);
    expect(await store.verify()).toEqual([]);
    await store.close();
  });
});
