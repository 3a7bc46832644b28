import fc from 'fast-check';
import { ManualClock } from '../../base/clock';
import { silentLog } from '../../base/log';
import { memoryStore } from '../memory/store';
import { reading } from '../testing/samples';
import { temporaryFiles } from '../testing/temporary';
import { openDatabase } from './database';
import { storeOn } from './store';

const newFile = temporaryFiles();
const clock = new ManualClock(0);

const rows = fc.array(
  fc
    .record({
      start: fc.integer({ min: -5, max: 60 }),
      set: fc.constantFrom('', 'A', 'B'),
      place: fc.constantFrom('', '00', '01'),
      value: fc.integer(),
    })
    .map(({ start, ...fields }) => reading('/m', start, fields)),
  { maxLength: 40 },
);

const plan = fc.record({
  readings: rows,
  sets: fc.constantFrom([], [], [{ meter: '/m', set: 'A', start: 0, durationS: 60 }]),
  thin: fc
    .tuple(fc.integer({ min: -30, max: 50 }), fc.constantFrom(1, 5, 30))
    .map(([before, most]) => [{ meter: '/m', before, stepS: 10, most }]),
});

it('finds every ordinal of a meter and of a set, in whatever order and size readings came and went', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { maxLength: 8 }), fc.constantFrom(1, 2, 3, 8), async (plans, blockMost) => {
      const db = openDatabase({ file: newFile(), mode: 'create', busyMs: 1, log: silentLog });
      db.pragma('synchronous = OFF'); // quick: nothing here is about power cuts
      const real = storeOn(db, { clock, blockMost });
      const plain = memoryStore();
      for (const each of plans) {
        await real.commit(each);
        await plain.commit(each);
      }
      for (const set of [undefined, '', 'A', 'B'])
        for (const start of [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]) {
          const query = { start, limit: 3, ...(set !== undefined && { set }) };
          expect(await real.readings.page('/m', query)).toEqual(await plain.readings.page('/m', query));
        }
      expect(await real.verify()).toEqual([]);
      await real.close();
    }),
    { numRuns: 40 },
  );
});

it('costs a plan of new readings one row of counts for a meter, and none for a short set', async () => {
  const db = openDatabase({ file: newFile(), mode: 'create', busyMs: 1, log: silentLog });
  const store = storeOn(db, { clock, blockMost: 10 });
  for (let i = 0; i < 25; i++)
    await store.commit({ readings: [0, 1].map(k => reading('/m', 2 * i + k, { set: `set ${i}` })) });
  const blocks = db.prepare('SELECT in_set, n FROM reading_blocks').all() as { in_set: number; n: number }[];
  expect(blocks.every(block => block.in_set === 0 && block.n <= 10)).toBe(true);
  expect(blocks.length).toBeLessThan(10);
  await store.close();
});
