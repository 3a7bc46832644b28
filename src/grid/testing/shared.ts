/** Published feeders and solutions that lie beside the repository and are not part of it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const beside = resolve(__dirname, '../../../..', 'shared');

/** Path beside the repository, or undefined where it is absent. */
export function sharedFile(path: string): string | undefined {
  const file = resolve(beside, path);
  return existsSync(file) ? file : undefined;
}

/** Runs `suite` with the files, or says loudly that it does not. */
export function withShared<const P extends readonly string[]>(
  title: string,
  paths: P,
  suite: (files: { [K in keyof P]: string }) => void,
): void {
  const files = paths.map(sharedFile);
  if (files.every(file => file !== undefined)) {
    describe(title, () => suite(files as { [K in keyof P]: string }));
    return;
  }
  console.warn(`SKIPPED: ${title}: ${paths.join(', ')} not found in ${beside}`);
  test(`skipped: ${title}`, () => expect(files).toContain(undefined));
}

/** Rows of a CSV file with a header, cells trimmed. */
export function csv(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(file, 'latin1').split(/\r?\n/);
  const names = header.split(',').map(name => name.trim());
  return lines
    .filter(line => line.trim() !== '')
    .map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell.trim()])));
}
