import { daylightSaving, isTimeZone, localTime, offsetS } from './local-time';

const utc = (text: string) => Date.parse(text) / 1000;

it('knows the offset of both seasons', () => {
  expect(offsetS('America/Los_Angeles', utc('2026-01-15T12:00:00Z'))).toBe(-28_800);
  expect(offsetS('America/Los_Angeles', utc('2026-07-15T12:00:00Z'))).toBe(-25_200);
  expect(offsetS('Asia/Kathmandu', utc('2026-07-15T12:00:00Z'))).toBe(20_700);
});

it('finds the seconds at which daylight saving starts and ends', () => {
  expect(daylightSaving('America/Los_Angeles', utc('2026-11-24T00:00:00Z'))).toEqual({
    standardS: -28_800,
    addedS: 3600,
    start: utc('2026-03-08T10:00:00Z'),
    end: utc('2026-11-01T09:00:00Z'),
  });
});

it('knows years that begin inside daylight saving, and zones without it', () => {
  expect(daylightSaving('Australia/Adelaide', utc('2026-06-01T00:00:00Z'))).toEqual({
    standardS: 34_200,
    addedS: 3600,
    start: utc('2026-10-03T16:30:00Z'),
    end: utc('2026-04-04T16:30:00Z'),
  });
  expect(daylightSaving('America/Phoenix', utc('2026-06-01T00:00:00Z'))).toEqual({
    standardS: -25_200,
    addedS: 0,
    start: 0,
    end: 0,
  });
});

it('tells local fields and real zones', () => {
  expect(localTime('America/Los_Angeles', utc('2026-11-24T08:05:09Z'))).toEqual({
    year: 2026,
    month: 11,
    day: 24,
    hour: 0,
    minute: 5,
    second: 9,
  });
  expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
});
