import Database from 'better-sqlite3';
import { ManualClock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { stepOf } from '../testing/ledger';
import { entry, key } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { openDatabase } from './database';
import { storeOn } from './store';

const newFile = temporaryFiles();

/** Every statement that a store runs while each of its functions is called, values filled in. */
async function statements(file: string): Promise<string[]> {
  openDatabase({ file, mode: 'create', busyMs: 1, log: silentLog }).close();
  const seen = new Set<string>();
  const db = new Database(file, { verbose: sql => seen.add(String(sql)) });
  const store = storeOn(db, { clock: new ManualClock(0), blockMost: 3 });
  for (let step = 1; step <= 12; step++) await store.commit(stepOf(0, step));
  await store.commit({ put: [entry('/ledger', 'a', { keys: [key('lfdi', '0-12', true)] })] });
  await store.commit({ drop: ['/ledger/0-12/a'] });
  await store.page('/ledger', { start: 0, limit: 5, from: '000000002', to: '000000009' });
  await store.page('/ledger', { start: 6, limit: 5, from: '000000003' });
  await store.count('/ledger');
  await store.find('lfdi', '0-11');
  await store.series.get(1);
  await store.series.ofSite('0', 5);
  await store.series.latest('0');
  await store.readings.page('/meter/0', { start: 1, limit: 5 });
  await store.readings.page('/meter/0', { start: 20, limit: 5 });
  await store.readings.page('/meter/0', { start: 1, limit: 5, set: 'set 1' });
  await store.readings.page('/meter/0', { start: 4, limit: 5, set: 'set 1' });
  await store.readings.between('/meter/0', 5, 9);
  await store.readings.latest('/meter/0');
  await store.commit({ readings: [{ meter: '/meter/0', set: '', start: 1, place: '' }] });
  await store.readings.latest('/meter/0');
  await store.readings.sets('/sets/0', { start: 0, limit: 5 });
  await store.readings.sets('/sets/0', { start: 2, limit: 5, after: 1 });
  await store.readings.oneSet('/sets/0', '1');
  await store.commit({ thin: [{ meter: '/meter/0', before: 20, stepS: 5, most: 30 }] });
  await store.readings.coarse('/meter/0', 5, 9);
  await store.commit({ forgetCoarse: [{ meter: '/meter/0', before: 10, most: 30 }] });
  await store.readings.meters({ after: '', limit: 5 });
  await store.outbox.due(50, 10);
  await store.outbox.waiting();
  await store.close();
  return [...seen].filter(sql => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql));
}

it('finds everything by an index, and sorts only what one key or one site holds', async () => {
  const file = newFile();
  const all = await statements(file);
  expect(all.length).toBeGreaterThan(100);
  const db = new Database(file);
  const odd: [string, string][] = [];
  for (const sql of all) {
    const steps = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    for (const { detail } of steps)
      if (/SCAN|TEMP B-TREE|AUTOMATIC/.test(detail)) odd.push([detail, sql.replace(/\s+/g, ' ')]);
  }
  db.close();
  const allowed = new Map([
    ['USE TEMP B-TREE FOR LAST 2 TERMS OF ORDER BY', /FROM reading_sets WHERE meter/], // sets of one start
    ['SCAN outbox USING COVERING INDEX outbox_due', /count\(\*\) FROM outbox/], // few rows, asked for a gauge
    ['USE TEMP B-TREE FOR ORDER BY', /FROM keys k JOIN docs|FROM series WHERE site/],
  ]);
  const wrong = odd.filter(([detail, sql]) => !(allowed.get(detail)?.test(sql) ?? false));
  expect(wrong).toEqual([]);
});
