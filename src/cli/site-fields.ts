/** Texts of a command line or of CSV rows as the operator API wants them. */
import { orElse } from '../base/nearest';
import { Problem } from '../base/problem';
import { type CsvRow } from './csv';

type Texts = Readonly<Record<string, string | boolean | undefined>>;

const numbers = ['pin', 'maxImportW', 'maxExportW', 'firmImportW', 'firmExportW', 'weight', 'derType'];
const texts = ['name', 'lfdi', 'role', 'manager', 'dialect', 'bus', 'follows'];
/** Columns of a CSV file of sites. */
export const siteColumns: readonly string[] = [...texts, 'phases', ...numbers];

/**
 * Empty fields are left out.
 * @param place how the field of that name is called where it came from, such as `--max-import-w` or `sites.csv:4, maxImportW`
 * @throws Problem BAD_USAGE
 */
export function siteBody(fields: Texts, place: (name: string) => string): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === '' || name === 'json') continue;
    if (name === 'aggregator') body['role'] = 'aggregator';
    else if (name === 'phases') body['phases'] = phasesOf(String(value), place(name));
    else if (numbers.includes(name)) body[name] = numberOf(String(value), place(name));
    else body[name] = value;
  }
  return body;
}

function numberOf(text: string, at: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new Problem('BAD_USAGE', { at, want: 'a number', got: text });
  return value;
}

/** `123`, `1,2,3` or `1 2 3`. */
function phasesOf(text: string, at: string): number[] {
  const digits = text.replace(/[\s,.]/g, '');
  if (!/^[123]{1,3}$/.test(digits) || new Set(digits).size < digits.length)
    throw new Problem('BAD_USAGE', { at, want: 'one or more of 1, 2, 3, such as 123', got: text });
  return [...digits].map(Number);
}

/** @throws Problem BAD_USAGE for a column of no such name */
export function checkColumns(rows: readonly CsvRow[], file: string): void {
  for (const name of Object.keys(rows[0]?.values ?? {}))
    if (!siteColumns.includes(name))
      throw new Problem('BAD_USAGE', {
        at: `${file}, column ${name}`,
        note: orElse('no such column', name, siteColumns),
      });
}
