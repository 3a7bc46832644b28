/**
 * `npm run bench -- forecast`: how good the ladder is on service transformers of EPRI's secondary test circuit (or on transformers made up, where
 * that is not beside the repository), three days ahead by hours: mean pinball loss of each rung and of what the back-test chooses, against the
 * naive rung; then milliseconds for the back-test of one transformer, and for one forecast by each rung, against the naive one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { SystemClock } from '../src/base/clock';
import { seededRandom } from '../src/base/random';
import { ladder } from '../src/forecast';
import { type History } from '../src/forecast/api';
import { type Backtest, backtest } from '../src/forecast/backtest';
import { Calendar } from '../src/forecast/calendar';
import { type BenchResult } from './result';

const clock = new SystemClock();
const profiles = resolve(__dirname, '../../../shared/feeders/secondary-test-circuit/Profiles');
/** Customers below each transformer. */
const customers: Readonly<Record<number, number>> = { 1: 5, 3: 5, 4: 5, 5: 4, 6: 4, 7: 4, 8: 4, 9: 2 };
const hours = 240 * 24;
const ahead = 72;
const levels = { lowLevel: 0.05, highLevel: 0.95 };

export async function forecast(): Promise<BenchResult> {
  const real = existsSync(profiles);
  const places = Object.entries(customers).map(([transformer, count]): History => {
    const start = Date.UTC(2017, 0, 1, 5) / 1000;
    const calendar = new Calendar({ start, stepS: 3600, steps: hours + ahead, timeZone: 'America/New_York' });
    return { calendar, w: real ? measured(transformer, count) : madeUp(calendar, Number(transformer)), end: hours };
  });
  const from = clock.monotonicMs();
  const tests: Backtest[] = [];
  for (const history of places) tests.push(await backtest({ history, steps: ahead, ...levels, ladder: ladder() }));
  const backtestMs = (clock.monotonicMs() - from) / places.length;

  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const lossOf = (rung: string): number =>
    mean(tests.map(({ scores }) => scores.find(score => score.rung === rung)?.pinballW ?? NaN));
  const [naive] = ladder();
  const naiveW = lossOf(naive?.name ?? '');
  const judged = ladder().filter(({ name }) =>
    tests.every(({ scores }) => scores.some(s => s.rung === name && s.readings > 0)),
  );
  const losses = [
    ...judged.map(({ name }) => ({ case: `pinball loss, ${name}`, value: lossOf(name) })),
    { case: 'pinball loss, rung chosen', value: mean(tests.map(({ chosen }) => chosen?.score.pinballW ?? NaN)) },
  ].map(row => ({ ...row, unit: 'W', baseline: naiveW }));

  const coverage = mean(tests.map(({ chosen }) => 100 * (chosen?.score.coverage90 ?? NaN)));
  const lost = (of: Backtest, rung: string): number =>
    of.scores.find(score => score.rung === rung)?.importLostKWhPerDay ?? NaN;
  const lostBy = {
    chosen: mean(tests.map(test => lost(test, test.chosen?.rung.name ?? ''))),
    naive: mean(tests.map(test => lost(test, naive?.name ?? ''))),
  };
  const predictMs = judged.map(rung => {
    const [history] = places as [History];
    for (let i = 0; i < 20; i++) rung.predict(history, ahead); // to warm up
    const began = clock.monotonicMs();
    for (let i = 0; i < 20; i++) rung.predict(history, ahead);
    return { rung: rung.name, ms: (clock.monotonicMs() - began) / 20 };
  });
  const naiveMs = predictMs[0]?.ms ?? NaN;
  return {
    name: 'forecast',
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${places.length} transformers, ${real ? 'EPRI secondary test circuit' : 'made up'}, 90 origins, ${ahead} hours ahead`,
    results: [
      ...losses,
      { case: 'in the 90 % band, rung chosen', value: coverage, unit: '%', baseline: 90 },
      { case: 'import kept back, rung chosen', value: lostBy.chosen, unit: 'kWh/day', baseline: lostBy.naive },
      { case: 'back-test of a transformer', value: backtestMs, unit: 'ms', baseline: naiveMs * 90 },
      ...predictMs.map(({ ms, rung }) => ({ case: `forecast, ${rung}`, value: ms, unit: 'ms', baseline: naiveMs })),
    ].map(row => ({ ...row, ratio: row.value / row.baseline })),
  };
}

function measured(transformer: string, count: number): Float64Array {
  const sum = new Float64Array(hours);
  for (let k = 1; k <= count; k++) {
    const bytes = readFileSync(join(profiles, `load${transformer}_${k}_P.dbl`));
    for (let i = 0; i < hours; i++) sum[i] = (sum[i] as number) + 1000 * bytes.readDoubleLE(8 * i);
  }
  return sum;
}

/** A day and a week, and noise that wanders. */
function madeUp(calendar: Calendar, seed: number): Float64Array {
  const random = seededRandom(seed);
  let drift = 0;
  return Float64Array.from({ length: hours }, (_, i) => {
    drift = 0.8 * drift + random.normal(0, 1500);
    const weekend = calendar.weekday[i] === 0 || calendar.weekday[i] === 6 ? 3000 : 0;
    return 12_000 + weekend + 8000 * Math.exp(-(((calendar.hour[i] as number) - 19) ** 2) / 8) + drift;
  });
}
