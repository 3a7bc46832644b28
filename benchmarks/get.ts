/**
 * Keep-alive GETs over mutual TLS (CCM-8): DeviceCapability, a DERProgramList with one entry, a DERControlList with 24 entries,
 * over 1, 16 and 64 connections; our server against a bare node:https server that sends the same bytes. Both run as processes
 * of their own and are asked in turn, round by round, so that a machine that slows down slows both.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock } from '../src/base/clock';
import { silentLog } from '../src/base/log';
import { noMetrics } from '../src/base/metrics';
import { addSites } from '../src/functions/operator/sites';
import { initDir } from '../src/server/init';
import { openStore } from '../src/store/open';
import { ccm8, clientTls, issueDevice, loadPki, loadServerFiles } from '../src/tls';
import { answersPerSecond, LoadConnection, median } from './load';
import { type BenchResult } from './result';
import { benchSite } from './site';

const rounds = 7;
const secondsEach = 0.8;
const clock = new SystemClock();
const deps = { clock, log: silentLog, metrics: noMetrics };

export async function get(): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const children: ChildProcess[] = [];
  try {
    const device = await prepare(dir);
    const paths = {
      DeviceCapability: '/dcap',
      'DERProgramList, one entry': '/edev/1/fsa/1/derp?s=0&l=1',
      'DERControlList, 24 entries': '/derp/1/derc?s=0&l=24',
    };
    const ours = await start(children, [join(__dirname, '..', 'src', 'cli', 'main.js'), 'serve', dir]);
    const options = { ...clientTls({ ...device, rootsPem: loadServerFiles(dir).rootsPem, clock, suites: [ccm8] }) };
    const bodies: Record<string, string> = {};
    for (const path of Object.values(paths)) bodies[path] = await fetchBody(ours, path, options);
    const bodiesFile = join(dir, 'bodies.json');
    writeFileSync(bodiesFile, JSON.stringify(bodies));
    const bare = await start(children, [join(__dirname, 'bare-server.js'), dir, bodiesFile]);

    const results: BenchResult['results'][number][] = [];
    for (const [name, path] of Object.entries(paths))
      for (const connections of [1, 16, 64]) {
        const open = (port: number) =>
          Promise.all(Array.from({ length: connections }, () => LoadConnection.open(port, path, options)));
        const [a, b] = [await open(ours), await open(bare)];
        await answersPerSecond(a, 1);
        await answersPerSecond(b, 1);
        const [our, base, ratios]: [number[], number[], number[]] = [[], [], []];
        for (let round = 0; round < rounds; round++) {
          const value = await answersPerSecond(a, secondsEach);
          const baseline = await answersPerSecond(b, secondsEach);
          our.push(value);
          base.push(baseline);
          ratios.push(value / baseline);
        }
        const bytes = a[0]?.bytes ?? 0;
        [...a, ...b].forEach(connection => connection.close());
        const ratio = median(ratios);
        const at = `${name}, ${bytes} bytes, ${connections} connection${connections === 1 ? '' : 's'}`;
        process.stderr.write(`${at}: ${ratio.toFixed(3)} of bare https\n`);
        results.push({ case: at, value: median(our), unit: 'answers/s', baseline: median(base), ratio });
      }
    return {
      name: 'get',
      machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
      results,
    };
  } finally {
    for (const child of children) child.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function prepare(dir: string) {
  await initDir(
    dir,
    {
      port: 0,
      operatorPort: 0,
      host: '127.0.0.1',
      logLevel: 'warn',
      // All connections are of one identity, which no client would have so many of.
      maxRequestsPerMinute: 10_000_000,
      maxConnectionsPerIdentity: 1000,
      maxRequestsInTurn: 10_000,
      maxRequestsAtOnce: 10_000,
    },
    deps,
  );
  const device = issueDevice(loadPki(dir), { name: 'bench', role: 'device' });
  const store = await openStore({ kind: 'sqlite', file: join(dir, 'headroom.db'), mode: 'open' }, deps);
  await addSites({ store, clock, pen: 99999 }, [benchSite(1, { lfdi: device.lfdi, sfdi: device.sfdi })]);
  // Twenty-four hourly limits, no two neighbours alike, so that each is a control of its own.
  const steps = 24;
  const now = clock.now();
  await store.commit({
    series: [
      {
        site: '1',
        publishedAt: now,
        start: now,
        stepS: 3600,
        importW: Int32Array.from({ length: steps }, (_, i) => 4000 + i * 100),
        exportW: Int32Array.from({ length: steps }, (_, i) => 3000 + i * 50),
        own: new Uint8Array(steps).fill(1),
        bound: new Uint8Array(steps),
        reasons: ['bench\tbench'],
        engine: 'bench',
        inputsHash: '',
      },
    ],
  });
  await store.close();
  return device;
}

function start(children: ChildProcess[], args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', line => resolve((JSON.parse(line) as { port: number }).port));
  });
}

async function fetchBody(port: number, path: string, tls: Parameters<typeof LoadConnection.open>[2]): Promise<string> {
  const { request, Agent } = await import('node:https');
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path, agent: new Agent(tls), headers: { Accept: 'application/sep+xml' } },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(Buffer.concat(chunks).toString())
            : reject(new Error(`${path}: ${response.statusCode}`)),
        );
      },
    )
      .once('error', reject)
      .end();
  });
}
