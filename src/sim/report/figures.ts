/**
 * How numbers and times are written, in one place for page, terminal and summary. What is not a number prints as a dash, and
 * rounding never flatters: shares of success round down, loadings and excesses round up.
 */
import { type Seconds } from '../../base/clock';

export const missing = '–';
const minus = '−';

/** A count with thousands separated: 12,345. */
export function count(n: number): string {
  return fixed(n, 0);
}

/** `digits` decimals, thousands separated, a true minus sign, no negative zero. */
export function fixed(n: number, digits: number): string {
  if (!Number.isFinite(n)) return missing;
  const text = Math.abs(n).toFixed(digits);
  const [whole = '0', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = n < 0 && Number(text) !== 0 ? minus : '';
  return sign + grouped + (fraction === undefined ? '' : `.${fraction}`);
}

/** A power with its unit, three figures or so: 430 W, 4.31 kW, 124 kW, 1.2 MW. */
export function power(w: number): string {
  if (!Number.isFinite(w)) return missing;
  const size = Math.abs(w);
  if (size < 999.5) return `${fixed(w, 0)} W`;
  if (size < 999_500) return `${fixed(w / 1000, size < 9995 ? 2 : size < 99_950 ? 1 : 0)} kW`;
  return `${fixed(w / 1e6, size < 99.95e6 ? 2 : 0)} MW`;
}

/** An excess: as `power`, but anything above nothing reads as at least 1 W. */
export function excess(w: number): string {
  return w > 0 && w < 1 ? '1 W' : power(w);
}

/** Watts as a bare number of kilowatts for columns whose head says kW. */
export const kilowatts = (w: number, digits = 1): string => fixed(w / 1000, digits);

/** A share of success, 0 … 1, rounded down: 0.99999 is 99.99 %, only a whole 1 is 100 %. */
export function share(x: number): string {
  if (!Number.isFinite(x)) return missing;
  if (x >= 1) return '100 %';
  return `${fixed(Math.floor(x * 10_000 + 1e-7) / 100, 2)} %`;
}

/** A loading, rounded up to a tenth: 1.0001 is 100.1 %. */
export function loading(x: number): string {
  return Number.isFinite(x) ? `${fixed(Math.ceil(x * 1000 - 1e-6) / 10, 1)} %` : missing;
}

export function energy(kWh: number): string {
  if (kWh > 0 && kWh < 0.05) return '< 0.1 kWh';
  return Number.isFinite(kWh) ? `${fixed(kWh, Math.abs(kWh) < 99.95 ? 1 : 0)} kWh` : missing;
}

export const perUnit = (v: number): string => (Number.isFinite(v) ? `${fixed(v, 4)} pu` : missing);

/** A length of time as people say it: 45 s, 12 min, 3 h 05 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return missing;
  if (seconds < 120) return `${fixed(seconds, 0)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return `${count(Math.floor(minutes / 60))} h${rest ? ` ${String(rest).padStart(2, '0')} min` : ''}`;
}

/** 1 site, 2 sites. */
export const many = (n: number, one: string, more = `${one}s`): string => `${count(n)} ${n === 1 ? one : more}`;

/** UTC time of day, 14:05; midnight at the end of a period is 00:00. */
export const clockTime = (at: Seconds): string => iso(at).slice(11, 16) || missing;
export const calendarDay = (at: Seconds): string => iso(at).slice(0, 10) || missing;

/** UTC day of the week and of the month, Sun 21 Jun. */
export function weekday(at: Seconds): string {
  const [day = '', date = '', month = ''] = iso(at) === '' ? [] : new Date(at * 1000).toUTCString().split(/[ ,]+/);
  return day === '' ? missing : `${day} ${date} ${month}`;
}

/** What the times of a run are: UTC, or local time as so many hours from it. */
export function zone({ utcOffsetS = 0 }: { readonly utcOffsetS?: number }): string {
  if (utcOffsetS === 0) return 'UTC';
  const [hours, minutes] = [Math.floor(Math.abs(utcOffsetS) / 3600), Math.round((Math.abs(utcOffsetS) % 3600) / 60)];
  const size = minutes === 0 ? String(hours) : `${hours}:${String(minutes).padStart(2, '0')}`;
  return `local (UTC${utcOffsetS < 0 ? minus : '+'}${size})`;
}

/** UTC date and time of day, 2026-06-21 14:05. */
export function stamp(at: Seconds): string {
  return iso(at).slice(0, 16).replace('T', ' ') || missing;
}

const latest = 8.64e12; // the last second a Date can hold

function iso(at: Seconds): string {
  return Number.isFinite(at) && Math.abs(at) <= latest ? new Date(at * 1000).toISOString() : '';
}
