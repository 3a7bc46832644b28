/** Kills a serving process at random moments, over and over on the same folder, and holds it to what it acknowledged. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock, until } from '../../base/clock';
import { type Random, seededRandom } from '../../base/random';
import { openStore } from '../../store/open';
import { issueDevice, loadPki, loadServerFiles } from '../../tls';
import { readOperatorKey } from '../init';
import { deviceClient, type DeviceClient } from './house';
import {
  importLane,
  type Lane,
  type OperatorClient,
  orderLane,
  readingLane,
  settingsLane,
  siteLane,
  statusLane,
} from './lanes';

const main = resolve(__dirname, '../../../dist/src/cli/main.js');
const wall = new SystemClock();

export interface Kills {
  readonly kills: number;
  /** Steps acknowledged over all lives, by lane. */
  readonly acknowledged: Readonly<Record<string, number>>;
}

/** `headroom serve` in a process of its own, on a clock of which a minute passes in three seconds. */
async function serve(dir: string, startMs: number, killed?: () => Promise<unknown>) {
  if (!existsSync(main)) throw new Error(`${main} is not built: run \`npm run build\``);
  const began = Math.round(startMs);
  const child = spawn(process.execPath, [main, 'serve', dir, '--clock', `${began},20,${began}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const ready = new Promise<string>(done => createInterface({ input: child.stdout }).once('line', done));
  void killed?.().then(() => child.kill('SIGKILL'));
  const line = await Promise.race([ready, ended.then(() => undefined)]);
  if (line === undefined) {
    if (child.signalCode !== 'SIGKILL') throw new Error(`headroom serve ended by itself with ${child.exitCode}`);
    return { child, ended, ports: undefined };
  }
  return { child, ended, ports: JSON.parse(line) as { port: number; operatorPort: number } };
}

function operatorClient(dir: string, port: number): OperatorClient {
  const headers = { authorization: `Bearer ${readOperatorKey(dir)}`, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
}

/**
 * Most kills fall after a random number of acknowledgements, some while the server starts and its store recovers.
 * @throws Error with the seed when anything acknowledged is missing, or anything is there by half
 */
export async function killRepeatedly(
  dir: string,
  kills: number,
  seed: number,
  /** What befalls the folder after the kill of that number; for tests of the test. */
  befalls: (kill: number) => void = () => undefined,
): Promise<Kills> {
  const random = seededRandom(seed);
  const pki = loadPki(dir);
  const startMs = wall.nowMs();
  const devices = [0, 1, 2].map(n => issueDevice(pki, { name: `device-${n}`, role: 'device' }));
  const acknowledged = new Map<string, number>();
  const places: string[] = [];
  let derp = '';

  for (let kill = 0; kill <= kills; kill++) {
    const faults: string[] = [];
    const fault = (text: string) => void faults.push(text);
    const early = kill > 0 && kill < kills && random.next() < 0.2;
    const waitS = random.integer(50, 900) / 1000;
    const life = await serve(dir, startMs, early ? () => until(wall, wall.nowMs() / 1000 + waitS) : undefined);
    if (life.ports) {
      const operator = operatorClient(dir, life.ports.operatorPort);
      const { rootsPem } = loadServerFiles(dir);
      const { port } = life.ports;
      const clients: DeviceClient[] = [];
      const client = (n: number) => {
        const device = devices[n % devices.length];
        if (!device) throw new Error('no device');
        clients.push(deviceClient(port, device, rootsPem, wall));
        return clients.at(-1) as DeviceClient;
      };
      try {
        if (places.length === 0) derp = await register(operator, devices, places);
        const lanes = lanesOf(client, operator, places, derp, startMs);
        await audit(lanes, acknowledged, fault);
        if (kill < kills) await load(lanes, acknowledged, random, life.child, fault);
      } catch (error) {
        // A server that was killed while it was asked answers nothing; what it held is looked at in its next life.
        if (!early) throw error;
      }
      for (const each of clients) each.close();
    }
    if (kill === kills) life.child.kill('SIGTERM');
    const [, signal] = await life.ended;
    if (kill < kills && signal !== 'SIGKILL') fault(`the server ended by itself, signal ${signal}`);
    faults.push(...(await verifyCopy(dir)));
    befalls(kill);
    if (faults.length > 0) throw new Error(`seed ${seed}, life ${kill}:\n${faults.join('\n')}`);
  }
  return { kills, acknowledged: Object.fromEntries(acknowledged) };
}

/** Sites of the devices, one without a bus for imports, and a program for orders. Acknowledged before anything is killed. */
async function register(
  operator: OperatorClient,
  devices: readonly { lfdi: string }[],
  places: string[],
): Promise<string> {
  const limits = { maxImportW: 1_000_000, maxExportW: 1_000_000 };
  for (const [n, { lfdi }] of devices.entries()) {
    const made = await operator('POST', '/api/sites', {
      name: `Device ${n}`,
      lfdi,
      ...(n < 2 && { bus: 'grocery' }),
      ...limits,
    });
    places.push(String(made.json['edev']));
  }
  const program = await operator('POST', '/api/programs', { primacy: 3, sites: places });
  return String(program.json['derp']);
}

function lanesOf(
  client: (n: number) => DeviceClient,
  operator: OperatorClient,
  places: readonly string[],
  derp: string,
  startMs: number,
): Lane[] {
  const [first = '', second = '', third = ''] = places;
  return [
    readingLane(client(0)),
    statusLane(client(0), first),
    readingLane(client(1)),
    settingsLane(client(1), second),
    statusLane(client(2), third),
    orderLane(client(2), operator, derp),
    importLane(operator, third, Math.floor(startMs / 1000)),
    siteLane(operator),
  ].map((lane, i) => ({ ...lane, name: `${i} ${lane.name}` }));
}

async function audit(
  lanes: readonly Lane[],
  acknowledged: Map<string, number>,
  fault: (text: string) => void,
): Promise<void> {
  for (const lane of lanes) {
    const promised = acknowledged.get(lane.name) ?? 0;
    const last = await lane.last(text => fault(`lane ${lane.name}: ${text}`));
    // One more than was acknowledged may be there: the kill can fall between COMMIT and the answer.
    if (last < promised || last > promised + 1) fault(`lane ${lane.name} stands at ${last}, ${promised} acknowledged`);
    acknowledged.set(lane.name, last);
  }
}

/** All lanes at once, until a random number of steps is acknowledged. */
async function load(
  lanes: readonly Lane[],
  acknowledged: Map<string, number>,
  random: Random,
  child: ChildProcess,
  fault: (text: string) => void,
): Promise<void> {
  let left = random.integer(5, 150);
  const write = async (lane: Lane) => {
    for (let n = (acknowledged.get(lane.name) ?? 0) + 1; !child.killed; n++) {
      const status = await lane.step(n).catch(() => undefined);
      if (status === undefined) break; // killed under it
      if (status < 200 || status > 299) {
        fault(`lane ${lane.name} step ${n}: answered ${status}`);
        child.kill('SIGKILL');
        break;
      }
      acknowledged.set(lane.name, n);
      if (--left === 0) child.kill('SIGKILL');
    }
  };
  await Promise.all(lanes.map(write));
}

/** The files as the dead process left them, opened and read through beside the server, which recovers its own. */
async function verifyCopy(dir: string): Promise<string[]> {
  const copy = `${dir}-copy`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const file of ['headroom.db', 'headroom.db-wal', 'headroom.db-shm'])
    if (existsSync(join(dir, file))) cpSync(join(dir, file), join(copy, file));
  const store = await openStore({ kind: 'sqlite', file: join(copy, 'headroom.db'), mode: 'open' }, { clock: wall });
  const faults = await store.verify();
  await store.close();
  rmSync(copy, { recursive: true, force: true });
  return faults;
}
