/** `headroom envelope explain` and `report`, on a folder without a running server and on a feeder file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { cliFolder, lfdiOf } from './testing/cli-folder';
import { oneTransformer } from './testing/one-transformer';

jest.setTimeout(60_000);

const t0 = Date.UTC(2026, 5, 21, 8) / 1000;
const oak = resolve(__dirname, '../../examples/networks/oak-street.json');
const { cwd, run, out, remove } = cliFolder(t0);

beforeAll(async () => {
  await out('init', 'home');
  const config = join(cwd, 'home/config.json');
  const read = JSON.parse(readFileSync(config, 'utf8')) as object;
  writeFileSync(
    config,
    JSON.stringify({ ...read, network: oak, timeZone: 'America/Los_Angeles', engine: 'box-robust' }),
  );
  const limits = ['--max-import-w', '90000', '--firm-import-w', '4000', '--max-export-w', '5000'];
  for (const [n, bus] of ['van-depot', 'parcel-depot', 'grocery'].entries())
    await out('site', 'add', 'home', `<b>${bus}</b>`, '--lfdi', lfdiOf(n + 1), '--bus', bus, ...limits);
  await out('envelope', 'run', 'home');
});
afterAll(remove);

it('tells of a site what bound each interval and what it unlocks', async () => {
  const lines = await out('envelope', 'explain', 'home', '<b>grocery</b>', '--to', '+6h');
  expect(lines[0]).toBe('<b>grocery</b>, 2026-06-21 08:00:00Z to 2026-06-21 14:00:00Z');
  expect(lines[1]).toMatch(/^planned for the worst hour: import \d+ W \(.+\), export 5000 W \(site rating\)$/);
  expect(lines[2]).toMatch(/^import: mean limit .* kW, planned .* kW; unlocked -?[\d.]+ kW or -?[\d.]+ kWh$/);
  expect(lines.some(line => /^2026-06-21 08:00:00Z .* site rating$/.test(line))).toBe(true);
  const json = JSON.parse((await out('envelope', 'explain', 'home', '3', '--to', '+6h', '--json')).join('')) as {
    intervals: { from: number; to: number }[];
  };
  expect([json.intervals[0]?.from, json.intervals.at(-1)?.to]).toEqual([t0, t0 + 6 * 3600]);
});

it('tells of all sites what is unlocked, how evenly, and what binds', async () => {
  const lines = await out('envelope', 'explain', 'home');
  expect(lines[0]).toMatch(/^3 sites, /);
  expect(lines.join('\n')).toMatch(/import fairness: Jain [01]\.\d{3}, least over mean [01]\.\d\d/);
  expect(lines.join('\n')).toMatch(/export bound by service 100 %/);
});

it('writes a page that needs nothing else, is well-formed, and runs no names of sites', async () => {
  expect(await out('envelope', 'report', 'home', '--html', 'report.html')).toEqual(['report: report.html']);
  const page = readFileSync(join(cwd, 'report.html'), 'utf8');
  expect(XMLValidator.validate(page.replace('<!DOCTYPE html>', ''))).toBe(true);
  expect(page).not.toContain('<b>grocery</b>');
  for (const words of [
    'Import unlocked',
    'Export fairness',
    'What bound import limits',
    'planned for the worst hour',
    '&lt;b&gt;grocery&lt;/b&gt;',
    'No limit had to give way to the verifier',
    'local (UTC−7)',
  ])
    expect(page).toContain(words);
  expect(page.replace(/http:\/\/www\.w3\.org\S*/g, '')).not.toMatch(/(src|href)="(?!#)|url\((?!#)|@import/);
});

it('reports an engine on a feeder file with what was verified, and what the plan itself would break', async () => {
  const offline = ['--network', oak, '--step', '3600', '--steps', '6', '--minute', '960', '--samples', '200'];
  await out('envelope', 'report', ...offline, '--engine', 'box-robust', '--html', 'offline.html');
  const page = readFileSync(join(cwd, 'offline.html'), 'utf8');
  expect(page).toMatch(/No limit broken in \d+ samples/);
  expect(page).toMatch(/breaks a limit in \d+ of \d+/);
  expect(page).toContain('Oak Street');
});

it('counts what sites may do together where aggregators have limits for sums', async () => {
  writeFileSync(join(cwd, 'sums.json'), JSON.stringify(oneTransformer));
  const given = ['--network', 'sums.json', '--engine', 'group', '--aggregators', '2', '--steps', '2', '--step', '3600'];
  await out('envelope', 'report', ...given, '--max-import', '30000', '--html', 'sums.html');
  const page = readFileSync(join(cwd, 'sums.html'), 'utf8');
  expect(page).toContain('aggregator 2, 2 sites under T1: together import');
  // Over 80 kW of own limits below a transformer of 45 kVA, that the plan fills.
  const [, kWh = 'none'] = /([\d.]+)\s*kWh of limits (?:below|beyond)/.exec(page) ?? [];
  expect(Number(kWh)).toBeLessThan(10);
});

it.each([
  [['report', '--html', 'x.html'], 'want the folder of a server, or --network FILE'],
  [['explain', 'home', 'nobody'], 'NO_SUCH'],
  [['explain', 'home', '--from', 'tomorrow'], 'a time such as'],
  [['explain', 'home', '--to', '2020-01-01'], 'a moment after'],
])('%p is refused: %s', async (args, why) => {
  const { exitCode, said } = await run('envelope', ...args);
  expect([exitCode === 0, said.join(' ')]).toEqual([false, expect.stringContaining(why) as string]);
});
