import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ManualClock, type Clock } from '../base/clock';
import { systemIds } from '../base/ids';
import { jsonLog } from '../base/log';
import { promMetrics } from '../base/metrics';
import { Problem, asProblem } from '../base/problem';
import { SlewedClock } from '../base/slewed-clock';
import { tasks } from '../base/tasks';
import { checkConfig, readConfig } from '../server/config';
import { startServer } from '../server/start';
import { scaledClock } from './clock-option';
import { type AddCommand } from './command';
import { collect, parseSettings } from './init';
import { readRunFile, runFile, serverRuns, type RunFile } from './operator-api';

interface ServeOptions {
  set: string[];
  followClock?: string;
  clock?: string;
}

/**
 * Serves until it is told to stop. The first line on standard output is one JSON object with the ports, so that whoever
 * started it knows when it is ready and where.
 */
export const serve: AddCommand = (program, io) => {
  program
    .command('serve')
    .argument('<dir>', 'folder made by `headroom init`')
    .option('--set <field=value>', 'overrides a field of config.json for this run; may be repeated', collect, [])
    .option('--clock <start,speed,wall>', 'a scaled clock: start in ms, speed, wall time of the start in ms')
    .option('--follow-clock <seconds>', 'a clock that starts there and is moved by the parent process over IPC')
    .description('serve the 2030.5 port and the operator API')
    .action(async (dir: string, options: ServeOptions) => {
      const home = resolve(io.cwd, dir);
      const config = checkConfig({ ...readConfig(home), ...parseSettings(options.set) }, join(home, 'config.json'));
      if (await serverRuns(home))
        throw new Problem('PORT_TAKEN', {
          at: home,
          note: `a server runs on this folder already, process ${readRunFile(home).pid}`,
        });
      const log = jsonLog({ level: config.logLevel });
      const work = tasks(error => log.error('background work failed', { why: asProblem(error).message }));
      const followed = options.followClock === undefined ? undefined : new ManualClock(seconds(options.followClock));
      const clock: Clock =
        followed ?? (options.clock === undefined ? new SlewedClock(io.clock) : scaledClock(options.clock));
      const server = await startServer({
        dir: home,
        config,
        clock,
        ids: systemIds,
        log,
        metrics: promMetrics(),
        tasks: work,
      });
      const { port, operatorPort, operatorUrl } = server;
      const run: RunFile = { pid: process.pid, port, operatorPort, operatorUrl };
      writeFileSync(runFile(home), JSON.stringify(run));
      io.out(JSON.stringify(run));
      if (followed) follow(followed, work.settled.bind(work));
      await new Promise<void>(done => {
        if (io.stop.aborted) done();
        else io.stop.addEventListener('abort', () => done(), { once: true });
        if (followed) process.once('disconnect', done);
      });
      rmSync(runFile(home), { force: true });
      await server.close();
      if (followed && process.connected) process.disconnect(); // the channel we listen on would keep us alive
    });
};

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value))
    throw new Problem('BAD_USAGE', { at: '--follow-clock', want: 'whole seconds since 1970', got: text });
  return value;
}

/** The parent says where time is; we go there, let everything due happen, and say that we are there. */
function follow(clock: ManualClock, settled: () => Promise<void>): void {
  let last = Promise.resolve();
  process.on('message', (message: { advanceTo?: number }) => {
    const { advanceTo } = message;
    if (typeof advanceTo !== 'number') return;
    last = last.then(async () => {
      clock.advance(Math.max(0, advanceTo - clock.now()));
      await settled();
      process.send?.({ at: advanceTo });
    });
  });
}
