import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../base/clock';
import { commandLine } from './testing/command-line';

const cwd = mkdtempSync(join(tmpdir(), 'headroom-log-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const run = (...args: string[]) => commandLine(args, { cwd, clock: new ManualClock(Date.UTC(2026, 9, 12, 8) / 1000) });

it('prints what a running server has logged lately, for people and as JSON, and needs one to run', async () => {
  const fields = ['host=127.0.0.1', 'port=0', 'operatorPort=0', 'logLevel=silent'];
  await run('init', 'lab', ...fields.flatMap(field => ['--set', field]));
  expect(await run('log', 'lab')).toMatchObject({ exitCode: 1, said: [expect.stringContaining('no server runs')] });
  const stop = new AbortController();
  let ended: Promise<unknown> | undefined;
  await new Promise<string>(heard => {
    ended = commandLine(['serve', 'lab'], { cwd, stop: stop.signal, heard });
  });
  try {
    const { out, exitCode } = await run('log', 'lab');
    expect([exitCode, out[0]]).toEqual([
      0,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?Z {2}info {3}server {2}serving {2}\{"port":\d+/),
    ]);
    await run('site', 'show', 'lab', 'Nobody');
    const [line = ''] = (await run('log', 'lab', '--room', 'operator', '--json')).out;
    expect(JSON.parse(line)).toMatchObject({ level: 'info', message: 'operator request refused' });
    expect((await run('log', 'lab', '--level', 'error')).out).toEqual([]);
    expect((await run('log', 'lab', '--until', '2020-01-01')).out).toEqual([]);
    expect((await run('log', 'lab', '--security', '--json')).out).toEqual([]);
    expect((await run('log', 'lab', '--level', 'loud')).exitCode).toBe(2);
    expect((await run('log', 'lab', '--since', 'lately')).exitCode).toBe(2);
  } finally {
    stop.abort();
    await ended;
  }
});

it('withdraws an envelope with a reason code, shows it, lists it, and restores', async () => {
  await run('init', 'second');
  await run('site', 'add', 'second', 'Barn', '--lfdi', 'A'.repeat(40), '--max-import-w', '9000');
  const done = await run('envelope', 'withdraw', 'second', 'Barn', '--reason', 'maintenance', '--until', '+2h');
  expect([done.exitCode, done.out]).toEqual([
    0,
    ['Barn: withdrawn: maintenance, from 2026-10-12 08:00:00Z to 2026-10-12 10:00:00Z'],
  ]);
  expect((await run('envelope', 'show', 'second', 'Barn')).out).toEqual([
    'withdrawn: maintenance, from 2026-10-12 08:00:00Z to 2026-10-12 10:00:00Z',
    expect.stringContaining('the firm limits of DefaultDERControl hold') as string,
  ]);
  expect((await run('envelope', 'list', 'second')).out[1]).toMatch(/^1 +Barn +firm +firm +withdrawn: maintenance/);
  const [all = ''] = (await run('envelope', 'list', 'second', '--json')).out;
  expect(JSON.parse(all)).toMatchObject([{ site: '1', withdrawal: { reason: 'maintenance' } }]);
  expect((await run('envelope', 'restore', 'second', 'Barn', '--json')).out).toEqual(['{"restored":"Barn"}']);
  expect((await run('envelope', 'restore', 'second', 'Barn')).exitCode).toBe(1);
  expect((await run('envelope', 'withdraw', 'second', 'Barn')).exitCode).toBe(2);
  expect((await run('envelope', 'withdraw', 'second', 'Barn', '--reason', 'boredom')).exitCode).toBe(2);
});
