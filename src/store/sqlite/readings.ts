import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type ReadingRow } from '../api';
import { checkPage } from '../plan';

interface SetRow {
  readonly id: number;
  readonly meter: number;
}
type Row = Omit<ReadingRow, 'meter'>;

// CROSS JOIN keeps readings the outer loop, read in the order of its key.
const select = (where: string, order: string) => `
  SELECT s.mrid AS "set", r.start, r.duration_s AS durationS, r.value, r.local_id AS localID, r.quality_flags AS qualityFlags
  FROM readings r CROSS JOIN reading_sets s ON s.id = r.in_set WHERE ${where} ORDER BY ${order}`;

/** Metered values. Hrefs of meters and mRIDs of sets are stored once and rows refer to them: a row takes about forty bytes. */
export class SqliteReadings {
  private readonly sql;

  constructor(db: Database) {
    this.sql = {
      meter: db.prepare<[string], { id: number; n: number }>('SELECT id, n FROM meters WHERE href = ?'),
      set: db.prepare<[number, string], { id: number; n: number }>(
        'SELECT id, n FROM reading_sets WHERE meter = ? AND mrid = ?',
      ),
      page: db.prepare<[number, number, number], Row>(
        `${select('r.meter = ?', 'r.start DESC, r.in_set DESC, r.local_id DESC')} LIMIT ? OFFSET ?`,
      ),
      pageOfSet: db.prepare<[number, number, number], Row>(
        `${select('r.in_set = ?', 'r.start DESC, r.local_id DESC')} LIMIT ? OFFSET ?`,
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
      countMeter: db.prepare<[number, number]>('UPDATE meters SET n = n + ? WHERE id = ?'),
      countSet: db.prepare<[number, number]>('UPDATE reading_sets SET n = n + ? WHERE id = ?'),
    };
  }

  page(meter: Href, query: { start: number; limit: number; set?: string }): { rows: ReadingRow[]; all: number } {
    checkPage(query);
    const { start, set } = query;
    const limit = query.limit === Infinity ? -1 : query.limit;
    const found = this.sql.meter.get(meter);
    const scope = found && set !== undefined ? this.sql.set.get(found.id, set) : found;
    if (!scope) return { rows: [], all: 0 };
    const sql = set === undefined ? this.sql.page : this.sql.pageOfSet;
    return { rows: sql.all(scope.id, limit, start).map(row => ({ meter, ...row })), all: scope.n };
  }

  between(meter: Href, from: Seconds, to: Seconds): ReadingRow[] {
    const found = this.sql.meter.get(meter);
    return found ? this.sql.between.all(found.id, from, to).map(row => ({ meter, ...row })) : [];
  }

  /** Adds rows inside a transaction of the caller. Counts are written once for each set. */
  add(rows: readonly ReadingRow[]): void {
    const sets = new Map<string, SetRow & { added: number }>();
    for (const row of rows) {
      const name = JSON.stringify([row.meter, row.set]);
      const set = sets.get(name) ?? { ...this.setOf(row), added: 0 };
      sets.set(name, set);
      const key = [set.meter, row.start, set.id, row.localID] as const;
      const { changes } = this.sql.insert.run(...key, row.durationS, row.value, row.qualityFlags);
      if (changes === 0) this.sql.replace.run(row.durationS, row.value, row.qualityFlags, ...key);
      set.added += changes;
    }
    for (const { id, meter, added } of sets.values()) {
      if (added === 0) continue;
      this.sql.countSet.run(added, id);
      this.sql.countMeter.run(added, meter);
    }
  }

  private setOf(row: ReadingRow): SetRow {
    const meter = this.sql.meter.get(row.meter)?.id ?? Number(this.sql.insertMeter.run(row.meter).lastInsertRowid);
    const id = this.sql.set.get(meter, row.set)?.id ?? Number(this.sql.insertSet.run(meter, row.set).lastInsertRowid);
    return { id, meter };
  }
}
