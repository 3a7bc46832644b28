import { existsSync } from 'node:fs';
import { ManualClock } from '../base/clock';
import { openStore } from './open';
import { doc } from './testing/samples';
import { temporaryFiles } from './testing/temporary';

const newFile = temporaryFiles();
const clock = new ManualClock(0);

it('opens a memory store, new each time', async () => {
  const one = await openStore({ kind: 'memory' }, { clock });
  await one.commit({ put: [doc('/a')] });
  const other = await openStore({ kind: 'memory' }, { clock });
  expect(await other.get('/a')).toBeUndefined();
});

it('opens a SQLite store and finds it again', async () => {
  const file = newFile();
  const one = await openStore({ kind: 'sqlite', file, mode: 'create' }, { clock });
  await one.commit({ put: [doc('/a')] });
  expect(await one.verify()).toEqual([]);
  await one.close();
  const again = await openStore({ kind: 'sqlite', file, mode: 'open' }, { clock });
  expect(await again.get('/a')).toBeDefined();
  await again.close();
});

it('refuses to open a database that is not there, and makes none', async () => {
  const file = newFile();
  const opening = openStore({ kind: 'sqlite', file, mode: 'open' }, { clock });
  await expect(opening).rejects.toMatchObject({ code: 'DB_MISSING', detail: { at: file } });
  expect(existsSync(file)).toBe(false);
});
