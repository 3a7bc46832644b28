/**
 * `npm run bench -- abuse`: what a client that means it well feels of one that does not. A server with its default limits; the
 * good client asks for what was not asked before, so that the answer is put together anew, every few milliseconds over one
 * connection; beside it a process abuses the server from another address, one kind after the other, in windows that take turns
 * with quiet ones. Figures are the 99th percentile of the time to the last byte, abused against quiet: at most 3 times.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock, until } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { initDir } from '../src/server/init';
import { ccm8, clientTls, issueDevice, loadPki, loadServerFiles, writeDevice } from '../src/tls';
import { LoadConnection } from './load';
import { type BenchResult } from './result';

const kinds = ['silence', 'handshakes', 'hoarding', 'requests', 'bodies'];
const rounds = 5;
const windowS = 2;
const everyS = 0.01;
/** An abuser's first burst, which its buckets allow, is over by then. */
const settleS = 1.5;
const clock = new SystemClock();
const pause = (seconds: number) => until(clock, clock.nowMs() / 1000 + seconds);

/** @param only the kinds that are run; all unless named */
export async function abuse(only: readonly string[] = []): Promise<BenchResult> {
  const top = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const dir = join(top, 'home');
  const children: ChildProcess[] = [];
  try {
    await initDir(
      dir,
      { port: 0, operatorPort: 0, host: '127.0.0.1', logLevel: 'silent' },
      { clock, log: silentLog, metrics: noMetrics },
    );
    const pki = loadPki(dir);
    writeDevice(dir, issueDevice(pki, { name: 'abuser', role: 'device' }));
    const server = spawn(process.execPath, [join(__dirname, '..', 'src', 'cli', 'main.js'), 'serve', dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(server);
    const port = await portOf(server);
    const good = issueDevice(pki, { name: 'good', role: 'device' });
    const tls = clientTls({ ...good, rootsPem: loadServerFiles(dir).rootsPem, clock, suites: [ccm8] });
    const connection = await LoadConnection.open(port, '/tm', tls);
    await window(connection); // warm
    const results = [];
    for (const kind of only.length > 0 ? only : kinds) {
      const [quiet, abused]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        quiet.push(...(await window(connection)));
        const abuser = leftOver([process.execPath, join(__dirname, 'abuse-load.js'), kind, String(port), dir]);
        children.push(abuser);
        await pause(settleS);
        abused.push(...(await window(connection)));
        const ended = new Promise(done => abuser.once('exit', done));
        abuser.kill('SIGKILL');
        await ended;
        await pause(0.5);
      }
      const [value, baseline] = [p99(abused), p99(quiet)];
      results.push({ case: `p99 beside ${kind}`, unit: 'ms', value, baseline, ratio: value / baseline });
    }
    connection.close();
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`;
    return { name: 'abuse', machine, results };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(top, { recursive: true, force: true });
  }
}

/**
 * An abuser has a machine of its own: here it gets what the server and the good client leave. The scheduling class for idle
 * time does that; where there is no `chrt`, the lowest priority comes near.
 */
function leftOver(command: readonly string[]): ChildProcess {
  const [file = '', ...args] = idleClass ? ['chrt', '--idle', '0', ...command] : command;
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (!idleClass && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
}

const idleClass = spawnSync('chrt', ['--idle', '0', 'true']).status === 0;

let asked = 0;
async function window(connection: LoadConnection): Promise<number[]> {
  const times: number[] = [];
  const end = clock.monotonicMs() + windowS * 1000;
  while (clock.monotonicMs() < end) {
    const began = clock.monotonicMs();
    await connection.get(`/edev?s=0&l=1&x=${asked++}`);
    times.push(clock.monotonicMs() - began);
    await pause(everyS);
  }
  return times;
}

const p99 = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;

async function portOf(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return (JSON.parse(line) as { port: number }).port;
  throw new Error('the server did not start');
}
