import { seededRandom } from './random';

it('gives the same numbers for the same seed and others for another', () => {
  const take = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
});

it('is uniform enough: mean and spread of 20,000 draws', () => {
  const random = seededRandom(1);
  const draws = Array.from({ length: 20_000 }, () => random.next());
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(variance).toBeCloseTo(1 / 12, 2);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
});

it('forks streams that do not shift one another', () => {
  const one = seededRandom(3);
  const first = one.fork('load').next();
  one.next();
  one.fork('pv').next();
  expect(seededRandom(3).fork('load').next()).toBe(first);
  expect(one.fork('pv').next()).not.toBe(first);
});

it('draws whole numbers in the range named, both ends included, and normals around their mean', () => {
  const random = seededRandom(9);
  const dice = new Set(Array.from({ length: 500 }, () => random.integer(1, 6)));
  expect([...dice].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const normals = Array.from({ length: 5000 }, () => random.normal(10, 2));
  expect(normals.reduce((a, b) => a + b, 0) / normals.length).toBeCloseTo(10, 0);
  expect(() => random.pick([])).toThrow('empty');
});
