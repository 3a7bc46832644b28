import { once } from 'node:events';
import { join } from 'node:path';
import { ManualClock, SystemClock } from '../../base/clock';
import { type Random, seededRandom } from '../../base/random';
import { type SqliteStore, sqliteStore } from '../sqlite/store';
import { audit, lastStep } from './ledger';
import { runTypeScript } from './run-typescript';

const lanes = 6;
const clock = new ManualClock(0);
const wall = new SystemClock();

export interface Crashes {
  readonly kills: number;
  /** Steps acknowledged over all lives. */
  readonly acknowledged: number;
}

/** What writers said over all their lives. */
interface Said {
  /** Last step acknowledged, by lane. */
  readonly steps: number[];
  /** Lane and step of each series id that was given out. Ids are never given twice: mRIDs of controls are made of them. */
  readonly series: Map<number, { readonly lane: number; readonly step: number }>;
  readonly faults: string[];
}

/**
 * Kills a writing process `kills` times at random moments, over and over on the same file, and audits the file after each.
 * Two thirds of the kills fall after a random number of acknowledgements, one third after a random time from the start of
 * the process, wherever it is then: opening, recovering, writing, moving its log into the file.
 * @throws Error with the seed when anything acknowledged is missing, or anything is there by half.
 */
export async function crashRepeatedly(file: string, kills: number, seed: number): Promise<Crashes> {
  const random = seededRandom(seed);
  const said: Said = { steps: Array<number>(lanes).fill(0), series: new Map(), faults: [] };
  for (let kill = 1; kill <= kills; kill++) {
    const when = momentOf(random);
    await oneLife(file, when, said);
    const store = sqliteStore({ file, mode: 'create', clock });
    const faults = [
      ...said.faults,
      ...(await audit(store, said.steps)),
      ...(await seriesFaults(store, said)),
      ...(await store.verify()),
    ];
    // What the dead writer had committed but not yet told of stands; the next life counts from there.
    for (const lane of said.steps.keys()) said.steps[lane] = await lastStep(store, lane);
    await store.close();
    if (faults.length > 0) throw new Error(`seed ${seed}, kill ${kill} ${JSON.stringify(when)}:\n${faults.join('\n')}`);
  }
  return { kills, acknowledged: said.steps.reduce((sum, n) => sum + n, 0) };
}

type Moment = { readonly lines: number } | { readonly afterMs: number };

function momentOf(random: Random): Moment {
  if (random.next() < 0.33) return { afterMs: random.integer(100, 700) };
  return { lines: random.next() < 0.2 ? random.integer(1, 3) : random.integer(4, 200) };
}

/** Each id that was acknowledged still names the row it was given to. */
async function seriesFaults(store: SqliteStore, { series }: Said): Promise<string[]> {
  const faults: string[] = [];
  for (const [id, { lane, step }] of series) {
    const row = await store.series.get(id);
    if (row?.site !== `${lane}` || row.publishedAt !== step)
      faults.push(`series ${id}: site ${row?.site} step ${row?.publishedAt}, want site ${lane} step ${step}`);
  }
  return faults;
}

/** One writer, killed at its moment; what it said until it was dead counts. */
async function oneLife(file: string, when: Moment, { steps, series, faults }: Said): Promise<void> {
  const child = runTypeScript(join(__dirname, 'crash-writer.ts'), file, String(lanes));
  const kill = () => child.kill('SIGKILL');
  const cancel = 'afterMs' in when ? wall.at((wall.nowMs() + when.afterMs) / 1000, kill) : undefined;
  let rest = '';
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const complete = (rest + text).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) {
      const [lane, step, id] = line.split(' ').map(Number);
      if (lane !== undefined && step !== undefined && id !== undefined) {
        steps[lane] = step;
        if (series.has(id)) faults.push(`series id ${id} was given twice`);
        series.set(id, { lane, step });
      }
      if ('lines' in when && ++lines === when.lines) kill();
    }
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  cancel?.();
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself, code ${code}`);
}
