import fc from 'fast-check';
import { seededRandom } from '../base/random';
import { Residuals, rankOf, residualsKept } from './conformal';

const level = fc.integer({ min: 1, max: 99 }).map(n => n / 100);

it('covers exchangeable data within the finite-sample bound, exactly: of n + 1 values, each in turn the one to come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 20, maxLength: 120 }), level, (values, t) => {
      const n = values.length - 1;
      fc.pre(rankOf(t, n) >= 1 && rankOf(t, n) <= n);
      let below = 0;
      values.forEach((next, i) => {
        const residuals = new Residuals(1, 2); // of a step of half an hour: room for 120
        for (const [k, value] of values.entries()) if (k !== i) residuals.add(0, 5, value);
        if (next <= (residuals.quantiles(0, 5, [t])?.[0] ?? NaN)) below++;
      });
      const share = below / (n + 1);
      const slack = 1 / (n + 1);
      if (t < 0.5) {
        expect(share).toBeLessThanOrEqual(t + 1e-9);
        expect(share).toBeGreaterThan(t - slack - 1e-9);
      } else {
        expect(share).toBeGreaterThanOrEqual(t - 1e-9);
        expect(share).toBeLessThan(t + slack + 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

it('covers 90 % of noise that nobody told it the shape of', () => {
  const random = seededRandom(7);
  // Skewed and of two modes.
  const noise = () => (random.next() < 0.3 ? 50 : 0) - 10 * Math.log(1 - random.next());
  let [inside, n] = [0, 0];
  for (let run = 0; run < 400; run++) {
    const residuals = new Residuals(1, 1);
    for (let k = 0; k < residualsKept; k++) residuals.add(0, 0, noise());
    const [low = NaN, high = NaN] = residuals.quantiles(0, 0, [0.05, 0.95]) ?? [];
    for (let k = 0; k < 20; k++, n++) {
      const next = noise();
      if (next >= low && next <= high) inside++;
    }
  }
  expect(inside / n).toBeGreaterThan(0.89);
  expect(inside / n).toBeLessThan(0.94);
});

it('never falls from level to level, whatever was added', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 1 }),
          fc.integer({ min: 0, max: 23 }),
          fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        ),
        {
          maxLength: 300,
        },
      ),
      fc.array(level, { minLength: 2, maxLength: 5 }),
      (added, levels) => {
        const residuals = new Residuals(2, 1);
        for (const [day, hour, value] of added) residuals.add(day, hour, value);
        levels.sort((a, b) => a - b);
        for (let hour = 0; hour < 24; hour++) {
          const found = residuals.quantiles(1, hour, levels);
          found?.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(found[i] as number));
        }
      },
    ),
  );
});

it('keeps the newest of each hour, and forgets the oldest', () => {
  const residuals = new Residuals(1, 1);
  for (let k = 0; k < residualsKept; k++) residuals.add(0, 3, 1000);
  for (let k = 0; k < residualsKept; k++) residuals.add(0, 3, k);
  expect(residuals.quantiles(0, 3, [0.5])).toEqual([30]);
});

it('takes all hours of the day where its own has too few, and says nothing where those are too few as well', () => {
  const residuals = new Residuals(2, 1);
  expect(residuals.quantiles(0, 3, [0.5])).toBeUndefined();
  for (let hour = 0; hour < 24; hour++) residuals.add(0, hour, hour);
  // 24 values: the 95 % quantile is the (25 · 0.95 =) 24th, the 5 % quantile the first.
  expect(residuals.quantiles(0, 3, [0.05, 0.95])).toEqual([0, 23]);
  expect(residuals.quantiles(0, 3, [0.99])).toBeUndefined();
  expect(residuals.quantiles(1, 3, [0.5])).toBeUndefined();
  // Days beyond the last are as the last.
  for (let k = 0; k < 30; k++) residuals.add(1, 3, 7);
  expect(residuals.quantiles(9, 3, [0.5])).toEqual([7]);
});
