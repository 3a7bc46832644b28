/** What a site may still take or give, moment by moment: its envelope, or its firm limit where none is published, less grants. */
import { type Seconds } from '../base/clock';
import { watts } from '../base/units';
import { type FlowReservationResponse } from '../model/flow-reservation';
import { type FreeSpan } from '../services/flow-policies/api';
import { inForce } from '../services/envelopes/controls';
import { scheduledEnd, stopOf } from '../services/timeline';
import { type Store } from '../store/api';
import { type ListedEvent } from './event-list';
import { type EnvelopeViews } from './envelope-views';
import { siteOf } from './site';

export type Direction = 'import' | 'export';

interface Taken {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly powerW: number;
}

/** Grants in one direction that stand: from their start until they end or were stopped. */
export function takenBy(answers: readonly ListedEvent[], direction: Direction): Taken[] {
  return answers.flatMap(({ body, facts }) => {
    const { powerAvailable, energyAvailable } = body as unknown as FlowReservationResponse;
    const signed = watts(powerAvailable) || watts(energyAvailable);
    const to = Math.min(scheduledEnd(facts), stopOf(facts)?.at ?? Infinity);
    if (to <= facts.start || (direction === 'import' ? signed <= 0 : signed >= 0)) return [];
    return [{ from: facts.start, to, powerW: Math.abs(watts(powerAvailable)) }];
  });
}

export interface Window {
  readonly direction: Direction;
  readonly from: Seconds;
  readonly to: Seconds;
}

/** Covers the window in order and without a gap. */
export async function roomIn(
  { store, envelopes }: { readonly store: Store; readonly envelopes: EnvelopeViews },
  edev: string,
  { direction, from, to }: Window,
  taken: readonly Taken[],
): Promise<FreeSpan[]> {
  const site = await siteOf(store, edev);
  const firmW = (direction === 'import' ? site?.body.firmImportW : site?.body.firmExportW) ?? 0;
  const limits = (await envelopes.ofSite(store.series, edev))
    .map(control => ({ ...inForce(control), limitW: direction === 'import' ? control.importW : control.exportW }))
    .filter(limit => limit.from < limit.to && limit.from < to && limit.to > from);
  const edges = [from, to, ...[...limits, ...taken].flatMap(each => [each.from, each.to])]
    .filter(at => at >= from && at <= to)
    .sort((a, b) => a - b);
  const moments = [...new Set(edges)];
  return moments.slice(0, -1).map((at, i): FreeSpan => {
    const limitW = limits.find(limit => limit.from <= at && at < limit.to)?.limitW ?? firmW;
    const usedW = taken.filter(each => each.from <= at && at < each.to).reduce((sum, each) => sum + each.powerW, 0);
    return { from: at, to: moments[i + 1] ?? to, powerW: Math.max(0, limitW - usedW) };
  });
}
