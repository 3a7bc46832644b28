import { type Forecaster, type History } from './api';
import { backtest } from './backtest';
import { ladder } from './index';
import { quantilesOf } from './quantiles';
import { pinball } from './scores';
import { madeUp } from './testing/made-up';

const levels = { lowLevel: 0.05, highLevel: 0.95 };
const judge = (history: History, rungs = ladder(), steps = 24) =>
  backtest({ history, steps, ...levels, ladder: rungs });

it('chooses the rung that loses least, and covers what it promises', async () => {
  const history = madeUp({ days: 130, noiseW: 600 });
  const { chosen, origins, scores } = await judge(history, ladder(), 48);
  expect(origins).toBe(90);
  const least = Math.min(...scores.filter(s => s.readings > 0).map(s => s.pinballW));
  expect(chosen?.score.pinballW).toBe(least);
  expect(['similar-day', 'hour-of-week', 'ridge']).toContain(chosen?.rung.name);
  expect(scores[0]).toMatchObject({ rung: 'persist24', ofNaive: 1 });
  expect(chosen?.score.ofNaive).toBeLessThan(0.9);
  for (const score of scores.filter(s => s.readings > 0)) {
    expect(score.coverage90).toBeGreaterThan(0.87);
    expect(score.coverage90).toBeLessThan(0.95);
    expect(1 - score.aboveHigh - score.belowLow).toBeCloseTo(score.coverage90, 9);
  }
  // All that were judged were judged by the same readings.
  expect(new Set(scores.filter(s => s.readings > 0).map(s => s.readings)).size).toBe(1);
  expect(scores.at(-1)).toMatchObject({ rung: 'split-pv', readings: 0 });
});

it('split-pv does better than similar days of the sum where panels are metered by themselves', async () => {
  const history = madeUp({ days: 100, noiseW: 100, pvW: 8000 });
  const { scores } = await judge(history);
  const lossOf = (name: string) => scores.find(score => score.rung === name && score.readings > 0)?.pinballW ?? NaN;
  expect(lossOf('split-pv')).toBeLessThan(lossOf('similar-day'));
});

it('gives the same answer again, and another day another', async () => {
  const history = madeUp({ days: 60 });
  const first = await judge(history);
  const again = await judge(history);
  expect(again.scores).toEqual(first.scores);
  expect(quantilesOf(again, history, 24, levels)).toEqual(quantilesOf(first, history, 24, levels));
  const earlier = await judge({ ...history, end: history.end - 24 });
  expect(earlier.scores).not.toEqual(first.scores);
});

it('never looks ahead: what comes after the end of the history changes nothing', async () => {
  const history = { ...madeUp({ days: 60 }), end: 50 * 24 };
  const spoilt = { ...history, w: history.w.map((w, i) => (i < history.end ? w : -1e9)) };
  expect((await judge(spoilt)).scores).toEqual((await judge(history)).scores);
});

it('forecasts quantiles in order, and wider further ahead where readings drift', async () => {
  const drifting: History = madeUp({ days: 90, noiseW: 10 });
  let level = 0;
  const wander = madeUp({ days: 90, noiseW: 300, seed: 9 }).w.map((w, i) => w - (drifting.w[i] as number));
  const w = drifting.w.map((base, i) => base + (level += (wander[i] as number) / 20));
  const history = { ...drifting, w };
  const found = quantilesOf(await judge(history, ladder(), 72), history, 72, levels);
  if (!found) throw new Error('no forecast');
  expect(found.pointW).toHaveLength(72);
  const width = (from: number) =>
    found.highW.slice(from, from + 24).reduce((sum, high, i) => sum + high - (found.lowW[from + i] as number), 0);
  found.pointW.forEach((point, i) => {
    expect(point).toBeGreaterThanOrEqual(found.lowW[i] as number);
    expect(point).toBeLessThanOrEqual(found.highW[i] as number);
  });
  expect(width(48)).toBeGreaterThan(width(0));
});

it('answers nothing on a cold start, and with few rungs once a week is there', async () => {
  for (const days of [0, 1, 2]) {
    const cold = madeUp({ days });
    const found = await judge(cold);
    expect(found.chosen).toBeUndefined();
    expect(quantilesOf(found, cold, 72, levels)).toBeUndefined();
  }
  const young = madeUp({ days: 9 });
  const found = await judge(young);
  expect(found.chosen).toBeDefined();
  expect(quantilesOf(found, young, 24, levels)?.highW).toHaveLength(24);
  expect(found.scores.find(score => score.rung === 'ridge')?.readings).toBe(0);
});

it('copes with gaps: a tenth missing at random, a week gone, a meter that stopped', async () => {
  const history = madeUp({ days: 100, missing: 0.1 });
  history.w.fill(NaN, 50 * 24, 57 * 24);
  const whole = await judge(history);
  expect(whole.chosen?.score.coverage90).toBeGreaterThan(0.85);
  history.w.fill(NaN, 70 * 24);
  const stopped = await judge(history);
  const found = quantilesOf(stopped, history, 24, levels);
  // Thirty days without a reading: rungs that reach back far enough may answer, none with anything but numbers.
  if (found) expect(found.highW.every(Number.isFinite)).toBe(true);
  history.w.fill(NaN);
  expect((await judge(history)).chosen).toBeUndefined();
});

it('is not deceived by a rung that answers only when it is easy', async () => {
  const history = madeUp({ days: 60 });
  const picky: Forecaster = {
    name: 'picky',
    api: 1,
    leastDays: 1,
    // Cheats, and answers one hour of the day only.
    predict: (h, steps) =>
      Float64Array.from({ length: steps }, (_, i) =>
        h.calendar.hour[h.end + i] === 4 ? (history.w[h.end + i] ?? NaN) : NaN,
      ),
  };
  const { chosen, scores } = await judge(history, [...ladder(), picky]);
  expect(chosen?.rung.name).not.toBe('picky');
  expect(scores.at(-1)?.readings).toBe(0);
});

it('pinball loss is least for the true quantile', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  const loss = (level: number, q: number) => values.reduce((sum, v) => sum + pinball(level, q, v), 0);
  for (const level of [0.05, 0.5, 0.95]) {
    const best = values.reduce((found, q) => (loss(level, q) < loss(level, found) ? q : found));
    expect(Math.abs(best - 100 * level)).toBeLessThanOrEqual(1);
  }
});
