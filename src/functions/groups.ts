/**
 * Groups of devices (protocol facts 5.1): the nodes of the network as a tree, and groups of any other kind. A group is the
 * operator's alone and never served. Devices get its programs through their FunctionSetAssignments, which name the group; what a
 * node assigns is read off the tree at each look, so that moving a node is one small write however much hangs below it
 * (docs/adr/0012).
 */
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Doc, type NewDoc, type Store } from '../store/api';
import { type Seconds } from '../base/clock';
import { assigningKeys, memberKey, type StoredFsa } from './provision';

/** Levels of the network from the top down. A node hangs below one of a higher level; levels may be skipped. */
export const levels = [
  'system',
  'sub-transmission',
  'substation',
  'feeder',
  'segment',
  'service-transformer',
  'service-point',
] as const;
export type Level = (typeof levels)[number];

/** Primacy of a program on a node where the operator names none: the nearer to the device, the stronger. */
export const primacyOf = (level: Level): number => 10 - levels.indexOf(level);

export interface StoredGroup {
  readonly id: string;
  readonly name: string;
  /** Absent for a group that is no node of the network. */
  readonly level?: Level;
  /** Id of the node it hangs below. */
  readonly parent?: string;
  /** Ids (`:derp`) of the programs on it. */
  readonly programs: readonly string[];
  /** What else is on it, as in StoredFsa. */
  readonly assigned?: Readonly<Record<string, readonly string[]>>;
  /**
   * What it adds to the version of the assignments below it: their version is the sum from device to root. After a move it may
   * be negative, so that the sum is one more than before.
   */
  readonly version: number;
}

/** The most FunctionSetAssignments, and the most programs, of one device (CSIP P24, P27). */
export const mostAssignments = 15;
export const mostPrograms = 15;
/** The most tariffs, messaging programs, accounts … of one device, of each kind. */
export const mostAssigned = 255;

export const groupList: Href = '~group';
export const groupHref = (id: string): Href => `~group/${id}`;
/** Index keys, all of index `owner`. */
export const groupKey = {
  name: (name: string) => `~group-name/${name}`,
  below: (id: string) => `~group-below/${id}`,
  members: memberKey,
};

export function groupDoc(group: StoredGroup, now: Seconds): NewDoc {
  const { id, name, parent } = group;
  return {
    href: groupHref(id),
    list: groupList,
    kind: '~group',
    changed: now,
    sortKey: id,
    body: group,
    keys: [
      { index: 'owner', key: groupKey.name(name), unique: true },
      ...(parent === undefined ? [] : [{ index: 'owner' as const, key: groupKey.below(parent) }]),
      ...assigningKeys(group),
    ],
  };
}

export type GroupAt = (id: string) => Promise<StoredGroup | undefined>;

/** Reads each group once. */
export function groupsOf(store: Pick<Store, 'get'>): GroupAt {
  const known = new Map<string, Promise<StoredGroup | undefined>>();
  return id => {
    const found = known.get(id) ?? store.get<StoredGroup>(groupHref(id)).then(doc => doc?.body);
    known.set(id, found);
    return found;
  };
}

/** A group and the nodes above it, up to the root. */
export async function pathOf(groupAt: GroupAt, id: string): Promise<StoredGroup[]> {
  const path: StoredGroup[] = [];
  for (let next: string | undefined = id; next !== undefined;) {
    const group: StoredGroup | undefined = await groupAt(next);
    if (!group) break;
    path.push(group);
    next = group.parent;
  }
  return path;
}

/** One FunctionSetAssignments with what its group gives it. */
export interface Assignment {
  readonly href: Href;
  readonly sortKey: string;
  /** As stored, but for programs and version, which count in what the group gives. */
  readonly fsa: StoredFsa;
}

/** What an assignment gives together with its group. */
export async function withGroup(groupAt: GroupAt, stored: StoredFsa): Promise<StoredFsa> {
  if (stored.group === undefined) return stored;
  const path = await pathOf(groupAt, stored.group);
  const assigned = joined([stored.assigned, ...path.map(group => group.assigned)]);
  return {
    ...stored,
    ...(assigned && { assigned }),
    programs: [...new Set([...stored.programs, ...path.flatMap(group => group.programs)])],
    version: path.reduce((sum, group) => sum + group.version, stored.version),
  };
}

type Assigned = StoredFsa['assigned'];

function joined(parts: readonly Assigned[]): Assigned {
  const all: Record<string, string[]> = {};
  for (const part of parts)
    for (const [root, ids] of Object.entries(part ?? {})) all[root] = [...new Set([...(all[root] ?? []), ...ids])];
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Assignments of one device, in list order. */
export async function assignmentsOf(
  store: Pick<Store, 'get' | 'page'>,
  edev: string,
  groupAt: GroupAt = groupsOf(store),
): Promise<Assignment[]> {
  const { docs } = await store.page<StoredFsa>(href(model.fsa.list, { edev }), { start: 0, limit: 100 });
  return Promise.all(docs.map(doc => assignmentOf(groupAt, doc)));
}

export const assignmentOf = async (groupAt: GroupAt, doc: Doc<StoredFsa>): Promise<Assignment> => ({
  href: doc.href,
  sortKey: doc.sortKey,
  fsa: await withGroup(groupAt, doc.body),
});
