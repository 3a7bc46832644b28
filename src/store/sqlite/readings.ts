import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type ReadingRow } from '../api';
import { checkPage } from '../plan';
import { ReadingBlocks, type ReadingPlace } from './reading-blocks';

interface SetRow {
  readonly id: number;
  readonly meter: number;
}
type Row = Omit<ReadingRow, 'meter'>;

// A subquery, not a join: it is not asked for the rows that an OFFSET steps over.
const select = (where: string, order: string) => `
  SELECT (SELECT mrid FROM reading_sets s WHERE s.id = r.in_set) AS "set", r.start, r.duration_s AS durationS, r.value,
    r.local_id AS localID, r.quality_flags AS qualityFlags FROM readings r WHERE ${where} ORDER BY ${order}`;

/** Metered values. Hrefs of meters and mRIDs of sets are stored once and rows refer to them: a row takes about forty bytes. */
export class SqliteReadings {
  private readonly blocks: ReadingBlocks;
  private readonly sql;

  constructor(db: Database, blockMost?: number) {
    this.blocks = new ReadingBlocks(db, blockMost);
    this.sql = {
      meter: db.prepare<[string], { id: number; n: number }>('SELECT id, n FROM meters WHERE href = ?'),
      set: db.prepare<[number, string], { id: number; n: number }>(
        'SELECT id, n FROM reading_sets WHERE meter = ? AND mrid = ?',
      ),
      page: db.prepare<[number, number, number, string, number, number], Row>(
        `${select(
          'r.meter = ? AND (r.start, r.in_set, r.local_id) < (?, ?, ?)',
          'r.start DESC, r.in_set DESC, r.local_id DESC',
        )} LIMIT ? OFFSET ?`,
      ),
      // In two steps: the index alone says where a page begins, and an OFFSET in the second would look up each row it skips.
      firstOfSet: db.prepare<[number, number, string, number], { start: number; localID: string }>(
        `SELECT start, local_id AS localID FROM readings WHERE in_set = ? AND (start, local_id) < (?, ?)
         ORDER BY start DESC, local_id DESC LIMIT 1 OFFSET ?`,
      ),
      pageOfSet: db.prepare<[number, number, string, number], Row>(
        `${select('r.in_set = ? AND (r.start, r.local_id) <= (?, ?)', 'r.start DESC, r.local_id DESC')} LIMIT ?`,
      ),
      between: db.prepare<[number, number, number], Row>(
        select('r.meter = ? AND r.start >= ? AND r.start < ?', 'r.start, r.in_set, r.local_id'),
      ),
      insertMeter: db.prepare<[string]>('INSERT INTO meters (href, n) VALUES (?, 0)'),
      insertSet: db.prepare<[number, string]>('INSERT INTO reading_sets (meter, mrid, n) VALUES (?, ?, 0)'),
      insert: db.prepare<[number, number, number, string, number, number, string]>(
        'INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      replace: db.prepare<[number, number, string, number, number, number, string]>(
        `UPDATE readings SET duration_s = ?, value = ?, quality_flags = ?
         WHERE meter = ? AND start = ? AND in_set = ? AND local_id = ?`,
      ),
      countMeter: db.prepare<[number, number], number>('UPDATE meters SET n = n + ? WHERE id = ? RETURNING n').pluck(),
      countSet: db
        .prepare<[number, number], number>('UPDATE reading_sets SET n = n + ? WHERE id = ? RETURNING n')
        .pluck(),
    };
  }

  page(meter: Href, query: { start: number; limit: number; set?: string }): { rows: ReadingRow[]; all: number } {
    checkPage(query);
    const { start, set } = query;
    const limit = query.limit === Infinity ? -1 : query.limit;
    const found = this.sql.meter.get(meter);
    const held = found && set !== undefined ? this.sql.set.get(found.id, set) : found;
    if (!found || !held) return { rows: [], all: 0 };
    const { below, skip } = this.blocks.locate({ meter: found.id, set: set === undefined ? 0 : held.id }, start);
    const rows =
      set === undefined
        ? this.sql.page.all(held.id, below.start, below.inSet, below.localId, limit, skip)
        : this.pageOfSet(held.id, below, skip, limit);
    return { rows: rows.map(row => ({ meter, ...row })), all: held.n };
  }

  private pageOfSet(set: number, below: ReadingPlace, skip: number, limit: number): Row[] {
    const first = this.sql.firstOfSet.get(set, below.start, below.localId, skip);
    return first ? this.sql.pageOfSet.all(set, first.start, first.localID, limit) : [];
  }

  between(meter: Href, from: Seconds, to: Seconds): ReadingRow[] {
    const found = this.sql.meter.get(meter);
    return found ? this.sql.between.all(found.id, from, to).map(row => ({ meter, ...row })) : [];
  }

  /** Adds rows inside a transaction of the caller. Counts are written once for each set and meter. */
  add(rows: readonly ReadingRow[]): void {
    const sets = new Map<string, SetRow & { added: ReadingPlace[] }>();
    for (const row of rows) {
      const name = JSON.stringify([row.meter, row.set]);
      const set = sets.get(name) ?? { ...this.setOf(row), added: [] };
      sets.set(name, set);
      const key = [set.meter, row.start, set.id, row.localID] as const;
      const { changes } = this.sql.insert.run(...key, row.durationS, row.value, row.qualityFlags);
      if (changes === 0) this.sql.replace.run(row.durationS, row.value, row.qualityFlags, ...key);
      else set.added.push({ start: row.start, inSet: set.id, localId: row.localID });
    }
    const meters = new Map<number, ReadingPlace[]>();
    for (const { id, meter, added } of sets.values()) {
      if (added.length === 0) continue;
      this.blocks.add({ meter, set: id }, added, this.sql.countSet.get(added.length, id) ?? 0);
      meters.set(meter, [...(meters.get(meter) ?? []), ...added]);
    }
    for (const [meter, added] of meters)
      this.blocks.add({ meter, set: 0 }, added, this.sql.countMeter.get(added.length, meter) ?? 0);
  }

  private setOf(row: ReadingRow): SetRow {
    const meter = this.sql.meter.get(row.meter)?.id ?? Number(this.sql.insertMeter.run(row.meter).lastInsertRowid);
    const id = this.sql.set.get(meter, row.set)?.id ?? Number(this.sql.insertSet.run(meter, row.set).lastInsertRowid);
    return { id, meter };
  }
}
