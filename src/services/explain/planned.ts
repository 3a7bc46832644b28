/**
 * The baseline of a snapshot: what planning for the worst hour would give each site for all of its time, by the loading of assets alone. Its
 * engine is quick, as it looks at one step; so it is run beside whatever engine runs.
 */
import { wireWatts } from '../../base/units';
import { type Snapshot, envelopesOf } from '../../engines/api';
import { worstHour } from '../../engines/worst-hour';
import { type SafeEnvelope } from '../safety-net';
import { type Account, type Planned, accountOf, siteAccount } from './account';
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
): Account {
  const sites = envelopes.flatMap(({ bound, device, exportW, importW }) => {
    const own = planned.get(device);
    if (!own) return [];
    const intervals = bound.map((by, step): Interval => {
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
    return [siteAccount(device, intervals, own)];
  });
  return accountOf(sites, { from: start, to: start + steps * stepS });
}
