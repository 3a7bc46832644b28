/** Kills a server that tells subscribers of changes, over and over on the same folder, and holds it to what must arrive. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock, until } from '../../base/clock';
import { seededRandom } from '../../base/random';
import { subscriptionXml } from '../../protocol/testing/told';
import { openStore } from '../../store/open';
import { silentLog } from '../../base/log';
import { noMetrics } from '../../base/metrics';
import { issueDevice, loadPki, loadServerFiles, type Device } from '../../tls';
import { loopback } from '../../tls/testing/loopback';
import { readOperatorKey } from '../init';
import { deviceClient, type DeviceClient } from './house';

const main = resolve(__dirname, '../../../dist/src/cli/main.js');
const wall = new SystemClock();
const pause = (seconds: number) => until(wall, wall.nowMs() / 1000 + seconds);

/** The resource is a number that only grows, so that what arrives tells how old it is. */
const watchers = 6;
const patienceS = 90;

export interface Told {
  readonly changes: number;
  readonly arrived: number;
  readonly refused: number;
  readonly farewells: number;
}

interface Life {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly client: DeviceClient;
  /** Notes in the outbox. */
  waiting(): Promise<number>;
  operator(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** @throws Error with the seed when anything is lost, older than what came before it, or was never said */
export async function killTelling(dir: string, kills: number, seed: number): Promise<Told> {
  const random = seededRandom(seed);
  const began = Math.round(wall.nowMs());
  const aggregator = issueDevice(loadPki(dir), { name: 'aggregator', role: 'device' });
  const state = { submitted: 0, acknowledged: 0, arrived: 0, refused: 0, calm: false };
  const heard = new Map<string, number>();
  const farewells = new Set<string>();
  const expected = new Set<string>();
  const faults: string[] = [];
  const receiver = await loopback({
    pki: loadPki(dir),
    server: { credentials: aggregator },
    handler: (req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        const path = req.url ?? '';
        // What is refused may have been heard all the same, and so counts.
        if (body.includes('<status>1<')) farewells.add(path);
        else note(path, Number(/<value>(\d+)</.exec(body)?.[1]));
        const refuse = !state.calm && random.next() < 0.15;
        state[refuse ? 'refused' : 'arrived']++;
        if (refuse && random.next() < 0.5) req.socket.destroy();
        else res.writeHead(refuse ? 503 : 201, { 'Content-Length': 0 }).end();
      });
    },
  });
  const note = (path: string, value: number) => {
    const before = heard.get(path) ?? -1;
    if (!(value <= state.submitted)) faults.push(`${path} heard of ${value} when ${state.submitted} was the newest`);
    if (value < before) faults.push(`${path} heard of ${value} after ${before}`);
    heard.set(path, value);
  };
  const uri = (path: string) => `https://127.0.0.1:${receiver.port}${path}`;
  let derp = '';

  try {
    for (let kill = 0; kill <= kills; kill++) {
      const life = await serve(dir, began, aggregator);
      if (derp === '') derp = await prepare(life, aggregator, uri);
      const current = async () => {
        const { body } = await life.client.ask(`/derp/${derp}/dderc`);
        return Number(/<value>(\d+)</.exec(body)?.[1]);
      };
      const now = await current();
      if (now < state.acknowledged) faults.push(`life ${kill}: ${now} where ${state.acknowledged} was acknowledged`);
      if (kill === kills || kill % 3 === 2) await caughtUp(kill, await current());
      if (kill === kills) {
        state.calm = true;
        for (let waitedS = 0; (await life.waiting()) > 0 && waitedS < patienceS; waitedS += 0.1) await pause(0.1);
        life.child.kill('SIGTERM');
        await life.ended;
        break;
      }
      await load(life, kill);
      life.client.close();
    }
    await settled();
  } finally {
    await receiver.close();
  }
  if (faults.length > 0) throw new Error(`seed ${seed}:\n${faults.join('\n')}`);
  return {
    changes: state.acknowledged,
    arrived: state.arrived,
    refused: state.refused,
    farewells: farewells.size,
  };

  /** Changes one after the other until the server is dead, which it is while one of them is under way. */
  async function load(life: Life, kill: number): Promise<void> {
    const path = `/farewell/${kill}`;
    const ending = await life.client.ask('/edev/1/sub', {
      method: 'POST',
      body: subscriptionXml(`/derp/${derp}/dderc`, { uri: uri(path) }),
    });
    const [, , edev, , sub] = String(ending.headers['location']).split('/');
    const endAfter = random.integer(1, 8);
    const killAfter = endAfter + random.integer(0, 12);
    const waitS = random.integer(0, 30) / 1000;
    for (let n = 0; ; n++) {
      if (n === killAfter) void pause(waitS).then(() => life.child.kill('SIGKILL'));
      try {
        if (n === endAfter) {
          await life.operator('POST', `/api/subscriptions/${edev}/${sub}/end`, { status: 1 });
          expected.add(path);
        }
        await life.operator('PUT', `/api/programs/${derp}/default`, limit(++state.submitted));
        state.acknowledged = state.submitted;
      } catch (error) {
        if (n < killAfter) throw error;
        break;
      }
      await pause(random.integer(0, 20) / 1000);
    }
    await life.ended;
  }

  async function caughtUp(life: number, value: number): Promise<void> {
    const behind = () => [
      ...names().filter(path => heard.get(path) !== value),
      ...[...expected].filter(path => !farewells.has(path)),
    ];
    for (let waitedS = 0; behind().length > 0; waitedS += 0.1) {
      if (waitedS > patienceS) {
        faults.push(
          `life ${life}: not told of ${value}: ${behind()
            .map(path => `${path} ${heard.get(path)}`)
            .join(', ')}`,
        );
        return;
      }
      await pause(0.1);
    }
  }

  /** Nothing is left to be told. */
  async function settled(): Promise<void> {
    const file = join(dir, 'headroom.db');
    const store = await openStore(
      { kind: 'sqlite', file, mode: 'open' },
      { clock: wall, log: silentLog, metrics: noMetrics },
    );
    const waiting = await store.outbox.waiting();
    await store.close();
    if (waiting > 0) faults.push(`${waiting} notes are left in the outbox`);
  }
}

const names = () => Array.from({ length: watchers }, (_, n) => `/watch/${n}`);
const limit = (W: number) => ({ base: { opModExpLimW: { multiplier: 0, value: W } } });

async function prepare(life: Life, aggregator: Device, uri: (path: string) => string): Promise<string> {
  const watts = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
  await life.operator('POST', '/api/sites', { name: 'Agg', lfdi: aggregator.lfdi, role: 'aggregator' });
  await life.operator('POST', '/api/sites', { name: 'One', lfdi: '1'.repeat(40), manager: aggregator.lfdi, ...watts });
  const { derp } = await life.operator('POST', '/api/programs', { primacy: 5, sites: ['One'] });
  await life.operator('PUT', `/api/programs/${String(derp)}/default`, limit(0));
  for (const path of names()) {
    const body = subscriptionXml(`/derp/${String(derp)}/dderc`, { uri: uri(path) });
    const { status } = await life.client.ask('/edev/1/sub', { method: 'POST', body });
    if (status !== 201) throw new Error(`a subscription was answered with ${status}`);
  }
  return String(derp);
}

/** `headroom serve` in a process of its own, on a clock of which a minute passes in three seconds. */
async function serve(dir: string, began: number, aggregator: Device): Promise<Life> {
  const child = spawn(process.execPath, [main, 'serve', dir, '--clock', `${began},20,${began}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = new Promise<string>(done => createInterface({ input: child.stdout }).once('line', done));
  const first = await Promise.race([line, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`headroom serve ended by itself with ${child.exitCode}; is it built?`);
  const { port, operatorPort } = JSON.parse(first) as { port: number; operatorPort: number };
  const { rootsPem } = loadServerFiles(dir);
  const key = readOperatorKey(dir);
  return {
    child,
    ended,
    client: deviceClient(port, aggregator, rootsPem, wall),
    waiting: async () => {
      const headers = { authorization: `Bearer ${key}` };
      const text = await (await fetch(`http://127.0.0.1:${operatorPort}/metrics`, { headers })).text();
      return Number(/^headroom_outbox_waiting (\d+)$/m.exec(text)?.[1]);
    },
    operator: async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${operatorPort}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}
