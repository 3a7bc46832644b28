/**
 * The mean of each hour of the week over the last eight weeks, and on top what the last reading was off, dying away as such
 * deviations did before: AR(1) on the residuals of the mean.
 */
import { eachStep, type ForecasterFactory, type History } from './api';

const weeks = 8;

export const hourOfWeek: ForecasterFactory = () => ({
  name: 'hour-of-week',
  api: 1,
  leastDays: 7,
  predict(history, steps) {
    const { end, w } = history;
    const mean = meansOf(history);
    const first = Math.max(0, end - 7 * weeks * history.calendar.stepsPerDay);
    const residual = (step: number): number => (w[step] as number) - mean(step);
    let [cross, square, before] = [0, 0, NaN];
    for (let i = first; i < end; i++) {
      const now = residual(i);
      if (!Number.isNaN(before + now)) {
        cross += before * now;
        square += before * before;
      }
      before = now;
    }
    const decay = square > 0 ? Math.min(0.999, Math.max(0, cross / square)) : 0;
    let last = end - 1;
    while (last > first && Number.isNaN(residual(last))) last--;
    const off = last >= first && last >= 0 ? residual(last) : NaN;
    return eachStep(history, steps, step => mean(step) + (Number.isNaN(off) ? 0 : off * decay ** (step - last)));
  },
});

interface Sums {
  readonly sum: Float64Array;
  readonly n: Uint32Array;
}

function add({ n, sum }: Sums, at: number, value: number): void {
  sum[at] = (sum[at] as number) + value;
  n[at] = (n[at] as number) + 1;
}

/** Mean of a step's place in the week; where that was never measured, of its place in the day. */
function meansOf({ calendar, end, w }: History): (step: number) => number {
  const perDay = calendar.stepsPerDay;
  const ofWeek = { sum: new Float64Array(7 * perDay), n: new Uint32Array(7 * perDay) };
  const ofDay = { sum: new Float64Array(perDay), n: new Uint32Array(perDay) };
  const weekSlot = (step: number): number =>
    (calendar.weekday[step] as number) * perDay + (calendar.slot[step] as number);
  for (let i = Math.max(0, end - 7 * weeks * perDay); i < end; i++) {
    const value = w[i] as number;
    if (Number.isNaN(value)) continue;
    add(ofWeek, weekSlot(i), value);
    add(ofDay, calendar.slot[i] as number, value);
  }
  const mean = ({ n, sum }: Sums, at: number): number => (n[at] ? (sum[at] as number) / n[at] : NaN);
  return step => {
    const week = mean(ofWeek, weekSlot(step));
    return Number.isNaN(week) ? mean(ofDay, calendar.slot[step] as number) : week;
  };
}
