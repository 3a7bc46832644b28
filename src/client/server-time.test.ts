import { ManualClock } from '../base/clock';
import { ServerTime } from './server-time';

it('is our own clock until told otherwise, and stays while the difference can be the way there and back', () => {
  const clock = new ManualClock(1000);
  const time = new ServerTime(clock);
  expect([time.now(), time.learn(1000, 1_000_000, 1_000_000)]).toEqual([1000, false]);
  expect(time.learn(1003, 1_000_000, 1_005_000)).toBe(false); // five seconds on the way, at a scaled clock
  expect(time.offsetS).toBe(0);
});

it('learns how far the server is ahead or behind', () => {
  const clock = new ManualClock(1000);
  const time = new ServerTime(clock);
  expect(time.learn(1600, 1_000_000, 1_000_000)).toBe(true);
  expect([time.now(), time.at(1010.5), time.local(1700)]).toEqual([1600, 1610, 1100]);
  expect(time.learn(400, 1_000_000, 1_000_200)).toBe(true);
  expect(time.now()).toBeGreaterThanOrEqual(399);
  expect(time.now()).toBeLessThanOrEqual(400);
});
