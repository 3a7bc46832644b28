import { Problem } from '../base/problem';

/** Reads comma-separated text with a header line; fields may stand in double quotes. @throws Problem BAD_USAGE with the line */
export function readCsv(text: string, at: string): Record<string, string>[] {
  const [header, ...lines] = text.split(/\r?\n/).filter(line => line.trim() !== '' && !line.startsWith('#'));
  if (header === undefined) throw new Problem('BAD_USAGE', { at, note: 'the file is empty' });
  const names = fields(header);
  return lines.map((line, i) => {
    const values = fields(line);
    if (values.length !== names.length)
      throw new Problem('BAD_USAGE', { at: `${at}, row ${i + 1}`, want: `${names.length} fields`, got: values.length });
    return Object.fromEntries(names.map((name, at2) => [name, values[at2] ?? '']));
  });
}

function fields(line: string): string[] {
  const found: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/y;
  for (;;) {
    const match = pattern.exec(line);
    if (!match) return found;
    found.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? '').trim());
    if (match[3] === '') return found;
  }
}
