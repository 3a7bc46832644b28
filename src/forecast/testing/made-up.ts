/** Histories made up for tests: a day and a week of their own, noise of a seed, and holes. */
import { seededRandom } from '../../base/random';
import { type History } from '../api';
import { Calendar } from '../calendar';
import { clearSkyOf } from '../clear-sky';

export interface MadeUp {
  readonly days: number;
  readonly seed?: number;
  readonly noiseW?: number;
  /** Share of steps that were not measured. */
  readonly missing?: number;
  readonly stepS?: number;
  readonly timeZone?: string;
  readonly start?: number;
  /** Steps to come that the calendar knows. */
  readonly ahead?: number;
  readonly holidays?: readonly string[];
  /** Watts at full irradiance of panels that are metered by themselves; none unless given. */
  readonly pvW?: number;
}

/** 2025-01-06, a Monday, 08:00 UTC: midnight in Los Angeles. */
export const monday = 1_736_150_400;

export function madeUp(options: MadeUp): History {
  const { ahead = 72, days, holidays, missing = 0, noiseW = 500, pvW, seed = 1 } = options;
  const { start = monday, stepS = 3600, timeZone = 'America/Los_Angeles' } = options;
  const end = (days * 86_400) / stepS;
  const calendar = new Calendar({ start, stepS, steps: end + ahead, timeZone, ...(holidays && { holidays }) });
  const random = seededRandom(seed);
  const clearSky = clearSkyOf({ latitude: 34, longitude: -118 }, calendar);
  const cloud = Array.from({ length: days + 1 }, () => 0.3 + 0.7 * random.next());
  const made = Float64Array.from(
    { length: end },
    (_, i) => (pvW ?? 0) * (clearSky[i] ?? 0) * (cloud[Math.floor(i / calendar.stepsPerDay)] ?? 0),
  );
  let drift = 0;
  const w = Float64Array.from({ length: end }, (_, i) => {
    drift = 0.8 * drift + random.normal(0, noiseW);
    const hole = random.next() < missing;
    return hole ? NaN : typicalW(calendar, i) + drift - (made[i] as number);
  });
  return { calendar, w, end, ...(pvW !== undefined && { pvW: made, clearSky }) };
}

/** What a step would be without noise: evenings high, weekends higher by day. */
export function typicalW(calendar: Calendar, step: number): number {
  const hour = (calendar.slot[step] as number) / calendar.stepsPerHour;
  const weekend = calendar.weekday[step] === 0 || calendar.weekday[step] === 6;
  const evening = 6000 * Math.exp(-((hour - 19) ** 2) / 8);
  return 3000 + evening + (weekend && hour > 9 && hour < 17 ? 2500 : 0);
}
