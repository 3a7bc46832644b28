import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { Problem } from '../base/problem';
import { printWadl } from '../codec/print-wadl';
import { printXsd } from '../codec/print-xsd';
import { dialects } from '../model/dialect';
import { type Io } from './command';
import { compareAll, schemas } from './schemas';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'headroom-schemas-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function io(): Io & { lines: string[]; said: string[] } {
  const [lines, said]: [string[], string[]] = [[], []];
  return {
    clock: new ManualClock(0),
    log: silentLog,
    cwd,
    lines,
    said,
    out: line => lines.push(line),
    say: line => said.push(line),
    exitCode: 0,
    stop: new AbortController().signal,
  };
}

/** A folder of schemas that could be the official ones, `change`d. */
function official(change: (text: string, id: string) => string): string {
  for (const dialect of Object.values(dialects).filter(d => !d.draft)) {
    mkdirSync(join(cwd, dialect.id));
    for (const { file, content } of printXsd(dialect))
      writeFileSync(join(cwd, dialect.id, file), change(content, dialect.id));
  }
  mkdirSync(join(cwd, 'wadl'));
  writeFileSync(join(cwd, 'wadl', 'sep_wadl-draft.xml'), change(printWadl(), 'wadl'));
  return cwd;
}

it('says loudly what could not be compared', () => {
  const to = io();
  compareAll(to, join(cwd, 'nowhere'));
  const skipped = ['2018', '2023', 'csipaus-1.2', 'csipaus-1.3', 'wadl'];
  expect(to.lines.map(line => /^(\S+): SKIPPED/.exec(line)?.[1])).toEqual(skipped);
  expect(to.said.every(line => line.startsWith('NOT COMPARED'))).toBe(true);
  expect(to.exitCode).toBe(0);
});

it('counts what is identical', () => {
  const to = io();
  compareAll(
    to,
    official(text => text),
  );
  expect(to.lines).toEqual([
    '2018: 349 of 349 types identical, 324 of 324 elements',
    '2023: 393 of 393 types identical, 129 of 129 elements',
    'csipaus-1.2: 351 of 351 types identical, 332 of 332 elements',
    'csipaus-1.3: 354 of 354 types identical, 338 of 338 elements',
    expect.stringMatching(/^wadl: (\d+) of \1 resources identical$/),
  ]);
  expect([to.said, to.exitCode]).toEqual([[], 0]);
});

it('lists what differs, and fails', () => {
  const to = io();
  compareAll(
    to,
    official((text, id) =>
      id === '2018'
        ? text.replace('name="setGradW" type="UInt16"', 'name="setGradW" type="UInt32"')
        : id === 'wadl'
          ? text.replace('name="PUT" hr:mode="E"', 'name="PUT" hr:mode="M"')
          : text,
    ),
  );
  expect(to.exitCode).toBe(1);
  expect(to.lines).toContain('2018: 348 of 349 types identical, 324 of 324 elements');
  expect(to.lines.filter(line => line.startsWith('2018: type'))).toEqual([
    expect.stringMatching(/DefaultDERControl: theirs has element \S+setGradW \S+UInt32 0\.\.1$/),
    expect.stringMatching(/DefaultDERControl: ours has element \S+setGradW \S+UInt16 0\.\.1$/),
  ]);
  expect(to.lines).toContainEqual(expect.stringMatching(/^wadl: resource \S+ \/dcap: ours .*PUT E.* theirs .*PUT M/));
});

it('prints schemas into a checkout, and nowhere else', async () => {
  const run = async (to: Io) => {
    const program = new Command().exitOverride();
    schemas(program, to);
    await program.parseAsync(['node', 'headroom', 'schemas']);
  };
  await expect(run(io())).rejects.toThrow(Problem);
  mkdirSync(join(cwd, 'schemas'));
  const to = io();
  await run(to);
  expect(to.lines.map(line => line.replace('schemas/', '')).sort()).toEqual(readdirSync(join(cwd, 'schemas')).sort());
  expect(to.lines).toContain('schemas/ieee-2030.5-2018.wadl');
});
