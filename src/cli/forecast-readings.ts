/**
 * Readings of meters at assets as CSV, one row an interval: `time` (its beginning: seconds since 1970, or text with a zone), `w` or `kw`, and, as
 * may be, `asset`, `phase`, `durationS`, `pvW` and `temperatureC`. An empty field is a reading that is missing.
 */
import { Problem } from '../base/problem';
import { type FlowReading } from '../functions/operator/flow-readings';
import { type CsvRow, readCsv } from './csv';

const columns = ['time', 'asset', 'phase', 'durationS', 'w', 'kw', 'pvW', 'temperatureC'];
/** Longest interval of a reading. */
const longestS = 3600;

/** In the order of the file. `asset` stands in where there is no such column. @throws Problem BAD_USAGE with the line */
export function readFlowReadings(text: string, at: string, asset?: string): FlowReading[] {
  const rows = readCsv(text, at);
  const names = Object.keys(rows[0]?.values ?? {});
  const unknown = names.find(name => !columns.includes(name));
  const fail = (note: string, line = 1): Problem => new Problem('BAD_USAGE', { at: `${at}:${line}`, note });
  if (unknown !== undefined) throw fail(`there is no column ${unknown}; there are ${columns.join(', ')}`);
  if (!names.includes('time') || !(names.includes('w') || names.includes('kw')))
    throw fail('the header wants a column time and a column w or kw');
  const number = ({ line, values }: CsvRow, name: string, least: number, most: number): number | undefined => {
    const field = values[name] ?? '';
    if (field === '') return undefined;
    const value = Number(field);
    if (!(value >= least && value <= most))
      throw fail(`${name}: want a number from ${least} to ${most}, got ${field}`, line);
    return value;
  };
  const parsed = rows.map(row => {
    const place = row.values['asset'] ?? asset ?? '';
    if (place === '') throw fail('no asset: give a column asset, or the option --asset', row.line);
    const phase = number(row, 'phase', 1, 3);
    if (phase !== undefined && !Number.isInteger(phase)) throw fail('phase: want 1, 2 or 3', row.line);
    const kw = number(row, 'kw', -3e10, 3e10);
    return {
      asset: place,
      phase,
      start: timeOf(row.values['time'] ?? '', note => fail(note, row.line)),
      durationS: number(row, 'durationS', 0, longestS),
      w: number(row, 'w', -3e13, 3e13) ?? (kw === undefined ? undefined : 1000 * kw),
      pvW: number(row, 'pvW', 0, 3e13),
      temperatureC: number(row, 'temperatureC', -90, 70),
    };
  });
  const usual = usualStepS(parsed);
  return parsed.flatMap(({ asset: place, durationS = usual, phase, pvW, start, temperatureC, w }): FlowReading[] => {
    const common = { asset: place, start, durationS };
    return [
      ...(w === undefined
        ? []
        : [{ ...common, quantity: phase === undefined ? ('w' as const) : (`w${phase}` as 'w1'), value: w }]),
      ...(pvW === undefined ? [] : [{ ...common, quantity: 'pvW' as const, value: pvW }]),
      ...(temperatureC === undefined ? [] : [{ ...common, quantity: 'temperatureC' as const, value: temperatureC }]),
    ];
  });
}

function timeOf(text: string, fail: (note: string) => Problem): number {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  const ms = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms))
    throw fail(`time: want seconds since 1970, or text with a zone such as 2026-10-12T08:30Z, got ${text}`);
  return Math.floor(ms / 1000);
}

/** What mostly lies between one row of an asset and its next. */
function usualStepS(rows: readonly { asset: string; phase: number | undefined; start: number }[]): number {
  const last = new Map<string, number>();
  const count = new Map<number, number>();
  for (const { asset, phase, start } of [...rows].sort((a, b) => a.start - b.start)) {
    const key = `${asset}/${phase}`;
    const step = start - (last.get(key) ?? NaN);
    if (step > 0) count.set(step, (count.get(step) ?? 0) + 1);
    last.set(key, start);
  }
  const [[step = 900] = []] = [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return Math.min(longestS, step);
}
