/**
 * The whole suite against `headroom serve`, over real mutual TLS, in a process of its own. The server runs on a clock that is
 * warped, and the suite waits by the server's clock, so that minutes pass in seconds. Run by `npm run test:conformance`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ScaledClock, SystemClock } from '../src/base/clock';
import { loadPki, loadServerFiles } from '../src/tls';
import { createLab } from './lab';
import { headroomOperator } from './operator-api';
import { type Lab } from './procedure';
import { procedures } from './procedures';
import { tableOf } from './report';
import { runOne, type ProcedureResult } from './run';

const speed = 30;
const main = resolve(__dirname, '..', 'dist', 'src', 'cli', 'main.js');
const dir = mkdtempSync(join(tmpdir(), 'headroom-conformance-'));
const results: ProcedureResult[] = [];
let server: ChildProcess;
let lab: Lab;

beforeAll(async () => {
  execFileSync(process.execPath, [
    main,
    'init',
    dir,
    '--set',
    'port=0',
    '--set',
    'operatorPort=0',
    '--set',
    'host=127.0.0.1',
    '--set',
    'timeQuality=7',
    '--set',
    'logLevel=error',
  ]);
  const wallMs = new SystemClock().nowMs();
  server = spawn(process.execPath, [main, 'serve', dir, '--clock', `${wallMs},${speed},${wallMs}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stdout = server.stdout;
  if (!stdout) throw new Error('the server has no standard output');
  const line = await new Promise<string>((ready, failed) => {
    server.once('exit', code => failed(new Error(`headroom serve ended with ${code}`)));
    createInterface({ input: stdout }).once('line', ready);
  });
  const { port, operatorPort } = JSON.parse(line) as { port: number; operatorPort: number };
  lab = createLab({
    host: '127.0.0.1',
    port,
    dcapPath: '/dcap',
    operator: headroomOperator(
      `http://127.0.0.1:${operatorPort}`,
      readFileSync(join(dir, 'operator.key'), 'utf8').trim(),
    ),
    clock: new ScaledClock(wallMs, speed, wallMs),
    pki: loadPki(dir),
    serverRootsPem: loadServerFiles(dir).rootsPem,
    runId: String(wallMs),
  });
}, 120_000);

afterAll(() => {
  server.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

it.each(procedures.map(procedure => [procedure.id, procedure] as const))(
  '%s',
  async (_id, procedure) => {
    const result = await runOne(procedure, {
      lab,
      claims: ['csip', 'csip-aus', 'out-of-band-registration', 'der-control', 'responses'],
    });
    results.push(result);
    expect(tableOf([result])).toContain('1 passed, 0 failed');
  },
  120_000,
);
