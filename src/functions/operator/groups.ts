/** What an operator does with groups and assignments. Each is one commit; devices see all of it or nothing. */
import { mridOf } from '../../base/ids';
import { Problem } from '../../base/problem';
import { type Store } from '../../store/api';
import {
  assignmentsOf,
  groupHref,
  groupKey,
  groupList,
  levels,
  mostAssignments,
  type Level,
  type StoredGroup,
} from '../groups';
import { wholeListOf } from '../issued-controls';
import { wireText, type StoredFsa } from '../provision';
import { siteOf } from '../site';
import { reassign, type AssignmentDraft } from './assignment-draft';
import { type ProgramDeps } from './program-at';
import { noSite, type OperatorDeps } from './sites';

export interface NewGroup {
  readonly name: string;
  readonly level?: Level;
  /** Id of the node above it. */
  readonly parent?: string;
}

const noGroup = (id: string) => new Problem('NO_SUCH', { at: `group ${id}`, note: 'no such group' });

export async function addGroup({ ids, ...deps }: ProgramDeps, { name, level, parent }: NewGroup): Promise<StoredGroup> {
  const id = mridOf(`group/${ids.next()}`, deps.pen).slice(0, 8);
  const group: StoredGroup = {
    id,
    name: checkedName(name),
    programs: [],
    version: 0,
    ...(level !== undefined && { level }),
    ...(parent !== undefined && { parent }),
  };
  await reassign(deps, async draft => {
    await checkFree(deps.store, name);
    await checkPlace(draft, group, parent);
    draft.putGroup(group);
  });
  return group;
}

function checkedName(name: string): string {
  if (name.trim() === '' || name.length > 64)
    throw new Problem('BAD_VALUE', { at: 'name', want: 'a name of 1 to 64 characters', got: name });
  return name;
}

async function checkFree(store: Store, name: string): Promise<void> {
  if ((await store.find('owner', groupKey.name(name))).length > 0)
    throw new Problem('CONFLICT', { at: `group ${name}`, note: 'there is a group of that name' });
}

const rank = (level: Level): number => levels.indexOf(level);

/** Levels grow downwards, so a tree stays a tree. */
async function checkPlace(draft: AssignmentDraft, { name, level }: StoredGroup, parent: string | undefined) {
  if (parent === undefined) return;
  const above = await draft.groupAt(parent);
  if (!above) throw noGroup(parent);
  if (level === undefined || above.level === undefined)
    throw new Problem('BAD_VALUE', { at: `group ${name}`, note: 'only nodes of the network hang below one another' });
  if (rank(above.level) >= rank(level))
    throw new Problem('BAD_VALUE', {
      at: `group ${name}`,
      want: `a place below a level above ${level}`,
      got: `${above.name}, ${above.level}`,
    });
}

async function groupIn(draft: AssignmentDraft, id: string): Promise<StoredGroup> {
  const group = await draft.groupAt(id);
  if (!group) throw noGroup(id);
  return group;
}

/** The group of an id or a name. @throws Problem NO_SUCH */
export async function findGroup(store: Store, idOrName: string): Promise<StoredGroup> {
  const byId = await store.get<StoredGroup>(groupHref(idOrName));
  const [byName] = byId ? [byId] : await store.find<StoredGroup>('owner', groupKey.name(idOrName));
  if (!byName) throw noGroup(idOrName);
  return byName.body;
}

export const allGroups = async (store: Store): Promise<StoredGroup[]> =>
  (await wholeListOf<StoredGroup>(store, groupList)).map(doc => doc.body);

/** Devices that are in a group itself, by their `:edev`. */
export async function membersOf(store: Store, id: string): Promise<string[]> {
  const docs = await store.find('owner', groupKey.members(id));
  return [...new Set(docs.map(doc => doc.href.split('/')[2] ?? ''))];
}

export async function renameGroup(deps: OperatorDeps, id: string, name: string): Promise<void> {
  await reassign(deps, async draft => {
    const group = await groupIn(draft, id);
    if (group.name === name) return;
    await checkFree(deps.store, name);
    draft.putGroup({ ...group, name: checkedName(name) });
  });
}

/** Removes an empty group. Its programs stay, assigned to nobody by it. */
export async function removeGroup(deps: OperatorDeps, id: string): Promise<void> {
  await reassign(deps, async draft => {
    const group = await groupIn(draft, id);
    const [children, members] = [await draft.children(id), await draft.members(id)];
    if (children.length + members.length > 0)
      throw new Problem('CONFLICT', {
        at: `group ${group.name}`,
        note: `it has ${children.length} groups below it and ${members.length} members; move them first`,
      });
    draft.dropGroup(id);
  });
}

/** One move: of a node with all below it, or of a device. `to` absent: out of the tree. */
export type Move = { readonly to?: string } & ({ readonly group: string } | { readonly site: string });

/** Moves in the tree, all in one commit: what is swapped is at no time in one place together. */
export async function moveInTree(deps: OperatorDeps, moves: readonly Move[]): Promise<void> {
  await reassign(deps, async draft => {
    for (const move of moves)
      if ('group' in move) await moveGroup(draft, move.group, move.to);
      else await moveSite(draft, move.site, move.to);
  });
}

/** Versions of what a device is assigned only grow: the moved one carries the difference. */
async function moveGroup(draft: AssignmentDraft, id: string, to: string | undefined): Promise<void> {
  const group = await groupIn(draft, id);
  if (group.level === undefined)
    throw new Problem('BAD_VALUE', { at: `group ${group.name}`, note: 'it is no node of the network' });
  await checkPlace(draft, group, to);
  const version = (await draft.versionAt(id)) + 1 - (await draft.versionAt(to));
  const { parent: _parent, ...rest } = group;
  draft.putGroup({ ...rest, version, ...(to !== undefined && { parent: to }) });
}

const topology = '1';

async function moveSite(draft: AssignmentDraft, edev: string, to: string | undefined): Promise<void> {
  const { group: from, ...fsa } = await topologyOf(draft, edev);
  if (to !== undefined && (await groupIn(draft, to)).level === undefined)
    throw new Problem('BAD_VALUE', { at: `group ${to}`, note: 'it is no node of the network; join it instead' });
  const version = fsa.version + (await draft.versionAt(from)) + 1 - (await draft.versionAt(to));
  await draft.setFsa(edev, topology, { ...fsa, version, ...(to !== undefined && { group: to }) });
}

/** The assignment every device has: its envelope, and all programs of the nodes it hangs below (CSIP P26). */
export async function topologyOf(draft: AssignmentDraft, edev: string): Promise<StoredFsa> {
  const fsa = (await draft.fsasOf(edev)).get(topology);
  if (!fsa) throw noSite(edev);
  return fsa;
}

/** Makes devices members of a group that is no node: each gets one more FunctionSetAssignments. */
export async function joinGroup(deps: OperatorDeps, id: string, edevs: readonly string[]): Promise<void> {
  await reassign(deps, async draft => {
    const group = await groupIn(draft, id);
    if (group.level !== undefined)
      throw new Problem('BAD_VALUE', {
        at: `group ${group.name}`,
        note: 'it is a node of the network; move there instead',
      });
    for (const edev of edevs) {
      await topologyOf(draft, edev);
      if ((await draft.fsasOf(edev)).has(memberFsa(id))) continue;
      await draft.setFsa(edev, memberFsa(id), {
        mRID: mridOf(`fsa/${edev}/${memberFsa(id)}`, deps.pen),
        description: wireText(group.name),
        version: -(await draft.versionAt(id)),
        programs: [],
        group: id,
      });
    }
  });
}

export async function leaveGroup(deps: OperatorDeps, id: string, edevs: readonly string[]): Promise<void> {
  await reassign(deps, async draft => {
    await groupIn(draft, id);
    for (const edev of edevs)
      if ((await draft.fsasOf(edev)).has(memberFsa(id))) await draft.setFsa(edev, memberFsa(id), undefined);
  });
}

const memberFsa = (id: string): string => `g${id}`;

export interface ExplicitAssignment {
  readonly description: string;
  /** Ids (`:derp`); none for an assignment of time alone. */
  readonly programs: readonly string[];
}

export interface ExplicitAssignments {
  /** Assignments beside that of the network and those of groups; they replace those there were. */
  readonly more: readonly ExplicitAssignment[];
  /** Whether the device is assigned its envelope; false for fixtures of conformance tests. */
  readonly envelope?: boolean;
}

/** Sets what a device is assigned beside what groups give it. */
export async function setAssignments(
  deps: OperatorDeps,
  edev: string,
  { more, envelope }: ExplicitAssignments,
): Promise<void> {
  if (more.length > mostAssignments)
    throw new Problem('LIMIT', { at: 'more', want: `at most ${mostAssignments}`, got: more.length });
  await reassign(deps, async draft => {
    const fsa = await topologyOf(draft, edev);
    if (envelope !== undefined && envelope !== fsa.programs.includes(edev)) {
      const others = fsa.programs.filter(derp => derp !== edev);
      await draft.setFsa(edev, topology, {
        ...fsa,
        version: fsa.version + 1,
        programs: envelope ? [edev, ...others] : others,
      });
    }
    const before = await draft.fsasOf(edev);
    const wanted = more.map((each, i) => [`x${i + 1}`, each] as const);
    const names = new Set<string>(wanted.map(([name]) => name));
    for (const name of [...before.keys()])
      if (/^x\d+$/.test(name) && !names.has(name)) await draft.setFsa(edev, name, undefined);
    for (const [name, { description, programs }] of wanted) {
      await checkPrograms(deps.store, programs);
      const old = before.get(name);
      const next = { description: wireText(description), programs: [...new Set(programs)] };
      if (old && old.description === next.description && old.programs.join() === next.programs.join()) continue;
      await draft.setFsa(edev, name, {
        ...next,
        mRID: mridOf(`fsa/${edev}/${name}`, deps.pen),
        version: old ? old.version + 1 : 0,
        ...(old?.assigned && { assigned: old.assigned }),
      });
    }
  });
}

async function checkPrograms(store: Store, derps: readonly string[]): Promise<void> {
  for (const derp of derps)
    if (!(await store.get(`/derp/${derp}`)))
      throw new Problem('NO_SUCH', { at: `program ${derp}`, note: 'no such program' });
}

/** What a device is assigned, groups counted in, in the order it is shown. */
export async function assignmentsShown(store: Store, edev: string): Promise<StoredFsa[]> {
  if (!(await siteOf(store, edev))) throw noSite(edev);
  return (await assignmentsOf(store, edev)).map(({ fsa }) => fsa);
}
