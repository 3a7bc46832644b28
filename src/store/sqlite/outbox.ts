import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Note } from '../api';
import { type PreparedNote } from '../plan';

interface Row extends Omit<Note, 'body'> {
  readonly body: string;
}

export class SqliteOutbox {
  private readonly sql;

  constructor(db: Database) {
    this.sql = {
      due: db.prepare<[number, number], Row>(
        'SELECT id, subscription, due, attempts, body FROM outbox WHERE due <= ? ORDER BY due, seq LIMIT ?',
      ),
      waiting: db.prepare<[], number>('SELECT count(*) FROM outbox').pluck(),
      insert: db.prepare<[string, string, number, number, string]>(
        'INSERT OR REPLACE INTO outbox (id, subscription, due, attempts, body) VALUES (?, ?, ?, ?, ?)',
      ),
      remove: db.prepare<[string]>('DELETE FROM outbox WHERE id = ?'),
    };
  }

  due(now: Seconds, limit: number): Note[] {
    const most = limit === Infinity ? -1 : limit;
    return this.sql.due.all(now, most).map(row => ({ ...row, body: JSON.parse(row.body) as unknown }));
  }

  waiting(): number {
    return this.sql.waiting.get() ?? 0;
  }

  add({ id, subscription, due, attempts, text }: PreparedNote): void {
    this.sql.insert.run(id, subscription, due, attempts, text);
  }

  remove(id: string): void {
    this.sql.remove.run(id);
  }
}
