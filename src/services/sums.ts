/**
 * Limits for sums as they are published: each is the envelope of the aggregator's own EndDevice, in a program of its own, published in the same
 * commit as the caps of its sites. Who has such a program is kept in the store.
 */
import { type Seconds } from '../base/clock';
import { type Device, type Snapshot } from '../engines/api';
import { type Plan } from '../store/api';
import { type SafeGroup, unboundedGroup, withinCaps } from './group-net';
import { type ContractVersion, leastW, versionAt } from './products/version';
import { type SafeEnvelope } from './safety-net';

/** A limit for a sum that an aggregator is told. */
export interface SumRecord {
  /** Id of the aggregator's EndDevice. */
  readonly aggregator: string;
  /** The asset above its sites. */
  readonly asset: string;
  /** Ids of the sites it counts. */
  readonly sites: readonly string[];
  /** What they may draw and feed in together whenever no control holds: what is firm of each, W. */
  readonly firmImportW: number;
  readonly firmExportW: number;
}

export interface SumBook {
  /** Who has a program for a sum now. */
  standing(): Promise<readonly SumRecord[]>;
  /** Makes those programs be there that are given, and no others; what is as it is, is left alone. */
  plan(records: readonly SumRecord[], now: Seconds): Promise<Pick<Plan, 'expect' | 'put' | 'drop' | 'dropTree'>>;
}

interface Deciding {
  readonly snapshot: Snapshot;
  readonly envelopes: readonly SafeEnvelope[];
  readonly groups: readonly SafeGroup[];
  readonly versions: ReadonlyMap<string, readonly ContractVersion[]>;
  readonly now: Seconds;
}

export interface Summed {
  readonly record: SumRecord;
  readonly envelope: SafeEnvelope;
  /** The most its sites may ever draw and feed in. */
  readonly maxImportW: number;
  readonly maxExportW: number;
}

/**
 * The sums of a run: those the engine gave, none above what caps of its sites add up to. Where the engine failed, those that stand go on, with
 * what their sites have.
 */
export function sumsOf(
  { envelopes, groups, now, snapshot, versions }: Deciding,
  failed: readonly SumRecord[],
): Summed[] {
  const devices = new Map(snapshot.devices.map(device => [device.id, device]));
  const kept = failed
    .filter(({ aggregator }) => !groups.some(group => group.aggregator === aggregator))
    .map(({ aggregator, asset, sites }) =>
      unboundedGroup({ aggregator, asset, devices: sites.filter(site => devices.has(site)) }, snapshot.steps),
    );
  const goesOn = new Set(kept.map(({ aggregator }) => aggregator));
  return withinCaps([...groups, ...kept], envelopes).map(
    ({ aggregator, asset, bound, devices: sites, exportW, importW }): Summed => {
      const own = sites.flatMap(site => devices.get(site) ?? []);
      const add = (of: (device: Device) => number): number => own.reduce((sum, device) => sum + of(device), 0);
      const firm = (device: Device) => {
        const { export: e, import: i } = versionAt(versions.get(device.id) ?? [], now)?.firm ?? {};
        return {
          importW: Math.min(i ? leastW(i) : device.firmImportW, device.maxImportW),
          exportW: Math.min(e ? leastW(e) : device.firmExportW, device.maxExportW),
        };
      };
      return {
        record: {
          aggregator,
          asset,
          sites,
          firmImportW: Math.floor(add(device => firm(device).importW)),
          firmExportW: Math.floor(add(device => firm(device).exportW)),
        },
        envelope: {
          device: aggregator,
          importW,
          exportW,
          bound,
          ...(goesOn.has(aggregator) && { fallback: 'engine' as const }),
        },
        maxImportW: add(({ maxImportW }) => maxImportW),
        maxExportW: add(({ maxExportW }) => maxExportW),
      };
    },
  );
}
