/** What was measured at the same time on the clock a day, or a week, before: the naive rungs that all others are measured against. */
import { eachStep, type ForecasterFactory, type History } from './api';

/** A value may be missing; older ones stand in, up to four of them. */
const mostBack = 4;

/** Every `days` days back from a step, the first that is known at the origin and was measured. */
function lastKnown({ calendar, end, w }: History, step: number, days: number): number {
  for (let k = days, tried = 0; tried < mostBack; k += days) {
    const then = calendar.before(step, k);
    if (then < 0) return NaN;
    if (then >= end) continue; // further ahead than the lag: not known yet
    if (!Number.isNaN(w[then])) return w[then] as number;
    tried++;
  }
  return NaN;
}

const persist = (name: string, days: number): ForecasterFactory => {
  return () => ({
    name,
    api: 1,
    leastDays: days,
    predict: (history, steps) => eachStep(history, steps, step => lastKnown(history, step, days)),
  });
};

export const persist24 = persist('persist24', 1);
export const persist168 = persist('persist168', 7);
