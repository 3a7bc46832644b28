/**
 * A process that writes ledger steps in several lanes at once until it is killed. Says `opening` before it opens the store
 * and `LANE STEP SERIES` after each acknowledged step, SERIES being the id its series was given; each line is with the reader
 * before the next step begins.
 */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../base/clock';
import { type Store } from '../api';
import { openStore } from '../open';
import { lastStep, stepOf } from './ledger';

const say = (line: string) => writeSync(1, `${line}\n`);

async function write(store: Store, lane: number): Promise<never> {
  for (let step = (await lastStep(store, lane)) + 1; ; step++) {
    const done = await store.commit(stepOf(lane, step));
    if (!done.ok) throw new Error(`lane ${lane} step ${step} conflicts: ${done.conflict.join(' ')}`);
    say(`${lane} ${step} ${done.series[0]}`);
  }
}

async function main([file = '', lanes = '1']: string[]): Promise<void> {
  say('opening');
  const store = await openStore({ kind: 'sqlite', file, mode: 'create' }, { clock: new SystemClock() });
  await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => write(store, lane)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`crash writer: ${String(error)}\n`);
  process.exit(1);
});
