/** Where a report's intervals come from: envelopes of a study, or the operator API of a server. */
import { type Envelope, type GroupEnvelope, type Snapshot } from '../../engines/api';
import { type Planned, type SiteAccount } from '../../services/explain/account';
import { type Together } from '../../services/explain/held-back';
import { type Interval, type Stretch } from '../../services/explain/intervals';
import { allPages, type OperatorApi } from '../operator-api';
import { type ReportSite } from './data';

/** Of an engine's answer for a snapshot. */
export function studySites(
  { start, stepS }: Pick<Snapshot, 'start' | 'stepS'>,
  engine: string,
  envelopes: readonly Envelope[],
  planned: ReadonlyMap<string, Planned>,
): ReportSite[] {
  return envelopes.map(envelope => {
    const { device } = envelope;
    const own = planned.get(device);
    const intervals = stepByStep({ start, stepS }, engine, envelope);
    return { site: device, name: device, intervals, ...(own && { planned: own }) };
  });
}

/** Its limits for sums. */
export const studySums = (
  snapshot: Pick<Snapshot, 'start' | 'stepS'>,
  engine: string,
  groups: readonly GroupEnvelope[],
): Together[] => groups.map(group => ({ sites: group.devices, intervals: stepByStep(snapshot, engine, group) }));

const stepByStep = (
  { start, stepS }: Pick<Snapshot, 'start' | 'stepS'>,
  engine: string,
  { bound, exportW, importW }: Pick<Envelope, 'bound' | 'exportW' | 'importW'>,
): Interval[] =>
  bound.map((by, step) => ({
    from: start + step * stepS,
    to: start + (step + 1) * stepS,
    importW: importW[step] ?? 0,
    exportW: exportW[step] ?? 0,
    bound: by,
    engine,
  }));

/** What `GET /api/envelopes/{site}/explanation` answers, as far as it is used here. */
export interface Explanation extends Stretch, SiteAccount {
  readonly name: string;
  readonly planned?: Planned;
  readonly plannedAt?: number;
  readonly intervals: readonly (Interval & {
    readonly unlocked?: { readonly importW: number; readonly exportW: number };
  })[];
}

export function timeQuery(time: Partial<Stretch>): string {
  const ask = new URLSearchParams();
  for (const [name, at] of Object.entries(time)) ask.set(name, String(at));
  return ask.toString();
}

/** One site, all its pages. */
export async function explanationOf(api: Pick<OperatorApi, 'get'>, site: string, time: Partial<Stretch>) {
  const ask = new URLSearchParams(timeQuery(time));
  ask.set('limit', '10000');
  const path = `/api/envelopes/${encodeURIComponent(site)}/explanation?`;
  let { next, ...found } = await api.get<Explanation & { next?: number }>(path + ask.toString());
  // The pages that follow explain the same time as the first, whatever the clock says by then.
  ask.set('from', String(found.from));
  ask.set('to', String(found.to));
  while (next !== undefined) {
    ask.set('after', String(next));
    const page: Explanation & { next?: number } = await api.get(path + ask.toString());
    found = { ...found, intervals: [...found.intervals, ...page.intervals] };
    ({ next } = page);
  }
  return found;
}

/** Every site that is a device, and the limits for sums, over the same time; `fleet` says which, as `GET /api/envelopes/account` answers it. */
export async function serverSites(
  api: Pick<OperatorApi, 'get'>,
  time: Partial<Stretch>,
): Promise<Stretch & { readonly sites: readonly ReportSite[]; readonly together: readonly Together[] }> {
  const { from, to } = await api.get<Stretch>(`/api/envelopes/account?${timeQuery(time)}`);
  const all = await allPages<{ site: string; role?: string }>(api as OperatorApi, '/api/envelopes', 'envelopes');
  const sites: ReportSite[] = [];
  for (const { site } of all) sites.push(await explanationOf(api, site, { from, to }));
  const { groups } = await api.get<{ groups: { aggregator: string; sites: { site: string }[] }[] }>(
    '/api/envelopes/groups',
  );
  const together: Together[] = [];
  for (const { aggregator, sites: members } of groups) {
    const { intervals } = await explanationOf(api, aggregator, { from, to });
    together.push({ sites: members.map(({ site }) => site), intervals });
  }
  return { from, to, sites, together };
}
