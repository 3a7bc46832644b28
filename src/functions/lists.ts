import { type Doc, type Store } from '../store/api';
import { type Href } from '../model/href';
import { type PageAsk } from './behaviour';

/**
 * One page of several stored lists taken together, in list order. An aggregator sees the lists of all it manages as one; a
 * device has a single list, which the store pages by itself.
 */
export async function mergedPage<B>(
  store: Store,
  lists: readonly Href[],
  page: PageAsk,
): Promise<{ docs: Doc<B>[]; all: number }> {
  const [only] = lists;
  if (only === undefined) return { docs: [], all: 0 };
  if (lists.length === 1) return store.page<B>(only, page);
  const all = (await Promise.all(lists.map(list => store.count(list)))).reduce((sum, count) => sum + count, 0);
  const end = Math.min(page.start + page.limit, all);
  if (page.start >= end) return { docs: [], all };
  const reach = { ...page, start: 0, limit: end };
  const parts = await Promise.all(lists.map(list => store.page<B>(list, reach)));
  const docs = parts.flatMap(part => part.docs).sort(byPlace);
  return { docs: docs.slice(page.start, end), all };
}

/** As in one list of the store: by sort key, then by href. */
function byPlace(a: Doc, b: Doc): number {
  if (a.sortKey !== b.sortKey) return a.sortKey < b.sortKey ? -1 : 1;
  return a.href < b.href ? -1 : 1;
}

/** A page of entries that are at hand already, in list order with their sort keys. */
export function pageOf<T>(
  entries: readonly { key: string; item: T }[],
  { start, limit, from, to }: PageAsk,
): { items: T[]; all: number } {
  const inside = entries.filter(({ key }) => (from === undefined || key >= from) && (to === undefined || key < to));
  return { items: inside.slice(start, start + limit).map(entry => entry.item), all: entries.length };
}
