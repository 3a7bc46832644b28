import fc from 'fast-check';
import { offsetS } from '../base/local-time';
import { type House } from './behaviour';
import { timeOf } from './time';

const at = (text: string) => Date.parse(text) / 1000;
const shown = (timeZone: string, now: number, more: Partial<House> = {}) =>
  timeOf({ timeZone, timeQuality: 4, ...more } as House, now);

it.each([
  ['America/Los_Angeles', '2026-01-10T00:00:00Z', -28_800, '2026-03-08T10:00:00Z', '2026-11-01T09:00:00Z'],
  ['America/Los_Angeles', '2026-07-10T00:00:00Z', -28_800, '2026-03-08T10:00:00Z', '2026-11-01T09:00:00Z'],
  ['America/Los_Angeles', '2026-12-10T00:00:00Z', -28_800, '2027-03-14T10:00:00Z', '2027-11-07T09:00:00Z'],
  ['Australia/Sydney', '2026-01-10T00:00:00Z', 36_000, '2025-10-04T16:00:00Z', '2026-04-04T16:00:00Z'],
  ['Australia/Sydney', '2026-07-10T00:00:00Z', 36_000, '2026-10-03T16:00:00Z', '2027-04-03T16:00:00Z'],
  ['Australia/Sydney', '2026-12-10T00:00:00Z', 36_000, '2026-10-03T16:00:00Z', '2027-04-03T16:00:00Z'],
])('%s at %s has the summer that is or comes next', (zone, now, tzOffset, start, end) => {
  const time = shown(zone, at(now));
  expect(time).toMatchObject({ tzOffset, dstOffset: 3600, dstStartTime: at(start), dstEndTime: at(end) });
});

it('says the local time as a client works it out, and as the time zone has it, at any moment', () => {
  const zones = [
    'America/Los_Angeles',
    'America/New_York',
    'Australia/Adelaide',
    'Europe/Zurich',
    'Asia/Kolkata',
    'UTC',
  ];
  const moment = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2036-01-01T00:00:00Z') });
  fc.assert(
    fc.property(fc.constantFrom(...zones), moment, (zone, now) => {
      const { tzOffset, dstOffset, dstStartTime, dstEndTime, localTime } = shown(zone, now);
      const client = now + tzOffset + (now >= dstStartTime && now < dstEndTime ? dstOffset : 0);
      expect([client, localTime]).toEqual([now + offsetS(zone, now), now + offsetS(zone, now)]);
    }),
  );
});

it('says what the operator set in place of the time zone', () => {
  const timeOffsets = { tzOffset: -18_000, dstOffset: 3600, dstStartTime: 100, dstEndTime: 200 };
  expect(shown('UTC', 150, { timeOffsets, timeQuality: 7 })).toEqual({
    ...timeOffsets,
    currentTime: 150,
    localTime: 150 - 18_000 + 3600,
    quality: 7,
  });
  expect(shown('UTC', 200, { timeOffsets }).localTime).toBe(200 - 18_000);
});
