import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type NewReadingSet, type ReadingSetRow } from '../api';

/** A row of ours: a set that was put has a start, one that only names its readings has none. */
export interface HeldSet {
  readonly id: number;
  readonly n: number;
  readonly start: Seconds | null;
}

/** As SQLite gives it: null where the set said nothing. */
interface Row {
  readonly set: string;
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly description: string | null;
  readonly version: number | null;
  readonly readings: number;
}

type New = [meter: number, set: string, n: number];
type Last = [start: Seconds | null, place: string | null];
type Said = [start: Seconds | null, durationS: Seconds | null, description: string | null, version: number | null];

const row = `mrid AS "set", start, duration_s AS durationS, description, version, n AS readings FROM reading_sets`;

/** Reading sets of meters, by number and by time. Called inside transactions of the caller, who counts those of a meter. */
export class ReadingSets {
  private readonly sql;

  constructor(db: Database) {
    this.sql = {
      held: db.prepare<[number, string], HeldSet>('SELECT id, n, start FROM reading_sets WHERE meter = ? AND mrid = ?'),
      byId: db.prepare<[number], HeldSet>('SELECT id, n, start FROM reading_sets WHERE id = ?'),
      one: db.prepare<[number, string], Row>(`SELECT ${row} WHERE meter = ? AND mrid = ? AND start IS NOT NULL`),
      // In two steps: the index alone says where a page begins, and an OFFSET over rows would look up each it skips.
      startOf: db
        .prepare<[number, number, number], Seconds>(
          `SELECT start FROM reading_sets WHERE meter = ? AND start IS NOT NULL AND start > ?
           ORDER BY start DESC LIMIT 1 OFFSET ?`,
        )
        .pluck(),
      later: db
        .prepare<[number, number], number>(
          'SELECT count(*) FROM reading_sets WHERE meter = ? AND start IS NOT NULL AND start > ?',
        )
        .pluck(),
      page: db.prepare<[number, number, number, number, number], Row>(
        `SELECT ${row} WHERE meter = ? AND start IS NOT NULL AND start > ? AND start <= ?
         ORDER BY start DESC, substr('00000000000000000000000000000000' || mrid, -32) DESC, id DESC LIMIT ? OFFSET ?`,
      ),
      insert: db.prepare<[...New, ...Last, ...Said]>(
        `INSERT INTO reading_sets (meter, mrid, n, last_start, last_place, start, duration_s, description, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      count: db.prepare<[number, number]>('UPDATE reading_sets SET n = n + ? WHERE id = ?'),
      came: db.prepare<[number, number, string, number]>(
        'UPDATE reading_sets SET n = n + ?, last_start = ?, last_place = ? WHERE id = ?',
      ),
      remove: db.prepare<[number]>('DELETE FROM reading_sets WHERE id = ?'),
      removeEmpty: db.prepare<[number, number, number]>(
        `DELETE FROM reading_sets WHERE id IN (SELECT id FROM reading_sets
           WHERE meter = ? AND n = 0 AND start IS NOT NULL AND start < ? ORDER BY start, id LIMIT ?)`,
      ),
    };
  }

  held(meter: number, set: string): HeldSet | undefined {
    return this.sql.held.get(meter, set);
  }

  one(meter: number, href: Href, set: string): ReadingSetRow | undefined {
    const found = this.sql.one.get(meter, set);
    return found && toSet(href, found);
  }

  page(meter: number, href: Href, query: { start: number; limit: number; after?: Seconds }): ReadingSetRow[] {
    const { start, limit, after = Number.MIN_SAFE_INTEGER } = query;
    const first = limit === 0 ? undefined : this.sql.startOf.get(meter, after, start);
    if (first === undefined) return [];
    const skip = start - (this.sql.later.get(meter, first) ?? 0);
    return this.sql.page.all(meter, after, first, limit === Infinity ? -1 : limit, skip).map(each => toSet(href, each));
  }

  /** @returns its id */
  insert(
    meter: number,
    set: string,
    n: number,
    said: NewReadingSet | undefined,
    last: { start: Seconds; place: string } | undefined,
  ): number {
    const { start = null, durationS = null, description = null, version = null } = said ?? {};
    const came: Last = [last?.start ?? null, last?.place ?? null];
    return Number(this.sql.insert.run(meter, set, n, ...came, start, durationS, description, version).lastInsertRowid);
  }

  /** Counts readings in; `last` is the single Reading that came last. */
  add(id: number, n: number, last: { start: Seconds; place: string } | undefined): void {
    if (last) this.sql.came.run(n, last.start, last.place, id);
    else if (n > 0) this.sql.count.run(n, id);
  }

  /** Counts readings out; a set that is left without goes. */
  take(id: number, n: number): { left: number; wasPut: boolean } {
    const held = this.sql.byId.get(id);
    const left = (held?.n ?? n) - n;
    if (left > 0) this.sql.count.run(-n, id);
    else this.sql.remove.run(id);
    return { left, wasPut: typeof held?.start === 'number' };
  }

  remove(id: number): void {
    this.sql.remove.run(id);
  }

  /** @returns how many went */
  removeEmpty(meter: number, before: Seconds, most: number): number {
    return this.sql.removeEmpty.run(meter, before, most).changes;
  }
}

function toSet(meter: Href, { description, version, ...found }: Row): ReadingSetRow {
  return {
    meter,
    ...found,
    ...(description !== null && { description }),
    ...(version !== null && { version }),
  };
}
