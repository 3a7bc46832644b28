import Database from 'better-sqlite3';
import { ManualClock } from '../../base/clock';
import { nextTurn } from '../../base/turn';
import { silentLog } from '../../base/log';
import { doc } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { openDatabase } from './database';
import { KeptRows } from './kept-rows';
import { sqliteStore, storeOn } from './store';

const newFile = temporaryFiles();
const clock = new ManualClock(0);
const turn = () => new Promise<void>(nextTurn);
const database = (file: string) => openDatabase({ file, mode: 'create', busyMs: 1, log: silentLog });

it('keeps so many, and forgets those first that it has kept longest', () => {
  const db = database(newFile());
  const kept = new KeptRows<string>(db, () => undefined, 2);
  for (const name of ['a', 'b', 'c']) kept.keep(`/${name}`, name === 'b' ? null : name);
  expect(['/a', '/b', '/c'].map(href => kept.find(href))).toEqual([undefined, null, 'c']);
  kept.forget('/b');
  expect(kept.find('/b')).toBeUndefined();
  db.close();
});

it('is one with what a plan has written, and with what it has not', async () => {
  const store = sqliteStore({ file: newFile(), mode: 'create', clock });
  const body = async (href: string) => (await store.get(href))?.body;
  expect(await body('/a')).toBeUndefined();
  await store.commit({ put: [doc('/a', { body: 1 }), doc('/a/b', { body: 2 })] });
  expect([await body('/a'), await body('/a/b')]).toEqual([1, 2]);
  expect((await store.commit({ put: [doc('/a', { body: 3 })], expect: { '/b': 7 } })).ok).toBe(false);
  expect(await body('/a')).toBe(1);
  await store.commit({ put: [doc('/a', { body: 4 })] });
  expect(await body('/a')).toBe(4);
  await store.commit({ dropTree: ['/a'] });
  expect([await body('/a'), await body('/a/b')]).toEqual([undefined, undefined]);
  await store.close();
});

it('asks the database once for what is there, and once for what is not', async () => {
  const file = newFile();
  database(file).close();
  let asked = 0;
  const db = new Database(file, { verbose: sql => void (/FROM docs d WHERE href/.test(String(sql)) && asked++) });
  const store = storeOn(db, { clock });
  await store.commit({ put: [doc('/a')] });
  for (let i = 0; i < 5; i++) await Promise.all([store.get('/a'), store.get('/none')]);
  expect(asked).toBe(2);
  await store.close();
});

it('gives each reader a document of his own', async () => {
  const store = sqliteStore({ file: newFile(), mode: 'create', clock });
  await store.commit({ put: [doc('/a', { body: { list: [1] } })] });
  const one = await store.get<{ list: number[] }>('/a');
  one?.body.list.push(2);
  expect((await store.get('/a'))?.body).toEqual({ list: [1] });
  await store.close();
});

it('notices with the next turn what another connection has written', async () => {
  const file = newFile();
  const [ours, theirs] = [sqliteStore({ file, mode: 'create', clock }), sqliteStore({ file, mode: 'open', clock })];
  const body = async () => (await ours.get('/a'))?.body;
  for (const value of [1, 2]) {
    await body();
    await theirs.commit({ put: [doc('/a', { body: value })] });
    await turn();
    expect(await body()).toBe(value);
  }
  await theirs.commit({ drop: ['/a'] });
  await turn();
  expect(await body()).toBeUndefined();
  await ours.close();
  await theirs.close();
});
