import { type Database } from 'better-sqlite3';
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type CoarseRow, type MeterState, type ReadingRow, type ReadingSetRow } from '../api';
import { checkPage } from '../plan';
import { CoarseReadings } from './coarse-readings';
import { ReadingBlocks, type ReadingPlace } from './reading-blocks';
import { ReadingSets } from './reading-sets';
import { limitOf, ReadingWrites } from './reading-writes';

/** As SQLite gives it: null where the Reading said nothing. */
type Row = { readonly [K in keyof Omit<ReadingRow, 'meter'>]-?: ReadingRow[K] | null };

// A subquery, not a join: it is not asked for the rows that an OFFSET steps over.
const select = (where: string, order: string) => `
  SELECT (SELECT mrid FROM reading_sets s WHERE s.id = r.in_set) AS "set", r.start, r.place, r.duration_s AS durationS,
    r.value, r.local_id AS localID, r.consumption_block AS consumptionBlock, r.tou_tier AS touTier,
    r.quality_flags AS qualityFlags FROM readings r WHERE ${where} ORDER BY ${order}`;

/** A row as the port has it: what is null is left out. */
function rowOf(meter: Href, row: Row): ReadingRow {
  const found: Record<string, unknown> = { meter };
  for (const [name, value] of Object.entries(row)) if (value !== null) found[name] = value;
  return found as unknown as ReadingRow;
}

/** Metered values. Hrefs of meters and mRIDs of sets are stored once and rows refer to them: a row takes about forty bytes. Old ones become coarse rows (coarse-readings.ts). */
export class SqliteReadings {
  readonly writes: ReadingWrites;
  private readonly blocks: ReadingBlocks;
  private readonly ofSets: ReadingSets;
  private readonly old: CoarseReadings;
  private readonly sql;

  constructor(db: Database, blockMost?: number) {
    this.blocks = new ReadingBlocks(db, blockMost);
    this.ofSets = new ReadingSets(db);
    this.old = new CoarseReadings(db);
    this.writes = new ReadingWrites(db, this.ofSets, this.blocks, this.old);
    this.sql = {
      meter: db.prepare<[string], { id: number; n: number; sets: number }>(
        'SELECT id, n, sets FROM meters WHERE href = ?',
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
      meters: db.prepare<[string, number], { [K in keyof MeterState]-?: MeterState[K] | null }>(
        `SELECT href AS meter, n AS "all", (SELECT min(start) FROM readings r WHERE r.meter = m.id) AS oldest,
           (SELECT min(start) FROM coarse_readings c WHERE c.meter = m.id) AS oldestCoarse,
           (SELECT min(start) FROM reading_sets s WHERE s.meter = m.id AND s.n = 0 AND s.start IS NOT NULL) AS oldestEmpty
         FROM meters m WHERE href > ? ORDER BY href LIMIT ?`,
      ),
    };
  }

  page(meter: Href, query: { start: number; limit: number; set?: string }): { rows: ReadingRow[]; all: number } {
    checkPage(query);
    const { start, set } = query;
    const limit = limitOf(query.limit);
    const found = this.sql.meter.get(meter);
    const held = found && set !== undefined ? this.ofSets.held(found.id, set) : found;
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

  sets(meter: Href, query: { start: number; limit: number; after?: Seconds }): { sets: ReadingSetRow[]; all: number } {
    checkPage(query);
    const found = this.sql.meter.get(meter);
    return found ? { sets: this.ofSets.page(found.id, meter, query), all: found.sets } : { sets: [], all: 0 };
  }

  oneSet(meter: Href, set: string): ReadingSetRow | undefined {
    const found = this.sql.meter.get(meter);
    return found && this.ofSets.one(found.id, meter, set);
  }

  coarse(meter: Href, from: Seconds, to: Seconds, limit = Infinity): CoarseRow[] {
    const found = this.sql.meter.get(meter);
    return found ? this.old.between(found.id, meter, from, to, limitOf(limit)) : [];
  }

  meters({ after, limit }: { after: Href; limit: number }): MeterState[] {
    return this.sql.meters.all(after, limitOf(limit)).map(({ oldest, oldestCoarse, oldestEmpty, meter, all }) => ({
      meter: meter ?? '',
      all: all ?? 0,
      ...(oldest !== null && { oldest }),
      ...(oldestCoarse !== null && { oldestCoarse }),
      ...(oldestEmpty !== null && { oldestEmpty }),
    }));
  }
}
