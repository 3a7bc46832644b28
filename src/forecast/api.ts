/**
 * The forecaster seam, version 1: the only file a forecaster imports besides `calendar`. A forecaster answers what it expects;
 * how sure that is, `conformal` learns from how wrong it was before. The same history gives the same answer.
 */
import { type Calendar } from './calendar';

/** What was measured at one place, on a fixed grid of steps, and what is known of the weather there. */
export interface History {
  /** Time of each step, of those to come too. */
  readonly calendar: Calendar;
  /** Mean watts over each step, import positive; NaN where nothing was measured. Entries from `end` on must not be read. */
  readonly w: Float64Array;
  /** The first step to forecast. */
  readonly end: number;
  /** Of it the mean generation of panels below the place, W, 0 or above, where that is metered by itself. Not from `end` on. */
  readonly pvW?: Float64Array;
  /** Clear-sky irradiance, 0 to about 1, of steps to come too. */
  readonly clearSky?: Float64Array;
  /** Outside temperature, of steps to come too, where a forecast of it is there; NaN where not. */
  readonly temperatureC?: Float64Array;
}

export interface Forecaster {
  readonly name: string;
  readonly api: 1;
  /** Full days of history without which it answers nothing. */
  readonly leastDays: number;
  /** Expected mean watts of `steps` steps from `history.end` on; NaN for a step of which it has nothing to say. */
  predict(history: History, steps: number): Float64Array;
}

export type ForecasterFactory = () => Forecaster;

/** The forecast of every step from `of`, its answer or NaN. */
export function eachStep({ end }: History, steps: number, of: (step: number) => number): Float64Array {
  const found = new Float64Array(steps);
  for (let i = 0; i < steps; i++) found[i] = of(end + i);
  return found;
}
