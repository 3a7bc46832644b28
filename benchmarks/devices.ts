/**
 * `npm run bench -- devices`: GETs of a device when there are 1,000 and when there are 1,000,000 EndDevices in the database. Two
 * servers with the same PKI are asked by the same devices at the same time, in random order, so that a moment in which the
 * machine is slow meets both. Each device has its own certificate and connection. It asks with a query the server has not seen
 * (an unknown parameter, which is ignored), so that the answer is put together anew, then again for the answer that was kept.
 *
 * Figures are the 99th percentile of the time to the last byte; with a million it is to be at most 1.5 times that with a
 * thousand. The last line is the resident memory of the servers: below 400 MB with a million.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { seededRandom } from '../src/base/random';
import { initDir } from '../src/server/init';
import { ccm8, clientTls, issueDevice, loadPki, loadServerFiles } from '../src/tls';
import { fillSites, type Asking } from './fill';
import { LoadConnection } from './load';
import { type BenchResult } from './result';

const few = 1000;
const many = 1_000_000;
const asking = 400;
const rounds = 8;
/** How often each kept answer is asked for in a round. */
const again = 4;
/** Requests on their way at once. */
const atOnce = 4;
const clock = new SystemClock();
const random = seededRandom(1);

const resources = {
  DeviceCapability: (_edev: number) => '/dcap?s=0',
  'EndDeviceList, its own': (_edev: number) => '/edev?s=0&l=10',
  DERProgramList: (edev: number) => `/edev/${edev}/fsa/1/derp?s=0&l=10`,
  'DERControlList, 24 entries': (edev: number) => `/derp/${edev}/derc?s=0&l=24`,
};

interface Client {
  readonly edev: number;
  readonly connection: LoadConnection;
}
interface Served {
  readonly child: ChildProcess;
  readonly clients: Client[];
  rssMb: number;
}

export async function devices(): Promise<BenchResult> {
  const top = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const children: ChildProcess[] = [];
  try {
    const dirs = { few: join(top, 'few'), many: join(top, 'many') };
    await initDir(
      dirs.few,
      { port: 0, operatorPort: 0, host: '127.0.0.1', logLevel: 'warn', maxRequestsPerMinute: 10_000_000 },
      { clock, log: silentLog, metrics: noMetrics },
    );
    cpSync(dirs.few, dirs.many, { recursive: true });
    const pki = loadPki(dirs.few);
    const certificates = Array.from({ length: asking }, (_, i) => issueDevice(pki, { name: `d${i}`, role: 'device' }));
    const rootsPem = loadServerFiles(dirs.few).rootsPem;
    const place = (i: number, sites: number) => 1 + Math.floor((i * sites) / asking);
    const fill = async (dir: string, sites: number) => {
      const devicesAsking = certificates.map((device, i): Asking => {
        return { edev: place(i, sites), lfdi: device.lfdi, sfdi: device.sfdi };
      });
      await fillSites(join(dir, 'headroom.db'), { sites, asking: devicesAsking, clock, say });
    };
    const serve = async (dir: string, sites: number): Promise<Served> => {
      const child = spawn(process.execPath, [join(__dirname, '..', 'src', 'cli', 'main.js'), 'serve', dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const port = await portOf(child);
      const clients: Client[] = [];
      for (const [i, device] of certificates.entries()) {
        const tls = clientTls({ ...device, rootsPem, clock, suites: [ccm8] });
        clients.push({ edev: place(i, sites), connection: await LoadConnection.open(port, '/dcap', tls) });
      }
      return { child, clients, rssMb: 0 };
    };
    await fill(dirs.few, few);
    await fill(dirs.many, many);
    const servers = [await serve(dirs.few, few), await serve(dirs.many, many)] as const;
    const results = await measure(servers);
    for (const { clients } of servers) for (const { connection } of clients) connection.close();
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`;
    return { name: 'devices', machine, results };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(top, { recursive: true, force: true });
  }
}

async function measure(servers: readonly Served[]): Promise<BenchResult['results']> {
  const found = new Map<string, number[][]>();
  for (let round = -1; round < rounds; round++) {
    for (const [name, path] of Object.entries(resources)) {
      const url = ({ edev }: Client) => `${path(edev)}&round=${round}`;
      for (const [how, times] of [
        ['put together', 1],
        ['kept', again],
      ] as const) {
        const what = `${name}, ${how}, p99`;
        const taken = await ask(servers, url, times);
        if (round >= 0)
          found.set(
            what,
            taken.map((ms, i) => [...(found.get(what)?.[i] ?? []), ...ms]),
          );
      }
    }
    for (const server of servers) server.rssMb = Math.max(server.rssMb, residentMb(server.child));
    say(`round ${round + 1} of ${rounds}`);
  }
  const line = (what: string, unit: string, [baseline = NaN, value = NaN]: readonly number[]) => {
    return { case: what, value, unit, baseline, ratio: value / baseline };
  };
  return [
    ...[...found].map(([what, taken]) =>
      line(
        what,
        'ms',
        taken.map(ms => percentile(ms, 0.99)),
      ),
    ),
    line(
      'memory of the server',
      'MB',
      servers.map(({ rssMb }) => rssMb),
    ),
  ];
}

/** Milliseconds of `times` GETs by each client of each server, in random order, a few at once. */
async function ask(servers: readonly Served[], url: (client: Client) => string, times: number): Promise<number[][]> {
  const taken = servers.map((): number[] => []);
  for (let time = 0; time < times; time++) {
    const left = shuffled(servers.flatMap(({ clients }, server) => clients.map(client => ({ server, client }))));
    const one = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const began = clock.monotonicMs();
        await next.client.connection.get(url(next.client));
        taken[next.server]?.push(clock.monotonicMs() - began);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }
  return taken;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map(item => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** What the server says in its first line, once it is ready. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)));
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', line =>
        resolve((JSON.parse(line) as { port: number }).port),
      );
  });
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((x, y) => x - y)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

const residentMb = ({ pid }: ChildProcess): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

const say = (line: string) => process.stderr.write(`${line}\n`);
