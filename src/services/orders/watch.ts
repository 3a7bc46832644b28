/**
 * Watches what is measured at an asset or a bus against its limit (envelopes reference 3.7a): reduce as soon as it is over, let go only when it has
 * been clear for a while, so that limits rise on what telemetry confirms and not on hope.
 */
import { type Seconds } from '../../base/clock';

export interface WatchState {
  /** The order that relieves it, while one stands. */
  readonly order?: string;
  /** Since when it has been clear without a break. */
  readonly clearSince?: Seconds;
  readonly lastAt?: Seconds;
}

export interface Measured {
  /** In any unit; a lower limit is watched with both signs turned. */
  readonly value: number;
  readonly limit: number;
  readonly at: Seconds;
}

export interface WatchRules {
  /** Share of the limit that is kept free; twice that must be free before limits rise. */
  readonly margin: number;
  readonly clearForS: Seconds;
}

export const thermalRules: WatchRules = { margin: 0.02, clearForS: 300 };
export const voltageRules: WatchRules = { margin: 0.002, clearForS: 300 };

export type Verdict =
  { readonly act: 'reduce'; readonly by: number } | { readonly act: 'release' } | { readonly act: 'wait' | 'ignore' };

/** What to do about a measurement, and the state after it. Measurements out of order are ignored. */
export function judge(
  state: WatchState,
  { at, limit, value }: Measured,
  { clearForS, margin }: WatchRules,
): { readonly state: WatchState; readonly verdict: Verdict } {
  if (state.lastAt !== undefined && at < state.lastAt) return { state, verdict: { act: 'ignore' } };
  const free = Math.abs(limit) * margin;
  const by = value - (limit - free);
  const { clearSince: _, ...kept } = { ...state, lastAt: at };
  if (value > limit) return { state: kept, verdict: { act: 'reduce', by } };
  if (value >= limit - 2 * free) return { state: kept, verdict: { act: 'wait' } };
  const clearSince = state.clearSince ?? at;
  const over = state.order !== undefined && at - clearSince >= clearForS;
  if (!over) return { state: { ...kept, clearSince }, verdict: { act: 'wait' } };
  const { order: _order, ...free2 } = kept;
  return { state: free2, verdict: { act: 'release' } };
}
