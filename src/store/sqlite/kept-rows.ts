import { type Database } from 'better-sqlite3';
import { type Href } from '../../model/href';

/**
 * Rows of documents that were read lately, and what was not there. Requests ask for the same few again and again: a device, its
 * groups, what it hangs below. The owner forgets each row that it writes, in the same breath; what another process has written is noticed with the next
 * turn of the event loop, and then all are forgotten.
 */
export class KeptRows<R> {
  /** Null where there is none. */
  private readonly rows = new Map<Href, R | null>();
  private readonly version;
  private seen: unknown;
  private looked = false;

  /**
   * @param soon runs something in the next turn of the event loop (base/turn)
   * @param most rows kept; beyond, those read first go
   */
  constructor(
    db: Database,
    private readonly soon: (run: () => void) => void,
    private readonly most = 20_000,
  ) {
    this.version = db.prepare('PRAGMA data_version').pluck(); // moves when another connection commits
    this.seen = this.version.get();
  }

  /** Null where there is none, undefined where that is not known. */
  find(href: Href): R | null | undefined {
    if (!this.looked) this.look();
    return this.rows.get(href);
  }

  keep(href: Href, row: R | null): void {
    this.rows.set(href, row);
    if (this.rows.size <= this.most) return;
    for (const oldest of this.rows.keys()) {
      this.rows.delete(oldest);
      return;
    }
  }

  forget(href: Href): void {
    this.rows.delete(href);
  }

  private look(): void {
    this.looked = true;
    this.soon(() => (this.looked = false));
    const version = this.version.get();
    if (version === this.seen) return;
    this.seen = version;
    this.rows.clear();
  }
}
