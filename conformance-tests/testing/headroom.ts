/** `headroom serve` as the server under test: a process of its own, on a warped clock, with the operator API at hand. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
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
  const settings = [
    'host=127.0.0.1',
    'port=0',
    'operatorPort=0',
    'timeQuality=7',
    'logLevel=error',
    'notifyAllow=127.0.0.1',
  ];
  execFileSync(process.execPath, [main, 'init', dir, ...settings.flatMap(each => ['--set', each])]);
  const wallMs = new SystemClock().nowMs();
  const clock = new ScaledClock(wallMs, speed, wallMs);
  const plainPort = await freePort();
  const start = (settings: Settings) => serve(dir, `${wallMs},${speed},${wallMs}`, settings);
  let life = await start({ redirectPort: plainPort });
  const { port, operatorPort } = life;
  const operator = headroomOperator({
    base: `http://127.0.0.1:${operatorPort}`,
    key: readFileSync(join(dir, 'operator.key'), 'utf8').trim(),
    restart: async settings => {
      await end(life.child);
      life = await start({ ...settings, port, operatorPort });
    },
  });
  const lab = createLab({
    host: '127.0.0.1',
    port,
    dcapPath: '/dcap',
    operator,
    clock,
    pki: loadPki(dir),
    serverRootsPem: loadServerFiles(dir).rootsPem,
    runId: String(wallMs),
    plainPort,
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

type Settings = Readonly<Record<string, unknown>>;

async function serve(dir: string, clock: string, settings: Settings): Promise<Life> {
  const file = join(dir, 'config.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...settings }));
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

/** A port that was free a moment ago. */
const freePort = (): Promise<number> =>
  new Promise(done => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
