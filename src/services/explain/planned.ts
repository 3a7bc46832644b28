/**
 * The baseline of a snapshot: what planning for the worst hour would give each site for all of its time, by the loading of assets alone. Its
 * engine is quick, as it looks at one step; so it is run beside whatever engine runs.
 */
import { wireWatts } from '../../base/units';
import { type Snapshot, envelopesOf } from '../../engines/api';
import { worstHour } from '../../engines/worst-hour';
import { type SafeGroup } from '../group-net';
import { type SafeEnvelope } from '../safety-net';
import { type Account, type Planned, accountOf, siteAccount } from './account';
import { heldBack } from './held-back';
import { type Interval } from './intervals';

type Unshared = ReadonlyMap<string, { readonly importW?: number; readonly exportW?: number }>;

/**
 * By device. Empty for a snapshot without assets: there is nothing to plan with. In a direction that is not shared out, a site would have
 * under any engine what it has: its rating.
 */
export async function plannedOf(snapshot: Snapshot, unshared: Unshared = new Map()): Promise<Map<string, Planned>> {
  if (snapshot.assets.length === 0 || snapshot.steps === 0) return new Map();
  const proposal = await worstHour(undefined).compute(snapshot, new AbortController().signal);
  return new Map(
    envelopesOf(proposal).map(({ bound, device, exportW, importW }) => {
      const rated = unshared.get(device);
      const by = 'site rating';
      return [
        device,
        {
          importW: wireWatts(rated?.importW ?? importW[0] ?? 0),
          exportW: wireWatts(rated?.exportW ?? exportW[0] ?? 0),
          bound: {
            import: rated?.importW === undefined ? (bound[0]?.import ?? '') : by,
            export: rated?.exportW === undefined ? (bound[0]?.export ?? '') : by,
          },
        },
      ];
    }),
  );
}

/** What the answer of an engine amounts to over its horizon, after the safety net. */
export function accountOfRun(
  { start, stepS, steps }: Snapshot,
  envelopes: readonly SafeEnvelope[],
  planned: ReadonlyMap<string, Planned>,
  groups: readonly SafeGroup[] = [],
): Account {
  const intervalsOf = ({ bound, exportW, importW }: Pick<SafeEnvelope, 'bound' | 'exportW' | 'importW'>): Interval[] =>
    bound.map((by, step): Interval => {
      const from = start + step * stepS;
      return {
        from,
        to: from + stepS,
        importW: importW[step] ?? 0,
        exportW: exportW[step] ?? 0,
        bound: by,
        engine: '',
      };
    });
  const intervals = new Map(envelopes.map(envelope => [envelope.device, intervalsOf(envelope)]));
  const sites = envelopes.flatMap(({ device }) => {
    const own = planned.get(device);
    return own ? [siteAccount(device, intervals.get(device) ?? [], own)] : [];
  });
  const when = { from: start, to: start + steps * stepS };
  const sums = groups.map(group => ({ sites: group.devices, intervals: intervalsOf(group) }));
  return accountOf(
    sites,
    when,
    heldBack(sums, site => intervals.get(site) ?? [], when),
  );
}
