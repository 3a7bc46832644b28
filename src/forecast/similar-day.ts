/**
 * Mean of the last four days of the same weekday at the same time, the newest weighing most; holidays count as Sundays. Where temperatures are
 * known, days within two degrees of the one to come are preferred to those that are not.
 */
import { eachStep, type ForecasterFactory, type History } from './api';

const weights = [0.4, 0.3, 0.2, 0.1];
/** Days searched: four weeks, and one more for holidays and gaps; twice that where temperature has to match. */
const mostDays = 35;
const nearC = 2;

export const similarDay: ForecasterFactory = () => ({
  name: 'similar-day',
  api: 1,
  leastDays: 7,
  predict: (history, steps) => eachStep(history, steps, step => similar(history, step, history.w)),
});

/** Of any series on the history's grid. */
export function similar(history: History, step: number, of: Float64Array): number {
  const warm = history.temperatureC?.[step];
  if (warm !== undefined && !Number.isNaN(warm)) {
    const matched = meanOf(history, step, of, 2 * mostDays, then => {
      return Math.abs((history.temperatureC?.[then] as number) - warm) < nearC;
    });
    if (matched.found === weights.length) return matched.mean;
  }
  return meanOf(history, step, of, mostDays, () => true).mean;
}

function meanOf(
  { calendar, end }: History,
  step: number,
  of: Float64Array,
  days: number,
  fits: (then: number) => boolean,
): { mean: number; found: number } {
  let [sum, weight, found] = [0, 0, 0];
  for (let k = 1; k <= days && found < weights.length; k++) {
    const then = calendar.before(step, k);
    if (then < 0) break;
    if (then >= end || calendar.weekday[then] !== calendar.weekday[step]) continue;
    const value = of[then] as number;
    if (Number.isNaN(value) || !fits(then)) continue;
    const by = weights[found++] as number;
    sum += by * value;
    weight += by;
  }
  return { mean: weight > 0 ? sum / weight : NaN, found };
}
