/**
 * Static profiles (envelopes reference 3.1): limits fixed beforehand, by hour of the day, month and hour, hour of the year, or
 * explicit intervals. Hours are local: on the 23-hour day of spring one is skipped, on the 25-hour day of autumn one repeats.
 */
import { type Seconds } from '../base/clock';
import { type LocalTime, isTimeZone, localTime } from '../base/local-time';
import { Problem } from '../base/problem';

/** Watts, 0 or above, whatever the form. */
export type Values =
  | { readonly form: 'flat'; readonly watts: number }
  | { readonly form: 'H24'; readonly watts: readonly number[] }
  /** Twelve months of 24 hours, January first. */
  | { readonly form: '288'; readonly watts: readonly number[] }
  /** Hours of a year of 365 days; 29 February repeats the 28th. */
  | { readonly form: '8760'; readonly watts: readonly number[] }
  | { readonly form: 'intervals'; readonly intervals: readonly Interval[] };

export interface Interval {
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly watts: number;
}

export interface SiteProfile {
  readonly import?: Values;
  readonly export?: Values;
}

export interface Profile {
  readonly timeZone: string;
  readonly default?: SiteProfile;
  readonly devices: Readonly<Record<string, SiteProfile>>;
}

/** An hour, or a part of one, with the local time that a profile is looked up by. */
export interface Moment extends Pick<LocalTime, 'month' | 'day' | 'hour'> {
  readonly from: Seconds;
  readonly to: Seconds;
}

/** The pieces of [from, to) that lie in one local hour each. */
export function momentsOf(timeZone: string, from: Seconds, to: Seconds): Moment[] {
  const moments: Moment[] = [];
  for (let at = from; at < to;) {
    const { month, day, hour, minute, second } = localTime(timeZone, at);
    const end = Math.min(to, at + 3600 - minute * 60 - second);
    moments.push({ from: at, to: end, month, day, hour });
    at = end;
  }
  return moments;
}

/** The lowest limit a profile sets in any of these moments; undefined where it sets none for some of the time. */
export function lowestW(values: Values, moments: readonly Moment[]): number | undefined {
  let lowest = Infinity;
  for (const moment of moments) {
    const w = values.form === 'intervals' ? duringW(values.intervals, moment) : atW(values, moment);
    if (w === undefined) return undefined;
    lowest = Math.min(lowest, w);
  }
  return Number.isFinite(lowest) ? lowest : undefined;
}

function atW(values: Exclude<Values, { form: 'intervals' }>, { month, day, hour }: Moment): number | undefined {
  if (values.form === 'flat') return values.watts;
  if (values.form === 'H24') return values.watts[hour];
  if (values.form === '288') return values.watts[(month - 1) * 24 + hour];
  const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] ?? 0;
  const dayOfYear = before + (month === 2 ? Math.min(day, 28) : day) - 1;
  return values.watts[dayOfYear * 24 + hour];
}

/** The lowest of the intervals that touch the moment, provided they cover all of it. Intervals are in order and do not overlap. */
function duringW(intervals: readonly Interval[], { from, to }: Moment): number | undefined {
  let lowest = Infinity;
  let coveredTo = from;
  for (let i = firstEndingAfter(intervals, from); i < intervals.length; i++) {
    const { start, durationS, watts } = intervals[i] as Interval;
    if (start > coveredTo || start >= to) break;
    lowest = Math.min(lowest, watts);
    coveredTo = start + durationS;
  }
  return coveredTo >= to ? lowest : undefined;
}

function firstEndingAfter(intervals: readonly Interval[], at: Seconds): number {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { start, durationS } = intervals[middle] as Interval;
    if (start + durationS > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const allMonths = Array.from({ length: 12 }, (_, m) => m + 1);
const lengths = { H24: 24, '288': 288, '8760': 8760 } as const;

/** Reads a profile from parsed JSON. @throws Problem BAD_PROFILE naming file and field. */
export function readProfile(json: unknown, file: string, timeZone?: string): Profile {
  const bad = (at: string, want: string, got: unknown) =>
    new Problem('BAD_PROFILE', { at: `${file}: ${at}`, want, ...(got !== undefined && { got }) });

  const top = objectOf(json, 'the file');
  const zone = top['timeZone'] ?? timeZone;
  if (typeof zone !== 'string' || !isTimeZone(zone))
    throw bad('timeZone', 'a time zone such as America/Los_Angeles', zone);
  refuseOthers(top, ['timeZone', 'default', 'devices', 'description'], '');
  const devices: Record<string, SiteProfile> = {};
  for (const [id, value] of Object.entries(objectOf(top['devices'] ?? {}, 'devices')))
    devices[id] = siteOf(value, `devices.${id}`);
  const fallback = top['default'] === undefined ? {} : { default: siteOf(top['default'], 'default') };
  if (Object.keys(devices).length === 0 && top['default'] === undefined)
    throw bad('devices', 'at least one device, or a default', top['devices']);
  return { timeZone: zone, ...fallback, devices };

  function siteOf(value: unknown, at: string): SiteProfile {
    const site = objectOf(value, at);
    refuseOthers(site, ['import', 'export'], at);
    return {
      ...(site['import'] !== undefined && { import: valuesOf(site['import'], `${at}.import`) }),
      ...(site['export'] !== undefined && { export: valuesOf(site['export'], `${at}.export`) }),
    };
  }

  function valuesOf(value: unknown, at: string): Values {
    if (typeof value === 'number') return { form: 'flat', watts: wattsOf(value, at) };
    const given = objectOf(value, at);
    const { form } = given;
    if (form === 'intervals') {
      refuseOthers(given, ['form', 'intervals'], at);
      return { form, intervals: intervalsOf(given['intervals'], `${at}.intervals`) };
    }
    if (form === 'seasons') return seasonsOf(given, at);
    if (form === 'blocks') return blocksOf(given, at);
    if (form !== 'H24' && form !== '288' && form !== '8760')
      throw bad(`${at}.form`, 'H24, 288, 8760, seasons, blocks or intervals, or a plain number of watts', form);
    refuseOthers(given, ['form', 'watts'], at);
    const list = listOf(given['watts'], `${at}.watts`);
    const months = form === '288' && list.length === 12;
    const flat = months ? list.flatMap((month, m) => monthOf(month, `${at}.watts[${m}]`)) : list;
    if (flat.length !== lengths[form]) throw bad(`${at}.watts`, `${lengths[form]} numbers`, `${flat.length} of them`);
    return {
      form,
      watts: flat.map((w, i) => wattsOf(w, `${at}.watts${months ? `[${Math.floor(i / 24)}][${i % 24}]` : `[${i}]`}`)),
    };
  }

  /** Seasons of whole months, each with 24 hours: spelt out as 288. */
  function seasonsOf(given: Record<string, unknown>, at: string): Values {
    refuseOthers(given, ['form', 'seasons'], at);
    const watts = new Array<number | undefined>(288).fill(undefined);
    listOf(given['seasons'], `${at}.seasons`).forEach((item, i) => {
      const where = `${at}.seasons[${i}]`;
      const season = objectOf(item, where);
      refuseOthers(season, ['name', 'months', 'watts'], where);
      const hours = monthOf(season['watts'], `${where}.watts`).map((w, h) => wattsOf(w, `${where}.watts[${h}]`));
      for (const month of monthsOf(season['months'], `${where}.months`)) {
        const first = (month - 1) * 24;
        if (watts[first] !== undefined) throw bad(`${where}.months`, 'each month in one season', month);
        hours.forEach((w, h) => (watts[first + h] = w));
      }
    });
    const missing = watts.findIndex(w => w === undefined);
    if (missing >= 0)
      throw bad(`${at}.seasons`, 'every month of the year', `none for month ${Math.floor(missing / 24) + 1}`);
    return { form: '288', watts: watts as number[] };
  }

  /** Blocks of hours, of all months or of some; the first that covers an hour counts, `otherwise` where none does. */
  function blocksOf(given: Record<string, unknown>, at: string): Values {
    refuseOthers(given, ['form', 'blocks', 'otherwise'], at);
    const watts = new Array<number | undefined>(288).fill(undefined);
    listOf(given['blocks'], `${at}.blocks`).forEach((item, i) => {
      const where = `${at}.blocks[${i}]`;
      const block = objectOf(item, where);
      refuseOthers(block, ['months', 'from', 'to', 'watts'], where);
      const hour = (name: string, most: number): number => {
        const value = block[name];
        if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
          throw bad(`${where}.${name}`, `a whole hour from 0 to ${most}`, value);
        return value;
      };
      const [from, to, w] = [hour('from', 23), hour('to', 24), wattsOf(block['watts'], `${where}.watts`)];
      const months = block['months'] === undefined ? allMonths : monthsOf(block['months'], `${where}.months`);
      for (const month of months)
        for (let h = 0; h < 24; h++) {
          // 18 to 6 goes over midnight.
          const inside = from < to ? h >= from && h < to : h >= from || h < to;
          if (inside) watts[(month - 1) * 24 + h] ??= w;
        }
    });
    const otherwise = wattsOf(given['otherwise'], `${at}.otherwise`);
    return { form: '288', watts: watts.map(w => w ?? otherwise) };
  }

  function monthsOf(value: unknown, at: string): number[] {
    const months = listOf(value, at);
    for (const month of months)
      if (typeof month !== 'number' || !Number.isInteger(month) || month < 1 || month > 12)
        throw bad(at, 'months from 1 to 12', month);
    return months as number[];
  }

  function monthOf(month: unknown, at: string): unknown[] {
    const list = listOf(month, at);
    if (list.length !== 24) throw bad(at, '24 numbers', `${list.length} of them`);
    return list;
  }

  function intervalsOf(value: unknown, at: string): Interval[] {
    const intervals = listOf(value, at).map((item, i): Interval => {
      const given = objectOf(item, `${at}[${i}]`);
      refuseOthers(given, ['start', 'durationS', 'watts'], `${at}[${i}]`);
      const start = momentOf(given['start'], `${at}[${i}].start`);
      const durationS = given['durationS'];
      if (typeof durationS !== 'number' || !Number.isInteger(durationS) || durationS <= 0)
        throw bad(`${at}[${i}].durationS`, 'whole seconds above 0', durationS);
      return { start, durationS, watts: wattsOf(given['watts'], `${at}[${i}].watts`) };
    });
    for (let i = 1; i < intervals.length; i++) {
      const [before, after] = [intervals[i - 1] as Interval, intervals[i] as Interval];
      if (after.start < before.start + before.durationS)
        throw bad(
          `${at}[${i}].start`,
          'intervals in order that do not overlap',
          new Date(after.start * 1000).toISOString(),
        );
    }
    return intervals;
  }

  function momentOf(value: unknown, at: string): Seconds {
    const want = 'UTC such as 2026-07-01T07:00:00Z, or whole seconds since 1970';
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    const text =
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(value) ? value : '';
    const ms = Date.parse(text);
    if (Number.isNaN(ms)) throw bad(at, want, value);
    return Math.floor(ms / 1000);
  }

  function wattsOf(value: unknown, at: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw bad(at, 'watts, 0 or above', value);
    return value;
  }
  function listOf(value: unknown, at: string): unknown[] {
    if (!Array.isArray(value)) throw bad(at, 'a list', value);
    return value as unknown[];
  }
  function objectOf(value: unknown, at: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(at, 'an object', value);
    return value as Record<string, unknown>;
  }
  function refuseOthers(value: Record<string, unknown>, known: readonly string[], at: string): void {
    const other = Object.keys(value).find(key => !known.includes(key));
    if (other !== undefined) throw bad(at ? `${at}.${other}` : other, `only ${known.join(', ')}`, value[other]);
  }
}
