import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type CoarseRow } from '../api';
import { intoCoarse } from '../coarse';

const columns = 'start, step_s AS stepS, n, sum, least, most, last, last_start AS lastStart';

/** What old readings have become. Called inside transactions of the caller. */
export class CoarseReadings {
  private readonly sql;

  constructor(db: Database) {
    this.sql = {
      one: db.prepare<[number, number, number], Omit<CoarseRow, 'meter'>>(
        `SELECT ${columns} FROM coarse_readings WHERE meter = ? AND start = ? AND step_s = ?`,
      ),
      between: db.prepare<[number, number, number, number], Omit<CoarseRow, 'meter'>>(
        `SELECT ${columns} FROM coarse_readings WHERE meter = ? AND start >= ? AND start < ? ORDER BY start, step_s LIMIT ?`,
      ),
      put: db.prepare<[number, number, number, number, number, number, number, number, number]>(
        'INSERT OR REPLACE INTO coarse_readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      remove: db.prepare<[number, number, number, number]>(
        `DELETE FROM coarse_readings WHERE meter = ? AND (start, step_s) IN
           (SELECT start, step_s FROM coarse_readings WHERE meter = ? AND start < ? ORDER BY start, step_s LIMIT ?)`,
      ),
    };
  }

  between(id: number, meter: Href, from: Seconds, to: Seconds, limit: number): CoarseRow[] {
    return this.sql.between.all(id, from, to, limit).map(row => ({ meter, ...row }));
  }

  /** Readings come oldest first. */
  add(id: number, meter: Href, stepS: Seconds, rows: readonly { start: Seconds; value: number | null }[]): void {
    const withValue = rows.flatMap(({ start, value }) =>
      value === null ? [] : [{ meter, set: '', place: '', start, value }],
    );
    const held = (start: Seconds) => {
      const row = this.sql.one.get(id, start, stepS);
      return row && { meter, ...row };
    };
    for (const { start, n, sum, least, most, last, lastStart } of intoCoarse(withValue, stepS, held))
      this.sql.put.run(id, start, stepS, n, sum, least, most, last, lastStart);
  }

  remove(id: number, before: Seconds, most: number): void {
    this.sql.remove.run(id, id, before, most);
  }
}
