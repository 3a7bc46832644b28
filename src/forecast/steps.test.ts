import fc from 'fast-check';
import { stepMeans } from './steps';

it('weighs readings by time, and leaves out steps that are not half measured', () => {
  const readings = [
    { start: 0, durationS: 900, value: 1000 },
    { start: 900, durationS: 2700, value: 2000 },
    { start: 3600, durationS: 1700, value: 500 }, // 47 % of the step
    { start: 7200, durationS: 1800, value: 700 }, // just half
    { start: 12_600, durationS: 4400, value: 1 }, // over the edge of two steps
  ];
  expect([...stepMeans(readings, 0, 3600, 5)]).toEqual([1750, NaN, 700, 1, 1]);
});

it('lets the value of a moment stand until the next, but not longer than a step', () => {
  const moments = [0, 1800, 3600].map(start => ({ start, durationS: 0, value: start }));
  expect([...stepMeans(moments, 0, 3600, 3)]).toEqual([900, 3600, NaN]);
});

it('what goes in comes out: energy of readings that lie wholly on the grid', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -5000, max: 9000 })), {
        minLength: 1,
        maxLength: 40,
      }),
      pieces => {
        let start = 0;
        const readings = pieces.map(([quarters, value]) => {
          const reading = { start, durationS: 900 * quarters, value };
          start += reading.durationS;
          return reading;
        });
        const steps = Math.ceil(start / 3600);
        const whole = [...readings, { start, durationS: steps * 3600 - start, value: 0 }].filter(r => r.durationS > 0);
        const energy = whole.reduce((sum, { durationS, value }) => sum + durationS * value, 0);
        const means = stepMeans(whole, 0, 3600, steps);
        expect(3600 * means.reduce((sum, w) => sum + w, 0)).toBeCloseTo(energy, 3);
      },
    ),
  );
});

it('ignores values that are no numbers, and what lies outside', () => {
  const readings = [
    { start: -7200, durationS: 3600, value: 9 },
    { start: 0, durationS: 3600, value: NaN },
    { start: 3600, durationS: 36_000, value: 4 },
  ];
  expect([...stepMeans(readings, 0, 3600, 2)]).toEqual([NaN, 4]);
});
