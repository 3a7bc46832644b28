import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ScaledClock } from '../base/clock';
import { systemIds } from '../base/ids';
import { silentLog } from '../base/log';
import { noMetrics } from '../base/metrics';
import { Problem, asProblem } from '../base/problem';
import { tasks } from '../base/tasks';
import {
  clientClaims,
  roles,
  type ClientClaim,
  type ClientScenario,
} from '../../conformance-tests/clients/client-scenario';
import { labApi } from '../../conformance-tests/clients/lab-api';
import { runClient } from '../../conformance-tests/clients/run-client';
import { scenarioBook } from '../../conformance-tests/clients/scenario-text';
import { scenarios, selectScenarios } from '../../conformance-tests/clients/scenarios';
import { tableOf } from '../../conformance-tests/reports/table';
import { writeReports } from '../../conformance-tests/reports/write';
import { type ProcedureResult } from '../../conformance-tests/run';
import { duration } from '../../conformance-tests/run-all';
import { initDir, readOperatorKey } from '../server/init';
import { loadPki } from '../tls';
import { type AddCommand, type Io } from './command';
import { numberOption } from './number-option';
import { asks } from './testserver/asks';
import { clientOf } from './testserver/client';
import { openTestLab } from './testserver/lab';

interface Options {
  scenario: string[];
  role: string;
  client: string;
  pin?: string;
  device: string[];
  without: string[];
  host: string;
  port: string;
  labPort: string;
  speed: string;
  patience: string;
  hook?: string;
  report?: string;
  product?: string;
  list?: boolean;
  print?: boolean;
}

/** The suite turned round: a server for clients under test. Exit code 1 when a scenario fails. */
export const testserver: AddCommand = (program, io) => {
  program
    .command('testserver')
    .argument('[dir]', 'folder of the lab: its PKI and certificates; made where missing', 'testserver-lab')
    .option('--scenario <ids...>', 'scenarios to run, such as CORE-012 BASIC-0* FAULT-*, or all; none serves only', [])
    .option('--role <role>', `what is under test: ${roles.join(' or ')}`, 'der-client')
    .option('--client <who>', 'its certificate (PEM file), its LFDI, or a name: then the lab makes it one', 'dut')
    .option('--pin <pin>', 'PIN of the client under test; 111115 unless its certificate was made here')
    .option(
      '--device <lfdi...>',
      'LFDIs of the devices an aggregator speaks for, in order; made up where not given',
      [],
    )
    .option('--without <claims...>', `what it does not claim to do, of ${Object.keys(clientClaims).join(', ')}`, [])
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port for the client under test; 0 for any', '8443')
    .option('--lab-port <port>', 'port of the lab API on this machine; 0 for any', '0')
    .option('--speed <factor>', 'how much faster the server’s clock goes, for clients that go by it', '1')
    .option('--patience <seconds>', 'how long to wait for the first request of the client', '600')
    .option(
      '--hook <url>',
      'where to POST what is asked of the device (start, restart, stop, alarms), instead of telling you',
    )
    .option('--report <dir>', 'folder for the reports: HTML, JUnit, JSON, SunSpec form, PICS and requirement matrix')
    .option('--product <name>', 'name of the client for the reports')
    .option('--list', 'list the scenarios and stop')
    .option('--print', 'print the scenarios as tables for a lab, in Markdown, and stop')
    .description('serve a client under test: scripted scenarios, faults on demand, and a verdict on what it did')
    .action(async (dir: string, options: Options) => {
      const chosen = chosenOf(options);
      if (options.print) return void io.out(scenarioBook(chosen.length > 0 ? chosen : scenarios));
      if (options.list) {
        for (const { id, title, roles: columns, lastsS } of chosen.length > 0 ? chosen : scenarios)
          io.out(`${id.padEnd(10)} ${columns.join(', ').padEnd(22)} ${duration(lastsS).padStart(7)}  ${title}`);
        return;
      }
      await run(resolve(io.cwd, dir), chosen, options, io);
    });
};

function chosenOf({ scenario }: Options): readonly ClientScenario[] {
  const chosen = scenario.length === 0 ? [] : selectScenarios(scenario);
  if (scenario.length > 0 && chosen.length === 0)
    throw new Problem('BAD_USAGE', {
      at: '--scenario',
      got: scenario.join(' '),
      want: `some of ${scenarios.map(({ id }) => id).join(', ')}`,
    });
  return chosen;
}

async function run(home: string, chosen: readonly ClientScenario[], options: Options, io: Io): Promise<void> {
  const role = roles.find(each => each === options.role);
  if (!role) throw new Problem('BAD_USAGE', { at: '--role', got: options.role, want: roles.join(' or ') });
  const claims = claimsOf(options.without);
  const speed = numberOption('--speed', options.speed, 0.01, 10_000);
  const patienceS = numberOption('--patience', options.patience, 1, 86_400);
  const [port, labPort] = [
    numberOption('--port', options.port, 0, 65_535),
    numberOption('--lab-port', options.labPort, 0, 65_535),
  ];
  if (!existsSync(resolve(home, 'config.json'))) {
    await initDir(home, {}, { clock: io.clock, log: silentLog, metrics: noMetrics });
    io.say(`made a lab in ${home}`);
  }
  const client = clientOf(home, loadPki(home), role, options, io);
  const wallMs = io.clock.nowMs();
  const failed = (error: unknown) => io.log.error('background work failed', { why: asProblem(error).message });
  const lab = await openTestLab({
    dir: home,
    host: options.host,
    port,
    steady: speed === 1 ? io.clock : new ScaledClock(wallMs, speed, wallMs),
    ids: systemIds,
    log: silentLog,
    metrics: noMetrics,
    tasks: tasks(failed),
  });
  const results: ProcedureResult[] = [];
  const now: { scenario?: string; about?: string; leftS?: number } = {};
  const key = readOperatorKey(home);
  const api = await labApi({ ...lab, key, state: () => now, results: () => results }, labPort);
  io.out(
    JSON.stringify({
      dcap: `https://${options.host}:${lab.port}/dcap`,
      roots: resolve(home, 'pki', 'roots.pem'),
      lab: api.url,
      operator: lab.server.operatorUrl,
      key: resolve(home, 'operator.key'),
      lfdi: client.lfdi,
      ...(speed !== 1 && { clock: `${wallMs},${speed},${wallMs}` }),
    }),
  );
  const bench = {
    ...lab,
    client,
    role,
    managed: options.device.map(lfdi => lfdi.toUpperCase()),
    patienceS: patienceS * speed,
    ask: asks(options.hook, io),
  };
  const leftAfter = (i: number) => chosen.slice(i).reduce((sum, { lastsS }) => sum + lastsS, 0) / speed;
  try {
    if (chosen.length === 0) await served(bench, io);
    for (const [i, scenario] of chosen.entries()) {
      if (io.stop.aborted) break;
      io.say(`${i + 1}/${chosen.length} ${scenario.id} ${scenario.title}; about ${duration(leftAfter(i))} left in all`);
      now.scenario = scenario.id;
      const result = await runClient(scenario, {
        bench,
        claims,
        work: tasks(failed),
        stop: io.stop,
        progress: (about, leftS) => {
          Object.assign(now, { about, leftS });
          io.say(`  ${about} ${duration(leftS / speed)} left`);
        },
      });
      results.push(result);
      io.say(`  ${result.verdict}`);
    }
  } finally {
    api.close();
    await lab.close();
  }
  if (chosen.length === 0) return;
  io.out(tableOf(results));
  if (options.report !== undefined) {
    const out = resolve(io.cwd, options.report);
    const product = options.product ?? `the ${role} ${client.name}`;
    writeReports(out, { results, procedures: chosen, claims, known: clientClaims, product, form: {} });
    io.say(`reports in ${out}; begin with report.html`);
  }
  if (results.length < chosen.length || results.some(({ verdict }) => verdict === 'FAIL' || verdict === 'BLOCKED'))
    io.exitCode = 1;
}

/** No scenario: the client is registered, and the lab does what it likes by its API until it is stopped. */
async function served(
  { operator, client, role }: Pick<Parameters<typeof runClient>[1]['bench'], 'operator' | 'client' | 'role'>,
  io: Io,
): Promise<void> {
  await operator.registerDevice({ ...client, ...(role === 'aggregator' && { role }) });
  io.say(
    'serving; set faults with the lab API, and arrange programs and events with the operator API. Ctrl-C ends it.',
  );
  await new Promise<void>(done => {
    if (io.stop.aborted) done();
    else io.stop.addEventListener('abort', () => done(), { once: true });
  });
}

function claimsOf(without: readonly string[]): readonly ClientClaim[] {
  const all = Object.keys(clientClaims) as ClientClaim[];
  const odd = without.find(claim => !(claim in clientClaims));
  if (odd !== undefined) throw new Problem('BAD_USAGE', { at: '--without', got: odd, want: all.join(', ') });
  return all.filter(claim => !without.includes(claim));
}
