import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type CoarseRow, type MeterState, type ReadingRow, type Thinning } from '../api';
import { checkPage } from '../plan';
import { CoarseReadings } from './coarse-readings';
import { ReadingBlocks, type ReadingPlace } from './reading-blocks';

interface SetRow {
  readonly id: number;
  readonly meter: number;
}
/** As SQLite gives it: null where the Reading said nothing. */
type Row = { readonly [K in keyof Omit<ReadingRow, 'meter'>]-?: ReadingRow[K] | null };

// A subquery, not a join: it is not asked for the rows that an OFFSET steps over.
const select = (where: string, order: string) => `
  SELECT (SELECT mrid FROM reading_sets s WHERE s.id = r.in_set) AS "set", r.start, r.place, r.duration_s AS durationS,
    r.value, r.local_id AS localID, r.consumption_block AS consumptionBlock, r.tou_tier AS touTier,
    r.quality_flags AS qualityFlags FROM readings r WHERE ${where} ORDER BY ${order}`;

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

/** A row as the port has it: what is null is left out. */
function rowOf(meter: Href, row: Row): ReadingRow {
  const found: Record<string, unknown> = { meter };
  for (const [name, value] of Object.entries(row)) if (value !== null) found[name] = value;
  return found as unknown as ReadingRow;
}

/** Metered values. Hrefs of meters and mRIDs of sets are stored once and rows refer to them: a row takes about forty bytes. Old ones become coarse rows (coarse-readings.ts). */
export class SqliteReadings {
  private readonly blocks: ReadingBlocks;
  private readonly old: CoarseReadings;
  private readonly sql;

  constructor(db: Database, blockMost?: number) {
    this.blocks = new ReadingBlocks(db, blockMost);
    this.old = new CoarseReadings(db);
    this.sql = {
      meter: db.prepare<[string], { id: number; n: number }>('SELECT id, n FROM meters WHERE href = ?'),
      set: db.prepare<[number, string], { id: number; n: number }>(
        'SELECT id, n FROM reading_sets WHERE meter = ? AND mrid = ?',
      ),
      page: db.prepare<[number, number, number, string, number, number], Row>(
        `${select(
          'r.meter = ? AND (r.start, r.in_set, r.place) < (?, ?, ?)',
          'r.start DESC, r.in_set DESC, r.place DESC',
        )} LIMIT ? OFFSET ?`,
      ),
      // In two steps: the index alone says where a page begins, and an OFFSET in the second would look up each row it skips.
      firstOfSet: db.prepare<[number, number, string, number], { start: number; place: string }>(
        `SELECT start, place FROM readings WHERE in_set = ? AND (start, place) < (?, ?)
         ORDER BY start DESC, place DESC LIMIT 1 OFFSET ?`,
      ),
      pageOfSet: db.prepare<[number, number, string, number], Row>(
        `${select('r.in_set = ? AND (r.start, r.place) <= (?, ?)', 'r.start DESC, r.place DESC')} LIMIT ?`,
      ),
      between: db.prepare<[number, number, number, number], Row>(
        `${select('r.meter = ? AND r.start >= ? AND r.start < ?', 'r.start, r.in_set, r.place')} LIMIT ?`,
      ),
      last: db.prepare<[number], Row>(
        select(
          `(r.meter, r.start, r.in_set, r.place) =
           (SELECT meter, last_start, id, last_place FROM reading_sets WHERE meter = ? AND mrid = '')`,
          'r.start',
        ),
      ),
      placesOfSet: db.prepare<[number], ReadingPlace>(
        'SELECT start, in_set AS inSet, place FROM readings WHERE in_set = ? ORDER BY start, place',
      ),
      oldest: db.prepare<[number, number, number], ReadingPlace & { value: number | null }>(
        `SELECT start, in_set AS inSet, place, value FROM readings WHERE meter = ? AND start < ?
         ORDER BY start, in_set, place LIMIT ?`,
      ),
      remove: db.prepare<[number, number, number, string]>(
        'DELETE FROM readings WHERE meter = ? AND start = ? AND in_set = ? AND place = ?',
      ),
      removeSet: db.prepare<[number]>('DELETE FROM reading_sets WHERE id = ?'),
      came: db.prepare<[number, string, number]>('UPDATE reading_sets SET last_start = ?, last_place = ? WHERE id = ?'),
      meters: db.prepare<[string, number], { [K in keyof MeterState]-?: MeterState[K] | null }>(
        `SELECT href AS meter, n AS "all", (SELECT min(start) FROM readings r WHERE r.meter = m.id) AS oldest,
           (SELECT min(start) FROM coarse_readings c WHERE c.meter = m.id) AS oldestCoarse
         FROM meters m WHERE href > ? ORDER BY href LIMIT ?`,
      ),
      insertMeter: db.prepare<[string]>('INSERT INTO meters (href, n) VALUES (?, 0)'),
      insertSet: db.prepare<[number, string]>('INSERT INTO reading_sets (meter, mrid, n) VALUES (?, ?, 0)'),
      insert: db.prepare<[...Key, ...Said]>(
        'INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      replace: db.prepare<[...Said, ...Key]>(
        `UPDATE readings SET duration_s = ?, value = ?, local_id = ?, consumption_block = ?, tou_tier = ?, quality_flags = ?
         WHERE meter = ? AND start = ? AND in_set = ? AND place = ?`,
      ),
      countMeter: db.prepare<[number, number], number>('UPDATE meters SET n = n + ? WHERE id = ? RETURNING n').pluck(),
      countSet: db
        .prepare<[number, number], number>('UPDATE reading_sets SET n = n + ? WHERE id = ? RETURNING n')
        .pluck(),
    };
  }

  page(meter: Href, query: { start: number; limit: number; set?: string }): { rows: ReadingRow[]; all: number } {
    checkPage(query);
    const { start, set } = query;
    const limit = limitOf(query.limit);
    const found = this.sql.meter.get(meter);
    const held = found && set !== undefined ? this.sql.set.get(found.id, set) : found;
    if (!found || !held) return { rows: [], all: 0 };
    const { below, skip } = this.blocks.locate({ meter: found.id, set: set === undefined ? 0 : held.id }, start);
    const rows =
      set === undefined
        ? this.sql.page.all(held.id, below.start, below.inSet, below.place, limit, skip)
        : this.pageOfSet(held.id, below, skip, limit);
    return { rows: rows.map(row => rowOf(meter, row)), all: held.n };
  }

  private pageOfSet(set: number, below: ReadingPlace, skip: number, limit: number): Row[] {
    const first = this.sql.firstOfSet.get(set, below.start, below.place, skip);
    return first ? this.sql.pageOfSet.all(set, first.start, first.place, limit) : [];
  }

  between(meter: Href, from: Seconds, to: Seconds, limit = Infinity): ReadingRow[] {
    const found = this.sql.meter.get(meter);
    if (!found) return [];
    return this.sql.between.all(found.id, from, to, limitOf(limit)).map(row => rowOf(meter, row));
  }

  latest(meter: Href): ReadingRow | undefined {
    const found = this.sql.meter.get(meter);
    if (!found) return undefined;
    const row = this.sql.last.get(found.id);
    return row ? rowOf(meter, row) : this.page(meter, { start: 0, limit: 1, set: '' }).rows[0];
  }

  coarse(meter: Href, from: Seconds, to: Seconds, limit = Infinity): CoarseRow[] {
    const found = this.sql.meter.get(meter);
    return found ? this.old.between(found.id, meter, from, to, limitOf(limit)) : [];
  }

  meters({ after, limit }: { after: Href; limit: number }): MeterState[] {
    return this.sql.meters.all(after, limitOf(limit)).map(({ oldest, oldestCoarse, meter, all }) => ({
      meter: meter ?? '',
      all: all ?? 0,
      ...(oldest !== null && { oldest }),
      ...(oldestCoarse !== null && { oldestCoarse }),
    }));
  }

  /** Adds rows inside a transaction of the caller. Counts are written once for each set and meter. */
  add(rows: readonly ReadingRow[]): void {
    const sets = new Map<string, SetRow & { added: ReadingPlace[]; last?: ReadingRow }>();
    for (const row of rows) {
      const name = `${row.meter}\n${row.set}`;
      let set = sets.get(name);
      if (!set) sets.set(name, (set = { ...this.setOf(row), added: [] }));
      const key: Key = [set.meter, row.start, set.id, row.place];
      const { changes } = this.sql.insert.run(...key, ...said(row));
      if (changes === 0) this.sql.replace.run(...said(row), ...key);
      else set.added.push({ start: row.start, inSet: set.id, place: row.place });
      if (row.set === '') set.last = row;
    }
    const meters = new Map<number, ReadingPlace[]>();
    for (const { id, meter, added, last } of sets.values()) {
      if (last) this.sql.came.run(last.start, last.place, id);
      if (added.length === 0) continue;
      this.blocks.add({ meter, set: id }, added, this.sql.countSet.get(added.length, id) ?? 0);
      meters.set(meter, [...(meters.get(meter) ?? []), ...added]);
    }
    for (const [meter, added] of meters)
      this.blocks.add({ meter, set: 0 }, added, this.sql.countMeter.get(added.length, meter) ?? 0);
  }

  /** Takes a whole set away. */
  forget({ meter, set }: { meter: Href; set: string }): void {
    const found = this.sql.meter.get(meter);
    const held = found && this.sql.set.get(found.id, set);
    if (found && held) this.remove(found.id, this.sql.placesOfSet.all(held.id));
  }

  thin({ meter, before, stepS, most }: Thinning): void {
    const found = this.sql.meter.get(meter);
    const rows = found ? this.sql.oldest.all(found.id, before, limitOf(most)) : [];
    if (!found || rows.length === 0) return;
    this.old.add(found.id, meter, stepS, rows);
    this.remove(found.id, rows);
  }

  forgetCoarse({ meter, before, most }: Omit<Thinning, 'stepS'>): void {
    const found = this.sql.meter.get(meter);
    if (found) this.old.remove(found.id, before, limitOf(most));
  }

  /** Rows of one meter go; a set that is left empty goes with them, or one would stay for each that ever came. */
  private remove(meter: number, places: readonly ReadingPlace[]): void {
    const sets = new Map<number, ReadingPlace[]>();
    for (const place of places) {
      this.sql.remove.run(meter, place.start, place.inSet, place.place);
      sets.set(place.inSet, [...(sets.get(place.inSet) ?? []), place]);
    }
    for (const [set, gone] of sets) {
      const left = this.sql.countSet.get(-gone.length, set) ?? 0;
      this.blocks.remove({ meter, set }, gone, left);
      if (left === 0) this.sql.removeSet.run(set);
    }
    this.blocks.remove({ meter, set: 0 }, places, this.sql.countMeter.get(-places.length, meter) ?? 0);
  }

  private setOf(row: ReadingRow): SetRow {
    const meter = this.sql.meter.get(row.meter)?.id ?? Number(this.sql.insertMeter.run(row.meter).lastInsertRowid);
    const id = this.sql.set.get(meter, row.set)?.id ?? Number(this.sql.insertSet.run(meter, row.set).lastInsertRowid);
    return { id, meter };
  }
}

const limitOf = (limit: number): number => (limit === Infinity ? -1 : limit);
