import { readFileSync, writeFileSync } from 'node:fs';
import { ManualClock } from '../../base/clock';
import { seededRandom } from '../../base/random';
import { crashRepeatedly } from '../testing/crash';
import { audit, lastStep, stepOf } from '../testing/ledger';
import { temporaryFiles } from '../testing/temporary';
import { sqliteStore } from './store';

const newFile = temporaryFiles();
const clock = new ManualClock(0);

// The long version is store.crash.test.ts.
it('loses nothing acknowledged when the process is killed', async () => {
  const { acknowledged } = await crashRepeatedly(newFile(), 2, 7);
  expect(acknowledged).toBeGreaterThan(0);
}, 60_000);

describe('a log that a power cut tore', () => {
  const steps = 40;
  let database: Buffer;
  let whole: Buffer;

  // The files as they are after 40 steps, with nothing moved from the log to the database yet.
  beforeAll(async () => {
    const file = newFile();
    const store = sqliteStore({ file, mode: 'create', clock });
    for (let step = 1; step <= steps; step++) await store.commit(stepOf(0, step));
    database = readFileSync(file);
    whole = readFileSync(`${file}-wal`);
    await store.close();
  });

  function torn(log: Buffer): string {
    const file = newFile();
    writeFileSync(file, database);
    writeFileSync(`${file}-wal`, log);
    return file;
  }

  async function survived(file: string): Promise<{ last: number; faults: string[] }> {
    const store = sqliteStore({ file, mode: 'create', clock });
    const last = await lastStep(store, 0);
    const faults = [...(await audit(store, [last])), ...(await store.verify())];
    await store.close();
    return { last, faults };
  }

  it('leaves the first steps whole, however short it is', async () => {
    const random = seededRandom(11);
    const lasts = new Set<number>();
    for (let i = 0; i < 15; i++) {
      const share = random.next();
      const { last, faults } = await survived(torn(whole.subarray(0, Math.floor(whole.length * share))));
      expect(faults).toEqual([]);
      lasts.add(last);
    }
    expect(lasts.size).toBeGreaterThan(8); // the cuts did fall in different steps
  });

  it('leaves the steps before a flipped bit whole', async () => {
    const random = seededRandom(12);
    for (let i = 0; i < 5; i++) {
      const log = Buffer.from(whole);
      const at = random.integer(Math.floor(log.length / 2), log.length - 1);
      log[at] = (log[at] ?? 0) ^ 0x10;
      const { last, faults } = await survived(torn(log));
      expect(faults).toEqual([]);
      expect(last).toBeLessThan(steps);
    }
  });

  it('is whole when it is not torn', async () => {
    expect(await survived(torn(whole))).toEqual({ last: steps, faults: [] });
  });
});

it('the audit sees what is missing and what is there by half', async () => {
  const store = sqliteStore({ file: newFile(), mode: 'create', clock });
  for (let step = 1; step <= 3; step++) await store.commit(stepOf(0, step));
  expect(await audit(store, [3])).toEqual([]);
  expect(await audit(store, [4])).toEqual(['lane 0 stands at 3, 4 acknowledged']);
  await store.commit({ drop: ['/ledger/0-3/b'] });
  await store.commit({ settle: ['0-3'] });
  expect((await audit(store, [3])).join('\n')).toMatch(/0-3 documents[^]*0-3 list[^]*notes/);
  await store.close();
});
