/** `headroom testserver` as a lab runs it: the command, a hook that has the device in hand, the lab API, and reports. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, SystemClock } from '../base/clock';
import { silentLog } from '../base/log';
import { seededRandom } from '../base/random';
import { tasks } from '../base/tasks';
import { createClient, httpsTransport, type Client } from '../client';
import { ccm8, clientTls } from '../tls';
import { scaledClock } from './clock-option';
import { runCommand } from './run';

interface Served {
  readonly dcap: string;
  readonly roots: string;
  readonly lab: string;
  readonly key: string;
  readonly lfdi: string;
  readonly clock: string;
}

const cwd = mkdtempSync(join(tmpdir(), 'headroom-testserver-cli-'));
const asked: string[] = [];
const failures: unknown[] = [];
const work = tasks(error => failures.push(error));
let served: Served | undefined;
let client: Client | undefined;

/** Starts our client at the address the lab printed. */
function start({ dcap, roots, lfdi, clock: shared }: Served): void {
  const { hostname, port, pathname } = new URL(dcap);
  const pem = (kind: string) => readFileSync(join(cwd, 'testserver-lab', 'certs', `dut.${kind}.pem`), 'utf8');
  const clock: Clock = scaledClock(shared);
  const tls = clientTls({
    keyPem: pem('key'),
    chainPem: pem('chain'),
    rootsPem: readFileSync(roots, 'utf8'),
    clock,
    suites: [ccm8],
  });
  client = createClient({
    transport: httpsTransport({ host: hostname, port: Number(port), tls }),
    clock,
    tasks: work,
    random: seededRandom(5),
    log: silentLog,
    lfdi,
    pin: 111_115,
    dcap: pathname,
  });
  client.start();
}

const hook = createServer((req, res) => {
  let text = '';
  req.on('data', part => (text += String(part)));
  req.on('end', () => {
    const { request } = JSON.parse(text) as { request: string };
    asked.push(request);
    if (request === 'start' && served) start(served);
    if (request === 'stop') client?.stop();
    res.writeHead(204).end();
  });
});

interface Ran {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly said: readonly string[];
}

async function headroom(argv: readonly string[], stop = new AbortController().signal): Promise<Ran> {
  const [out, said]: [string[], string[]] = [[], []];
  const exitCode = await runCommand(argv, {
    clock: new SystemClock(),
    log: silentLog,
    cwd,
    out: line => {
      out.push(line);
      if (line.startsWith('{')) served = JSON.parse(line) as Served;
    },
    say: line => said.push(line),
    exitCode: 0,
    stop,
  });
  return { exitCode, out, said };
}

beforeAll(() => new Promise<void>(ready => hook.listen(0, '127.0.0.1', ready)));
afterAll(() => {
  client?.stop();
  hook.close();
  rmSync(cwd, { recursive: true, force: true });
});

const hookUrl = () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
const quick = () => ['testserver', '--port', '0', '--speed', '100', '--hook', hookUrl()];

it('runs scenarios against a client, tells how long it takes, and leaves reports', async () => {
  const { exitCode, out, said } = await headroom([
    ...quick(),
    ...['--scenario', 'COMM-002', 'BASIC-018', '--report', 'report', '--product', 'DER <1>'],
  ]);
  expect(out.at(-1)).toMatch(/2 passed, 0 failed, 0 blocked, 0 not supported$/);
  expect(exitCode).toBe(0);
  expect(asked).toEqual(['start', 'stop', 'start', 'stop']);
  expect(
    said.some(line => /^1\/2 BASIC-018 .*; about 6 min|^1\/2 BASIC-018 .*; about \d+ s left in all$/.test(line)),
  ).toBe(true);
  expect(said.some(line => /Create event SP in SP\. \d+ s left/.test(line))).toBe(true);
  const report = (name: string) => readFileSync(join(cwd, 'report', name), 'utf8');
  expect(report('report.html')).toContain('Conformance of DER &#60;1&#62;');
  expect(report('report.html')).toContain('GET /dcap HTTP/1.1');
  expect(report('junit.xml')).toContain('tests="2"');
  expect(report('sunspec-summary.csv')).toContain('Test BASIC-018,PASS');
  expect(report('pics.json')).toContain('"redirect"');
}, 60_000);

it('says that a client did not come, and what the scenarios are', async () => {
  const { exitCode, out } = await headroom([
    ...['testserver', '--port', '0', '--speed', '100', '--patience', '1', '--scenario', 'COMM-002'],
  ]);
  expect(exitCode).toBe(1);
  expect(out.join('\n')).toContain('BLOCKED       COMM-002');
  const list = await headroom(['testserver', '--list']);
  expect(list.out.some(line => /^FAULT-010 +der-client +5 min +Odd hrefs$/.test(line))).toBe(true);
  const book = await headroom(['testserver', '--print', '--scenario', 'CORE-022']);
  expect(book.out.join('\n')).toContain('| +160 s | Cancel event E1. |');
}, 60_000);

it('takes faults and the clock from the lab API, with the key alone', async () => {
  const stop = new AbortController();
  served = undefined;
  const running = headroom([...quick(), '--lab-port', '0'], stop.signal);
  const until = async (there: () => boolean) => {
    for (let i = 0; i < 600 && !there(); i++) await fetch(hookUrl(), { method: 'POST', body: '{"request":"wait"}' });
  };
  await until(() => served !== undefined);
  const { lab, key } = served as unknown as Served;
  const authorization = `Bearer ${readFileSync(key, 'utf8').trim()}`;
  const call = (method: string, path: string, body?: unknown) =>
    fetch(lab + path, {
      method,
      headers: { authorization },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  expect((await fetch(`${lab}/lab`)).status).toBe(401);
  const fault = { do: 'status', status: 503, retryAfterS: 30, on: { resource: 'DeviceCapability' }, times: 2 };
  expect(await (await call('POST', '/lab/faults', fault)).json()).toEqual([fault]);
  const odd = await call('POST', '/lab/faults', { do: 'explode' });
  expect([odd.status, await odd.text()]).toEqual([400, expect.stringContaining('status, redirect, delay')]);
  expect((await call('POST', '/lab/faults', { do: 'delay', seconds: 1, when: 'before' })).status).toBe(400);
  expect(await (await call('PUT', '/lab/clock', { offsetS: 3600 })).json()).toMatchObject({ offsetS: 3600 });
  start(served as unknown as Served);
  await until(() => client?.status.problem !== undefined);
  const { exchanges } = (await (await call('GET', '/lab/exchanges')).json()) as { exchanges: { status: number }[] };
  expect(exchanges[0]).toMatchObject({ method: 'GET', path: '/dcap', status: 503, faults: ['status'] });
  expect((await call('DELETE', '/lab/faults')).status).toBe(204);
  expect(await (await call('GET', '/lab')).json()).toMatchObject({ faults: [], offsetS: 3600 });
  expect((await call('GET', '/lab/nothing')).status).toBe(404);
  client?.stop();
  stop.abort();
  expect((await running).exitCode).toBe(0);
}, 60_000);

it.each([
  [['--scenario', 'CORE-999'], '--scenario'],
  [['--role', 'meter'], '--role'],
  [['--without', 'sleep'], '--without'],
  [['--client', './no-such.pem'], 'no certificate there'],
  [['--pin', '123456'], '--pin'],
])('refuses %j', async (more, text) => {
  const { exitCode, said } = await headroom(['testserver', '--port', '0', ...more]);
  expect(exitCode).toBe(2);
  expect(said.join('\n')).toContain(text);
});
