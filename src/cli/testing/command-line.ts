/** Runs command lines in this process, as `main.ts` would run them in one of their own. */
import { ManualClock, type Clock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { type Io } from '../command';
import { runCommand } from '../run';

export interface Ran {
  readonly exitCode: number;
  /** Lines on standard output. */
  readonly out: readonly string[];
  /** Lines on standard error. */
  readonly said: readonly string[];
  /** What was logged beside. */
  readonly logged: readonly string[];
}

export interface Where {
  readonly cwd: string;
  readonly clock?: Clock;
  readonly stop?: AbortSignal;
  /** Told each line of standard output as it comes. */
  readonly heard?: (line: string) => void;
}

export async function commandLine(args: readonly string[], where: Where): Promise<Ran> {
  const out: string[] = [];
  const said: string[] = [];
  const log = keptLog();
  const io: Io = {
    clock: where.clock ?? new ManualClock(Date.UTC(2026, 9, 12) / 1000),
    log,
    cwd: where.cwd,
    out: line => {
      out.push(line);
      where.heard?.(line);
    },
    say: line => said.push(...line.split('\n')),
    exitCode: 0,
    stop: where.stop ?? new AbortController().signal,
  };
  const exitCode = await runCommand(args, io);
  return { exitCode, out, said, logged: log.lines.map(line => line.message) };
}
