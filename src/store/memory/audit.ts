import { type AuditLog, type AuditQuery, type AuditRow } from '../api';
import { type PreparedAudit } from '../plan';

export class MemoryAudit implements AuditLog {
  private readonly rows: (PreparedAudit & { id: number })[] = [];

  async page({ after, limit, from, to, who, what, subject }: AuditQuery): Promise<AuditRow[]> {
    return this.rows
      .slice(after) // ids count from 1 without gaps
      .filter(
        row =>
          (from === undefined || row.at >= from) &&
          (to === undefined || row.at < to) &&
          (who === undefined || row.who === who) &&
          (what === undefined || row.what === what) &&
          (subject === undefined || row.subject === subject),
      )
      .slice(0, limit)
      .map(({ text, ...row }) => ({ ...row, detail: JSON.parse(text) as Record<string, unknown> }));
  }

  add(row: PreparedAudit): void {
    this.rows.push({ ...row, id: this.rows.length + 1 });
  }
}
