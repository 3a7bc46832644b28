/**
 * A feeder as a folder of CSV tables, docs/network-format.md: network.csv (name, field and value), transformers.csv, lines.csv, loads.csv, and
 * where needed lineCodes.csv, capacitors.csv, shapes.csv. The columns are the fields of our JSON, which then reads it all.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../base/problem';
import { type Network } from './network';
import { networkFormat, networkFromJson } from './network-json';

const mostBytes = 64 << 20;
const tables = ['transformers', 'lineCodes', 'lines', 'loads', 'capacitors'] as const;
/** Columns that stay text whatever they look like. */
const texts = new Set(['name', 'bus', 'from', 'to', 'code', 'shape', 'connection', 'model', 'kind', 'evUse', 'switch']);

export const isCsvFolder = (folder: string): boolean => existsSync(join(folder, 'network.csv'));

/** @throws Problem BAD_NETWORK with the file and row, or the field as in JSON. */
export function readNetworkCsv(folder: string): Network {
  const value: Record<string, unknown> = { format: networkFormat, transformers: [], lines: [], loads: [] };
  for (const { field = '', value: text = '' } of rowsOf(join(folder, 'network.csv')))
    put(value, field.split('.'), ['name', 'about', 'source.bus'].includes(field) ? text : cell(text));
  for (const table of tables) {
    const file = join(folder, `${table}.csv`);
    if (!existsSync(file)) continue;
    value[table] = rowsOf(file).map(row => {
      const item: Record<string, unknown> = {};
      for (const [column, text] of Object.entries(row)) {
        const path = column.split('.');
        const last = path.at(-1) ?? '';
        if (text === '') continue;
        const value = texts.has(last) ? text : cell(text);
        put(item, path, last === 'phases' && typeof value === 'number' ? [value] : value);
      }
      return item;
    });
  }
  value['shapes'] = existsSync(join(folder, 'shapes.csv')) ? shapesOf(join(folder, 'shapes.csv')) : [];
  return networkFromJson(value);
}

/** Columns name, stepS, and the values one after another in the columns that follow. */
function shapesOf(file: string): unknown[] {
  return linesOf(file).map(([name, stepS, ...values]) => ({
    name,
    stepS: Number(stepS),
    values: values.filter(text => text !== '').map(Number),
  }));
}

function put(into: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = (into[first] ?? {}) as Record<string, unknown>;
  into[first] = inner;
  put(inner, rest, value);
}

/** A number, a list `1 3` or `1.1;1.2;1.3`, a matrix of rows parted by `|`, or text. */
function cell(text: string): unknown {
  if (text.includes('|'))
    return text.split('|').map(row =>
      row
        .trim()
        .split(/[\s;]+/)
        .map(Number),
    );
  const words = text.split(/[\s;]+/);
  const numbers = words.map(Number);
  if (numbers.some(Number.isNaN)) return text;
  return words.length > 1 ? numbers : numbers[0];
}

function rowsOf(file: string): Record<string, string>[] {
  const [header = [], ...rows] = linesOf(file, true);
  return rows.map((row, i) => {
    if (row.length > header.length)
      throw new Problem('BAD_NETWORK', { at: `${file}:${i + 2}`, want: `${header.length} columns`, got: row.length });
    return Object.fromEntries(header.map((name, k) => [name, row[k] ?? '']));
  });
}

function linesOf(file: string, withHeader = false): string[][] {
  const { size } = statSync(file);
  if (size > mostBytes) throw new Problem('BAD_NETWORK', { at: file, note: `it is larger than ${mostBytes} bytes` });
  const lines = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '' && !line.startsWith('#'));
  return (withHeader ? lines : lines.slice(1)).map(line => line.split(',').map(text => text.trim()));
}
