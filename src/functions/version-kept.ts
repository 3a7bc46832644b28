/**
 * What was worked out from a list, kept as long as its ledger says the same: every write to the list writes the ledger too, so
 * one small read tells whether it still holds.
 */
import { type Href } from '../model/href';
import { type Store } from '../store/api';

export interface VersionKept<T> {
  /** What `read` makes of the list, worked out again only when the ledger has moved. */
  of(store: Store, ledger: Href, read: () => Promise<readonly T[]>): Promise<readonly T[]>;
}

/** Not more than `most` entries are kept; the lists read longest ago go first. */
export function versionKept<T>(most: number): VersionKept<T> {
  let size = 0;
  const kept = new Map<Href, { version: number; entries: readonly T[] }>();
  const keep = (ledger: Href, version: number, entries: readonly T[]) => {
    size += entries.length - (kept.get(ledger)?.entries.length ?? -1);
    kept.delete(ledger); // so that it stands last
    kept.set(ledger, { version, entries });
    for (const [oldest, gone] of kept) {
      if (size <= most) break;
      kept.delete(oldest);
      size -= gone.entries.length + 1;
    }
  };
  const versionOf = async (store: Store, ledger: Href) => (await store.get(ledger))?.version ?? 0;
  return {
    async of(store, ledger, read) {
      for (;;) {
        const version = await versionOf(store, ledger);
        const known = kept.get(ledger);
        if (known?.version === version) return known.entries;
        const entries = await read();
        if ((await versionOf(store, ledger)) !== version) continue; // written to while its pages were read
        keep(ledger, version, entries);
        return entries;
      }
    },
  };
}
