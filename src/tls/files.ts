import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from '../base/problem';

/**
 * Writes a new file that is either there whole or not there: into a temporary file, to the disk, then under its name by a hard
 * link, which unlike a rename never replaces what is there. Throws BAD_USAGE when the name is taken.
 */
export function writeFileSynced(path: string, text: string, mode: number): void {
  const temporary = `${path}.new-${process.pid}`;
  rmSync(temporary, { force: true });
  try {
    const fd = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    publish(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Problem('BAD_USAGE', { at: path, note: 'the file is there already and is not overwritten' });
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    // File systems without hard links (FAT, some shares): nearly as good, but for a race with another writer of the same name.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '') || existsSync(path))
      throw error;
    renameSync(temporary, path);
  }
}

/** Makes the names in a directory durable. Windows cannot open directories and needs no such thing. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
