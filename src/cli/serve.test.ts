import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, type Ran } from './testing/command-line';

let cwd: string;
let stop: AbortController;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-serve-'));
  stop = new AbortController();
  const fields = ['host=127.0.0.1', 'port=0', 'operatorPort=0', 'logLevel=silent'];
  await commandLine(['init', 'lab', ...fields.flatMap(field => ['--set', field])], { cwd });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Resolves when it serves, with the line it said and with how it will end. */
async function serve(): Promise<{ run: { pid: number; port: number; operatorPort: number }; ended: Promise<Ran> }> {
  let ended: Promise<Ran> | undefined;
  const line = await new Promise<string>(heard => {
    ended = commandLine(['serve', 'lab'], { cwd, stop: stop.signal, heard });
  });
  if (!ended) throw new Error('it did not begin');
  return { run: JSON.parse(line) as { pid: number; port: number; operatorPort: number }, ended };
}

it('says where it serves, is found by other commands, refuses a second on its folder, and ends clean', async () => {
  const { run, ended } = await serve();
  expect(JSON.parse(readFileSync(join(cwd, 'lab', 'run.json'), 'utf8'))).toEqual(run);
  const lfdi = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
  expect((await commandLine(['site', 'add', 'lab', 'Barn', '--lfdi', lfdi, '--json'], { cwd })).exitCode).toBe(0);
  expect((await commandLine(['site', 'list', 'lab'], { cwd })).out).toEqual([expect.stringContaining(lfdi)]);

  const second = await commandLine(['serve', 'lab'], { cwd });
  expect([second.exitCode, second.out]).toEqual([2, []]);
  expect(second.said).toEqual([
    expect.stringContaining(`a server runs on this folder already, process ${process.pid}`),
  ]);
  expect(JSON.parse(readFileSync(join(cwd, 'lab', 'run.json'), 'utf8'))).toEqual(run);

  stop.abort(new Error('SIGTERM'));
  expect(await ended).toMatchObject({ exitCode: 0, said: [] });
  expect(existsSync(join(cwd, 'lab', 'run.json'))).toBe(false);
  // With no server the same commands open the database themselves.
  expect((await commandLine(['site', 'list', 'lab'], { cwd })).out).toEqual([expect.stringContaining(lfdi)]);
});

it.each([
  ['of a server that was killed', JSON.stringify({ pid: 1, port: 1, operatorPort: 1 })],
  ['that a crash cut short', '{"pid": 1, "po'],
])('is not kept from serving by a run.json %s', async (_, left) => {
  writeFileSync(join(cwd, 'lab', 'run.json'), left);
  expect((await commandLine(['site', 'list', 'lab'], { cwd })).exitCode).toBe(0);
  const { ended } = await serve();
  stop.abort(new Error('SIGTERM'));
  expect((await ended).exitCode).toBe(0);
});
