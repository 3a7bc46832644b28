/**
 * Ridge regression on hour and weekday, on what was measured a day and a week before, and, where they are known, on clear-sky irradiance
 * and temperature; fitted on the last eight weeks. Beyond a day ahead the lag of a day is its own forecast.
 */
import { type ForecasterFactory, type History } from './api';
import { solve } from './solve';

const weeks = 8;
/** Of normalised features: enough to keep weekdays of a few weeks' data apart from noise. */
const penalty = 1;

/** Places of the features: hour of day, weekday, then those that are numbers. */
const [hours, weekdays] = [24, 7];
const firstNumber = hours + weekdays;

export const ridge: ForecasterFactory = () => ({
  name: 'ridge',
  api: 1,
  leastDays: 14,
  predict(history, steps) {
    const { calendar, end, w } = history;
    const known = new Float64Array(end + steps).fill(NaN);
    known.set(w.subarray(0, end));
    const numbers = numbersOf(history, known);
    const model = fit(history, known, numbers);
    const found = new Float64Array(steps).fill(NaN);
    for (let i = 0; model && i < steps; i++) {
      const step = end + i;
      const by = (feature: number): number => model.by[feature] as number;
      let expected = model.mean + by(calendar.hour[step] as number) + by(hours + (calendar.weekday[step] as number));
      numbers.forEach((of, f) => (expected += by(firstNumber + f) * (of(step) - (model.middle[f] as number))));
      // A regression must not leave what was ever measured far behind.
      if (!Number.isNaN(expected)) found[i] = known[step] = Math.min(model.most, Math.max(model.least, expected));
    }
    return found;
  },
});

/** Features that are numbers, of a step; NaN where one is not known. */
function numbersOf(
  { calendar, clearSky, temperatureC }: History,
  known: Float64Array,
): readonly ((step: number) => number)[] {
  /** A lag that was not measured: the same time some days earlier stands in. */
  const lag = (days: readonly number[]) => (step: number) => {
    for (const k of days) {
      const value = known[calendar.before(step, k)];
      if (value !== undefined && !Number.isNaN(value)) return value;
    }
    return NaN;
  };
  const temperatures = temperatureC?.subarray(0, known.length);
  return [
    lag([1, 2, 3, 7]),
    lag([7, 14, 21]),
    ...(clearSky ? [(step: number) => clearSky[step] as number] : []),
    // Temperature counts only where it is known throughout what is to come.
    ...(temperatures && !temperatures.some(Number.isNaN) ? [(step: number) => temperatures[step] as number] : []),
  ];
}

interface Model {
  /** Of hours, weekdays and numbers, W for each unit. */
  readonly by: Float64Array;
  readonly middle: Float64Array;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

function fit(
  { calendar, end }: History,
  known: Float64Array,
  numbers: readonly ((step: number) => number)[],
): Model | undefined {
  const count = numbers.length;
  const from = Math.max(0, end - 7 * weeks * calendar.stepsPerDay);
  const x = new Float64Array((end - from) * count);
  const rows = new Int32Array(end - from);
  let n = 0;
  let mean = 0;
  let [least, most] = [Infinity, -Infinity];
  for (let step = from; step < end; step++) {
    const y = known[step] as number;
    let sum = y;
    for (let f = 0; f < count; f++) sum += x[n * count + f] = (numbers[f] as (step: number) => number)(step);
    if (Number.isNaN(sum)) continue; // one of them is not known
    [least, most] = [Math.min(least, y), Math.max(most, y)];
    mean += y;
    rows[n++] = step;
  }
  if (n < 7 * calendar.stepsPerDay) return undefined;
  mean /= n;
  const [middle, scale] = normalise(x, n, count);

  const size = firstNumber + count;
  const [gram, right] = [new Float64Array(size * size), new Float64Array(size)];
  const at = new Int32Array(2 + count).map((_, i) => firstNumber + i - 2);
  const value = new Float64Array(2 + count).fill(1);
  for (let row = 0; row < n; row++) {
    const step = rows[row] as number;
    const y = (known[step] as number) - mean;
    at[0] = calendar.hour[step] as number;
    at[1] = hours + (calendar.weekday[step] as number);
    for (let f = 0; f < count; f++)
      value[2 + f] = ((x[row * count + f] as number) - (middle[f] as number)) * (scale[f] as number);
    for (let i = 0; i < at.length; i++) {
      const [a, u] = [at[i] as number, value[i] as number];
      right[a] = (right[a] as number) + u * y;
      for (let j = 0; j < at.length; j++) {
        const b = a * size + (at[j] as number);
        gram[b] = (gram[b] as number) + u * (value[j] as number);
      }
    }
  }
  for (let i = 0; i < size; i++) gram[i * size + i] = (gram[i * size + i] as number) + penalty;
  const by = solve(gram, right);
  if (!by) return undefined;
  for (let f = 0; f < count; f++) by[firstNumber + f] = (by[firstNumber + f] as number) * (scale[f] as number);
  return { by, middle, mean, least, most };
}

/** Mean of each number, and one over its spread; 0 where it never changes. */
function normalise(x: Float64Array, n: number, count: number): [middle: Float64Array, scale: Float64Array] {
  const [middle, scale] = [new Float64Array(count), new Float64Array(count)];
  for (let f = 0; f < count; f++) {
    let [sum, square] = [0, 0];
    for (let row = 0; row < n; row++) sum += x[row * count + f] as number;
    const mean = sum / n;
    for (let row = 0; row < n; row++) square += ((x[row * count + f] as number) - mean) ** 2;
    middle[f] = mean;
    scale[f] = square > 1e-12 * Math.max(1, mean * mean) * n ? 1 / Math.sqrt(square / n) : 0;
  }
  return [middle, scale];
}
