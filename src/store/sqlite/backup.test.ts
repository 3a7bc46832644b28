import Database from 'better-sqlite3';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ManualClock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { nextTurn } from '../../base/turn';
import { type Store } from '../api';
import { audit, lastStep, stepOf } from '../testing/ledger';
import { doc, entry } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { backUp } from './backup';
import { openDatabase } from './database';
import { migrations } from './migrations';
import { sqliteStore, type SqliteStore } from './store';

const newFile = temporaryFiles();
const clock = new ManualClock(0);
let file: string;
let store: SqliteStore;

beforeEach(() => {
  file = newFile();
  store = sqliteStore({ file, mode: 'create', clock });
});
afterEach(() => store.close());

/** Writes ledger steps of lane 0, one after the other, until told to stop. */
async function writing(into: Store, until: () => boolean): Promise<void> {
  while (!until()) {
    await into.commit(stepOf(0, (await lastStep(into, 0)) + 1));
    await new Promise<void>(nextTurn);
  }
}

const leftovers = (target: string) =>
  readdirSync(dirname(target)).filter(
    name => name.startsWith(`${basename(target)}.`) || name === `${basename(target)}-wal`,
  );

it('copies one moment of a store that is written all the time: all that was acknowledged before, nothing by half', async () => {
  const padding = 'x'.repeat(20_000);
  await store.commit({ put: Array.from({ length: 700 }, (_, n) => entry('/big', String(n), { body: padding })) });
  for (let step = 1; step <= 20; step++) await store.commit(stepOf(0, step));
  const target = newFile();
  let copied = false;
  const told: number[] = [];
  const stream = writing(store, () => copied);
  const before = await lastStep(store, 0);
  const { bytes, rows } = await backUp({ file, target, replace: false, onProgress: done => told.push(done) });
  const after = await lastStep(store, 0);
  copied = true;
  await stream;

  expect(after).toBeGreaterThan(before + 2); // commits did fall into the copying
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual(told.toSorted((a, b) => a - b)); // it never began again
  expect(statSync(target).mode & 0o077).toBe(process.platform === 'win32' ? statSync(target).mode & 0o077 : 0);
  expect(statSync(target).size).toBe(bytes);
  expect(leftovers(target)).toEqual([]);
  const copy = sqliteStore({ file: target, mode: 'open', clock });
  const last = await lastStep(copy, 0);
  expect(last).toBeGreaterThanOrEqual(before);
  expect(last).toBeLessThan(after);
  expect(await audit(copy, [last])).toEqual([]);
  expect(await copy.count('/big')).toBe(700);
  expect(await copy.verify()).toEqual([]);
  expect(rows['series']).toBe(last);
  expect(await copy.commit(stepOf(0, last + 1))).toMatchObject({ ok: true }); // and goes on from there
  await copy.close();
});

it('never overwrites unless it is told to', async () => {
  const target = newFile();
  writeFileSync(target, 'mine');
  await expect(backUp({ file, target, replace: false })).rejects.toMatchObject({
    code: 'BAD_USAGE',
    detail: { at: target, note: 'it is there already; --force replaces it' },
  });
  expect(readFileSync(target, 'utf8')).toBe('mine');
  await store.commit({ put: [doc('/a')] });
  await backUp({ file, target, replace: true });
  const copy = sqliteStore({ file: target, mode: 'open', clock });
  expect(await copy.get('/a')).toBeDefined();
  await copy.close();
});

it('never overwrites the database itself, by whatever name', async () => {
  const other = newFile();
  symlinkSync(file, other);
  for (const target of [file, other])
    await expect(backUp({ file, target, replace: true })).rejects.toMatchObject({
      code: 'BAD_USAGE',
      detail: { note: 'that is the database itself' },
    });
  expect(await store.commit({ put: [doc('/a')] })).toMatchObject({ ok: true });
  expect(await store.verify()).toEqual([]);
});

it('says where it could not write, and that there is nothing to copy', async () => {
  const target = `${newFile()}/nowhere/backup.db`;
  await expect(backUp({ file, target, replace: false })).rejects.toMatchObject({
    code: 'BAD_FILE',
    detail: { at: target },
  });
  await expect(backUp({ file: newFile(), target: newFile(), replace: false })).rejects.toMatchObject({
    code: 'DB_MISSING',
  });
});

it('makes no backup of a damaged database', async () => {
  await store.commit({ put: [entry('/l', '1')] });
  await store.close();
  const db = new Database(file);
  db.exec('UPDATE list_blocks SET n = 7');
  db.close();
  const target = newFile();
  await expect(backUp({ file, target, replace: false })).rejects.toMatchObject({
    code: 'DB_BROKEN',
    message: expect.stringMatching(/a list is counted wrong.*headroom check/) as string,
  });
  expect(existsSync(target)).toBe(false);
  expect(leftovers(target)).toEqual([]);
});

it('takes away what it had copied when it is stopped', async () => {
  await store.commit({
    put: Array.from({ length: 500 }, (_, n) => entry('/l', String(n), { body: 'x'.repeat(20_000) })),
  });
  const stop = new AbortController();
  const target = newFile();
  const copying = backUp({ file, target, replace: false, stop: stop.signal, onProgress: () => stop.abort() });
  await expect(copying).rejects.toThrow(/abort/i);
  expect(existsSync(target)).toBe(false);
  expect(leftovers(target)).toEqual([]);
});

it('leaves the copy of an older schema as it is', async () => {
  const old = newFile();
  openDatabase({ file: old, mode: 'create', busyMs: 1, log: silentLog, migrations: migrations.slice(0, 1) }).close();
  const target = newFile();
  await backUp({ file: old, target, replace: false });
  const copy = new Database(target);
  expect(copy.pragma('user_version', { simple: true })).toBe(1);
  copy.close();
  const upgraded = sqliteStore({ file: target, mode: 'open', clock });
  expect(await upgraded.verify()).toEqual([]);
  await upgraded.close();
  expect(migrations.length).toBeGreaterThan(1);
});
