/** Who is given a program. */
import { groupKey, type StoredGroup } from '../groups';
import { type Store } from '../../store/api';
import { membersOf } from './groups';
import { placesOf } from './programs';

/** Devices in a group or anywhere below it. */
export async function devicesBelow(store: Store, id: string): Promise<string[]> {
  const below = await store.find<StoredGroup>('owner', groupKey.below(id));
  const deeper = await Promise.all(below.map(doc => devicesBelow(store, doc.body.id)));
  return [...new Set([...(await membersOf(store, id)), ...deeper.flat()])];
}

/** Devices to which a program is assigned now, in order of id. */
export async function recipientsOf(store: Store, derp: string): Promise<string[]> {
  const { groups, sites } = await placesOf(store, derp);
  const members = await Promise.all(groups.map(id => devicesBelow(store, id)));
  return [...new Set([...sites, ...members.flat()])].sort(byId);
}

export const byId = (a: string, b: string): number => Number(a) - Number(b);
