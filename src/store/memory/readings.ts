import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type CoarseRow, type MeterState, type ReadingLog, type ReadingRow, type Thinning } from '../api';
import { checkPage } from '../plan';
import { intoCoarse } from '../coarse';

interface Meter {
  /** Rows, oldest first; of the same start, those of an earlier set first, then by place. */
  rows: ReadingRow[];
  /** Sets that have rows, in the order they came in. */
  sets: string[];
  /** The single Reading that came last. */
  latest?: ReadingRow;
  coarse: CoarseRow[];
}

export class MemoryReadings implements ReadingLog {
  private readonly held = new Map<Href, Meter>();

  async page(
    meter: Href,
    query: { start: number; limit: number; set?: string },
  ): Promise<{ rows: ReadingRow[]; all: number }> {
    checkPage(query);
    const { start, limit, set } = query;
    const rows = (this.held.get(meter)?.rows ?? []).filter(row => set === undefined || row.set === set);
    return { rows: copies(rows.toReversed().slice(start, start + limit)), all: rows.length };
  }

  async between(meter: Href, from: Seconds, to: Seconds, limit = Infinity): Promise<ReadingRow[]> {
    const rows = this.held.get(meter)?.rows ?? [];
    return copies(rows.filter(row => row.start >= from && row.start < to).slice(0, limit));
  }

  async latest(meter: Href): Promise<ReadingRow | undefined> {
    const { latest, rows } = this.held.get(meter) ?? { rows: [] };
    const found = latest ?? rows.findLast(row => row.set === '');
    return found && { ...found };
  }

  async coarse(meter: Href, from: Seconds, to: Seconds, limit = Infinity): Promise<CoarseRow[]> {
    const rows = this.held.get(meter)?.coarse ?? [];
    return copies(rows.filter(row => row.start >= from && row.start < to).slice(0, limit));
  }

  async meters({ after, limit }: { after: Href; limit: number }): Promise<MeterState[]> {
    const names = [...this.held.keys()].filter(name => name > after).sort(compare);
    return names.slice(0, limit).map(meter => {
      const { rows, coarse } = this.of(meter);
      return {
        meter,
        all: rows.length,
        ...(rows[0] && { oldest: rows[0].start }),
        ...(coarse[0] && { oldestCoarse: coarse[0].start }),
      };
    });
  }

  add(row: ReadingRow): void {
    const meter = this.of(row.meter);
    if (!meter.sets.includes(row.set)) meter.sets.push(row.set);
    const order = (a: ReadingRow, b: ReadingRow) =>
      a.start - b.start || meter.sets.indexOf(a.set) - meter.sets.indexOf(b.set) || compare(a.place, b.place);
    let at = meter.rows.length; // readings come nearly in order of time: look from the end
    for (let before = meter.rows[at - 1]; before && order(before, row) >= 0; before = meter.rows[at - 1]) at--;
    const next = meter.rows[at];
    meter.rows.splice(at, next && order(next, row) === 0 ? 1 : 0, row);
    if (row.set === '') meter.latest = row;
  }

  forget({ meter, set }: { meter: Href; set: string }): void {
    this.drop(meter, row => row.set === set);
  }

  thin({ meter, before, stepS, most }: Thinning): void {
    const old = (this.held.get(meter)?.rows ?? []).filter(row => row.start < before).slice(0, most);
    if (old.length === 0) return;
    const into = new Map(this.of(meter).coarse.map(row => [`${row.start} ${row.stepS}`, row]));
    for (const row of intoCoarse(old, stepS, start => into.get(`${start} ${stepS}`)))
      into.set(`${row.start} ${stepS}`, row);
    this.of(meter).coarse = [...into.values()].sort((a, b) => a.start - b.start || a.stepS - b.stepS);
    const gone = new Set(old);
    this.drop(meter, row => gone.has(row));
  }

  forgetCoarse({ meter, before, most }: Omit<Thinning, 'stepS'>): void {
    const held = this.held.get(meter);
    if (!held) return;
    const old = new Set(held.coarse.filter(row => row.start < before).slice(0, most));
    held.coarse = held.coarse.filter(row => !old.has(row));
  }

  private drop(name: Href, gone: (row: ReadingRow) => boolean): void {
    const meter = this.held.get(name);
    if (!meter) return;
    if (meter.latest && gone(meter.latest)) delete meter.latest;
    meter.rows = meter.rows.filter(row => !gone(row));
    meter.sets = meter.sets.filter(set => meter.rows.some(row => row.set === set));
  }

  private of(name: Href): Meter {
    const meter = this.held.get(name) ?? { rows: [], sets: [], coarse: [] };
    this.held.set(name, meter);
    return meter;
  }
}

const copies = <T extends object>(rows: readonly T[]) => rows.map(row => ({ ...row }));
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
