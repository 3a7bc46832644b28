import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { silentLog } from '../base/log';
import { Problem } from '../base/problem';
import { engineNames, loadEngine } from '../engines';
import { reportPage } from '../sim/report/page';
import { type Summary } from '../sim/report/record';
import { summaryText } from '../sim/report/summary-text';
import { allInside, checks, passed } from '../sim/report/verdict';
import { type AddCommand, type Io } from './command';
import { numberOption } from './number-option';
import { explainRun } from './demo/explained';
import { prepare, type DemoOptions } from './demo/prepare';
import { drive } from './demo/run';
import { startServerProcess } from './demo/server-process';
import { lineWatch, liveWatch } from './demo/watch';

interface Options {
  headless?: boolean;
  json?: boolean;
  network?: string;
  headKva?: string;
  hours: string;
  speed?: string;
  seed: string;
  engine: string;
  engineOptions?: string;
  every: string;
  poll: string;
  aggregators?: string;
  dir: string;
  killEngine?: string;
}

/** A day in about a minute where somebody watches; as quick as it goes where nobody does. */
const watchedSpeed = 1440;

/** The whole of Headroom in one command: server, engine and fleet keep a feeder inside its limits for a day. */
export const demo: AddCommand = (program, io) => {
  program
    .command('demo')
    .option('--headless', 'no live table')
    .option('--json', 'the last line of the output is one JSON object')
    .option('--network <file>', 'feeder file, ours (.json) or OpenDSS (.dss)')
    .option('--head-kva <kva>', 'rating of the feeder head in place of the one in the file')
    .option('--hours <n>', 'hours to simulate', '24')
    .option('--speed <x>', 'simulated seconds for each real one, at most')
    .option('--seed <n>', 'seed of everything random', '1')
    .option('--engine <name>', 'capacity engine: a name, or the path of a module', 'box-robust')
    .option('--engine-options <json>', 'its options; file names in them are relative to the current folder')
    .option('--every <s>', 'simulated seconds between runs of the engine', '3600')
    .option('--poll <s>', 'poll rate of the programs', '300')
    .option('--aggregators <n>', 'aggregators that speak for several sites each; 2 with the engine group, else 0')
    .option('--dir <dir>', 'folder of server, certificates and report', 'var/demo')
    .option('--kill-engine <hour>', 'kill the engine at that hour and see the sites fall back to firm')
    .description('a server, an engine and a fleet keep a feeder inside its limits for a day')
    .action(async (given: Options) => {
      io.exitCode = await run(given, io);
    });
};

async function run(given: Options, io: Io): Promise<number> {
  const home = resolve(io.cwd, given.dir);
  const networkFile = given.network === undefined ? exampleNetwork() : resolve(io.cwd, given.network);
  const options: DemoOptions = {
    dir: join(home, 'server'),
    networkFile,
    hours: numberOption('--hours', given.hours, 0.1, 24 * 14),
    seed: numberOption('--seed', given.seed, 0, 4_294_967_295),
    engine: /[/\\]/.test(given.engine) ? resolve(io.cwd, given.engine) : given.engine,
    ...(given.engineOptions !== undefined && { engineOptions: optionsOf(given.engineOptions, io.cwd) }),
    everyS: numberOption('--every', given.every, 60, 86_400),
    aggregators:
      given.aggregators === undefined
        ? given.engine === 'group'
          ? 2
          : 0
        : numberOption('--aggregators', given.aggregators, 0, 20),
    pollS: numberOption('--poll', given.poll, 10, 86_400),
    ...(given.headKva !== undefined && { headKva: numberOption('--head-kva', given.headKva, 1, 1e7) }),
  };
  // A typo is said now, and not by a server that ends at once; what an engine needs beyond its name is made by `prepare`.
  if (given.engineOptions !== undefined || !engineNames.includes(options.engine))
    loadEngine(options.engine, options.engineOptions, options.dir);
  const speed =
    given.speed === undefined
      ? given.headless
        ? Infinity
        : watchedSpeed
      : numberOption('--speed', given.speed, 0.1, 1e9);
  const startedMs = io.clock.monotonicMs();
  io.say('making certificates and registering sites …');
  const prepared = await prepare(options, io.say);
  const server = await startServerProcess(options.dir, prepared.start);
  const live = given.headless ? undefined : io.terminal;
  const watch = live ? liveWatch(live, io.clock) : lineWatch(io.say, io.clock);
  try {
    const { record, summary, requests } = await drive(
      prepared,
      server,
      {
        ...options,
        title: 'Headroom demo',
        speed,
        ...(given.killEngine !== undefined && {
          killEngineAtHour: numberOption('--kill-engine', given.killEngine, 0, options.hours),
        }),
      },
      { real: io.clock, log: silentLog, stop: io.stop, show: watch.show },
    );
    const explained = await explainRun(server.api, record);
    watch.close();
    const seconds = (io.clock.monotonicMs() - startedMs) / 1000;
    const reportFile = join(home, 'report.html');
    mkdirSync(dirname(reportFile), { recursive: true });
    writeFileSync(reportFile, reportPage(record, summary, [], explained.section));
    const shown = relative(io.cwd, reportFile);
    const whole: Summary = {
      ...summary,
      requests,
      seconds: Math.round(seconds),
      network: record.networkName,
      engine: options.engine,
      followed: allInside(summary),
      ...explained.figures,
      verdict: `${checks(summary)
        .map(check => check.text)
        .join('. ')}.`,
      reportFile: shown,
    };
    if (given.json) io.out(JSON.stringify(whole));
    else {
      const [report = '', ...said] = summaryText({ record, summary, seconds, reportFile: shown }).reverse();
      for (const line of [...said.reverse(), ...explained.lines, report]) io.out(line);
    }
    return passed(summary) ? 0 : 1;
  } catch (thrown) {
    // Whoever stops us stops our server too, so what fails then is of no interest.
    if (!io.stop.aborted) throw thrown;
    watch.close();
    io.say('stopped before the end: no report was written');
    return 1;
  } finally {
    watch.close();
    await server.stop();
  }
}

/** Engine options with file names as the server will need them: paths relative to the folder it runs from are made absolute here. */
function optionsOf(text: string, cwd: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: '--engine-options', want: 'a JSON object', got: text, cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('BAD_USAGE', { at: '--engine-options', want: 'a JSON object', got: text });
  return absolute(value, cwd) as Record<string, unknown>;
}

/** Every text under `file`, `history` or `command` that names something there is, and every engine given by path. */
function absolute(value: unknown, cwd: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map(item => absolute(item, cwd, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, absolute(item, cwd, name)]));
  const names = ['file', 'history', 'command', 'engine', 'engines'].includes(key);
  return names && typeof value === 'string' && existsSync(resolve(cwd, value)) ? resolve(cwd, value) : value;
}

/** The example network, beside the sources in a checkout and beside `dist` in a package. */
function exampleNetwork(): string {
  for (const up of ['../../..', '../..']) {
    const file = resolve(__dirname, up, 'examples/networks/oak-street.json');
    if (existsSync(file)) return file;
  }
  throw new Problem('BAD_NETWORK', {
    at: 'examples/networks/oak-street.json',
    note: 'the example network is not where this program is; name one with --network',
  });
}
