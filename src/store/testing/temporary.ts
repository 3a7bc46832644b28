import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the tests of one file, removed after them. Call at the top level; each call of the answer names a new file. */
export function temporaryFiles(): (extension?: string) => string {
  let folder = '';
  let made = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-store-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return (extension = 'db') => join(folder, `${++made}.${extension}`);
}
