import fc from 'fast-check';
import { activePower, watts, wireWatts } from './units';

it.each([
  [0, { multiplier: 0, value: 0 }],
  [32767, { multiplier: 0, value: 32767 }],
  [32768, { multiplier: 1, value: 3276 }],
  [40009, { multiplier: 1, value: 4000 }],
  [1999.99, { multiplier: 0, value: 1999 }],
  [-0.5, { multiplier: 0, value: 0 }],
  [12_345_678, { multiplier: 3, value: 12345 }],
])('%d W becomes %p', (w, wire) => {
  expect(activePower(w)).toStrictEqual(wire);
});

it('never widens a limit, and loses less than one part in 3,276', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3e13, noNaN: true }), w => {
      const sent = wireWatts(w);
      expect(sent).toBeLessThanOrEqual(w);
      expect(w - sent).toBeLessThanOrEqual(Math.max(1, w / 3276));
      expect(wireWatts(sent)).toBe(sent);
    }),
  );
});

it('reads negative multipliers exactly', () => {
  expect(watts({ multiplier: -3, value: 950 })).toBe(0.95);
});

it.each([NaN, Infinity, 1e15])('refuses %p', w => {
  expect(() => activePower(w)).toThrow(RangeError);
});
