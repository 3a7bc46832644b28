/** Who is given a program: sites in the assignment of the network itself, and groups, as with programs of DER. */
import { Problem } from '../../../base/problem';
import { type Store } from '../../../store/api';
import { type Root } from '../../assigned';
import { assignedKey, type StoredFsa } from '../../provision';
import { type AssignmentDraft } from '../assignment-draft';
import { placesOf, type Places } from '../programs';
import { noSite } from '../sites';

type Assigned = StoredFsa['assigned'];

export const placesOfDocument = (store: Store, root: Root, id: string): Promise<Places> =>
  placesOf(store, assignedKey(root, id));

/** What is assigned, with one more or one less; undefined where it stays as it was. */
function changed(assigned: Assigned, root: Root, id: string, there: boolean): Assigned {
  const before = assigned?.[root] ?? [];
  if (before.includes(id) === there) return undefined;
  const ids = there ? [...before, id] : before.filter(each => each !== id);
  return { ...assigned, [root]: ids };
}

async function atSite(draft: AssignmentDraft, edev: string, fsaId: string, [root, id]: [Root, string], there: boolean) {
  const fsa = (await draft.fsasOf(edev)).get(fsaId);
  if (!fsa) throw noSite(edev);
  const assigned = changed(fsa.assigned, root, id, there);
  if (assigned) await draft.setFsa(edev, fsaId, { ...fsa, version: fsa.version + 1, assigned });
}

async function onGroup(draft: AssignmentDraft, group: string, [root, id]: [Root, string], there: boolean) {
  const found = await draft.groupAt(group);
  if (!found) throw new Problem('NO_SUCH', { at: `group ${group}`, note: 'no such group' });
  const assigned = changed(found.assigned, root, id, there);
  if (assigned) draft.putGroup({ ...found, version: found.version + 1, assigned });
}

/** Gives it to these sites and groups, and to no others. */
export async function place(
  draft: AssignmentDraft,
  what: [Root, string],
  before: Places,
  { sites, groups }: Places,
): Promise<void> {
  for (const group of before.groups) if (!groups.includes(group)) await onGroup(draft, group, what, false);
  for (const edev of new Set(before.sites))
    if (!sites.includes(edev))
      for (const fsa of [...(await draft.fsasOf(edev)).keys()]) await atSite(draft, edev, fsa, what, false);
  for (const group of new Set(groups)) await onGroup(draft, group, what, true);
  for (const edev of new Set(sites)) await atSite(draft, edev, '1', what, true);
}
