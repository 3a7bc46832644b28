import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SystemClock } from '../base/clock';
import { type Summary } from '../sim/report/record';
import { certName, identities } from './sim/identities';
import { commandLine } from './testing/command-line';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
const cwd = mkdtempSync(join(tmpdir(), 'headroom-sim-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
beforeAll(async () => {
  const fields = [
    'port=0',
    'operatorPort=0',
    'host=127.0.0.1',
    'logLevel=silent',
    'notifyAllow=127.0.0.1',
    `network=${network}`,
  ];
  const made = await commandLine(['init', 'lab', ...fields.flatMap(field => ['--set', field])], { cwd });
  expect(made.exitCode).toBe(0);
});

/** Two minutes in a second, from the day after the certificates were made. */
const clock = (): string => `${Date.UTC(2026, 9, 13, 19)},120,${new SystemClock().nowMs()}`;

async function served<T>(shared: string, use: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let serving: Promise<unknown> = Promise.resolve();
  await new Promise<void>((ready, failed) => {
    const where = { cwd, stop: stop.signal, heard: () => ready() };
    serving = commandLine(['serve', 'lab', '--clock', shared], where).then(({ said }) =>
      failed(new Error(said.join())),
    );
  });
  try {
    return await use();
  } finally {
    stop.abort();
    await serving;
  }
}

const simulated = (shared: string, ...more: string[]) =>
  commandLine(['sim', 'lab', '--clock', shared, '--sites', '2', '--json', ...more], { cwd, clock: new SystemClock() });
const last = (lines: readonly string[]) => JSON.parse(lines.at(-1) ?? '{}') as Summary;

test('sites get certificates, are registered, follow what they are told, and come back as themselves', async () => {
  const shared = clock();
  await served(shared, async () => {
    const { exitCode, out, said } = await simulated(shared, '--hours', '0.1', '--report', 'report.html');
    expect(said).toContain('registered 2 sites');
    expect(last(out)).toMatchObject({ sites: 2, hours: 0.1, followed: true, unheard: {}, reportFile: 'report.html' });
    expect(last(out).responses.received).toBeGreaterThan(0);
    expect(exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toContain('Van depot');
    expect(readdirSync(join(cwd, 'lab/certs')).sort()).toEqual(
      ['parcel-depot', 'van-depot'].flatMap(name => [`${name}.chain.pem`, `${name}.json`, `${name}.key.pem`]),
    );
    const again = await simulated(shared, '--hours', '0.06');
    expect(again.said).not.toContain('registered 2 sites');
    expect(again.exitCode).toBe(0);
  });
}, 60_000);

test('sites that subscribe are told of changes', async () => {
  const shared = clock();
  await served(shared, async () => {
    const { exitCode, out } = await simulated(shared, '--hours', '0.25', '--subscribe');
    expect(last(out)).toMatchObject({ sites: 2, followed: true, unheard: {}, told: 2 });
    expect(exitCode).toBe(0);
  });
}, 60_000);

test('a site that is not let in is told of, with the reason, and the answer is no', async () => {
  const shared = clock();
  const answer = await served(shared, () =>
    // A port where nobody is: the one of discard, on this machine.
    simulated(shared, '--hours', '0.02', '--url', 'https://127.0.0.1:9/dcap'),
  );
  expect(answer.exitCode).toBe(1);
  expect(answer.said.join('\n')).toMatch(/Van depot: LFDI [0-9A-F]{40}, PIN \d{6}/);
  expect(answer.said.join('\n')).toMatch(/never reached the server: Van depot, Parcel depot: CANNOT_REACH/);
}, 60_000);

test.each([
  [[], /CANNOT_REACH.*no server runs/, 1],
  [['--url', 'http://127.0.0.1/dcap'], /--url.*https:\/\/HOST:PORT\/dcap/, 2],
  [['--network', 'nowhere.json'], /nowhere\.json/, 2],
  [['--hours', 'x'], /--hours.*a number from/, 2],
])('bad input %j is one clear line', async (more, told, code) => {
  const { exitCode, out, said } = await commandLine(['sim', 'lab', '--headless', ...more], { cwd });
  expect(said.at(-1)).toMatch(told);
  expect(out).toEqual([]);
  expect(exitCode).toBe(code);
});

test('names of sites become names of certificates, never two the same', () => {
  expect(['12 Oak St', 'Café №5', '...'].map(certName)).toEqual(['12-oak-st', 'caf-5', 'site']);
  expect(() => identities(cwd, undefined as never, [])).not.toThrow();
  const sharing = ['A b', 'a-B'];
  const pki = undefined as never; // the first is there already, the second must not be made
  expect(() => identities(join(cwd, 'lab'), pki, ['Van depot', 'van-DEPOT', ...sharing])).toThrow(
    /share this certificate/,
  );
});
