import { type Database } from 'better-sqlite3';
import { type AuditQuery, type AuditRow } from '../api';
import { type PreparedAudit } from '../plan';

type Row = Omit<AuditRow, 'from' | 'detail'> & { readonly came_from: string; readonly detail: string };

const columns = 'id, at, who, came_from, what, subject, outcome, detail';

export class SqliteAudit {
  private readonly insert;

  constructor(private readonly db: Database) {
    this.insert = db.prepare(
      'INSERT INTO audit (at, who, came_from, what, subject, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
  }

  page({ after, limit, ...asked }: AuditQuery): AuditRow[] {
    const conditions = ['id > ?'];
    const values: (string | number)[] = [after];
    const also = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    also('at >= ?', asked.from);
    also('at < ?', asked.to);
    also('who = ?', asked.who);
    also('what = ?', asked.what);
    also('subject = ?', asked.subject);
    const sql = `SELECT ${columns} FROM audit WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`;
    return this.db
      .prepare<(string | number)[], Row>(sql)
      .all(...values, limit === Infinity ? -1 : limit)
      .map(({ came_from, detail, ...row }) => ({
        ...row,
        from: came_from,
        detail: JSON.parse(detail) as Record<string, unknown>,
      }));
  }

  add({ at, who, from, what, subject, outcome, text }: PreparedAudit): void {
    this.insert.run(at, who, from, what, subject, outcome, text);
  }
}
