/**
 * `npm run bench -- notify`: an operator issues one control in a program to which 10,000 subscribers have subscribed, 1,000 of
 * them behind each of ten aggregators; until the last of them is told, over mutual TLS, from a server with a durable database.
 * The baseline posts the same bytes to the same receivers over as many connections and does nothing else. Each has a process of
 * its own, the receivers have one for all, and they take turns.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock, until } from '../src/base/clock';
import { countingIds } from '../src/base/ids';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { addControl, addProgram } from '../src/functions/operator/programs';
import { addSites } from '../src/functions/operator/sites';
import { type NewSite } from '../src/functions/provision';
import { initDir, readOperatorKey } from '../src/server/init';
import { openStore } from '../src/store/open';
import { clientTls, issueDevice, loadPki, loadServerFiles, type Device } from '../src/tls';
import { median } from './load';
import { type BareWork } from './notify-bare';
import { type Arrived } from './notify-receivers';
import { type BenchResult } from './result';

const aggregators = 10;
const subscribersEach = 1000;
const subscribers = aggregators * subscribersEach;
const connections = 4;
const controls = 23;
const rounds = 5;
const patienceMs = 120_000;
const clock = new SystemClock();
const pen = 99_999;
const deps = { clock, log: silentLog, metrics: noMetrics };
const say = (line: string) => void process.stderr.write(`${line}\n`);

export async function notify(): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const children: ChildProcess[] = [];
  try {
    const { devices, derp } = await prepare(dir);
    const devicesFile = join(dir, 'receivers.json');
    writeFileSync(devicesFile, JSON.stringify(devices));
    const receivers = started(children, fork(join(__dirname, 'notify-receivers.js'), [devicesFile]));
    const ports = (await message(receivers)) as number[];
    const ours = await serve(children, dir);
    await subscribe(dir, ours.port, devices, ports, derp);

    const urls = ports.flatMap(port =>
      Array.from({ length: subscribersEach }, (_, n) => `https://127.0.0.1:${port}/ntfy/${n}`),
    );
    // As they interleave for us: one for each receiver in turn.
    urls.sort((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4]));
    const work: BareWork = { dir, urls, connections, lfdis: devices.map(({ lfdi }) => lfdi) };
    const workFile = join(dir, 'bare.json');
    writeFileSync(workFile, JSON.stringify(work));
    const bare = started(children, fork(join(__dirname, 'notify-bare.js'), [workFile]));
    await message(bare);

    const [value, first, baseline]: [number[], number[], number[]] = [[], [], []];
    let bytes = 0;
    for (let round = 0; round <= rounds; round++) {
      const mine = await change(receivers, dir, ours.operatorPort, derp, controls + 1 + round);
      const began = clock.nowMs();
      const theirs = await expect(receivers, '', () => void bare.send(mine.arrived.sample));
      bytes = mine.arrived.sample.length;
      const [took, base] = [mine.arrived.lastMs - mine.beganMs, theirs.lastMs - began];
      say(
        `round ${round}: ${took.toFixed(0)} ms to the last, ${(mine.arrived.firstMs - mine.beganMs).toFixed(0)} ms to the first; bare ${base.toFixed(0)} ms`,
      );
      if (round === 0) continue; // connections are made, code is compiled
      value.push(took / 1000);
      first.push((mine.arrived.firstMs - mine.beganMs) / 1000);
      baseline.push(base / 1000);
      await until(clock, clock.nowMs() / 1000 + 1.5);
    }
    const line = (what: string, times: number[]) => ({
      case: `${what}, ${subscribers} notifications of ${bytes} bytes over ${aggregators * connections} connections`,
      value: median(times),
      unit: 's',
      baseline: median(baseline),
      ratio: median(times) / median(baseline),
    });
    return {
      name: 'notify',
      machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
      results: [line('to the last subscriber', value), line('to the first', first)],
    };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @throws Error when anything was dropped, came twice or was not what it should be */
async function expect(receivers: ChildProcess, says: string, act: () => unknown): Promise<Arrived> {
  receivers.send({ posts: subscribers, says });
  const all = message(receivers);
  await act();
  const arrived = (await all) as Arrived;
  const { posts, distinct, wrong } = arrived;
  if (posts !== subscribers || distinct !== subscribers || wrong > 0)
    throw new Error(`${posts} notifications to ${distinct} subscribers, ${wrong} of them wrong`);
  return arrived;
}

async function change(receivers: ChildProcess, dir: string, port: number, derp: string, all: number) {
  let beganMs = 0;
  const arrived = await expect(receivers, `all="${all}"`, async () => {
    beganMs = clock.nowMs();
    const response = await fetch(`http://127.0.0.1:${port}/api/programs/${derp}/controls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${readOperatorKey(dir)}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        start: clock.now() + 86_400 * (all + 1),
        durationS: 600,
        base: { opModExpLimW: { multiplier: 0, value: all } },
      }),
    });
    if (!response.ok) throw new Error(`the control was answered with ${response.status}: ${await response.text()}`);
  });
  return { arrived, beganMs };
}

async function prepare(dir: string): Promise<{ devices: Device[]; derp: string }> {
  await initDir(
    dir,
    {
      ...{ port: 0, operatorPort: 0, host: '127.0.0.1', logLevel: 'warn' },
      ...{ maxRequestsPerMinute: 10_000_000, maxRequestsAtOnce: 1000, notifyConnections: connections },
      ...{ notifyAllow: '127.0.0.1', notifySpacingS: 1 },
    },
    deps,
  );
  const pki = loadPki(dir);
  const devices = Array.from({ length: aggregators }, (_, n) =>
    issueDevice(pki, { name: `aggregator-${n}`, role: 'device' }),
  );
  const store = await openStore({ kind: 'sqlite', file: join(dir, 'headroom.db'), mode: 'open' }, deps);
  const making = { store, clock, pen, ids: countingIds() };
  const base = { pin: 111_115, phases: [1] as const, weight: 1, derType: 83 };
  const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
  const sites = devices.map(({ lfdi, sfdi, name }): NewSite => ({
    ...base,
    ...limits,
    name,
    lfdi,
    sfdi,
    role: 'aggregator',
  }));
  await addSites(making, sites);
  for (const { lfdi, name } of devices) {
    const managed = Array.from({ length: subscribersEach }, (_, n): NewSite => {
      const own = `${lfdi.slice(0, 32)}${n.toString(16).toUpperCase().padStart(8, '0')}`;
      return { ...base, ...limits, name: `${name}-${n}`, lfdi: own, sfdi: n, role: 'device', manager: lfdi };
    });
    await addSites(making, managed);
  }
  const all = Array.from({ length: subscribers }, (_, n) => String(aggregators + 1 + n));
  const { derp } = await addProgram(making, { description: 'shared', primacy: 5, sites: all });
  for (let n = 1; n <= controls; n++)
    await addControl(making, derp, {
      start: clock.now() + 86_400 * n,
      durationS: 600,
      base: { opModExpLimW: { multiplier: 0, value: n } },
    });
  await store.close();
  say(`${subscribers} sites of ${aggregators} aggregators share a program of ${controls} controls`);
  return { devices, derp };
}

/** Each aggregator subscribes for each of its devices, to a URI of its own. */
async function subscribe(dir: string, port: number, devices: readonly Device[], ports: number[], derp: string) {
  const { rootsPem } = loadServerFiles(dir);
  const began = clock.nowMs();
  await Promise.all(
    devices.map(async (device, a) => {
      const agent = new Agent({ ...clientTls({ ...device, rootsPem, clock }), maxSockets: connections });
      const post = (n: number) =>
        new Promise<void>((resolve, reject) => {
          const body =
            `<Subscription xmlns="urn:ieee:std:2030.5:ns"><subscribedResource>/derp/${derp}/derc</subscribedResource>` +
            `<encoding>0</encoding><level>+S1</level><limit>255</limit>` +
            `<notificationURI>https://127.0.0.1:${ports[a]}/ntfy/${n}</notificationURI></Subscription>`;
          const path = `/edev/${aggregators + 1 + a * subscribersEach + n}/sub`;
          const headers = { 'Content-Type': 'application/sep+xml', Accept: 'application/sep+xml' };
          const call = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, answer => {
            answer.resume();
            if (answer.statusCode === 201) answer.once('end', resolve);
            else reject(new Error(`${path} was answered with ${answer.statusCode}`));
          });
          call.once('error', reject).end(body);
        });
      await Promise.all(Array.from({ length: subscribersEach }, (_, n) => post(n)));
      agent.destroy();
    }),
  );
  say(`${subscribers} subscriptions made in ${((clock.nowMs() - began) / 1000).toFixed(1)} s`);
}

async function serve(children: ChildProcess[], dir: string): Promise<{ port: number; operatorPort: number }> {
  const args = [join(__dirname, '..', 'src', 'cli', 'main.js'), 'serve', dir];
  const child = started(children, spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  if (!child.stdout) throw new Error('no output of headroom serve');
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>(resolve => lines.once('line', resolve));
  return JSON.parse(line) as { port: number; operatorPort: number };
}

function started<C extends ChildProcess>(children: ChildProcess[], child: C): C {
  children.push(child);
  return child;
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a process of the benchmark ended with ${code}`));
    const cancel = clock.at((clock.nowMs() + patienceMs) / 1000, () => reject(new Error('not all arrived')));
    child.once('exit', ended);
    child.once('message', told => {
      cancel();
      child.off('exit', ended);
      resolve(told);
    });
  });
}
