/**
 * `npm run test:day`: two thousand sites through a simulated day; every client's view is the server's at each comparison and at
 * the end, or the exit code is 1. `--sites 200 --hours 6 --seed 3` make another day of it.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { simulateDay } from '../src/server/testing/day/day';

/** A process that is killed loses nothing it has written, wherever that is; power cuts are the crash tests' business. */
const inMemory = '/dev/shm';

async function main(): Promise<number> {
  if (existsSync(inMemory)) process.env['TMPDIR'] = inMemory;
  const { values } = parseArgs({
    options: {
      sites: { type: 'string', default: '2000' },
      hours: { type: 'string', default: '24' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [sites, hours, seed] = [Number(values.sites), Number(values.hours), Number(values.seed)];
  const { differences, faults, ...figures } = await simulateDay({
    sites,
    hours,
    seed,
    checkEveryH: 1,
    overTls: Math.min(50, sites),
    subscribers: Math.min(10, sites),
    aggregators: 5,
    restarts: Math.ceil(hours / 2),
    say: text => void process.stderr.write(`${text}\n`),
  });
  for (const line of [...differences.slice(0, 50), ...faults.slice(0, 50)]) process.stderr.write(`${line}\n`);
  process.stdout.write(`${JSON.stringify({ ...figures, differences: differences.length, faults: faults.length })}\n`);
  return differences.length + faults.length === 0 ? 0 : 1;
}

void main().then(code => {
  process.exitCode = code;
});
