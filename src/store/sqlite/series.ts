import { type Database } from 'better-sqlite3';
import { endianness } from 'node:os';
import { type Seconds } from '../../base/clock';
import { type NewSeries, type Series } from '../api';

interface Row extends Omit<Series, 'importW' | 'exportW' | 'own' | 'bound' | 'reasons' | 'basis'> {
  readonly importW: Buffer;
  readonly exportW: Buffer;
  readonly own: Buffer;
  readonly bound: Buffer;
  readonly reasons: string;
  readonly basis: string | null;
}

const row = `id, site, published_at AS publishedAt, start, step_s AS stepS, import_w AS importW, export_w AS exportW,
  own, bound, reasons, engine, inputs_hash AS inputsHash, basis FROM series`;

/** Envelopes: one row a publication and site, limits packed as little-endian Int32, flags and reasons as bytes. */
export class SqliteSeries {
  private readonly sql;

  constructor(db: Database) {
    this.sql = {
      get: db.prepare<[number], Row>(`SELECT ${row} WHERE id = ?`),
      ofSite: db.prepare<[string, number], Row>(`SELECT ${row} WHERE site = ? AND ends > ? ORDER BY id`),
      latest: db.prepare<[string], number>('SELECT max(id) FROM series WHERE site = ?').pluck(),
      insert: db.prepare<unknown[]>(
        `INSERT INTO series (site, published_at, start, step_s, ends, import_w, export_w, own, bound, reasons, engine,
           inputs_hash, basis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
    };
  }

  get(id: number): Series | undefined {
    const found = this.sql.get.get(id);
    return found && toSeries(found);
  }

  ofSite(site: string, from: Seconds): Series[] {
    return this.sql.ofSite.all(site, from).map(toSeries);
  }

  latest(site: string): number {
    return this.sql.latest.get(site) ?? 0;
  }

  add(s: NewSeries): number {
    const ends = s.start + s.stepS * s.importW.length;
    const packed = [pack(s.importW), pack(s.exportW), Buffer.from(s.own), Buffer.from(s.bound)];
    const rest = [JSON.stringify(s.reasons), s.engine, s.inputsHash, s.basis ?? null];
    return Number(
      this.sql.insert.run(s.site, s.publishedAt, s.start, s.stepS, ends, ...packed, ...rest).lastInsertRowid,
    );
  }
}

function toSeries({ basis, ...found }: Row): Series {
  return {
    ...found,
    ...(basis !== null && { basis }),
    importW: unpack(found.importW),
    exportW: unpack(found.exportW),
    own: Uint8Array.from(found.own),
    bound: Uint8Array.from(found.bound),
    reasons: JSON.parse(found.reasons) as string[],
  };
}

const foreign = endianness() === 'BE'; // the file is little-endian wherever it was written

function pack(values: Int32Array): Buffer {
  const bytes = Buffer.from(values.slice().buffer);
  return foreign ? bytes.swap32() : bytes;
}

function unpack(bytes: Buffer): Int32Array {
  const values = new Int32Array(bytes.length / 4);
  const copy = Buffer.from(values.buffer);
  bytes.copy(copy);
  if (foreign) copy.swap32();
  return values;
}
