import fc from 'fast-check';
import { ManualClock, type Clock } from './clock';
import { SlewedClock, type Adjustment } from './slewed-clock';

/** A wall that can be set apart from the time that passes. */
function wall(start = 1000) {
  const passing = new ManualClock(start);
  let aheadMs = 0;
  const clock: Clock = {
    now: () => Math.floor(clock.nowMs() / 1000),
    nowMs: () => passing.nowMs() + aheadMs,
    monotonicMs: () => passing.monotonicMs(),
    at: (when, run) => passing.at(when - aheadMs / 1000, run),
  };
  return { clock, advance: (s: number) => passing.advance(s), leap: (s: number) => void (aheadMs += s * 1000) };
}

function slewed() {
  const given = wall();
  const clock = new SlewedClock(given.clock);
  const told: Adjustment[] = [];
  clock.onAdjusted(each => told.push(each));
  return { ...given, shown: clock, told };
}

it('goes as what it follows', () => {
  const { shown, advance, told } = slewed();
  for (let i = 0; i < 100; i++) {
    advance(0.37);
    expect(shown.nowMs()).toBeCloseTo(1_000_000 + 370 * (i + 1), 3);
  }
  expect(told).toEqual([]);
});

it.each([30, -30, 59])('makes up for a leap of %d s in ten times as long, and tells of it once', by => {
  const { shown, advance, leap, told } = slewed();
  leap(by);
  expect(shown.now()).toBe(1000);
  advance(100);
  expect(shown.nowMs() / 1000).toBeCloseTo(1100 + Math.sign(by) * 10, 3);
  for (let i = 0; i < 60; i++) {
    advance(10);
    shown.nowMs();
  }
  expect(shown.nowMs() / 1000).toBeCloseTo(1700 + by, 3);
  expect(told).toEqual([{ byS: by, how: 'slewed' }]);
});

it.each([60, 3600, -3600])('follows a leap of %d s at once', by => {
  const { shown, leap, told } = slewed();
  leap(by);
  expect(shown.now()).toBe(1000 + by);
  expect(told).toEqual([{ byS: by, how: 'stepped' }]);
});

it('never runs backwards nor leaps, whatever leaps of less than a minute the wall makes', () => {
  const step = fc.tuple(fc.double({ min: 0, max: 40, noNaN: true }), fc.double({ min: -25, max: 25, noNaN: true }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const { shown, advance, leap } = slewed();
      let [before, off] = [shown.nowMs(), 0];
      for (const [seconds, by] of steps) {
        if (Math.abs(off + by) < 30) {
          off += by;
          leap(by);
        }
        advance(seconds);
        const now = shown.nowMs();
        expect(now).toBeGreaterThanOrEqual(before + seconds * 900 - 1e-3);
        expect(now).toBeLessThanOrEqual(before + seconds * 1100 + 1e-3);
        before = now;
      }
    }),
  );
});

it('is set off by an operator', () => {
  const { shown, told } = slewed();
  shown.setOffset(3600);
  expect([shown.now(), shown.offsetS]).toEqual([4600, 3600]);
  shown.setOffset(0);
  expect(shown.now()).toBe(1000);
  expect(told.map(each => each.byS)).toEqual([3600, -3600]);
});

it('wakes who waits by what it shows', () => {
  const { shown, advance, leap } = slewed();
  const woken: string[] = [];
  shown.at(1010, () => woken.push('10'));
  shown.at(1005, () => woken.push('5'));
  const cancel = shown.at(1006, () => woken.push('6'));
  shown.at(5000, () => woken.push('late'));
  cancel();
  advance(4.9);
  expect(woken).toEqual([]);
  advance(0.2);
  expect(woken).toEqual(['5']);
  advance(5);
  expect(woken).toEqual(['5', '10']);
  leap(3990);
  advance(31);
  expect(woken).toEqual(['5', '10', 'late']);
});
