#!/usr/bin/env node
import { SystemClock } from '../base/clock';
import { jsonLog } from '../base/log';
import { type Io } from './command';
import { runCommand } from './run';
import { terminalOf } from './screen';

function main(argv: string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  // `headroom audit DIR | head` reads no more than it wants: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const terminal = terminalOf(process.stderr, process.env);
  const io: Io = {
    clock: new SystemClock(),
    log: jsonLog(),
    cwd: process.cwd(),
    out: line => process.stdout.write(`${line}\n`),
    say: line => process.stderr.write(`${line}\n`),
    exitCode: 0,
    stop: stop.signal,
    ...(terminal && { terminal }),
  };
  return runCommand(argv.slice(2), io);
}

// Ends here even if a keep-alive connection is still open somewhere; what was printed is written first.
void main(process.argv).then(code => {
  process.stdout.write('', () => process.exit(code));
});
