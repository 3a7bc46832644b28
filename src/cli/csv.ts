import { Problem } from '../base/problem';

/** One row of a CSV file, and the line of the file it stands in. */
export interface CsvRow {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Reads comma-separated text with a header line; fields may stand in double quotes, but not run over several lines. Empty lines
 * and those that begin with # are skipped.
 * @throws Problem BAD_USAGE with the line
 */
export function readCsv(text: string, at: string): CsvRow[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line: i + 1, text: line }))
    .filter(each => each.text.trim() !== '' && !each.text.startsWith('#'));
  const [header, ...rest] = lines;
  if (header === undefined) throw new Problem('BAD_USAGE', { at, note: 'the file is empty' });
  const names = fields(header.text, `${at}:${header.line}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new Problem('BAD_USAGE', { at: `${at}:${header.line}`, note: `the column ${twice} is there twice` });
  if (rest.length === 0) throw new Problem('BAD_USAGE', { at, note: 'there is a header but no row' });
  return rest.map(({ line, text: row }) => {
    const values = fields(row, `${at}:${line}`);
    if (values.length !== names.length)
      throw new Problem('BAD_USAGE', {
        at: `${at}:${line}`,
        want: `${names.length} fields, as the header has`,
        got: values.length,
      });
    return { line, values: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) };
  });
}

function fields(line: string, at: string): string[] {
  const found: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (;;) {
    const match = pattern.exec(line);
    if (!match)
      throw new Problem('BAD_USAGE', {
        at,
        note: `field ${found.length + 1} has a quote that does not open or close it`,
      });
    found.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? '').trim());
    if (match[3] === '') return found;
  }
}
