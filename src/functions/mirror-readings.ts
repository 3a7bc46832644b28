import { Problem } from '../base/problem';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type MirrorMeterReading, type MirrorReadingSet } from '../model/mirror';
import { type Reading } from '../model/metering';
import { type NewDoc, type NewReadingSet, type Plan, type ReadingRow } from '../store/api';
import { badValue, type Context } from './behaviour';
import { notAhead } from './der-info';
import { docOf } from './provision';

export interface StoredMeterReading {
  readonly mRID: string;
  readonly description?: string;
  readonly version?: number;
}

/** @throws Problem BAD_VALUE for an empty mRID, which the schema would allow: it names nothing. */
export function namesSomething(mRID: string, at: string): void {
  if (mRID === '') throw badValue(`${at}/mRID`, 'an mRID has a digit at least');
}

/** Path id of a MeterReading or ReadingSet: from its mRID, which the client chose. */
export const meterId = (mRID: string): string => mRID.toUpperCase();

/** MeterReadings of one mirror unless the house says otherwise. */
const mostMeters = 100;

/** What a post of meter readings writes. */
interface Written extends Plan {
  readonly put: NewDoc[];
  readonly readings: ReadingRow[];
  readonly sets: NewReadingSet[];
}

/**
 * The plan of a post of meter readings. A meter reading that is new must bring its ReadingType; one that is known keeps it,
 * its Reading is replaced and its reading sets are added or, when their mRID is known, replaced whole. Where a document
 * names one mRID twice, the last one counts.
 * @throws Problem BAD_VALUE, or NO_ROOM when the mirror has as many meter readings as it may
 */
export async function planReadings(
  ctx: Context,
  upt: string,
  given: readonly MirrorMeterReading[],
  at: string,
): Promise<{ plan: Written; made: boolean }> {
  const docs = new Map<Href, NewDoc>();
  const sets = new Map<string, NewReadingSet>();
  const rows: ReadingRow[] = [];
  const made = new Set<Href>();
  for (const each of given) {
    const where = `${at}/MirrorMeterReading[mRID=${each.mRID}]`;
    namesSomething(each.mRID, where);
    const params = { upt, mr: meterId(each.mRID) };
    const meter = href(model.metering.meterReading, params);
    const known = await ctx.store.get<StoredMeterReading>(meter);
    if (!known && !each.ReadingType && !made.has(meter))
      throw badValue(`${where}/ReadingType`, 'a new meter reading must say what it measures');
    if (!known) made.add(meter);
    const stored: StoredMeterReading = { mRID: params.mr, ...texts(each) };
    if (!known || !same(known.body, stored))
      docs.set(meter, docOf(model.metering.meterReading, params, stored, ctx.now));
    if (each.ReadingType) {
      const type = docOf(model.metering.readingType, params, each.ReadingType, ctx.now);
      if (!known || !same((await ctx.store.get(type.href))?.body, type.body)) docs.set(type.href, type);
    }
    if (each.Reading) rows.push(rowOf(ctx, where, meter, '', each.Reading, 0));
    for (const given of each.MirrorReadingSet) {
      const set = setOf(ctx, meter, given, `${where}/MirrorReadingSet`);
      const name = `${meter}/${set.set}`;
      if (sets.has(name)) dropRows(rows, set);
      sets.set(name, set);
      given.Reading.forEach((reading, i) => rows.push(rowOf(ctx, where, meter, set.set, reading, i)));
    }
  }
  if (made.size > 0) await roomFor(ctx, upt, made.size);
  return { plan: { put: [...docs.values()], sets: [...sets.values()], readings: rows }, made: made.size > 0 };
}

async function roomFor({ store, house }: Context, upt: string, more: number): Promise<void> {
  const most = house.metering?.metersPerMirror ?? mostMeters;
  const list = href(model.metering.meterReadings, { upt });
  if ((await store.count(list)) + more > most)
    throw new Problem('NO_ROOM', { at: list, want: `at most ${most} meter readings of one MirrorUsagePoint` });
}

function setOf(ctx: Context, meter: Href, { mRID, timePeriod, ...given }: MirrorReadingSet, at: string): NewReadingSet {
  namesSomething(mRID, at);
  notAhead(ctx, `${at}/timePeriod/start`, timePeriod.start);
  const { start, duration: durationS } = timePeriod;
  return { meter, set: meterId(mRID), start, durationS, ...texts(given) };
}

function dropRows(rows: ReadingRow[], { meter, set }: NewReadingSet): void {
  for (let i = rows.length; i-- > 0;) if (rows[i]?.meter === meter && rows[i]?.set === set) rows.splice(i, 1);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function texts({ description, version }: { description?: string; version?: number }): {
  description?: string;
  version?: number;
} {
  return { ...(description !== undefined && { description }), ...(version !== undefined && { version }) };
}

/** A Reading as a row: what it says, where it stands, and nothing made up but the time it came where it has none. */
function rowOf(ctx: Context, where: string, meter: Href, set: string, reading: Reading, index: number): ReadingRow {
  const { timePeriod, value, localID, consumptionBlock, touTier, qualityFlags } = reading;
  if (timePeriod) notAhead(ctx, `${where}/Reading/timePeriod/start`, timePeriod.start);
  const number = localID?.padStart(4, '0') ?? (set === '' ? '' : `#${index}`);
  return {
    meter,
    set,
    start: timePeriod?.start ?? ctx.now,
    place: `${number}.${consumptionBlock ?? ''}.${touTier ?? ''}`,
    ...(timePeriod && { durationS: timePeriod.duration }),
    ...(value !== undefined && { value }),
    ...(localID !== undefined && { localID }),
    ...(consumptionBlock !== undefined && { consumptionBlock }),
    ...(touTier !== undefined && { touTier }),
    ...(qualityFlags !== undefined && { qualityFlags }),
  };
}
