import { type Database } from 'better-sqlite3';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../base/problem';

/**
 * Copies a database in use, a hundred pages in each turn of the event loop; what is written meanwhile is in the copy too.
 * The copy gets its name only when it is whole and on the disk.
 * @throws Problem STORE_BUSY when it cannot be written.
 */
export async function backUp(db: Database, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    await db.backup(partial);
    flush(partial, 'r+');
    renameSync(partial, file);
    if (process.platform !== 'win32') flush(dirname(file), 'r');
  } catch (thrown) {
    rmSync(partial, { force: true });
    const note = `the backup could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new Problem('STORE_BUSY', { at: file, note, cause: thrown });
  }
}

function flush(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
