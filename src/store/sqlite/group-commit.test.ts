import Database from 'better-sqlite3';
import { ManualClock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { noMetrics } from '../../base/metrics';
import { type Committed } from '../api';
import { prepare } from '../plan';
import { doc } from '../testing/samples';
import { GroupCommit } from './group-commit';

/**
 * A group whose plans write their first href and then do as it says: `/throw`, `/conflict`, `/lose` (the database rolls
 * everything back, as SQLite does on a full disk) or keep it. Flushes when told.
 */
function start(most = 10) {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (href TEXT)');
  const turns: (() => void)[] = [];
  const group = new GroupCommit(db, {
    apply: ({ put }): Committed => {
      const [href = ''] = put.keys();
      db.prepare('INSERT INTO t VALUES (?)').run(href);
      if (href === '/throw') throw new Error('out of order');
      if (href === '/lose') {
        db.exec('ROLLBACK');
        throw Object.assign(new Error('disk is full'), { code: 'SQLITE_FULL' });
      }
      if (href === '/conflict') return { ok: false, conflict: [href] };
      return { ok: true, changed: [], versions: {}, series: [], touched: [] };
    },
    soon: run => turns.push(run),
    most,
    clock: new ManualClock(0),
    log: silentLog,
    metrics: noMetrics,
  });
  const outcomes: string[] = [];
  const add = (href: string) =>
    void group.add(prepare({ put: [doc(href)] })).then(
      done => outcomes.push(`${href} ${done.ok ? 'kept' : 'conflict'}`),
      (fault: { code: string }) => outcomes.push(`${href} ${fault.code}`),
    );
  const rows = () => db.prepare('SELECT href FROM t').pluck().all();
  const turn = async () => {
    turns.shift()?.();
    await new Promise<void>(resolve => process.nextTick(resolve));
  };
  return { db, group, add, rows, turn, turns, outcomes };
}

it('takes back what a plan wrote before it failed or conflicted, and only that', async () => {
  const { add, rows, turn, outcomes } = start();
  for (const href of ['/a', '/throw', '/b', '/conflict', '/c']) add(href);
  await turn();
  expect(rows()).toEqual(['/a', '/b', '/c']);
  expect(outcomes.sort()).toEqual(['/a kept', '/b kept', '/c kept', '/conflict conflict', '/throw BUG']);
});

it.each(['/throw', '/conflict'])('takes back %s that came alone', async href => {
  const { add, db, outcomes, rows, turn } = start();
  add(href);
  await turn();
  expect([rows(), db.inTransaction]).toEqual([[], false]);
  expect(outcomes).toEqual([href === '/throw' ? '/throw BUG' : '/conflict conflict']);
  add('/after');
  await turn();
  expect(rows()).toEqual(['/after']);
});

it('refuses the whole group when the transaction is lost, and nothing of it is left', async () => {
  const { add, rows, turn, outcomes } = start();
  for (const href of ['/a', '/lose', '/b']) add(href);
  await turn();
  expect(rows()).toEqual([]);
  expect(outcomes.sort()).toEqual(['/a STORE_BUSY', '/b STORE_BUSY', '/lose STORE_BUSY']);
  add('/after');
  await turn();
  expect(rows()).toEqual(['/after']);
});

it('plans one turn for many plans, and the next only when some are left', async () => {
  const { add, turn, turns, rows } = start(2);
  for (const href of ['/a', '/b', '/c']) add(href);
  expect(turns).toHaveLength(1);
  await turn();
  expect(rows()).toEqual(['/a', '/b']);
  expect(turns).toHaveLength(1);
  await turn();
  expect(rows()).toEqual(['/a', '/b', '/c']);
  expect(turns).toHaveLength(0);
});

it('drains what waits at once, and the turn that was planned finds nothing', async () => {
  const { group, add, rows, turn, outcomes } = start(2);
  for (const href of ['/a', '/b', '/c']) add(href);
  group.drain();
  expect(rows()).toEqual(['/a', '/b', '/c']);
  await turn();
  expect(rows()).toHaveLength(3);
  expect(outcomes).toHaveLength(3);
});
