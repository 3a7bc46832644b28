import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Snapshot, envelopesOf, noticesOf } from './api';
import { staticProfile } from './static';
import { asset, device, snapshot } from './testing/snapshots';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-static-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  path.join(folder, 'profile.json'),
  JSON.stringify({
    timeZone: 'America/Los_Angeles',
    default: { import: 3000, export: 100_000 },
    devices: { a: { import: { form: 'H24', watts: Array.from({ length: 24 }, (_, h) => 1000 * h + 0.7) } } },
  }),
);
writeFileSync(path.join(folder, 'broken.json'), '{ "timeZone": ');
writeFileSync(path.join(folder, 'flat.csv'), 'device,direction,watts\n*,import,4500\n');
const make = (file: string, more = {}) => staticProfile({ file, ...more }, { baseDir: folder });
const run = async (s: Snapshot, engine = make('profile.json')) => engine.compute(s, new AbortController().signal);

it('gives each device its own profile, the default to others, and firm where there is none', async () => {
  const s = snapshot(
    [asset('T', 1e6)],
    [device('a', 'T'), device('b', 'T'), device('c', 'T', { firmImportW: 4000, firmExportW: 500 })],
    { start: Date.parse('2026-07-15T18:00:00Z') / 1000, stepS: 3600, steps: 2 },
  );
  const proposal = await run(s);
  const [a, b, c] = envelopesOf(proposal);
  expect(a).toMatchObject({ importW: [11_000, 12_000], exportW: [10_000, 10_000] });
  expect(a?.bound[0]).toEqual({ import: 'profile', export: 'site rating' });
  expect(b?.importW).toEqual([3000, 3000]);
  expect(c?.importW).toEqual([4000, 4000]);
  expect(c?.bound[0]?.import).toBe('firm');
  expect(noticesOf(proposal).map(n => n.text)).toEqual([
    'the import profile of c is below its firm limit of 4000 W in 2 steps; firm is kept',
  ]);
});

it('reads CSV by the name of the file, with the time zone as an option', async () => {
  const s = snapshot([asset('T', 1e6)], [device('a', 'T', { firmExportW: 700 })]);
  const [a] = envelopesOf(await run(s, make('flat.csv', { timeZone: 'UTC' })));
  expect(a).toMatchObject({ importW: [4500], exportW: [700] });
  expect(a?.bound[0]?.export).toBe('firm, no profile');
  expect(() => make('flat.csv')).toThrow('flat.csv: timeZone');
});

it.each([
  [{}, 'BAD_CONFIG', 'engineOptions.file'],
  [{ file: 'none.json' }, 'BAD_PROFILE', 'none.json, the file cannot be read'],
  [{ file: 'broken.json' }, 'BAD_PROFILE', 'broken.json, not JSON'],
  [{ file: 'profile.json', zone: 'x' }, 'BAD_CONFIG', 'engineOptions.zone'],
])('refuses %j at once', (options, code, text) => {
  expect(() => staticProfile(options, { baseDir: folder })).toThrow(code);
  expect(() => staticProfile(options, { baseDir: folder })).toThrow(text);
});
