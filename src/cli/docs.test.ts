import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { Problem } from '../base/problem';
import { type Io } from './command';
import { docs, generated, outdated } from './docs';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-docs-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ lines: string[]; exitCode: number }> {
  const lines: string[] = [];
  const io: Io = {
    clock: new ManualClock(0),
    log: silentLog,
    cwd,
    out: line => lines.push(line),
    say: () => undefined,
    exitCode: 0,
    stop: new AbortController().signal,
  };
  const program = new Command().exitOverride();
  docs(program, io);
  await program.parseAsync(['node', 'headroom', 'docs', ...args]);
  return { lines, exitCode: io.exitCode };
}

it('prints what it then finds up to date, and names a file that was changed', async () => {
  mkdirSync(join(cwd, 'schemas'));
  expect((await run('--check')).exitCode).toBe(1);
  expect((await run()).lines).toEqual(generated().map(g => g.file));
  expect(await run('--check')).toEqual({ lines: [], exitCode: 0 });

  const file = join(cwd, 'docs/errors.md');
  writeFileSync(file, readFileSync(file, 'utf8').replace('not well-formed', 'quite good'));
  rmSync(join(cwd, 'schemas/routes.md'));
  const { lines, exitCode } = await run('--check');
  expect(exitCode).toBe(1);
  expect(lines).toEqual(['schemas/routes.md: missing', expect.stringMatching(/^docs\/errors\.md: line \d+ differs$/)]);
});

it('takes Windows line ends for the same', () => {
  for (const dir of ['schemas', 'docs']) mkdirSync(join(cwd, dir));
  for (const { file, content } of generated()) writeFileSync(join(cwd, file), content.replaceAll('\n', '\r\n'));
  expect(outdated(cwd)).toEqual([]);
});

it('says so where there is no checkout', async () => {
  await expect(run('--check')).rejects.toThrow(Problem);
});
