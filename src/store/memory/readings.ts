import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import {
  type CoarseRow,
  type MeterState,
  type NewReadingSet,
  type ReadingLog,
  type ReadingRow,
  type ReadingSetRow,
  type Thinning,
} from '../api';
import { checkPage } from '../plan';
import { intoCoarse } from '../coarse';

interface Meter {
  /** Rows, oldest first; of the same start, those of an earlier set first, then by place. */
  rows: ReadingRow[];
  /** Sets that have rows or were put, in the order they came in. */
  sets: string[];
  /** What those that were put say of themselves. */
  said: Map<string, NewReadingSet>;
  /** The single Reading that came last. */
  latest?: ReadingRow;
  coarse: CoarseRow[];
}

const nothing = (): Meter => ({ rows: [], sets: [], said: new Map(), coarse: [] });

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

  async sets(
    meter: Href,
    query: { start: number; limit: number; after?: Seconds },
  ): Promise<{ sets: ReadingSetRow[]; all: number }> {
    checkPage(query);
    const { start, limit, after = -Infinity } = query;
    const { said, sets } = this.held.get(meter) ?? nothing();
    const number = ({ set }: NewReadingSet) => set.padStart(32, '0');
    const order = (a: NewReadingSet, b: NewReadingSet) =>
      b.start - a.start || compare(number(b), number(a)) || sets.indexOf(b.set) - sets.indexOf(a.set);
    const found = [...said.values()].filter(each => each.start > after).sort(order);
    return { sets: found.slice(start, start + limit).map(each => this.counted(each)), all: said.size };
  }

  async oneSet(meter: Href, set: string): Promise<ReadingSetRow | undefined> {
    const said = this.held.get(meter)?.said.get(set);
    return said && this.counted(said);
  }

  private counted(said: NewReadingSet): ReadingSetRow {
    const { rows } = this.of(said.meter);
    return { ...said, readings: rows.filter(row => row.set === said.set).length };
  }

  async coarse(meter: Href, from: Seconds, to: Seconds, limit = Infinity): Promise<CoarseRow[]> {
    const rows = this.held.get(meter)?.coarse ?? [];
    return copies(rows.filter(row => row.start >= from && row.start < to).slice(0, limit));
  }

  async meters({ after, limit }: { after: Href; limit: number }): Promise<MeterState[]> {
    const names = [...this.held.keys()].filter(name => name > after).sort(compare);
    return names.slice(0, limit).map(meter => {
      const { rows, coarse } = this.of(meter);
      const [empty] = this.empty(meter);
      return {
        meter,
        all: rows.length,
        ...(rows[0] && { oldest: rows[0].start }),
        ...(coarse[0] && { oldestCoarse: coarse[0].start }),
        ...(empty && { oldestEmpty: empty.start }),
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

  put(set: NewReadingSet): void {
    this.drop(set.meter, row => row.set === set.set);
    const meter = this.of(set.meter);
    meter.said.set(set.set, set);
    meter.sets = [...meter.sets.filter(name => name !== set.set), set.set];
  }

  thin({ meter, before, stepS, most }: Thinning): void {
    const empty = this.empty(meter)
      .filter(({ start }) => start < before)
      .slice(0, most);
    this.thinRows({ meter, before, stepS, most });
    for (const { set } of empty) this.dropSet(meter, set);
  }

  private thinRows({ meter, before, stepS, most }: Thinning): void {
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
    const sets = new Set(meter.rows.filter(gone).map(row => row.set));
    meter.rows = meter.rows.filter(row => !gone(row));
    for (const set of sets) if (!meter.rows.some(row => row.set === set)) this.dropSet(name, set);
  }

  private dropSet(name: Href, set: string): void {
    const meter = this.of(name);
    meter.said.delete(set);
    meter.sets = meter.sets.filter(other => other !== set);
  }

  /** Sets that never had a reading, oldest first. */
  private empty(name: Href): NewReadingSet[] {
    const { said, rows, sets } = this.held.get(name) ?? nothing();
    return [...said.values()]
      .filter(({ set }) => !rows.some(row => row.set === set))
      .sort((a, b) => a.start - b.start || sets.indexOf(a.set) - sets.indexOf(b.set));
  }

  private of(name: Href): Meter {
    const meter = this.held.get(name) ?? nothing();
    this.held.set(name, meter);
    return meter;
  }
}

const copies = <T extends object>(rows: readonly T[]) => rows.map(row => ({ ...row }));
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
