/**
 * What a client is shown of a site's envelope controls: a bounded window that slides with time. Plain CSIP clients need hold
 * only 24 scheduled events (protocol facts 4.2 rule 10), and old ones choke on more than 51 controls in all (section 10).
 */
import { type Seconds } from '../../base/clock';
import { shownFrom } from '../products/loss';
import { type LossTerms } from '../products/version';
import { scheduledEnd } from '../timeline';
import { type EnvelopeControl, inForce } from './controls';

export interface WindowSize {
  /** Scheduled controls shown. */
  readonly window?: number;
  /** Superseded controls kept readable until their scheduled end, the latest first. */
  readonly retired?: number;
  /** Of a site that is to be on firm some time after it lost contact, and cannot count by itself: none is shown that reaches further. */
  readonly loss?: LossTerms | undefined;
}

/**
 * The controls to list at `now`, in list order (start, then newest, then mRID descending; protocol facts 2.4): those in force,
 * the next `window` to come without a gap, and those lately superseded. A control that a newer one replaces before
 * it begins is left out while it is still to come: listing it would show two plans for one hour, and a client that holds it already
 * lets the newer creationTime win. Every control stays readable by itself (`findControl`).
 */
export function visibleControls(
  controls: readonly EnvelopeControl[],
  now: Seconds,
  { window = 24, retired = 24, loss }: WindowSize = {},
): EnvelopeControl[] {
  const active: EnvelopeControl[] = [];
  const coming: EnvelopeControl[] = [];
  const over: EnvelopeControl[] = [];
  for (const control of controls) {
    if (scheduledEnd(control) <= now) continue;
    const { from, to } = inForce(control);
    if (to <= now) over.push(control);
    else if (to <= from) continue;
    else if (control.start <= now) active.push(control);
    else if (loss?.by !== 'horizon' || shownFrom(control, loss) <= now) coming.push(control);
  }
  coming.sort((a, b) => a.start - b.start);
  over.sort((a, b) => (b.supersededAt ?? 0) - (a.supersededAt ?? 0) || b.series - a.series);
  return [...active, ...coming.slice(0, window), ...over.slice(0, retired)].sort(inListOrder);
}

/** The first moment after `now` at which a control comes into view that is kept back until then. */
export function nextShown(
  controls: readonly EnvelopeControl[],
  now: Seconds,
  loss: LossTerms | undefined,
): Seconds | undefined {
  if (loss?.by !== 'horizon') return undefined;
  let first: Seconds | undefined;
  for (const control of controls) {
    const from = shownFrom(control, loss);
    if (from > now && (first === undefined || from < first)) first = from;
  }
  return first;
}

function inListOrder(a: EnvelopeControl, b: EnvelopeControl): number {
  return a.start - b.start || b.createdAt - a.createdAt || (a.mrid < b.mrid ? 1 : a.mrid > b.mrid ? -1 : 0);
}
