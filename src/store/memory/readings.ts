import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type ReadingLog, type ReadingRow } from '../api';
import { checkPage } from '../plan';

interface Meter {
  /** Rows, oldest first; of the same start, those of an earlier set first, then by localID. */
  readonly rows: ReadingRow[];
  /** Sets in the order they came in. */
  readonly sets: string[];
}

export class MemoryReadings implements ReadingLog {
  private readonly meters = new Map<Href, Meter>();

  async page(
    meter: Href,
    query: { start: number; limit: number; set?: string },
  ): Promise<{ rows: ReadingRow[]; all: number }> {
    checkPage(query);
    const { start, limit, set } = query;
    const rows = (this.meters.get(meter)?.rows ?? []).filter(row => set === undefined || row.set === set);
    return { rows: copies(rows.toReversed().slice(start, start + limit)), all: rows.length };
  }

  async between(meter: Href, from: Seconds, to: Seconds): Promise<ReadingRow[]> {
    return copies((this.meters.get(meter)?.rows ?? []).filter(row => row.start >= from && row.start < to));
  }

  add(row: ReadingRow): void {
    const meter = this.meters.get(row.meter) ?? { rows: [], sets: [] };
    this.meters.set(row.meter, meter);
    if (!meter.sets.includes(row.set)) meter.sets.push(row.set);
    const order = (a: ReadingRow, b: ReadingRow) =>
      a.start - b.start || meter.sets.indexOf(a.set) - meter.sets.indexOf(b.set) || compare(a.localID, b.localID);
    let at = meter.rows.length; // readings come nearly in order of time: look from the end
    for (let before = meter.rows[at - 1]; before && order(before, row) >= 0; before = meter.rows[at - 1]) at--;
    const next = meter.rows[at];
    meter.rows.splice(at, next && order(next, row) === 0 ? 1 : 0, row);
  }
}

const copies = (rows: readonly ReadingRow[]) => rows.map(row => ({ ...row }));
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
