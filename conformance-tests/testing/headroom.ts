/** `headroom serve` as the server under test: a process of its own, on a warped clock, with the operator API at hand. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ScaledClock, SystemClock } from '../../src/base/clock';
import { loadPki, loadServerFiles } from '../../src/tls';
import { createLab } from '../lab';
import { headroomOperator } from '../operator-api';
import { type Claim, type Lab } from '../procedure';

const main = resolve(__dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');

export interface HeadroomUnderTest {
  readonly lab: Lab;
  readonly dir: string;
  stop(): Promise<void>;
}

/** What `pics.json` says of our server. */
export const claimed = (): readonly Claim[] =>
  (JSON.parse(readFileSync(join(__dirname, '..', 'pics.json'), 'utf8')) as { claims: Claim[] }).claims;

export async function startHeadroom({ speed }: { speed: number }): Promise<HeadroomUnderTest> {
  const dir = mkdtempSync(join(tmpdir(), 'headroom-conformance-'));
  const settings = ['host=127.0.0.1', 'port=0', 'operatorPort=0', 'timeQuality=7', 'logLevel=error'];
  execFileSync(process.execPath, [main, 'init', dir, ...settings.flatMap(each => ['--set', each])]);
  const wallMs = new SystemClock().nowMs();
  const clock = new ScaledClock(wallMs, speed, wallMs);
  const start = () => serve(dir, `${wallMs},${speed},${wallMs}`);
  const life = await start();
  const operator = headroomOperator({
    base: `http://127.0.0.1:${life.operatorPort}`,
    key: readFileSync(join(dir, 'operator.key'), 'utf8').trim(),
  });
  const lab = createLab({
    host: '127.0.0.1',
    port: life.port,
    dcapPath: '/dcap',
    operator,
    clock,
    pki: loadPki(dir),
    serverRootsPem: loadServerFiles(dir).rootsPem,
    runId: String(wallMs),
  });
  return {
    lab,
    dir,
    stop: async () => {
      await end(life.child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Life {
  readonly child: ChildProcess;
  readonly port: number;
  readonly operatorPort: number;
}

async function serve(dir: string, clock: string): Promise<Life> {
  const child = spawn(process.execPath, [main, 'serve', dir, '--clock', clock], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = child;
  if (!stdout) throw new Error('the server has no standard output');
  const line = await new Promise<string>((ready, failed) => {
    child.once('exit', code => failed(new Error(`headroom serve ended with ${code}`)));
    createInterface({ input: stdout }).once('line', ready);
  });
  return { child, ...(JSON.parse(line) as { port: number; operatorPort: number }) };
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    if (child.exitCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
