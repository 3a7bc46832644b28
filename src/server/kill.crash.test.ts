/** The long version of kill.test.ts: 20 kills. Run by `npm run test:crash`. */
import { cpSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { folder } from './testing/house';
import { killRepeatedly } from './testing/kill';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
let home: Awaited<ReturnType<typeof folder>>;
beforeEach(async () => {
  home = await folder({ network, engineEveryS: 60, envelopeHorizonS: 7200, logLevel: 'warn' });
});
afterEach(() => home.remove());

it('loses nothing acknowledged in 20 kills at random moments', async () => {
  const { acknowledged } = await killRepeatedly(home.dir, 20, 2030);
  expect(Object.keys(acknowledged)).toHaveLength(8);
  for (const [lane, steps] of Object.entries(acknowledged)) expect(`${lane}: ${steps}`).toMatch(/: [1-9]\d+$/);
}, 300_000);

it('would see what is lost: an older database put back', async () => {
  const file = join(home.dir, 'headroom.db');
  const putBack = (kill: number) => {
    if (kill === 0) for (const end of ['', '-wal']) cpSync(file + end, `${file}${end}.old`);
    if (kill !== 1) return;
    rmSync(`${file}-shm`);
    for (const end of ['', '-wal']) cpSync(`${file}${end}.old`, file + end);
  };
  await expect(killRepeatedly(home.dir, 2, 3, putBack)).rejects.toThrow(
    /life 2:\nlane .* stands at \d+, \d+ acknowledged/s,
  );
}, 60_000);
