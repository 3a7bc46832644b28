import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from './testing/command-line';

let root: string;
const run = (...args: string[]) => commandLine(args, { cwd: root });
const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'headroom-backup-'));
  const fields = ['port=0', 'operatorPort=0', 'host=127.0.0.1', 'logLevel=silent'];
  const made = await run('init', 'lab', ...fields.flatMap(field => ['--set', field]));
  expect(made.exitCode).toBe(0);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs `serve` until `use` has done its work. */
async function served<T>(dir: string, use: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let ready = () => undefined as void;
  const listening = new Promise<void>(done => (ready = done));
  const serving = commandLine(['serve', dir], { cwd: root, stop: stop.signal, heard: () => ready() });
  const ended = serving.then(({ exitCode, said }) => expect([exitCode, said]).toEqual([0, []]));
  await Promise.race([listening, ended]);
  try {
    return await use();
  } finally {
    stop.abort();
    await ended;
  }
}

it('backs up while the server takes writes; the copy passes the check and serves all that was acknowledged before', async () => {
  let before = 0;
  const told = await served('lab', async () => {
    for (; before < 5; before++) await run('site', 'add', 'lab', `early ${before}`, '--lfdi', lfdi(before));
    const copying = run('backup', 'lab', 'copy.db');
    for (let n = 100; n < 105; n++)
      expect((await run('site', 'add', 'lab', `late ${n}`, '--lfdi', lfdi(n))).exitCode).toBe(0);
    return copying;
  });
  expect(told).toMatchObject({ exitCode: 0, said: [] });
  expect(told.out[0]).toMatch(/copy\.db: \d+\.\d MB, \d+ documents, 0 envelope rows, 0 readings, checked$/);
  expect(await run('check', 'copy.db')).toMatchObject({ exitCode: 0, out: [expect.stringMatching(/nothing wrong$/)] });
  expect(await run('check', 'lab')).toMatchObject({ exitCode: 0 });

  // Restored: the folder with the copy in place of the database.
  cpSync(join(root, 'lab'), join(root, 'restored'), { recursive: true });
  cpSync(join(root, 'copy.db'), join(root, 'restored', 'headroom.db'));
  const names = await served('restored', async () => {
    const { out } = await run('site', 'list', 'restored', '--json');
    return (JSON.parse(out[0] ?? '[]') as { name: string }[]).map(site => site.name);
  });
  expect(names.slice(0, before)).toEqual(['early 0', 'early 1', 'early 2', 'early 3', 'early 4']);
}, 30_000);

it('replaces a file only by --force', async () => {
  writeFileSync(join(root, 'copy.db'), 'mine');
  expect(await run('backup', 'lab', 'copy.db')).toMatchObject({ exitCode: 2, out: [] });
  const refused = await run('backup', 'lab', 'copy.db');
  expect(refused).toMatchObject({ exitCode: 2, out: [] });
  expect(refused.said.join()).toMatch(/^headroom: BAD_USAGE: .*copy\.db, it is there already; --force replaces it/);
  expect(readFileSync(join(root, 'copy.db'), 'utf8')).toBe('mine');
  expect(await run('backup', 'lab', 'copy.db', '--force')).toMatchObject({ exitCode: 0 });
});

it('names each fault of a damaged database, and ends with 1', async () => {
  const file = join(root, 'lab', 'headroom.db');
  const bytes = readFileSync(file);
  bytes.fill(0xee, bytes.length - 4096);
  writeFileSync(file, bytes);
  const { exitCode, out, said } = await run('check', 'lab');
  expect(exitCode).toBe(1);
  expect(out.length).toBeGreaterThan(0);
  expect(said.join()).toMatch(
    new RegExp(`^headroom: DB_BROKEN: .*headroom\\.db, faults: ${out.length}\\. .*Restore a backup`),
  );
  expect(await run('backup', 'lab', 'copy.db')).toMatchObject({ exitCode: 2, out: [] });
  const refused = await run('serve', 'lab');
  expect(refused).toMatchObject({ exitCode: 2, out: [] });
  expect(refused.said).toEqual([expect.stringMatching(/^headroom: DB_BROKEN: .*headroom\.db, .*Restore a backup/)]);
});

it('tells scripts in JSON what it made, copied, checked and imported', async () => {
  const json = async (...args: string[]) => {
    const { exitCode, out } = await run(...args, '--json');
    return { exitCode, told: JSON.parse(out.join('')) as unknown };
  };
  expect(await json('init', 'second')).toEqual({
    exitCode: 0,
    told: { dir: join(root, 'second'), lfdi: expect.stringMatching(/^[0-9A-F]{40}$/) as string },
  });
  await run('site', 'add', 'lab', 'Barn', '--lfdi', lfdi(1), '--max-import-w', '9000');
  const envelope = { site: 'Barn', start: Date.UTC(2026, 9, 12) / 1000, stepS: 900, importW: [3000], exportW: [0] };
  writeFileSync(join(root, 'e.json'), JSON.stringify(envelope));
  expect(await json('envelope', 'import', 'lab', 'e.json')).toMatchObject({
    exitCode: 0,
    told: [{ site: 'Barn', outcome: 'published', controlsPublished: 1 }],
  });
  const file = join(root, 'copy.db');
  const told = { file, bytes: expect.any(Number) as number };
  expect(await json('backup', 'lab', 'copy.db')).toMatchObject({ exitCode: 0, told: { ...told, rows: { series: 1 } } });
  expect(await json('check', 'copy.db')).toMatchObject({ exitCode: 0, told: { ...told, faults: [] } });
});
