import { type Database } from 'better-sqlite3';
import { type Href } from '../../model/href';

/** A place in a list: entries stand in order of sort key, then of href. */
export interface Place {
  readonly sortKey: string;
  readonly href: Href;
}

interface Block extends Place {
  readonly n: number;
}

/**
 * Knows how many entries a list has and which stands at an ordinal, without walking the list. SQLite finds an OFFSET by
 * stepping over everything before it; so each list is kept as blocks of up to `most` entries, of which only the first
 * place and the number are stored, and a deep page steps over whole blocks. Every write to a list writes its block in the same
 * transaction.
 */
export class Lists {
  private readonly sql;

  /** @param most entries in a block before it is cut in two: finding a page steps over fewer than that. */
  constructor(
    db: Database,
    readonly most = 512,
  ) {
    const from = '(from_key, from_href)';
    const inBlock = `FROM docs WHERE list = ? AND list <> '' AND (sort_key, href) >= (?, ?)`;
    this.sql = {
      count: db.prepare<[string], number>('SELECT total(n) FROM list_blocks WHERE list = ?').pluck(),
      sizes: db
        .prepare<[string], number>('SELECT n FROM list_blocks WHERE list = ? ORDER BY from_key, from_href')
        .pluck(),
      nth: db.prepare<[string, number], Place>(
        `SELECT from_key AS sortKey, from_href AS href FROM list_blocks WHERE list = ?
         ORDER BY from_key, from_href LIMIT 1 OFFSET ?`,
      ),
      upTo: db
        .prepare<[string, string], number>('SELECT total(n) FROM list_blocks WHERE list = ? AND from_key < ?')
        .pluck(),
      lastBefore: db.prepare<[string, string], Block>(
        `SELECT from_key AS sortKey, from_href AS href, n FROM list_blocks WHERE list = ? AND from_key < ?
         ORDER BY from_key DESC, from_href DESC LIMIT 1`,
      ),
      holding: db.prepare<[string, string, string], Block>(
        `SELECT from_key AS sortKey, from_href AS href, n FROM list_blocks WHERE list = ? AND ${from} <= (?, ?)
         ORDER BY from_key DESC, from_href DESC LIMIT 1`,
      ),
      change: db.prepare<[number, string, string, string]>(
        `UPDATE list_blocks SET n = n + ? WHERE list = ? AND ${from} = (?, ?)`,
      ),
      insert: db.prepare<[string, string, string, number]>('INSERT INTO list_blocks VALUES (?, ?, ?, ?)'),
      remove: db.prepare<[string, string, string]>(`DELETE FROM list_blocks WHERE list = ? AND ${from} = (?, ?)`),
      at: db.prepare<[string, string, string, number], Place>(
        `SELECT sort_key AS sortKey, href ${inBlock} ORDER BY sort_key, href LIMIT 1 OFFSET ?`,
      ),
      before: db
        .prepare<[string, string, string, string], number>(`SELECT count(*) ${inBlock} AND sort_key < ?`)
        .pluck(),
    };
  }

  count(list: Href): number {
    return this.sql.count.get(list) ?? 0;
  }

  /** Where the block begins that holds the entry at `ordinal`, and how many entries stand before it. */
  locate(list: Href, ordinal: number): { place: Place; before: number } | undefined {
    let before = 0;
    for (const [i, n] of this.sql.sizes.all(list).entries()) {
      if (ordinal < before + n) {
        const place = this.sql.nth.get(list, i);
        return place && { place, before };
      }
      before += n;
    }
    return undefined;
  }

  /** How many entries have a sort key below `sortKey`. */
  rank(list: Href, sortKey: string): number {
    const last = this.sql.lastBefore.get(list, sortKey);
    if (!last) return 0;
    const inLast = this.sql.before.get(list, last.sortKey, last.href, sortKey) ?? 0;
    return (this.sql.upTo.get(list, sortKey) ?? 0) - last.n + inLast;
  }

  /** Counts an entry in. Its document has been written. */
  add(list: Href, place: Place): void {
    if (list === '') return;
    const block = this.change(list, place, 1);
    // No block begins at or before the place when the list was empty, or when all in front of it had gone.
    if (!block) this.sql.insert.run(list, '', '', 1);
    else if (block.n > this.most) this.cut(list, block);
  }

  /** Counts an entry out. */
  take(list: Href, place: Place): void {
    if (list === '') return;
    const block = this.change(list, place, -1);
    if (block?.n === 0) this.sql.remove.run(list, block.sortKey, block.href);
  }

  private change(list: Href, { sortKey, href }: Place, by: number): Block | undefined {
    const block = this.sql.holding.get(list, sortKey, href);
    if (!block) return undefined;
    this.sql.change.run(by, list, block.sortKey, block.href);
    return { ...block, n: block.n + by };
  }

  private cut(list: Href, block: Block): void {
    const half = Math.floor(block.n / 2);
    const middle = this.sql.at.get(list, block.sortKey, block.href, half);
    if (!middle) return;
    this.change(list, block, half - block.n);
    this.sql.insert.run(list, middle.sortKey, middle.href, block.n - half);
  }
}
