import { seededRandom } from '../base/random';
import { Plausibility, plausibilityDefaults } from './plausibility';

describe('plausibility', () => {
  it('believes an honest meter while a battery follows a restless load', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed);
      const check = new Plausibility();
      let battery = 0;
      let load = 500;
      for (let s = 0; s < 20_000; s++) {
        if (random.next() < 0.02) load = random.integer(100, 5000);
        const sample = load + battery;
        if (!check.step(sample, battery)) throw new Error(`doubted at ${s}, seed ${seed}`);
        battery -= 0.86 * sample; // the loop of a battery that brings the meter to zero
      }
    }
  });

  it.each([
    ['reversed', (w: number) => -w],
    ['open', () => 3],
  ])('finds a %s transformer by the third move at the latest', (_, lie) => {
    const check = new Plausibility();
    let seconds = 0;
    for (; seconds < 100 && check.ok; seconds++) {
      const own = seconds % 10 < 5 ? -3000 : -1000; // PV being curtailed and released
      check.step(lie(400 + own), own);
    }
    expect(seconds).toBeLessThanOrEqual(16);
  });

  it('finds a load that would have to generate, after five seconds', () => {
    const check = new Plausibility();
    for (let s = 0; s < 5; s++) expect(check.step(0, 7000)).toBe(true);
    expect(check.step(0, 7000)).toBe(false);
  });

  it('waits longer after each failure, and for a sign of life after moves that were not followed', () => {
    const check = new Plausibility();
    const failByMoves = () => {
      for (let s = 0; check.ok && s < 100; s++) check.step(3, s % 2 ? -2000 : 0);
    };
    const mendAfter = (sample: (s: number) => number) => {
      for (let s = 1; s < 5000; s++) if (check.step(sample(s), 0)) return s;
      return Infinity;
    };
    failByMoves();
    expect(mendAfter(() => 3)).toBe(Infinity); // silent: still open
    const first = mendAfter(s => 500 + 40 * (s % 2));
    expect(first).toBeLessThanOrEqual(plausibilityDefaults.mendAfterS);
    failByMoves();
    expect(mendAfter(s => 500 + 40 * (s % 2))).toBeGreaterThanOrEqual(2 * plausibilityDefaults.mendAfterS - 1);
  });
});
