/**
 * Limits for sums over sites of one aggregator (`GroupEnvelope`), as far as they can be believed. Whatever is wrong with one costs the group its
 * limit and nobody safety: without a sum, caps have to be safe by themselves, and the net sees to that.
 */
import { wireWatts } from '../base/units';
import { type Device, type Snapshot } from '../engines/api';
import { type Direction } from '../engines/headroom-formula';
import { type BoundBy } from './envelopes/controls';
import { type Note } from './net-rules';

/** A limit for the sum over some sites; whole watts, one entry per step. */
export interface SafeGroup {
  /** Id of the aggregator's own EndDevice. */
  readonly aggregator: string;
  readonly asset: string;
  readonly devices: readonly string[];
  readonly importW: Int32Array;
  readonly exportW: Int32Array;
  readonly bound: readonly BoundBy[];
}

/** Who was in the group of an aggregator so far: over one horizon it must stay the same. */
export type Members = Map<string, string>;

const most = 2 ** 31 - 1;

/** Groups of an answer that may be anything. */
export function readGroups(snapshot: Snapshot, proposal: unknown, note: Note, members: Members): SafeGroup[] {
  let list: unknown;
  try {
    list = (proposal as { groups?: unknown } | undefined)?.groups;
  } catch {
    return []; // what it is instead is told by whoever reads its envelopes
  }
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    note('group', typeof list);
    return [];
  }
  const devices = new Map(snapshot.devices.map(device => [device.id, device]));
  const taken = new Set<string>();
  const found: SafeGroup[] = [];
  for (const item of list as unknown[]) {
    let group: SafeGroup | string;
    try {
      group = groupOf(item, { devices, note, steps: snapshot.steps, taken, members });
    } catch {
      group = 'an entry';
    }
    if (typeof group === 'string') note('group', group);
    else found.push(group);
  }
  return found;
}

interface Reading {
  readonly devices: ReadonlyMap<string, Device>;
  readonly steps: number;
  readonly note: Note;
  /** Aggregators and devices that are in a group already. */
  readonly taken: Set<string>;
  readonly members: Members;
}

/** The group, or what is wrong with it. */
function groupOf(item: unknown, { devices, members, note, steps, taken }: Reading): SafeGroup | string {
  const { aggregator, asset, bound, devices: ids, exportW, importW } = item as Record<string, unknown>;
  if (typeof aggregator !== 'string' || !Array.isArray(ids)) return 'an entry';
  const own = (ids as unknown[]).flatMap(id => (typeof id === 'string' ? (devices.get(id) ?? []) : []));
  const name = `aggregator ${aggregator.slice(0, 40)}`;
  const together = [aggregator, ...own.map(({ id }) => `site ${id}`)];
  if (own.length !== ids.length || own.some(device => device.aggregator !== aggregator))
    return `${name} has sites in its group that are not its own`;
  if (own.length === 0 || new Set(together).size < together.length || together.some(each => taken.has(each)))
    return `${name} is in more than one group`;
  const key = own.map(({ id }) => id).join(' ');
  if ((members.get(aggregator) ?? key) !== key) return `${name} has other sites in its group than before`;
  const lists = { import: listOf(importW), export: listOf(exportW) };
  if (lists.import.length !== steps || lists.export.length !== steps) return `${name} has not ${steps} steps`;
  const whys = listOf(bound);
  const side = (direction: Direction): Int32Array => {
    const [firm, rated] =
      direction === 'import' ? (['firmImportW', 'maxImportW'] as const) : (['firmExportW', 'maxExportW'] as const);
    const firmW = whole(own.reduce((sum, device) => sum + whole(Math.min(device[firm], device[rated])), 0));
    return Int32Array.from(lists[direction], (w, step) => {
      if (typeof w === 'number' && Number.isFinite(w) && w >= 0) return Math.max(firmW, whole(w));
      note('group', `${name}, step ${step}, ${direction}`);
      return firmW;
    });
  };
  const group: SafeGroup = {
    aggregator,
    asset: typeof asset === 'string' ? asset.slice(0, 120) : '',
    devices: own.map(({ id }) => id),
    importW: side('import'),
    exportW: side('export'),
    bound: Array.from({ length: steps }, (_, step) => boundOf(whys[step])),
  };
  for (const each of together) taken.add(each);
  members.set(aggregator, key);
  return group;
}

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return ArrayBuffer.isView(value) && 'length' in value ? Array.from(value as Float64Array) : [];
};

function boundOf(by: unknown): BoundBy {
  const { export: e, import: i } = (by ?? {}) as Record<string, unknown>;
  const text = (value: unknown): string =>
    typeof value === 'string' && value !== '' ? value.slice(0, 120).replaceAll('\t', ' ') : 'engine gave no reason';
  return { import: text(i), export: text(e) };
}

type Caps = { readonly device: string; readonly importW: Int32Array; readonly exportW: Int32Array };

/** No sum above what the caps of its sites add up to: where these are lower, as on firm, they are what binds. */
export function withinCaps(groups: readonly SafeGroup[], envelopes: readonly Caps[]): SafeGroup[] {
  if (groups.length === 0) return [];
  const by = new Map(envelopes.map(envelope => [envelope.device, envelope]));
  return groups.map(group => {
    const own = group.devices.flatMap(id => by.get(id) ?? []);
    const lowest = (side: 'importW' | 'exportW') =>
      group[side].map((w, step) =>
        Math.min(w, whole(own.reduce((sum, envelope) => sum + (envelope[side][step] ?? 0), 0))),
      );
    const [importW, exportW] = [lowest('importW'), lowest('exportW')];
    const bound = group.bound.map((why, step) => ({
      import: importW[step] === group.importW[step] ? why.import : byCaps,
      export: exportW[step] === group.exportW[step] ? why.export : byCaps,
    }));
    return { ...group, importW, exportW, bound };
  });
}

/** What bounds a sum where nothing but the caps of its sites does. */
export const byCaps = 'caps of its sites';

/** A group over steps for which nothing says what its sum may be: its caps. */
export function unboundedGroup(group: Pick<SafeGroup, 'aggregator' | 'asset' | 'devices'>, steps: number): SafeGroup {
  return {
    ...group,
    importW: new Int32Array(steps).fill(most),
    exportW: new Int32Array(steps).fill(most),
    bound: new Array<BoundBy>(steps).fill({ import: byCaps, export: byCaps }),
  };
}

/** Groups of stretches that follow each other, as one; a stretch that has nothing to say of a group has its caps. */
export function joinedGroups(
  parts: readonly { readonly steps: number; readonly groups: readonly SafeGroup[] }[],
): SafeGroup[] {
  const first = new Map<string, SafeGroup>();
  for (const group of parts.flatMap(({ groups }) => groups))
    if (!first.has(group.aggregator)) first.set(group.aggregator, group);
  return [...first.values()].map(({ aggregator, asset, devices }) => {
    const own = parts.map(
      ({ groups, steps }) =>
        groups.find(group => group.aggregator === aggregator) ?? unboundedGroup({ aggregator, asset, devices }, steps),
    );
    return {
      aggregator,
      asset,
      devices,
      importW: Int32Array.from(own.flatMap(({ importW }) => [...importW])),
      exportW: Int32Array.from(own.flatMap(({ exportW }) => [...exportW])),
      bound: own.flatMap(({ bound }) => [...bound]),
    };
  });
}

const whole = (w: number): number => wireWatts(Math.max(0, Math.min(w, most)));
