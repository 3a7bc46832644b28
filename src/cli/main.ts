#!/usr/bin/env node
import { CommanderError } from 'commander';
import { SystemClock } from '../base/clock';
import { jsonLog } from '../base/log';
import { asProblem } from '../base/problem';
import { type Io } from './command';
import { program } from './program';

/** Exit codes: 0 good, 1 what was asked for failed, 2 wrong usage or configuration. */
async function main(argv: string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  const io: Io = {
    clock: new SystemClock(),
    log: jsonLog(),
    cwd: process.cwd(),
    out: line => process.stdout.write(`${line}\n`),
    say: line => process.stderr.write(`${line}\n`),
    exitCode: 0,
    stop: stop.signal,
  };
  try {
    await program(io).parseAsync(argv);
    return io.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    const problem = asProblem(thrown);
    io.say(`headroom: ${problem.advice}`);
    if (problem.code === 'BUG') io.log.error('bug', { cause: problem.stack });
    return problem.entry.level === 'fatal' && problem.code !== 'CANNOT_REACH' ? 2 : 1;
  }
}

// Ends here even if a keep-alive connection is still open somewhere; what was printed is written first.
void main(process.argv).then(code => {
  process.stdout.write('', () => process.exit(code));
});
