import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';

/** The place of a reading: readings of a meter stand in order of start, then of set, then of place. */
export interface ReadingPlace {
  readonly start: Seconds;
  /** Id of its set. */
  readonly inSet: number;
  readonly place: string;
}

/** The readings of a meter, or those of one of its sets. */
export interface Scope {
  readonly meter: number;
  /** Id of the set, 0 for all of the meter. */
  readonly set: number;
}

interface Block extends ReadingPlace {
  readonly n: number;
}

const before: ReadingPlace = { start: Number.MIN_SAFE_INTEGER, inSet: 0, place: '' };
const behind: ReadingPlace = { start: Number.MAX_SAFE_INTEGER, inSet: 0, place: '' };

/**
 * Finds the reading at an ordinal without stepping over those before it, as lists.ts does for documents. Only the second
 * block and those behind it are stored: the first holds the rest of what its meter or set counts. So a set of few readings,
 * which is nearly every set, costs no row here, and a plan of new readings writes one row for each meter.
 */
export class ReadingBlocks {
  private readonly sql;

  /** @param most readings in a block before it is cut in two. */
  constructor(
    db: Database,
    private readonly most = 512,
  ) {
    const block = 'from_start AS start, from_set AS inSet, from_place AS place, n';
    const ofScope = 'FROM reading_blocks WHERE meter = ? AND in_set = ?';
    const newestFirst = 'ORDER BY from_start DESC, from_set DESC, from_place DESC';
    const at = '(from_start, from_set, from_place)';
    const row = 'SELECT start, in_set AS inSet, place FROM readings';
    this.sql = {
      sizes: db.prepare<[number, number], number>(`SELECT n ${ofScope} ${newestFirst}`).pluck(),
      nth: db.prepare<[number, number, number], Block>(`SELECT ${block} ${ofScope} ${newestFirst} LIMIT 1 OFFSET ?`),
      total: db.prepare<[number, number], number>(`SELECT total(n) ${ofScope}`).pluck(),
      holding: db.prepare<[number, number, number, number, string], Block>(
        `SELECT ${block} ${ofScope} AND ${at} <= (?, ?, ?) ${newestFirst} LIMIT 1`,
      ),
      behind: db
        .prepare<[number, number, number, number, string], number>(`SELECT 1 ${ofScope} AND ${at} > (?, ?, ?) LIMIT 1`)
        .pluck(),
      change: db.prepare<[number, number, number, number, number, string]>(
        `UPDATE reading_blocks SET n = n + ? WHERE meter = ? AND in_set = ? AND ${at} = (?, ?, ?)`,
      ),
      drop: db.prepare<[number, number, number, number, string]>(
        `DELETE FROM reading_blocks WHERE meter = ? AND in_set = ? AND ${at} = (?, ?, ?)`,
      ),
      clear: db.prepare<[number, number]>('DELETE FROM reading_blocks WHERE meter = ? AND in_set = ?'),
      insert: db.prepare<[number, number, number, number, string, number]>(
        'INSERT INTO reading_blocks VALUES (?, ?, ?, ?, ?, ?)',
      ),
      atOfMeter: db.prepare<[number, number, number, string, number], ReadingPlace>(
        `${row} WHERE meter = ? AND (start, in_set, place) >= (?, ?, ?)
         ORDER BY start, in_set, place LIMIT 1 OFFSET ?`,
      ),
      atOfSet: db.prepare<[number, number, string, number], ReadingPlace>(
        `${row} WHERE in_set = ? AND (start, place) >= (?, ?) ORDER BY start, place LIMIT 1 OFFSET ?`,
      ),
    };
  }

  /** Where to begin for the reading `skip` places behind the newest: everything before `below`, and how many of that to skip. */
  locate({ meter, set }: Scope, skip: number): { below: ReadingPlace; skip: number } {
    if (skip <= this.most) return { below: behind, skip };
    let left = skip;
    let blocks = 0;
    for (const n of this.sql.sizes.all(meter, set)) {
      if (left < n) break;
      left -= n;
      blocks++;
    }
    return { below: (blocks > 0 && this.sql.nth.get(meter, set, blocks - 1)) || behind, skip: left };
  }

  /** Counts readings in that have been written; `n` is how many the scope has now. */
  add(scope: Scope, places: readonly ReadingPlace[], n: number): void {
    if (n <= this.most) return;
    const { meter, set } = scope;
    let left = places.toSorted(inOrder);
    for (let last = left.at(-1); last; last = left.at(-1)) {
      const block = this.sql.holding.get(meter, set, last.start, last.inSet, last.place);
      if (!block) {
        this.cut(scope, before, n - (this.sql.total.get(meter, set) ?? 0));
        return;
      }
      const rest = left.filter(place => inOrder(place, block) < 0);
      const added = left.length - rest.length;
      this.sql.change.run(added, meter, set, block.start, block.inSet, block.place);
      this.cut(scope, block, block.n + added);
      left = rest;
    }
  }

  /** Counts readings out that are gone; `n` is how many the scope has left. */
  remove({ meter, set }: Scope, places: readonly ReadingPlace[], n: number): void {
    if (n <= this.most) {
      this.sql.clear.run(meter, set); // so that below `most` there are never any: `add` relies on it
      return;
    }
    let left = places.toSorted(inOrder);
    for (let last = left.at(-1); last; last = left.at(-1)) {
      const block = this.sql.holding.get(meter, set, last.start, last.inSet, last.place);
      if (!block) return; // the first block is what the others leave
      const rest = left.filter(place => inOrder(place, block) < 0);
      const gone = left.length - rest.length;
      if (gone === block.n) this.sql.drop.run(meter, set, block.start, block.inSet, block.place);
      else this.sql.change.run(-gone, meter, set, block.start, block.inSet, block.place);
      left = rest;
    }
  }

  /**
   * Cuts a block of `n` readings from `from` on until none holds more than it may: the newest where it is full, because
   * readings come in order of time and what stands before them will grow no more; any other in the middle.
   */
  private cut(scope: Scope, from: ReadingPlace, n: number): void {
    if (n <= this.most) return;
    const { meter, set } = scope;
    const newest = this.sql.behind.get(meter, set, from.start, from.inSet, from.place) === undefined;
    const keep = newest ? this.most : Math.max(1, this.most >> 1);
    let [first, count] = [from, n];
    while (count > this.most) {
      const next = this.at(scope, first, keep);
      if (!next) return;
      if (first !== before) this.sql.change.run(keep - count, meter, set, first.start, first.inSet, first.place);
      count -= keep;
      this.sql.insert.run(meter, set, next.start, next.inSet, next.place, count);
      first = next;
    }
  }

  private at({ meter, set }: Scope, { start, inSet, place }: ReadingPlace, offset: number): ReadingPlace | undefined {
    return set === 0
      ? this.sql.atOfMeter.get(meter, start, inSet, place, offset)
      : this.sql.atOfSet.get(set, start, place, offset);
  }
}

/** As SQLite orders them: places are ASCII, where the order of characters is that of bytes. */
function inOrder(a: ReadingPlace, b: ReadingPlace): number {
  return a.start - b.start || a.inSet - b.inSet || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0);
}
