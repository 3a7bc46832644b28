/**
 * Which answers are still true? A request's reads are noted, each commit tells what it touched, and an answer that was put
 * together from reads none of which was touched since may be given again (docs/adr/0010). One process, one store: a second
 * process that writes the same database must not serve from this.
 */
import { type Cancel } from '../base/clock';
import { type Committed, type IndexKey, type Plan, type Store } from '../store/api';

export interface Observed {
  /** The store, with every commit noted. Use this one for writing. */
  readonly store: Store;
  /** A view of it for one request that notes what is read. */
  reading(): { readonly store: Store; readonly reads: Reads };
  /** Told of every plan that was committed through `store`, after it is durable and before its caller goes on. */
  onCommit(listener: (committed: Done, plan: Plan) => void): Cancel;
}

type Done = Extract<Committed, { ok: true }>;

/** What a request read, and whether it is still as it was. */
export interface Reads {
  unchanged(): boolean;
  /** Names of what was read, as `touched` of a commit says them. */
  names(): Iterable<string>;
}

export function observed(inner: Store): Observed {
  const generations = new Map<string, number>();
  const listeners = new Set<(committed: Done, plan: Plan) => void>();
  let commits = 0;
  const touch = (names: readonly string[]) => {
    commits++;
    for (const name of names) generations.set(name, (generations.get(name) ?? 0) + 1);
  };
  const store: Store = {
    ...bound(inner),
    commit: async plan => {
      const committed = await inner.commit(plan);
      if (committed.ok) {
        touch(committed.touched);
        for (const listener of listeners) listener(committed, plan);
      }
      return committed;
    },
  };
  return {
    store,
    onCommit: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reading: () => {
      const seen = new Map<string, number>();
      let goodAt = -1; // commits there were when it was last looked through
      let stale = false;
      // Noted before the read: a commit between note and read makes the answer look older than it is, never newer.
      const note = (name: string) => {
        if (!seen.has(name)) seen.set(name, generations.get(name) ?? 0);
      };
      return {
        reads: {
          unchanged: () => {
            if (stale) return false;
            if (goodAt === commits) return true;
            for (const [name, generation] of seen)
              if ((generations.get(name) ?? 0) !== generation) {
                stale = true; // generations only grow: what has changed never is again what it was
                return false;
              }
            goodAt = commits;
            return true;
          },
          names: () => seen.keys(),
        },
        store: noting(store, note),
      };
    },
  };
}

/** Reads of two that make one answer. */
export const together = (a: Reads, b: Reads): Reads => ({
  unchanged: () => a.unchanged() && b.unchanged(),
  names: () => [...a.names(), ...b.names()],
});

/** Names of what can be touched; the store's `touched` speaks the same. */
export const touchName = {
  doc: (href: string) => `doc:${href}`,
  list: (list: string) => `list:${list}`,
  key: (index: IndexKey['index'], key: string) => `key:${index}:${key}`,
  site: (site: string) => `site:${site}`,
  meter: (meter: string) => `meter:${meter}`,
};

function noting(store: Store, note: (name: string) => void): Store {
  return {
    ...store,
    get: href => {
      note(touchName.doc(href));
      return store.get(href);
    },
    many: hrefs => {
      for (const href of hrefs) note(touchName.doc(href));
      return store.many(hrefs);
    },
    page: (list, query) => {
      note(touchName.list(list));
      return store.page(list, query);
    },
    count: list => {
      note(touchName.list(list));
      return store.count(list);
    },
    find: (index, key) => {
      note(touchName.key(index, key));
      return store.find(index, key);
    },
    series: {
      // A row never changes; what supersedes it is found through its site.
      get: id => store.series.get(id),
      ofSite: (site, from) => {
        note(touchName.site(site));
        return store.series.ofSite(site, from);
      },
      latest: site => {
        note(touchName.site(site));
        return store.series.latest(site);
      },
    },
    readings: {
      page: (meter, query) => {
        note(touchName.meter(meter));
        return store.readings.page(meter, query);
      },
      between: (meter, from, to, limit) => {
        note(touchName.meter(meter));
        return store.readings.between(meter, from, to, limit);
      },
      sets: (meter, query) => {
        note(touchName.meter(meter));
        return store.readings.sets(meter, query);
      },
      oneSet: (meter, set) => {
        note(touchName.meter(meter));
        return store.readings.oneSet(meter, set);
      },
      latest: meter => {
        note(touchName.meter(meter));
        return store.readings.latest(meter);
      },
      coarse: (meter, from, to, limit) => {
        note(touchName.meter(meter));
        return store.readings.coarse(meter, from, to, limit);
      },
      // Of no one meter: nothing shown to a device is made of it.
      meters: query => store.readings.meters(query),
    },
  };
}

/** The port's methods bound to their store, so that they can be spread. */
function bound(store: Store): Store {
  return {
    get: href => store.get(href),
    many: hrefs => store.many(hrefs),
    page: (list, query) => store.page(list, query),
    count: list => store.count(list),
    find: (index, key) => store.find(index, key),
    commit: plan => store.commit(plan),
    series: store.series,
    readings: store.readings,
    outbox: store.outbox,
    audit: store.audit,
    close: () => store.close(),
  };
}
