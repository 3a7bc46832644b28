import { Problem } from '../../base/problem';
import { type Href } from '../../model/href';
import { type Doc, type Store } from '../../store/api';

/** A page asked for: at most `limit` entries, those that follow the entry that `after` stands for. */
export interface PageOf {
  readonly limit: number;
  readonly after?: string | undefined;
}

/**
 * A page of a stored list by cursor: unlike a page by number it shifts for nobody when entries come and go. The cursor is the
 * place of the last entry, its sort key and href.
 * @throws Problem BAD_VALUE when `after` is no cursor of ours
 */
export async function pageAfter<B>(
  store: Store,
  list: Href,
  { limit, after }: PageOf,
): Promise<{ items: Doc<B>[]; next?: string }> {
  const [from, href] = after === undefined ? [''] : placeOf(after);
  const items: Doc<B>[] = [];
  // Entries up to the cursor share its sort key; where many do, they are passed over page by page.
  for (let start = 0; items.length <= limit;) {
    const { docs } = await store.page<B>(list, { start, limit: limit + 1, from });
    items.push(...docs.filter(doc => href === undefined || doc.sortKey > from || doc.href > href));
    start += docs.length;
    if (docs.length <= limit) break;
  }
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, ...(items.length > limit && last && { next: cursorOf(last) }) };
}

const cursorOf = ({ sortKey, href }: Pick<Doc, 'sortKey' | 'href'>): string =>
  Buffer.from(JSON.stringify([sortKey, href])).toString('base64url');

function placeOf(after: string): [from: string, href: string] {
  try {
    const [from, href] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[];
    if (typeof from === 'string' && typeof href === 'string') return [from, href];
  } catch {
    // Said below.
  }
  throw new Problem('BAD_VALUE', { at: 'after', want: 'what a page before this gave as `next`', got: after });
}
