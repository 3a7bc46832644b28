/** `headroom serve` as the server under test: a process of its own, on a warped clock, with the operator API at hand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ScaledClock, SystemClock } from '../../src/base/clock';
import { startOwnServer } from '../../src/cli/conformance/own-server';
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
  const server = await startOwnServer({
    dir,
    clock: `${wallMs},${speed},${wallMs}`,
    settings: { redirectPort: plainPort },
    main,
  });
  const { port, operatorPort } = server;
  const operator = headroomOperator({
    base: `http://127.0.0.1:${operatorPort}`,
    key: readFileSync(join(dir, 'operator.key'), 'utf8').trim(),
    restart: () => server.restart(),
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
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
const freePort = (): Promise<number> =>
  new Promise(done => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
