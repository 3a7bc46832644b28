import { type Database } from 'better-sqlite3';
import { nextTurn } from '../../base/turn';
import { type Href } from '../../model/href';
import { type Doc, type IndexKey, type Page, type PageQuery, type Version } from '../api';
import { below, checkPage, keyName, noVersions, touchDoc, type Prepared, type PreparedDoc } from '../plan';
import { KeptRows } from './kept-rows';
import { Lists, type Place } from './lists';

interface Row extends Omit<Doc, 'body'> {
  readonly body: string;
}
interface Stored extends Place {
  readonly id: number;
  readonly list: Href;
  readonly version: Version;
}
interface Key extends Omit<Required<IndexKey>, 'unique'> {
  readonly unique: 0 | 1;
}

const row = 'd.href, d.list, d.kind, d.version, d.changed, d.sort_key AS sortKey, d.body';
const stored = 'id, href, list, version, sort_key AS sortKey FROM docs';
const afterAscii = '\u0080'; // above every sort key

export class SqliteDocuments {
  private readonly lists: Lists;
  private readonly kept: KeptRows<Row>;
  private readonly sql;

  constructor(db: Database, blockMost?: number) {
    this.lists = new Lists(db, blockMost);
    this.kept = new KeptRows(db, nextTurn);
    this.sql = {
      get: db.prepare<[string], Row>(`SELECT ${row} FROM docs d WHERE href = ?`),
      page: db.prepare<[string, string, string, string, number, number], Row>(
        `SELECT ${row} FROM docs d WHERE list = ? AND list <> '' AND (sort_key, href) >= (?, ?) AND sort_key < ?
         ORDER BY sort_key, href LIMIT ? OFFSET ?`,
      ),
      find: db.prepare<[string, string], Row>(
        `SELECT ${row} FROM keys k JOIN docs d ON d.id = k.doc WHERE k.name = ? AND k.key = ? ORDER BY d.href`,
      ),
      version: db.prepare<[string], Version>('SELECT version FROM docs WHERE href = ?').pluck(),
      stored: db.prepare<[string], Stored>(`SELECT ${stored} WHERE href = ?`),
      storedBelow: db.prepare<[string, string], Stored>(`SELECT ${stored} WHERE href >= ? AND href < ?`),
      insert: db.prepare<[string, string, string, number, number, string, string]>(
        'INSERT INTO docs (href, list, kind, version, changed, sort_key, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      update: db.prepare<[string, string, number, number, string, string, number]>(
        'UPDATE docs SET list = ?, kind = ?, version = ?, changed = ?, sort_key = ?, body = ? WHERE id = ?',
      ),
      remove: db.prepare<[number]>('DELETE FROM docs WHERE id = ?'),
      keys: db.prepare<[number], Key>('SELECT name AS "index", key, is_unique AS "unique" FROM keys WHERE doc = ?'),
      removeKeys: db.prepare<[number]>('DELETE FROM keys WHERE doc = ?'),
      holder: db.prepare<[string, string], number>('SELECT 1 FROM keys WHERE name = ? AND key = ? LIMIT 1'),
      // by the index of unique keys: a key of a program may have thousands of other holders
      uniqueHolder: db.prepare<[string, string], number>(
        'SELECT 1 FROM keys WHERE name = ? AND key = ? AND is_unique = 1',
      ),
      insertKey: db.prepare<[string, string, number, number]>('INSERT INTO keys VALUES (?, ?, ?, ?)'),
    };
  }

  get<B>(href: Href): Doc<B> | undefined {
    let found = this.kept.find(href);
    if (found === undefined) {
      found = this.sql.get.get(href) ?? null;
      this.kept.keep(href, found);
    }
    return found ? toDoc<B>(found) : undefined;
  }

  /** As of one moment, also when another process writes: nothing kept. */
  many<B>(hrefs: readonly Href[]): Doc<B>[] {
    return hrefs.flatMap(href => this.sql.get.get(href) ?? []).map(toDoc<B>);
  }

  count(list: Href): number {
    return this.lists.count(list);
  }

  page<B>(list: Href, query: PageQuery): Page<B> {
    checkPage(query);
    const { start, limit, from = '', to = afterAscii } = query;
    const all = this.lists.count(list);
    let skip = start;
    let first: Place = { sortKey: from, href: '' };
    if (start > this.lists.most) {
      const ordinal = start + this.lists.rank(list, from);
      const block = this.lists.locate(list, ordinal);
      if (!block) return { docs: [], all };
      skip = ordinal - block.before;
      first = block.place;
    }
    const most = limit === Infinity ? -1 : limit;
    return { docs: this.sql.page.all(list, first.sortKey, first.href, to, most, skip).map(toDoc<B>), all };
  }

  find<B>(index: IndexKey['index'], key: string): Doc<B>[] {
    return this.sql.find.all(index, key).map(toDoc<B>);
  }

  /** Writes inside a transaction of the caller, who takes it back when there are conflicts. */
  apply(plan: Prepared): { conflict: string[]; versions: Record<Href, Version>; touched: Set<string> } {
    const moved = plan.expect.filter(([href, version]) => (this.sql.version.get(href) ?? 0) !== version);
    const versions = noVersions();
    const touched = new Set<string>();
    for (const gone of this.dropped(plan)) {
      touchDoc(touched, gone, this.sql.keys.all(gone.id));
      this.sql.remove.run(gone.id);
      this.kept.forget(gone.href);
      this.lists.take(gone.list, gone);
      versions[gone.href] = 0;
    }
    const claims: { id: number; keys: PreparedDoc['keys'] }[] = [];
    for (const doc of plan.put.values()) {
      const { id, version, oldList } = this.write(doc);
      versions[doc.href] = version;
      const held = version === 1 ? [] : this.sql.keys.all(id); // a new document holds none
      touchDoc(touched, doc, [...held, ...doc.keys]);
      if (oldList) touched.add(`list:${oldList}`);
      if (sameKeys(held, doc.keys)) continue;
      if (held.length > 0) this.sql.removeKeys.run(id);
      claims.push({ id, keys: doc.keys });
    }
    // Only now, when every document of the plan has let go of its old keys, may one take what another held.
    const taken = new Set<string>();
    for (const { id, keys } of claims)
      for (const claim of keys) {
        const rival = claim.unique ? this.sql.holder : this.sql.uniqueHolder;
        if (rival.get(claim.index, claim.key) !== undefined) taken.add(keyName(claim));
        else this.sql.insertKey.run(claim.index, claim.key, id, claim.unique ? 1 : 0);
      }
    return { conflict: [...moved.map(([href]) => href).sort(), ...[...taken].sort()], versions, touched };
  }

  private write({ href, list, kind, changed, sortKey, text }: PreparedDoc): {
    id: number;
    version: Version;
    oldList: Href | undefined;
  } {
    this.kept.forget(href);
    const old = this.sql.stored.get(href);
    const version = (old?.version ?? 0) + 1;
    if (old) this.sql.update.run(list, kind, version, changed, sortKey, text, old.id);
    const id =
      old?.id ?? Number(this.sql.insert.run(href, list, kind, version, changed, sortKey, text).lastInsertRowid);
    if (old?.list !== list || old.sortKey !== sortKey) {
      if (old) this.lists.take(old.list, old);
      this.lists.add(list, { sortKey, href });
    }
    return { id, version, oldList: old?.list };
  }

  /** What the plan drops and does not put again, in order of href. */
  private dropped(plan: Prepared): Stored[] {
    if (plan.drop.length === 0 && plan.dropTree.length === 0) return [];
    const gone = new Map<Href, Stored>();
    for (const href of [...plan.drop, ...plan.dropTree]) {
      const found = this.sql.stored.get(href);
      if (found) gone.set(href, found);
    }
    for (const root of plan.dropTree) {
      const { from, to } = below(root);
      for (const found of this.sql.storedBelow.all(from, to)) gone.set(found.href, found);
    }
    return [...gone.values()].filter(({ href }) => !plan.put.has(href)).sort((a, b) => (a.href < b.href ? -1 : 1));
  }
}

function toDoc<B>(found: Row): Doc<B> {
  return { ...found, body: JSON.parse(found.body) as B };
}

function sameKeys(held: readonly Key[], wanted: PreparedDoc['keys']): boolean {
  return (
    held.length === wanted.length &&
    wanted.every(w => held.some(h => h.index === w.index && h.key === w.key && (h.unique === 1) === w.unique))
  );
}
