import { type Command } from 'commander';
import { type Clock } from '../base/clock';
import { type Log } from '../base/log';
import { type Terminal } from './screen';

/** What a command may touch of the outside. Passed in, so that tests run commands without a process. */
export interface Io {
  readonly clock: Clock;
  readonly log: Log;
  /** The folder relative paths are relative to. */
  readonly cwd: string;
  /** One line to standard output: the answer. */
  readonly out: (line: string) => void;
  /** One line to standard error: progress and advice. */
  readonly say: (line: string) => void;
  /** The terminal behind standard error, if there is one. */
  readonly terminal?: Terminal;
  /** Set by a command whose answer is "no": the process ends with it. */
  exitCode: number;
  /** Aborted when the user asks to stop. */
  readonly stop: AbortSignal;
}

/** One file of `cli/` adds one command. */
export type AddCommand = (program: Command, io: Io) => void;
