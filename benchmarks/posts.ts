/**
 * `npm run bench -- posts`: telemetry as 10,000 sites send it every 30 s, 333 posts a second over mutual TLS (CCM-8), each a
 * MirrorMeterReadingList of four readings, each answered when it is durable. The baseline is a node:https server that inserts
 * one row per post. Both are sent the same posts in turn at the same steady rate; what is measured is the CPU time of the
 * server's process, threads and kernel included, per post. The bar: half of one core at 333 posts/s, which is 1.5 ms per post.
 * Then as fast as the connections go, and how late the answers are at the steady rate.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, Agent } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock, until } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { write } from '../src/codec/write';
import { addSites } from '../src/functions/operator/sites';
import { dialects } from '../src/model/dialect';
import { MirrorMeterReadingList, MirrorUsagePoint } from '../src/model/mirror';
import { initDir } from '../src/server/init';
import { openStore } from '../src/store/open';
import { ccm8, clientTls, issueDevice, loadPki, loadServerFiles, type Device } from '../src/tls';
import { median } from './load';
import { PostConnection } from './post-connection';
import { type BenchResult } from './result';

type Line = BenchResult['results'][number];

const perSecond = 333;
const sites = 100;
const rounds = 4;
const roundS = 8;
const fastS = 3;
const clock = new SystemClock();
const deps = { clock, log: silentLog, metrics: noMetrics };
const dialect = dialects['2018'];

/** What is posted: four quantities as single readings, or each in a reading set of its own. */
const shapes = ['Reading', 'MirrorReadingSet'] as const;
type Shape = (typeof shapes)[number];
const quantities = [{ uom: 38, kind: 37 }, { uom: 63, kind: 37 }, { uom: 33 }, { uom: 29, phase: 129 }];
const hex = (n: number): string => n.toString(16).toUpperCase().padStart(32, '0');

/** Post `n` of a site: a moment later than the one before. */
function bodyOf(shape: Shape, n: number, typed: boolean): string {
  const timePeriod = { start: 1_700_000_000 + 30 * n, duration: 30 };
  const readings = quantities.map((ReadingType, i) => {
    const Reading = { timePeriod, value: 230_000 + n + i, qualityFlags: '01' };
    return {
      mRID: hex(0xa0 + i),
      ...(typed && { ReadingType }),
      ...(shape === 'Reading'
        ? { Reading, MirrorReadingSet: [] }
        : { MirrorReadingSet: [{ mRID: hex(1000 + n), timePeriod, Reading: [{ ...Reading, localID: '01' }] }] }),
    };
  });
  return write(
    MirrorMeterReadingList,
    { all: readings.length, results: readings.length, MirrorMeterReading: readings },
    { dialect },
  );
}

interface Server {
  readonly child: ChildProcess;
  readonly connections: readonly PostConnection[];
  /** Path each connection posts to. */
  readonly paths: readonly string[];
  sent: number;
}

export async function posts(): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const children: ChildProcess[] = [];
  try {
    const devices = await prepare(dir);
    const ours = await start(children, [join(__dirname, '..', 'src', 'cli', 'main.js'), 'serve', dir]);
    const bare = await start(children, [join(__dirname, 'bare-posts.js'), dir, dir]);
    const { rootsPem } = loadServerFiles(dir);
    const tls = devices.map(device => clientTls({ ...device, rootsPem, clock, suites: [ccm8] }));
    const paths = await Promise.all(devices.map((device, i) => mirrorOf(ours.port, device, tls[i] ?? {})));
    const open = async (port: number) => Promise.all(tls.map(options => PostConnection.open(port, options)));
    const results: Line[] = [];
    const pair = {
      ours: { child: ours.child, connections: await open(ours.port), paths, sent: 0 },
      bare: { child: bare.child, connections: await open(bare.port), paths, sent: 0 },
    };
    for (const shape of shapes) results.push(...(await compare(shape, pair)));
    for (const { connections } of Object.values(pair)) for (const connection of connections) connection.close();
    return {
      name: 'posts',
      machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
      results,
    };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compare(shape: Shape, { ours, bare }: { ours: Server; bare: Server }): Promise<Line[]> {
  for (const server of [ours, bare]) await steady(server, shape, 1, true); // makes the meters, warms up
  const measured = { ours: [] as Steady[], bare: [] as Steady[] };
  for (let round = 0; round < rounds; round++) {
    measured.ours.push(await steady(ours, shape, roundS));
    measured.bare.push(await steady(bare, shape, roundS));
  }
  const fast = [await flatOut(ours, shape), await flatOut(bare, shape)];
  const of = (what: (each: Steady) => number) => [median(measured.ours.map(what)), median(measured.bare.map(what))];
  const line = (what: string, unit: string, [value = NaN, baseline = NaN]: number[]): Line => ({
    case: `${shape}, ${what}`,
    value,
    unit,
    baseline,
    ratio: value / baseline,
  });
  return [
    line(
      'posts answered',
      'posts/s',
      of(each => each.perSecond),
    ),
    line(
      'CPU of the server per post',
      'ms',
      of(each => each.cpuMsPerPost),
    ),
    line(
      'share of one core',
      '%',
      of(each => each.cpuMsPerPost * perSecond * 0.1),
    ),
    line(
      'time to the answer, median',
      'ms',
      of(each => each.medianMs),
    ),
    line(
      'time to the answer, p99',
      'ms',
      of(each => each.p99Ms),
    ),
    line('as fast as they go', 'posts/s', fast),
  ];
}

interface Steady {
  readonly perSecond: number;
  readonly cpuMsPerPost: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Posts at the steady rate, one connection after the other, whether or not those before are answered. */
async function steady(server: Server, shape: Shape, seconds: number, typed = false): Promise<Steady> {
  const count = Math.max(sites, Math.round(perSecond * seconds));
  const taken: number[] = [];
  const answers: Promise<void>[] = [];
  const cpu = cpuMs(server.child);
  const began = clock.nowMs();
  for (let i = 0; i < count; i++) {
    const due = began + (i * 1000) / perSecond;
    if (clock.nowMs() < due) await until(clock, due / 1000);
    const sentAt = clock.monotonicMs();
    answers.push(post(server, shape, typed).then(() => void taken.push(clock.monotonicMs() - sentAt)));
  }
  await Promise.all(answers);
  const tookMs = clock.nowMs() - began;
  const used = cpuMs(server.child) - cpu;
  const sorted = taken.toSorted((a, b) => a - b);
  return {
    perSecond: (count * 1000) / tookMs,
    cpuMsPerPost: used / count,
    medianMs: sorted[Math.floor(count / 2)] ?? NaN,
    p99Ms: sorted[Math.floor(count * 0.99)] ?? NaN,
  };
}

/** Answers a second when every connection posts again as soon as it is answered. */
async function flatOut(server: Server, shape: Shape): Promise<number> {
  const began = clock.monotonicMs();
  let count = 0;
  await Promise.all(
    server.connections.map(async () => {
      while (clock.monotonicMs() - began < fastS * 1000) {
        await post(server, shape, false);
        count++;
      }
    }),
  );
  return (count * 1000) / (clock.monotonicMs() - began);
}

/** The next post, from the site whose turn it is. */
function post(server: Server, shape: Shape, typed: boolean): Promise<void> {
  const n = server.sent++;
  const at = n % sites;
  const body = bodyOf(shape, Math.floor(n / sites), typed);
  return server.connections[at]?.post(server.paths[at] ?? '', body) ?? Promise.resolve();
}

/** User and kernel time of a process, all threads, milliseconds: from /proc where there is one, to 10 ms. */
function cpuMs({ pid }: ChildProcess): number {
  const ticksMs = 10;
  if (process.platform === 'linux') {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * ticksMs;
  }
  const [minutes = 0, seconds = 0] = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
    .split(':')
    .slice(-2)
    .map(Number);
  return (minutes * 60 + seconds) * 1000;
}

async function prepare(dir: string): Promise<Device[]> {
  await initDir(
    dir,
    { port: 0, operatorPort: 0, host: '127.0.0.1', logLevel: 'warn', maxRequestsPerMinute: 10_000_000 },
    deps,
  );
  const pki = loadPki(dir);
  const devices = Array.from({ length: sites }, (_, i) => issueDevice(pki, { name: `d${i}`, role: 'device' }));
  const store = await openStore({ kind: 'sqlite', file: join(dir, 'headroom.db'), mode: 'open' }, deps);
  const limits = { maxImportW: 20_000, maxExportW: 10_000, firmImportW: 2000, firmExportW: 1000 };
  await addSites(
    { store, clock, pen: 99999 },
    devices.map(({ lfdi, sfdi }, i) => ({
      ...{
        name: `site ${i}`,
        lfdi,
        sfdi,
        role: 'device',
        pin: 111_115,
        phases: [1],
        ...limits,
        weight: 1,
        derType: 83,
      },
      role: 'device' as const,
    })),
  );
  await store.close();
  return devices;
}

function start(children: ChildProcess[], args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', line =>
      resolve({ child, port: (JSON.parse(line) as { port: number }).port }),
    );
  });
}

/** Makes the mirror of a device and tells its path. */
function mirrorOf(port: number, device: Device, tls: ReturnType<typeof clientTls> | object): Promise<string> {
  const point = { mRID: hex(1), roleFlags: '0003', serviceCategoryKind: 0, status: 1, deviceLFDI: device.lfdi };
  const body = write(MirrorUsagePoint, { ...point, MirrorMeterReading: [] }, { dialect });
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/sep+xml', 'content-type': 'application/sep+xml' };
    request({ host: '127.0.0.1', port, path: '/mup', method: 'POST', agent: new Agent(tls), headers }, response => {
      response.resume();
      if (response.statusCode === 201) resolve(String(response.headers.location));
      else reject(new Error(`POST /mup: ${response.statusCode}`));
    })
      .once('error', reject)
      .end(body);
  });
}
