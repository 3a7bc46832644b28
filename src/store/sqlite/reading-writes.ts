import { type Database } from 'better-sqlite3';
import { type Href } from '../../model/href';
import { type NewReadingSet, type ReadingRow, type Thinning } from '../api';
import { type CoarseReadings } from './coarse-readings';
import { type ReadingBlocks, type ReadingPlace } from './reading-blocks';
import { type HeldSet, type ReadingSets } from './reading-sets';

type Key = [meter: number, start: number, inSet: number, place: string];
type Said = [number | null, number | null, string | null, number | null, number | null, string | null];
const said = (row: ReadingRow): Said => [
  row.durationS ?? null,
  row.value ?? null,
  row.localID ?? null,
  row.consumptionBlock ?? null,
  row.touTier ?? null,
  row.qualityFlags ?? null,
];

/** What a plan brings of one set. */
interface Coming {
  put?: NewReadingSet;
  /** By start and place: of two the last counts. */
  readonly rows: Map<string, ReadingRow>;
  /** The single Reading that came last. */
  last?: ReadingRow;
}

/** Everything that changes readings and sets, inside transactions of the caller. */
export class ReadingWrites {
  private readonly sql;

  constructor(
    db: Database,
    private readonly sets: ReadingSets,
    private readonly blocks: ReadingBlocks,
    private readonly old: CoarseReadings,
  ) {
    this.sql = {
      meter: db.prepare<[string], { id: number; n: number }>('SELECT id, n FROM meters WHERE href = ?'),
      insertMeter: db.prepare<[string]>('INSERT INTO meters (href, n) VALUES (?, 0)'),
      count: db.prepare<[number, number, number]>('UPDATE meters SET n = n + ?, sets = sets + ? WHERE id = ?'),
      n: db.prepare<[number], number>('SELECT n FROM meters WHERE id = ?').pluck(),
      insert: db.prepare<[...Key, ...Said]>(
        'INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      replace: db.prepare<[...Said, ...Key]>(
        `UPDATE readings SET duration_s = ?, value = ?, local_id = ?, consumption_block = ?, tou_tier = ?, quality_flags = ?
         WHERE meter = ? AND start = ? AND in_set = ? AND place = ?`,
      ),
      placesOfSet: db.prepare<[number], ReadingPlace>(
        'SELECT start, in_set AS inSet, place FROM readings WHERE in_set = ? ORDER BY start, place',
      ),
      oldest: db.prepare<[number, number, number], ReadingPlace & { value: number | null }>(
        `SELECT start, in_set AS inSet, place, value FROM readings WHERE meter = ? AND start < ?
         ORDER BY start, in_set, place LIMIT ?`,
      ),
      remove: db.prepare<Key>('DELETE FROM readings WHERE meter = ? AND start = ? AND in_set = ? AND place = ?'),
    };
  }

  /** Puts sets, then rows. Each row of counts is written once. */
  add(sets: readonly NewReadingSet[], rows: readonly ReadingRow[]): void {
    const meters = new Map<Href, Map<string, Coming>>();
    const coming = ({ meter, set }: { meter: Href; set: string }): Coming => {
      let ofMeter = meters.get(meter);
      if (!ofMeter) meters.set(meter, (ofMeter = new Map<string, Coming>()));
      let found = ofMeter.get(set);
      if (!found) ofMeter.set(set, (found = { rows: new Map() }));
      return found;
    };
    for (const set of sets) coming(set).put = set;
    for (const row of rows) {
      const set = coming(row);
      set.rows.set(`${row.start} ${row.place}`, row);
      if (row.set === '') set.last = row;
    }
    for (const [meter, ofMeter] of meters) this.addTo(meter, ofMeter);
  }

  private addTo(href: Href, coming: ReadonlyMap<string, Coming>): void {
    const meter = this.sql.meter.get(href)?.id ?? Number(this.sql.insertMeter.run(href).lastInsertRowid);
    const added: ReadingPlace[] = [];
    let put = 0;
    for (const [name, set] of coming) {
      if (set.put) put++;
      added.push(...this.addSet(meter, name, set));
    }
    if (added.length > 0 || put > 0) this.sql.count.run(added.length, put, meter);
    if (added.length > 0) this.blocks.add({ meter, set: 0 }, added, this.sql.n.get(meter) ?? 0);
  }

  /** @returns the places of those readings that replaced none */
  private addSet(meter: number, name: string, { put, rows, last }: Coming): ReadingPlace[] {
    let held = this.sets.held(meter, name);
    if (put && held) {
      this.removeSet(meter, held);
      held = undefined;
    }
    const id = held?.id ?? this.sets.insert(meter, name, rows.size, put, last);
    const added: ReadingPlace[] = [];
    for (const row of rows.values()) {
      const key: Key = [meter, row.start, id, row.place];
      const { changes } = this.sql.insert.run(...key, ...said(row));
      if (changes === 0) this.sql.replace.run(...said(row), ...key);
      else added.push({ start: row.start, inSet: id, place: row.place });
    }
    if (held) this.sets.add(id, added.length, last);
    this.blocks.add({ meter, set: id }, added, (held?.n ?? 0) + added.length);
    return added;
  }

  thin({ meter: href, before, stepS, most }: Thinning): void {
    const meter = this.sql.meter.get(href)?.id;
    if (meter === undefined) return;
    const limit = limitOf(most);
    const rows = this.sql.oldest.all(meter, before, limit);
    if (rows.length > 0) {
      this.old.add(meter, href, stepS, rows);
      this.remove(meter, rows);
    }
    const empty = this.sets.removeEmpty(meter, before, limit);
    if (empty > 0) this.sql.count.run(0, -empty, meter);
  }

  forgetCoarse({ meter: href, before, most }: Omit<Thinning, 'stepS'>): void {
    const meter = this.sql.meter.get(href)?.id;
    if (meter !== undefined) this.old.remove(meter, before, limitOf(most));
  }

  private removeSet(meter: number, { id, n, start }: HeldSet): void {
    if (n > 0) return this.remove(meter, this.sql.placesOfSet.all(id));
    this.sets.remove(id);
    if (start !== null) this.sql.count.run(0, -1, meter);
  }

  /** Rows of one meter go; a set that is left without goes with them, or one would stay for each that ever came. */
  private remove(meter: number, places: readonly ReadingPlace[]): void {
    const sets = new Map<number, ReadingPlace[]>();
    for (const place of places) {
      this.sql.remove.run(meter, place.start, place.inSet, place.place);
      sets.set(place.inSet, [...(sets.get(place.inSet) ?? []), place]);
    }
    let setsGone = 0;
    for (const [set, gone] of sets) {
      const { left, wasPut } = this.sets.take(set, gone.length);
      this.blocks.remove({ meter, set }, gone, left);
      if (left === 0 && wasPut) setsGone++;
    }
    this.sql.count.run(-places.length, -setsGone, meter);
    this.blocks.remove({ meter, set: 0 }, places, this.sql.n.get(meter) ?? 0);
  }
}

/** As SQL has it: -1 for no limit. */
export const limitOf = (limit: number): number => (limit === Infinity ? -1 : limit);
