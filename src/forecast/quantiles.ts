/** The forecast of the rung that a back-test chose, as quantiles. */
import { type History } from './api';
import { type Backtest } from './backtest';

export interface Quantiles {
  readonly lowW: readonly number[];
  /** The middle quantile: half of what comes lies above it. */
  readonly pointW: readonly number[];
  readonly highW: readonly number[];
}

/** Watts for `steps` steps from the end of the history; nothing where there is no rung, or it has no answer for one of them. */
export function quantilesOf(
  { chosen }: Backtest,
  history: History,
  steps: number,
  { highLevel, lowLevel }: { readonly lowLevel: number; readonly highLevel: number },
): Quantiles | undefined {
  if (!chosen) return undefined;
  const { calendar, end } = history;
  const points = chosen.rung.predict(history, steps);
  const found: { lowW: number[]; pointW: number[]; highW: number[] } = { lowW: [], pointW: [], highW: [] };
  for (const [i, point] of points.entries()) {
    const day = Math.floor(i / calendar.stepsPerDay);
    const by = chosen.residuals.quantiles(day, calendar.hour[end + i] as number, [lowLevel, 0.5, highLevel]);
    if (!by || Number.isNaN(point)) return undefined;
    const [low = 0, middle = 0, high = 0] = by;
    found.lowW.push(point + low);
    found.pointW.push(point + middle);
    found.highW.push(point + high);
  }
  return found;
}
