/**
 * Irradiance on level ground under a clear sky, as a share of 1,000 W/m²: the sun's place by the usual short formulas (within a degree or so)
 * and Haurwitz's model of the air. Good enough to say when and how much panels can produce; what they do produce is measured.
 */
import { type Seconds } from '../base/clock';
import { type Calendar } from './calendar';

export interface Place {
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
}

const radians = Math.PI / 180;

/** Sine of the sun's height over the horizon. */
export function sunHeight({ latitude, longitude }: Place, at: Seconds): number {
  const days = at / 86_400;
  const dayOfYear = (days - 0.5) % 365.2425;
  const year = (2 * Math.PI * dayOfYear) / 365.2425;
  // Spencer's series for declination and equation of time (minutes).
  const declination =
    0.006918 -
    0.399912 * Math.cos(year) +
    0.070257 * Math.sin(year) -
    0.006758 * Math.cos(2 * year) +
    0.000907 * Math.sin(2 * year);
  const equation =
    229.18 *
    (0.000075 +
      0.001868 * Math.cos(year) -
      0.032077 * Math.sin(year) -
      0.014615 * Math.cos(2 * year) -
      0.040849 * Math.sin(2 * year));
  const solarMinutes = (days - Math.floor(days)) * 1440 + equation + 4 * longitude;
  const hourAngle = (solarMinutes / 4 - 180) * radians;
  const phi = latitude * radians;
  return Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
}

/** Share of 1,000 W/m², 0 at night. */
export function clearSkyShare(place: Place, at: Seconds): number {
  const height = sunHeight(place, at);
  return height <= 0 ? 0 : 1.098 * height * Math.exp(-0.057 / height);
}

/** For each step of a calendar, in its middle. */
export function clearSkyOf(place: Place, calendar: Calendar): Float64Array {
  const found = new Float64Array(calendar.steps);
  for (let i = 0; i < found.length; i++) found[i] = clearSkyShare(place, calendar.at(i) + calendar.stepS / 2);
  return found;
}
