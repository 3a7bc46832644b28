import fc from 'fast-check';
import { localTime } from '../base/local-time';
import { Calendar } from './calendar';
import { clearSkyOf, clearSkyShare, sunHeight } from './clear-sky';

const zone = 'America/Los_Angeles';
const at = (text: string): number => Date.parse(text) / 1000;
const calendarFrom = (text: string, days: number, stepS = 3600, timeZone = zone) =>
  new Calendar({ start: at(text), stepS, steps: (days * 86_400) / stepS, timeZone });

it('knows local hours, weekdays and slots', () => {
  const calendar = calendarFrom('2025-01-06T08:00Z', 7, 900);
  expect([calendar.hour[0], calendar.weekday[0], calendar.slot[0]]).toEqual([0, 1, 0]);
  expect([calendar.hour[95], calendar.weekday[95], calendar.slot[95]]).toEqual([23, 1, 95]);
  expect(calendar.weekday[6 * 96]).toBe(0);
});

it('has 23 hours on the day daylight saving begins and 25 on the day it ends', () => {
  const count = (text: string) => {
    const calendar = calendarFrom(text, 3);
    const sunday = [...calendar.weekday].flatMap((day, i) => (day === 0 ? [calendar.hour[i] as number] : []));
    return [sunday.length, sunday.filter(hour => hour === 1).length, sunday.filter(hour => hour === 2).length];
  };
  expect(count('2025-03-08T08:00Z')).toEqual([23, 1, 0]);
  expect(count('2025-11-01T07:00Z')).toEqual([25, 2, 1]);
});

it('finds the same time on the clock some days before, across both changes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(zone, 'Europe/Berlin', 'Australia/Adelaide', 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe'),
      fc.integer({ min: at('2024-01-01T00:00Z') / 3600, max: at('2026-06-01T00:00Z') / 3600 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 0, max: 23 }),
      (timeZone, startHour, days, hour) => {
        const calendar = new Calendar({ start: startHour * 3600, stepS: 1800, steps: 40 * 48, timeZone });
        const step = 30 * 48 + 2 * hour;
        const then = calendar.before(step, days);
        const [now, before] = [calendar.at(step), calendar.at(then)].map(t => localTime(timeZone, t));
        const clock = (t?: { hour: number; minute: number }) => 60 * (t?.hour ?? 0) + (t?.minute ?? 0);
        // A time that the clock skipped is read an hour (Lord Howe: half an hour) later.
        const skipped = [30, 60].includes(clock(before) - clock(now));
        if (!skipped) expect(clock(before)).toBe(clock(now));
        expect(Math.abs(calendar.at(step) - calendar.at(then) - days * 86_400)).toBeLessThanOrEqual(3600);
      },
    ),
  );
});

it('refuses steps that do not divide an hour or do not lie on their grid', () => {
  for (const [start, stepS] of [
    [0, 7],
    [0, 7200],
    [100, 900],
  ] as const)
    expect(() => new Calendar({ start, stepS, steps: 4, timeZone: 'UTC' })).toThrow('grid that divides an hour');
});

describe('clear sky', () => {
  const denver = { latitude: 39.74, longitude: -105 };

  it('puts the sun where it is', () => {
    // Solstices at Denver: 73.7° and 26.8° at solar noon, by 90 − 39.74 ± 23.44.
    const highest = (day: string) =>
      Math.max(...Array.from({ length: 288 }, (_, i) => sunHeight(denver, at(`${day}T07:00Z`) + 300 * i)));
    expect((Math.asin(highest('2025-06-21')) * 180) / Math.PI).toBeCloseTo(73.7, 0);
    expect((Math.asin(highest('2025-12-21')) * 180) / Math.PI).toBeCloseTo(26.8, 0);
  });

  it('is dark at night, and a summer day brings about 7 to 9 kWh/m²', () => {
    expect(clearSkyShare(denver, at('2025-06-21T08:00Z'))).toBe(0);
    const calendar = new Calendar({ start: at('2025-06-21T06:00Z'), stepS: 3600, steps: 24, timeZone: 'UTC' });
    const sum = clearSkyOf(denver, calendar).reduce((total, share) => total + share, 0);
    expect(sum).toBeGreaterThan(7);
    expect(sum).toBeLessThan(9);
  });
});
