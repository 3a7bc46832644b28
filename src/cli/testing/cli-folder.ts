/** A folder to run command lines in, with no server on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../base/clock';
import { commandLine, type Ran } from './command-line';

export const lfdiOf = (n: number): string => n.toString(16).toUpperCase().padStart(40, '0');

export function cliFolder(t0: number) {
  const cwd = mkdtempSync(join(tmpdir(), 'headroom-cli-'));
  const clock = new ManualClock(t0);
  const run = (...args: string[]): Promise<Ran> => commandLine(args, { cwd, clock });
  /** What a command that must succeed prints. */
  const out = async (...args: string[]): Promise<readonly string[]> => {
    const done = await run(...args);
    expect([args.join(' '), done.exitCode, done.said]).toEqual([args.join(' '), 0, []]);
    return done.out;
  };
  const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await out(...args, '--json')).join('')) as T;
  return { cwd, clock, run, out, json, remove: () => rmSync(cwd, { recursive: true, force: true }) };
}
