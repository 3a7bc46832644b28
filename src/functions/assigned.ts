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

/** Link elements of FunctionSetAssignments and DeviceCapability, the list of all there are, and that of one assignment. */
export const linkTo = {
  bill: ['CustomerAccountListLink', model.billing.accounts, model.fsa.accounts],
  dr: ['DemandResponseProgramListLink', model.drlc.programs, model.fsa.demandResponse],
  file: ['FileListLink', model.file.files, model.fsa.files],
  msg: ['MessagingProgramListLink', model.messaging.programs, model.fsa.messaging],
  ppy: ['PrepaymentListLink', model.prepayment.prepayments, model.fsa.prepayments],
  tp: ['TariffProfileListLink', model.pricing.profiles, model.fsa.tariffs],
} as const;
export type Root = keyof typeof linkTo;
export const roots = Object.keys(linkTo) as Root[];

/** Roots whose events are answered with Responses: each of their programs has a ResponseSet of its id. */
const answered = ['dr', 'msg', 'tp'] as const;

/** Ids (`:rsps`) of the ResponseSets this caller may post to; a device's own is that of its envelopes and reservations. */
export const responseSetsOf = ({ programs, edevs, assigned }: Scope): string[] => [
  ...new Set([...programs, ...edevs, ...answered.flatMap(root => assigned[root] ?? [])]),
];

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

/** The documents themselves, in list order: those of one assignment, or of all. One of what is not there shows nothing. */
export async function assignedDocs(
  { store, scope }: Asking,
  list: Resource,
  given: Readonly<Record<string, readonly string[]>> = scope.assigned,
): Promise<Doc<object>[]> {
  const ids = given[rootOf(list)] ?? [];
  const docs = await store.many<object>(ids.map(id => `${list.path}/${id}`));
  return docs.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
}

/** Links to the lists in which this caller has something; of one assignment, to its own lists. */
export async function assignedLinks(
  asking: Asking,
  one?: { readonly at: Href; readonly assigned: Readonly<Record<string, readonly string[]>> },
): Promise<Record<string, { href: Href; all: number }>> {
  const links: Record<string, { href: Href; all: number }> = {};
  for (const root of roots) {
    const [field, list] = linkTo[root];
    const all = (await assignedDocs(asking, list, one?.assigned)).length;
    if (all > 0) links[field] = { href: one ? `${one.at}/${root}` : href(list), all };
  }
  return links;
}
