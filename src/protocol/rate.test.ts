import { ManualClock } from '../base/clock';
import { rateLimit } from './rate';

it('lets a minute of requests through at once, then as many as refill, each identity by itself', () => {
  const clock = new ManualClock(0);
  const admit = rateLimit(clock, 60);
  for (let i = 0; i < 60; i++) admit('A');
  expect(() => admit('A')).toThrow(
    expect.objectContaining({
      code: 'SLOW_DOWN',
      detail: expect.objectContaining({ retryAfterS: 1 }) as object,
    }) as Error,
  );
  admit('B');
  clock.advance(2);
  admit('A');
  admit('A');
  expect(() => admit('A')).toThrow('SLOW_DOWN');
});
