import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { localTime, offsetS } from '../base/local-time';
import { silentLog } from '../base/log';
import { Problem } from '../base/problem';
import { seededRandom } from '../base/random';
import { withHeadRating } from '../grid/assets';
import { readNetwork } from '../grid/read';
import { readConfig, type Config } from '../server/config';
import { planFleet } from '../sim/fleet-plan';
import { reportPage } from '../sim/report/page';
import { summaryText } from '../sim/report/summary-text';
import { allInside, checks } from '../sim/report/verdict';
import { loadPki, loadServerFiles } from '../tls';
import { type AddCommand, type Io } from './command';
import { scaledClock } from './clock-option';
import { entryOf } from './demo/prepare';
import { lineWatch, liveWatch } from './demo/watch';
import { numberOption } from './number-option';
import { allPages, operatorApi, readRunFile, type OperatorApi } from './operator-api';
import { identities } from './sim/identities';
import { simulate, type SimRun } from './sim/run';

interface Options {
  url?: string;
  network?: string;
  headKva?: string;
  sites?: string;
  hours: string;
  seed: string;
  clock?: string;
  report?: string;
  headless?: boolean;
  json?: boolean;
  subscribe?: boolean;
}

/** Simulated sites of a feeder, each with its own certificate, as clients of a server that runs already. */
export const sim: AddCommand = (program, io) => {
  program
    .command('sim')
    .argument('<dir>', 'folder made by `headroom init`: its PKI, and unless --url is given its server')
    .option('--url <url>', 'DeviceCapability of another server that trusts this PKI and knows the sites')
    .option('--network <file>', 'feeder file, instead of the one in config.json')
    .option('--head-kva <kva>', 'rating of the feeder head in place of the one in the file')
    .option('--sites <n>', 'only the first so many sites of the feeder')
    .option('--hours <n>', 'hours to run, by the clock; Ctrl-C ends it sooner', '24')
    .option('--seed <n>', 'seed of everything random', '1')
    .option('--clock <start,speed,wall>', 'the scaled clock the server was started with')
    .option('--report <file>', 'write a report page')
    .option('--subscribe', 'sites subscribe to what they follow, and poll rarely while they are told of changes')
    .option('--headless', 'no live table')
    .option('--json', 'the last line of the output is one JSON object')
    .description('simulated inverters and power-control systems as clients of a running server')
    .action(async (dir: string, options: Options) => {
      io.exitCode = await run(resolve(io.cwd, dir), options, io);
    });
};

async function run(home: string, given: Options, io: Io): Promise<number> {
  const clock = given.clock === undefined ? io.clock : scaledClock(given.clock);
  const config = readConfig(home);
  const startedMs = io.clock.monotonicMs();
  const what = prepare(home, config, given, clock.now(), io);
  if (what.api) await register(what.api, what, io);
  else
    for (const [site, { lfdi, pin }] of what.identities)
      io.say(`${site}: LFDI ${lfdi}, PIN ${String(pin).padStart(6, '0')}`);
  const live = given.headless ? undefined : io.terminal;
  const watch = live ? liveWatch(live, io.clock) : lineWatch(io.say, io.clock);
  const ended = await simulate(what, {
    clock,
    log: live ? silentLog : io.log,
    stop: io.stop,
    show: watch.show,
  }).finally(watch.close);
  const { record, summary, requests, unheard, told } = ended;
  const seconds = (io.clock.monotonicMs() - startedMs) / 1000;
  let reportFile: string | undefined;
  if (given.report !== undefined) {
    const file = resolve(io.cwd, given.report);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, reportPage(record, summary));
    reportFile = relative(io.cwd, file);
  }
  for (const [why, sites] of Object.entries(unheard)) io.say(`never reached the server: ${sites.join(', ')}: ${why}`);
  const followed = allInside(summary);
  if (given.json)
    io.out(JSON.stringify({ ...summary, requests, told, seconds: Math.round(seconds), followed, unheard, reportFile }));
  else {
    // Whether the feeder would have needed envelopes is not what this run is about.
    const said = checks(summary).filter(check => check.name !== 'need');
    const outcome = { record, summary, seconds, ...(reportFile !== undefined && { reportFile }) };
    for (const line of summaryText(outcome, said)) io.out(line);
  }
  return followed && Object.keys(unheard).length === 0 ? 0 : 1;
}

function prepare(home: string, config: Config, given: Options, now: number, io: Io): SimRun {
  const networkFile = given.network === undefined ? config.network : resolve(io.cwd, given.network);
  if (networkFile === '')
    throw new Problem('BAD_USAGE', { at: '--network', note: 'config.json names no feeder file, so name one here' });
  const read = readNetwork(resolve(home, networkFile));
  for (const warning of read.warnings ?? []) io.say(warning);
  const headKva =
    given.headKva === undefined ? config.headRatingKva : numberOption('--head-kva', given.headKva, 1, 1e7);
  const network = headKva > 0 ? withHeadRating(read, headKva) : read;
  const hours = numberOption('--hours', given.hours, 1 / 3600, 24 * 14);
  const seed = numberOption('--seed', given.seed, 0, 4_294_967_295);
  const { hour, minute, second } = localTime(config.timeZone, now);
  const midnight = now - (hour * 3600 + minute * 60 + second);
  const whole = planFleet(network, {
    midnight,
    random: seededRandom(seed).fork('plan'),
    comms: { pollRateS: Number(config.pollRates['der.programs'] ?? 300) },
    ...(headKva > 0 && { headKva }),
  });
  const most = given.sites === undefined ? Infinity : numberOption('--sites', given.sites, 1, 1e6);
  const leftOut = new Set(whole.sites.slice(most).map(site => site.id));
  // Customers left out are still there: they draw what their load shape says.
  const passive = [...whole.passive, ...network.loads.filter(load => leftOut.has(load.name))];
  const plan = { sites: whole.sites.slice(0, most), passive };
  const ours = given.url === undefined;
  const where = given.url === undefined ? { host: '127.0.0.1', port: readRunFile(home).port } : at(given.url);
  return {
    network,
    plan,
    identities: identities(
      home,
      loadPki(home, config.pki),
      plan.sites.map(site => site.id),
    ),
    server: { rootsPem: loadServerFiles(home, config.pki).rootsPem, ...where },
    ...(ours && { api: operatorApi(home) }),
    engine: ours ? config.engine : 'elsewhere',
    midnight,
    utcOffsetS: offsetS(config.timeZone, now),
    hours,
    seed,
    subscribe: given.subscribe === true,
  };
}

/** Tells the server of those sites it does not know, and has it compute their first envelopes. */
async function register(api: OperatorApi, { plan, identities }: SimRun, io: Io): Promise<void> {
  const sites = await allPages<{ lfdi: string }>(api, '/api/sites', 'sites');
  const known = new Set(sites.map(site => site.lfdi));
  const unknown = plan.sites.filter(site => !known.has(identities.get(site.id)?.lfdi ?? ''));
  if (unknown.length === 0) return;
  await api.post('/api/sites', { sites: unknown.map(site => entryOf(site, identities.get(site.id))) });
  await api.post('/api/envelopes/run');
  io.say(`registered ${unknown.length} sites`);
}

function at(url: string): { host: string; port: number; dcap: string } {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new Problem('BAD_USAGE', { at: '--url', got: url, want: 'https://HOST:PORT/dcap' });
  const { hostname, port, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 443),
    dcap: pathname === '/' ? '/dcap' : pathname,
  };
}
