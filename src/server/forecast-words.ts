/** Texts of the configuration that forecasts read. */
import { type Place } from '../forecast/clear-sky';

/** Parts between commas. */
export const listOf = (text: string): string[] => text.split(/[\s,]+/).filter(part => part !== '');

/** `34.05, -118.24`: degrees north and east; nothing where it is no place. */
export function placeOf(text: string): Place | undefined {
  if (text === '') return undefined;
  const [latitude = NaN, longitude = NaN, ...more] = listOf(text).map(Number);
  if (more.length > 0 || !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return { latitude, longitude };
}

/** Whether a text lists days such as `2026-07-04`. */
export const areDays = (text: string): boolean =>
  listOf(text).every(day => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00Z`)));
