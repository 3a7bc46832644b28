import { type Href } from '../../model/href';
import { type Doc, type IndexKey, type Page, type PageQuery, type Version } from '../api';
import { below, checkPage, keyName, noVersions, touchDoc, type Prepared, type PreparedDoc } from '../plan';

interface Stored {
  readonly doc: PreparedDoc;
  readonly version: Version;
}
type Place = Pick<PreparedDoc, 'sortKey' | 'href'>;

/** Documents, their lists in order, and who holds which index key. Bodies rest as JSON text, so no object is ever shared. */
export class MemoryDocuments {
  private readonly docs = new Map<Href, Stored>();
  private readonly lists = new Map<Href, Place[]>();
  private readonly holders = new Map<string, Map<Href, boolean>>();

  get<B>(href: Href): Doc<B> | undefined {
    const stored = this.docs.get(href);
    if (!stored) return undefined;
    const { list, kind, changed, sortKey, text } = stored.doc;
    return { href, list, kind, version: stored.version, changed, sortKey, body: JSON.parse(text) as B };
  }

  many<B>(hrefs: readonly Href[]): Doc<B>[] {
    return hrefs.map(href => this.get<B>(href)).filter(doc => doc !== undefined);
  }

  count(list: Href): number {
    return this.lists.get(list)?.length ?? 0;
  }

  page<B>(list: Href, query: PageQuery): Page<B> {
    checkPage(query);
    const { start, limit, from, to } = query;
    const places = this.lists.get(list) ?? [];
    const first = (from === undefined ? 0 : lowerBound(places, { sortKey: from, href: '' })) + start;
    const end = to === undefined ? places.length : lowerBound(places, { sortKey: to, href: '' });
    const shown = places.slice(first, Math.max(first, Math.min(end, first + limit)));
    return { docs: this.many<B>(shown.map(place => place.href)), all: places.length };
  }

  find<B>(index: IndexKey['index'], key: string): Doc<B>[] {
    return this.many<B>([...(this.holders.get(keyName({ index, key }))?.keys() ?? [])].sort());
  }

  /** Documents, then keys, that stand against the plan, each once and in order. */
  conflicts(plan: Prepared): string[] {
    const moved = plan.expect.filter(([href, version]) => (this.docs.get(href)?.version ?? 0) !== version);
    const gone = new Set(this.dropped(plan));
    const claims = new Map<string, { holders: number; unique: boolean }>();
    for (const { keys } of plan.put.values())
      for (const claim of keys) {
        const name = keyName(claim);
        const others = [...(this.holders.get(name) ?? [])].filter(([href]) => !gone.has(href) && !plan.put.has(href));
        const before = claims.get(name) ?? { holders: others.length, unique: others.some(([, unique]) => unique) };
        claims.set(name, { holders: before.holders + 1, unique: before.unique || claim.unique });
      }
    const taken = [...claims].filter(([, { holders, unique }]) => unique && holders > 1);
    return [...moved.map(([href]) => href).sort(), ...taken.map(([name]) => name).sort()];
  }

  /** Writes; `conflicts` must have been empty. */
  apply(plan: Prepared): { versions: Record<Href, Version>; touched: Set<string> } {
    const versions = noVersions();
    const touched = new Set<string>();
    const touch = (doc: PreparedDoc | undefined) => doc && touchDoc(touched, doc, doc.keys);
    for (const href of this.dropped(plan)) {
      touch(this.docs.get(href)?.doc);
      this.remove(href);
      versions[href] = 0;
    }
    for (const doc of plan.put.values()) {
      const version = (this.docs.get(doc.href)?.version ?? 0) + 1;
      touch(this.docs.get(doc.href)?.doc);
      touch(doc);
      this.remove(doc.href);
      this.add(doc, version);
      versions[doc.href] = version;
    }
    return { versions, touched };
  }

  /** What the plan drops and does not put again, in order of href. */
  private dropped(plan: Prepared): Href[] {
    const gone = new Set([...plan.drop, ...plan.dropTree].filter(href => this.docs.has(href)));
    for (const root of plan.dropTree) {
      const { from, to } = below(root);
      for (const href of this.docs.keys()) if (href >= from && href < to) gone.add(href);
    }
    return [...gone].filter(href => !plan.put.has(href)).sort();
  }

  private add(doc: PreparedDoc, version: Version): void {
    this.docs.set(doc.href, { doc, version });
    for (const claim of doc.keys) {
      const name = keyName(claim);
      const held = this.holders.get(name) ?? new Map<Href, boolean>();
      this.holders.set(name, held.set(doc.href, claim.unique));
    }
    if (doc.list === '') return;
    const places = this.lists.get(doc.list) ?? [];
    places.splice(lowerBound(places, doc), 0, { sortKey: doc.sortKey, href: doc.href });
    this.lists.set(doc.list, places);
  }

  private remove(href: Href): void {
    const doc = this.docs.get(href)?.doc;
    if (!doc) return;
    this.docs.delete(href);
    for (const claim of doc.keys) {
      const held = this.holders.get(keyName(claim));
      held?.delete(href);
      if (held?.size === 0) this.holders.delete(keyName(claim));
    }
    const places = this.lists.get(doc.list);
    if (!places) return;
    places.splice(lowerBound(places, doc), 1);
    if (places.length === 0) this.lists.delete(doc.list);
  }
}

/** Index of the first place at or after `place`, by sort key, then by href. */
function lowerBound(places: readonly Place[], { sortKey, href }: Place): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = places[middle];
    if (at && (at.sortKey < sortKey || (at.sortKey === sortKey && at.href < href))) low = middle + 1;
    else high = middle;
  }
  return low;
}
