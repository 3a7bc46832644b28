import { createHash } from 'node:crypto';
import { model } from '../model';
import { href } from '../model/href';
import { type MirrorMeterReading } from '../model/mirror';
import { type Reading } from '../model/metering';
import { type NewDoc, type ReadingRow } from '../store/api';
import { badValue, type Context } from './behaviour';
import { docOf } from './provision';

export interface StoredMeterReading {
  readonly mRID: string;
  readonly description?: string;
  readonly version?: number;
}

export interface StoredReadingSet {
  readonly mRID: string;
  readonly description?: string;
  readonly version?: number;
  readonly timePeriod: { readonly start: number; readonly duration: number };
}

/** @throws Problem BAD_VALUE for an empty mRID, which the schema would allow: it names nothing. */
export function namesSomething(mRID: string, at: string): void {
  if (mRID === '') throw badValue(`${at}/mRID`, 'an mRID has a digit at least');
}

/** Path id of a MeterReading or ReadingSet: from its mRID, which the client chose. */
export const meterId = (mRID: string): string => mRID.toUpperCase();

/**
 * What a post of meter readings writes. A meter reading that is new must bring its ReadingType; one that is known keeps it,
 * its Reading is replaced and its reading sets are added or, when their mRID is known, replaced.
 */
export async function planReadings(
  ctx: Context,
  upt: string,
  readings: readonly MirrorMeterReading[],
  at: string,
): Promise<{ put: NewDoc[]; rows: ReadingRow[]; made: boolean }> {
  const put: NewDoc[] = [];
  const rows: ReadingRow[] = [];
  let made = false;
  for (const reading of readings) {
    const where = `${at}/MirrorMeterReading[mRID=${reading.mRID}]`;
    namesSomething(reading.mRID, where);
    const mr = meterId(reading.mRID);
    const params = { upt, mr };
    const meter = href(model.metering.meterReading, params);
    const known = await ctx.store.get<StoredMeterReading>(meter);
    if (!known && !reading.ReadingType)
      throw badValue(`${where}/ReadingType`, 'a new meter reading must say what it measures');
    made ||= !known;
    const stored: StoredMeterReading = { mRID: mr, ...texts(reading) };
    if (!known || JSON.stringify(known.body) !== JSON.stringify(stored))
      put.push(docOf(model.metering.meterReading, params, stored, ctx.now));
    if (reading.ReadingType) put.push(docOf(model.metering.readingType, params, reading.ReadingType, ctx.now));
    if (reading.Reading) rows.push(row(ctx, meter, '', reading.Reading, 0));
    for (const set of reading.MirrorReadingSet) {
      namesSomething(set.mRID, `${where}/MirrorReadingSet`);
      const rs = meterId(set.mRID);
      const body: StoredReadingSet = { mRID: rs, ...texts(set), timePeriod: set.timePeriod };
      put.push(docOf(model.metering.readingSet, { ...params, rs }, body, ctx.now));
      set.Reading.forEach((each, i) => rows.push(row(ctx, meter, rs, each, i)));
    }
  }
  return { put, rows, made };
}

function texts({ description, version }: { description?: string; version?: number }): {
  description?: string;
  version?: number;
} {
  return { ...(description !== undefined && { description }), ...(version !== undefined && { version }) };
}

function row(ctx: Context, meter: string, set: string, reading: Reading, index: number): ReadingRow {
  return {
    meter,
    set,
    start: reading.timePeriod?.start ?? ctx.now,
    durationS: reading.timePeriod?.duration ?? 0,
    value: reading.value ?? 0,
    // The standard orders readings by localID; one that came without gets its place in the set.
    localID: reading.localID ?? index.toString(16).toUpperCase().padStart(4, '0'),
    qualityFlags: reading.qualityFlags ?? '',
  };
}

/** Hash of a reading's place, for its path. */
export const readingId = ({ start, localID }: ReadingRow): string =>
  createHash('sha256').update(`${start}/${localID}`).digest('hex').slice(0, 12);
