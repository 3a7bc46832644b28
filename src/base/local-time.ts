import { type Seconds } from './clock';

/**
 * Local time by the time zone data base that Node carries (Intl). Offsets are seconds east of UTC, daylight saving included:
 * Los Angeles has −28,800 in winter and −25,200 in summer.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether `zone` is a name of the time zone data base. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

export interface LocalTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export function localTime(zone: string, at: Seconds): LocalTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at * 1000))
    if (type !== 'literal') parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

export function offsetS(zone: string, at: Seconds): number {
  const t = localTime(zone, at);
  return Date.UTC(t.year, t.month - 1, t.day, t.hour, t.minute, t.second) / 1000 - Math.floor(at);
}

export interface DaylightSaving {
  /** Standard offset, seconds east of UTC. */
  readonly standardS: number;
  /** What daylight saving adds, 0 where the zone has none that year. */
  readonly addedS: number;
  /** First second of daylight saving and first second after it, in the year of `at`; both 0 where there is none. */
  readonly start: Seconds;
  readonly end: Seconds;
}

const hour = 3600;

/** Daylight saving of the calendar year (UTC) around `at`, found by bisecting between hourly changes of the offset. */
export function daylightSaving(zone: string, at: Seconds): DaylightSaving {
  const year = new Date(at * 1000).getUTCFullYear();
  const name = `${zone} ${year}`;
  let found = years.get(name);
  if (!found) years.set(name, (found = searchYear(zone, year)));
  return found;
}

/** A year of a zone never changes while a process runs, and takes a hundred look-ups to find. */
const years = new Map<string, DaylightSaving>();

function searchYear(zone: string, year: number): DaylightSaving {
  const january = Date.UTC(year, 0, 1) / 1000;
  const next = Date.UTC(year + 1, 0, 1) / 1000;
  const changes: { at: Seconds; to: number }[] = [];
  const step = 7 * 24 * hour;
  for (let from = january; from < next; from += step) {
    const before = offsetS(zone, from);
    const after = offsetS(zone, Math.min(from + step, next));
    if (before === after) continue;
    let low = from;
    let high = Math.min(from + step, next);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetS(zone, middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high, to: after });
  }
  const offsets = [offsetS(zone, january), ...changes.map(c => c.to)];
  const standardS = Math.min(...offsets);
  const addedS = Math.max(...offsets) - standardS;
  const start = changes.find(c => c.to > standardS);
  const end = changes.find(c => c.to === standardS);
  if (!start || !end) return { standardS, addedS: 0, start: 0, end: 0 };
  return { standardS, addedS, start: start.at, end: end.at };
}
