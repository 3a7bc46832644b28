/** `headroom site import`, `rekey`, `remove`: ten thousand rows, bad rows with their lines, all or nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../base/clock';
import { commandLine } from './testing/command-line';

let cwd: string;
const run = (...args: string[]) => commandLine(args, { cwd, clock: new SystemClock() });
const count = async () =>
  (JSON.parse((await run('site', 'list', 'home', '--json')).out[0] ?? '[]') as unknown[]).length;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-import-'));
  expect((await run('init', 'home')).exitCode).toBe(0);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const header = 'name,lfdi,phases,maxImportW,firmImportW,pin';
const row = (n: number) => `Site ${n},${n.toString(16).padStart(40, '0')},1,7000,1500,111115`;
const file = (rows: readonly string[]) => writeFileSync(join(cwd, 'sites.csv'), [header, ...rows].join('\n'));

it('takes 10,000 sites in less than 30 s and tells how far it is', async () => {
  file(Array.from({ length: 10_000 }, (_, n) => row(n + 1)));
  const clock = new SystemClock();
  const began = clock.monotonicMs();
  const { exitCode, out, said } = await run('site', 'import', 'home', 'sites.csv');
  const seconds = (clock.monotonicMs() - began) / 1000;
  expect([exitCode, out]).toEqual([0, ['10000 sites registered']]);
  expect(seconds).toBeLessThan(30);
  expect(said.filter(line => /^\d+ of 10000 rows checked, 0 bad, [\d.]+ s$/.test(line))).toHaveLength(10);
  expect(await count()).toBe(10_000);
  console.info(`10,000 sites in ${seconds.toFixed(1)} s`);
}, 60_000);

it('tells every bad row with its line and reason, and registers none', async () => {
  await run('site', 'add', 'home', 'Taken', '--lfdi', '9'.repeat(40));
  file([
    row(1),
    row(2).replace('1500', '9000'), // line 3
    row(1).replace('Site 1', 'Other'), // line 4: LFDI of line 2
    row(4).replace('Site 4', 'Taken'),
    row(5).replace('111115', 'x'),
    row(6).replace(',1,', ',7,'),
    ',' + 'a'.repeat(40) + ',1,1,1,111115',
    row(8).replace(/,0+8,/, ',88,'),
  ]);
  const { exitCode, out, said } = await run('site', 'import', 'home', 'sites.csv');
  expect(exitCode).toBe(1);
  const at = (line: number) => out.find(text => text.includes(`sites.csv:${line}: `));
  const wanted: [number, string][] = [
    [3, 'firmImportW'],
    [4, 'line 2 has the lfdi'],
    [5, 'Taken is registered already'],
    [6, 'pin, want a number, got x'],
    [7, 'phases'],
    [8, 'name is missing'],
    [9, '40 hex digits'],
  ];
  for (const [line, reason] of wanted) expect([line, at(line)]).toEqual([line, expect.stringContaining(reason)]);
  expect(out).toHaveLength(8);
  expect(out.at(-1)).toBe('0 sites registered');
  expect(said.at(-1)).toContain('7 bad rows and so none registered');
  expect(await count()).toBe(1);
});

it('leaves bad rows out where it is told to', async () => {
  file([row(1), row(2).replace('1500', '9000'), row(3)]);
  const { exitCode, out } = await run('site', 'import', 'home', 'sites.csv', '--skip-bad', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(out[0] ?? '')).toMatchObject({
    added: 2,
    sites: [{ name: 'Site 1' }, { name: 'Site 3' }],
    bad: [{ line: 3, reason: expect.stringContaining('firmImportW') as unknown }],
  });
  expect(await count()).toBe(2);
});

it('re-keys and removes, with --json too', async () => {
  file([row(1)]);
  await run('site', 'import', 'home', 'sites.csv');
  const next = 'AB'.repeat(20);
  const rekeyed = await run('site', 'rekey', 'home', 'Site 1', next, '--pin', '123455', '--json');
  expect(JSON.parse(rekeyed.out[0] ?? '')).toMatchObject([{ name: 'Site 1', lfdi: next, pin: 123_455 }]);
  expect((await run('site', 'rekey', 'home', 'Site 1', next)).exitCode).toBe(1);
  expect(JSON.parse((await run('site', 'revoke', 'home', next, '--json')).out[0] ?? '')).toEqual({
    lfdi: next,
    revoked: true,
  });
  expect(JSON.parse((await run('site', 'remove', 'home', next, '--json')).out[0] ?? '')).toEqual({ removed: next });
  expect(await count()).toBe(0);
});
