/**
 * Loss of communication (envelopes reference 2.1): `firmAfterLossS` after its last contact a site is to be on firm. A device that can
 * count does so by itself. For one that cannot, the server sees to it: its controls are short, and it is shown none that ends later than that, so
 * that what it holds runs out.
 */
import { type Seconds } from '../../base/clock';
import { type LossTerms } from './version';

/** A client that polls has this long to take the next control before the one in force ends. */
export const shownAheadS = 600;

/** Length of controls: a quarter of the time after which firm holds, in whole steps, but one step at least. Undefined: as long as may be. */
export function pieceOf(loss: LossTerms | undefined, stepS: Seconds): Seconds | undefined {
  if (loss?.by !== 'horizon') return undefined;
  return Math.max(stepS, Math.floor(loss.firmAfterLossS / 4 / stepS) * stepS);
}

/** Whether a control to come is shown at `now`; when it will be, otherwise. */
export function shownFrom(
  { start, durationS }: { readonly start: Seconds; readonly durationS: Seconds },
  { firmAfterLossS }: Pick<LossTerms, 'firmAfterLossS'>,
): Seconds {
  return Math.min(start + durationS - firmAfterLossS, start - shownAheadS);
}

/** The latest moment at which a site that lost contact at `at` is on firm, for pieces of that length. */
export const firmBy = ({ firmAfterLossS }: LossTerms, at: Seconds, pieceS: Seconds): Seconds =>
  at + Math.max(firmAfterLossS, shownAheadS + pieceS);
