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
  const reach = { ...page, start: 0, limit: page.start + page.limit };
  const parts = await Promise.all(lists.map(list => store.page<B>(list, reach)));
  const docs = parts
    .flatMap(part => part.docs)
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0));
  return { docs: docs.slice(page.start, page.start + page.limit), all: parts.reduce((sum, part) => sum + part.all, 0) };
}

/** A page of entries that are at hand already, in list order with their sort keys. */
export function pageOf<T>(
  entries: readonly { key: string; item: T }[],
  { start, limit, from, to }: PageAsk,
): { items: T[]; all: number } {
  const inside = entries.filter(({ key }) => (from === undefined || key >= from) && (to === undefined || key < to));
  return { items: inside.slice(start, start + limit).map(entry => entry.item), all: entries.length };
}

/** A key that sorts mRIDs downwards: each hex digit of the 128-bit value replaced by its complement to F. */
export function descending(mRID: string): string {
  return [...mRID.toUpperCase().padStart(32, '0')].map(digit => (15 - parseInt(digit, 16)).toString(16)).join('');
}
