/** Files that an OpenDSS script names, read with limits: a script may come from anyone. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { bad } from './values';

export interface FileLimits {
  readonly fileBytes: number;
  readonly totalBytes: number;
  readonly files: number;
}

export const fileLimits: FileLimits = { fileBytes: 64 << 20, totalBytes: 512 << 20, files: 20_000 };

export class DssFiles {
  private bytes = 0;
  private count = 0;

  constructor(private readonly limits: FileLimits = fileLimits) {}

  /** Real path of what a script calls `name`. Backslashes and any letter case are accepted, as the scripts come from Windows. */
  find(name: string, folder: string, at: string): string {
    const clean = name.trim().replaceAll('\\', '/');
    if (clean === '') throw bad(at, 'a file name is missing');
    const exact = isAbsolute(clean) ? clean : resolve(folder, clean);
    const path = exists(exact) ? exact : anyCase(exact);
    if (path === undefined) throw bad(at, `there is no file ${clean} in ${folder}`);
    if (!statSync(path).isFile()) throw bad(at, `${clean} is not a file`);
    return realpathSync(path);
  }

  /** @throws Problem BAD_NETWORK when a file or all files together are too large. */
  bytesOf(path: string, at: string): Buffer {
    const { size } = statSync(path);
    if (size > this.limits.fileBytes)
      throw bad(at, `${basename(path)} is larger than ${this.limits.fileBytes} bytes`, size);
    this.bytes += size;
    this.count++;
    if (this.bytes > this.limits.totalBytes)
      throw bad(at, `the files of this network are larger than ${this.limits.totalBytes} bytes together`);
    if (this.count > this.limits.files) throw bad(at, `this network reads more than ${this.limits.files} files`);
    try {
      return readFileSync(path);
    } catch (cause) {
      throw bad(at, `${basename(path)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  /** UTF-8, or Latin-1 where it is not. */
  text(path: string, at: string): string {
    const bytes = this.bytesOf(path, at);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return bytes.toString('latin1');
    }
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The path with every missing part replaced by one that differs only in case. */
function anyCase(path: string): string | undefined {
  if (exists(path)) return path;
  const above = dirname(path);
  if (above === path) return undefined;
  const folder = anyCase(above);
  if (folder === undefined || !statSync(folder).isDirectory()) return undefined;
  const wanted = basename(path).toLowerCase();
  const found = readdirSync(folder).find(name => name.toLowerCase() === wanted);
  return found === undefined ? undefined : join(folder, found);
}
