/**
 * What the utility keeps once and assigns to devices: tariffs, messages, files, demand response programs, accounts. A
 * FunctionSetAssignments names them by the first segment of their path and their id; who has no such assignment sees nothing.
 */
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Resource } from '../model/resource';
import { type Doc, type Store } from '../store/api';
import { assignmentsOf, groupsOf } from './groups';
import { type Scope } from './scope';

/** Link elements of FunctionSetAssignments and DeviceCapability to such lists. */
const linkTo = {
  bill: ['CustomerAccountListLink', model.billing.accounts],
  dr: ['DemandResponseProgramListLink', model.drlc.programs],
  file: ['FileListLink', model.file.files],
  msg: ['MessagingProgramListLink', model.messaging.programs],
  ppy: ['PrepaymentListLink', model.prepayment.prepayments],
  tp: ['TariffProfileListLink', model.pricing.profiles],
} as const;

/** First segment of a path: `tp` of `/tp/:tp/rc`. */
export const rootOf = ({ path }: Pick<Resource, 'path'>): string => path.split('/')[1] ?? '';

type Asking = { readonly store: Store; readonly scope: Scope };

/** What the assignments of these devices give: programs, and whatever else, each once. */
export async function assignments(
  store: Store,
  edevs: readonly string[],
): Promise<Pick<Scope, 'programs' | 'assigned'>> {
  const programs = new Set<string>();
  const assigned: Record<string, Set<string>> = {};
  const groupAt = groupsOf(store); // each group once, however many devices are in it
  for (const edev of edevs)
    for (const { fsa } of await assignmentsOf(store, edev, groupAt)) {
      for (const derp of fsa.programs) programs.add(derp);
      for (const [root, ids] of Object.entries(fsa.assigned ?? {}))
        for (const id of ids) (assigned[root] ??= new Set()).add(id);
    }
  return {
    programs: [...programs],
    assigned: Object.fromEntries(Object.entries(assigned).map(([root, ids]) => [root, [...ids]])),
  };
}

/** The documents themselves, in list order. An assignment of what is not there shows nothing. */
export async function assignedDocs(asking: Asking, list: Resource): Promise<Doc<object>[]> {
  const ids = asking.scope.assigned[rootOf(list)] ?? [];
  const docs = await asking.store.many<object>(ids.map(id => `${list.path}/${id}`));
  return docs.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
}

/** Links to the lists in which this caller has something, of all roots or of those named. */
export async function assignedLinks(
  asking: Asking,
  roots: readonly string[] = Object.keys(linkTo),
): Promise<Record<string, { href: Href; all: number }>> {
  const links: Record<string, { href: Href; all: number }> = {};
  for (const [root, [field, list]] of Object.entries(linkTo)) {
    if (!roots.includes(root)) continue;
    const all = (await assignedDocs(asking, list)).length;
    if (all > 0) links[field] = { href: href(list), all };
  }
  return links;
}
