/** What each rung answers, by hand. */
import { type Forecaster, type History } from './api';
import { forecasters, forecasterNames, ladder } from './index';
import { madeUp, typicalW } from './testing/made-up';

const of = (name: keyof typeof forecasters): Forecaster => forecasters[name]();
const day = 24;
/** Nothing but the day and the week, no noise. */
const clean = (more: Partial<Parameters<typeof madeUp>[0]> = {}): History =>
  madeUp({ days: 70, ahead: 200, noiseW: 0, ...more });
const typical = (history: History, steps: number) =>
  Array.from({ length: steps }, (_, i) => typicalW(history.calendar, history.end + i));

it('the ladder begins with the naive rung', () => {
  expect(forecasterNames).toEqual(['persist24', 'persist168', 'similar-day', 'hour-of-week', 'ridge', 'split-pv']);
  expect(ladder().map(rung => rung.name)).toEqual(forecasterNames);
});

it('persist24 repeats the last day that is known at the origin, and steps over holes', () => {
  const history = clean();
  for (let i = 0; i < history.end; i++) history.w[i] = i;
  const { end } = history;
  const found = of('persist24').predict(history, 72);
  expect([...found.slice(0, 3)]).toEqual([end - 24, end - 23, end - 22]);
  expect(found[24]).toBe(end - 24); // two days ahead: still the last day
  expect(found[71]).toBe(end - 1);
  history.w[end - 24] = NaN;
  expect(of('persist24').predict(history, 1)[0]).toBe(end - 48);
});

it('persist168 repeats the last week', () => {
  const history = clean();
  for (let i = 0; i < history.end; i++) history.w[i] = i;
  expect([...of('persist168').predict(history, 170)].slice(166)).toEqual(
    [166, 167, 0, 1].map(i => history.end - 168 + i),
  );
});

it('similar-day weighs the last four of the same weekday 0.4, 0.3, 0.2, 0.1, and takes holidays for Sundays', () => {
  const history = clean();
  for (let i = 0; i < history.end; i++) history.w[i] = Math.floor(i / day);
  const today = history.end / day;
  const mean = 0.4 * (today - 7) + 0.3 * (today - 14) + 0.2 * (today - 21) + 0.1 * (today - 28);
  expect(of('similar-day').predict(history, 1)[0]).toBeCloseTo(mean, 9);
  // 2025-03-17 is the Monday 70 days after; as a holiday it is like the Sundays before.
  const holiday = clean({ holidays: ['2025-03-17'] });
  expect(holiday.calendar.weekday[holiday.end + 2]).toBe(0);
  holiday.w.forEach((_, i) => (holiday.w[i] = holiday.calendar.weekday[i] as number));
  expect(of('similar-day').predict(holiday, 12)[6]).toBe(0);
  expect(of('similar-day').predict(holiday, 36)[30]).toBe(2);
});

it('similar-day prefers days as warm as the one to come', () => {
  const history = clean();
  const temperatureC = Float64Array.from({ length: history.calendar.steps }, (_, i) =>
    Math.floor(i / day / 7) % 2 ? 30 : 10,
  );
  history.w.forEach((_, i) => (history.w[i] = 100 * (temperatureC[i] as number)));
  const found = of('similar-day').predict({ ...history, temperatureC }, 1)[0] as number;
  expect(found).toBeCloseTo(100 * (temperatureC[history.end] as number), 6);
});

it('hour-of-week begins at what the last reading was off and goes back to the mean', () => {
  const history = madeUp({ days: 70, noiseW: 300 });
  const [before, after] = [history.w.slice(), history.w];
  const plain = of('hour-of-week').predict(history, 72);
  after[history.end - 1] = (before[history.end - 1] as number) + 3000;
  const off = of('hour-of-week')
    .predict(history, 72)
    .map((w, i) => w - (plain[i] as number));
  expect(off[0]).toBeGreaterThan(1000);
  expect(off[0]).toBeLessThan(3000);
  for (let i = 1; i < 12; i++) expect(off[i] as number).toBeLessThan(off[i - 1] as number);
  expect(Math.abs(off[60] as number)).toBeLessThan(100);
});

it.each(['similar-day', 'hour-of-week', 'ridge'] as const)('%s learns a day and a week without noise', name => {
  const history = clean();
  const expected = typical(history, 168);
  const found = of(name).predict(history, 168);
  const error = found.reduce((sum, w, i) => sum + Math.abs(w - (expected[i] as number)), 0) / found.length;
  expect(error).toBeLessThan(name === 'ridge' ? 400 : 1e-6);
});

it('split-pv learns panels and load apart, and says nothing where they are not metered apart', () => {
  const history = clean({ pvW: 5000 });
  const sunny = history.w.map((_, i) => 4000 * (history.clearSky?.[i] as number));
  const net: History = { ...history, pvW: sunny, w: sunny.map((pv, i) => typicalW(history.calendar, i) - pv) };
  const found = of('split-pv').predict(net, 72);
  typical(net, 72).forEach((load, i) =>
    expect(found[i]).toBeCloseTo(load - 4000 * (net.clearSky?.[net.end + i] as number), 3),
  );
  expect(of('split-pv').predict(clean(), 3).every(Number.isNaN)).toBe(true);
});

it('ridge takes in temperature where it is known throughout', () => {
  const history = madeUp({ days: 70, noiseW: 50 });
  const temperatureC = Float64Array.from({ length: history.calendar.steps }, (_, i) => 20 + 10 * Math.sin(i / 55));
  history.w.forEach((w, i) => (history.w[i] = w + 300 * (temperatureC[i] as number)));
  const truth = typical(history, 72).map((w, i) => w + 300 * (temperatureC[history.end + i] as number));
  const errorOf = (h: History) => {
    const found = of('ridge').predict(h, 72);
    return truth.reduce((sum, w, i) => sum + Math.abs(w - (found[i] as number)), 0) / truth.length;
  };
  expect(errorOf({ ...history, temperatureC })).toBeLessThan(0.6 * errorOf(history));
});
