import { once } from 'node:events';
import { join } from 'node:path';
import { ManualClock } from '../../base/clock';
import { seededRandom } from '../../base/random';
import { sqliteStore } from '../sqlite/store';
import { audit, lastStep } from './ledger';
import { runTypeScript } from './run-typescript';

const lanes = 6;
const clock = new ManualClock(0);

export interface Crashes {
  readonly kills: number;
  /** Steps acknowledged over all lives. */
  readonly acknowledged: number;
}

/**
 * Kills a writing process `kills` times at random moments, over and over on the same file, and audits the file after each.
 * Most kills fall after a random number of acknowledgements, some while the store opens and recovers.
 * @throws Error with the seed when anything acknowledged is missing, or anything is there by half.
 */
export async function crashRepeatedly(file: string, kills: number, seed: number): Promise<Crashes> {
  const random = seededRandom(seed);
  const acknowledged = Array<number>(lanes).fill(0);
  for (let kill = 1; kill <= kills; kill++) {
    const lines = random.next() < 0.2 ? random.integer(1, 2) : random.integer(3, 300);
    await oneLife(file, lines, acknowledged);
    const store = sqliteStore({ file, mode: 'create', clock });
    const faults = [...(await audit(store, acknowledged)), ...(await store.verify())];
    // What the dead writer had committed but not yet told of stands; the next life counts from there.
    for (const lane of acknowledged.keys()) acknowledged[lane] = await lastStep(store, lane);
    await store.close();
    if (faults.length > 0) throw new Error(`seed ${seed}, kill ${kill} after ${lines} lines:\n${faults.join('\n')}`);
  }
  return { kills, acknowledged: acknowledged.reduce((sum, n) => sum + n, 0) };
}

/** One writer, killed when it has said `lines` lines; what it said until it was dead counts. */
async function oneLife(file: string, lines: number, acknowledged: number[]): Promise<void> {
  const child = runTypeScript(join(__dirname, 'crash-writer.ts'), file, String(lanes));
  let rest = '';
  let said = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const complete = (rest + text).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) {
      const [lane, step] = line.split(' ').map(Number);
      if (lane !== undefined && step !== undefined) acknowledged[lane] = step;
      if (++said === lines) child.kill('SIGKILL');
    }
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself, code ${code}`);
}
