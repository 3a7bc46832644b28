/** `headroom order` and the contracts of `headroom envelope`, on a folder without a running server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, lfdiOf } from './testing/cli-folder';

const t0 = Date.UTC(2026, 9, 12, 8) / 1000;
const { cwd, run, out, json, remove } = cliFolder(t0);

beforeAll(async () => {
  await out('init', 'home');
  for (const n of [1, 2]) {
    const limits = ['--max-import-w', '9000', '--firm-import-w', '4000', '--max-export-w', '5000'];
    await out('site', 'add', 'home', `Barn ${n}`, '--lfdi', lfdiOf(n), ...limits);
  }
  writeFileSync(
    join(cwd, 'lll.csv'),
    ['season,months,hour,watts', ...Array.from({ length: 24 }, (_, h) => `all,1-12,${h},${5000 + h * 100}`)].join('\n'),
  );
  writeFileSync(
    join(cwd, 'env.json'),
    JSON.stringify({ site: '2', start: t0, stepS: 900, importW: [8000], exportW: [0] }),
  );
  writeFileSync(
    join(cwd, 'low.json'),
    JSON.stringify({ site: '2', start: t0, stepS: 900, importW: [5000], exportW: [0] }),
  );
});
afterAll(remove);

it('enters a limited load profile, publishes it without any network, and shows it', async () => {
  const letter = ['--contract', 'LLL-1', '--effective-at', '2026-10-01', '--time-zone', 'UTC'];
  const [said = ''] = await out('envelope', 'contract', 'home', 'Barn 1', 'lll.csv', ...letter, '--notice', '24h');
  expect(said).toContain('version 1, LLL-1, static');
  await out('envelope', 'run', 'home');
  const { controls } = await json<{ controls: { importW: number; bound: { import: string } }[] }>(
    'envelope',
    'show',
    'home',
    'Barn 1',
  );
  expect(controls.slice(0, 2)).toMatchObject([
    { importW: 5800, bound: { import: 'contract LLL-1, version 1' } },
    { importW: 5900 },
  ]);
  expect((await out('envelope', 'contracts', 'home', 'Barn 1')).at(-1)).toMatch(
    /LLL-1 +LLL +static +bridging .* in force$/,
  );
  const bad = await run('envelope', 'contract', 'home', 'Barn 1', 'lll.csv', ...letter);
  expect([bad.exitCode, bad.said.join()]).toEqual([1, expect.stringContaining('effectiveAt')]);
});

it('holds a generation profile against the integration capacity', async () => {
  const hours = Array.from({ length: 24 }, (_, h) => h);
  writeFileSync(join(cwd, 'lgp.csv'), ['hour,watts', ...hours.map(h => `${h},2000`)].join('\n'));
  const ica = (w: number) =>
    ['month,hour,watts', ...hours.flatMap(h => hours.slice(0, 12).map(m => `${m + 1},${h},${w}`))].join('\n');
  writeFileSync(join(cwd, 'small.csv'), ica(2100));
  writeFileSync(join(cwd, 'large.csv'), ica(2500));
  const enter = [
    'envelope',
    'contract',
    'home',
    'Barn 2',
    'lgp.csv',
    '--contract',
    'LGP-1',
    '--effective-at',
    '2026-10-01',
  ];
  const refused = await run(...enter, '--ica', 'small.csv');
  expect([refused.exitCode, refused.said.join()]).toEqual([
    2,
    expect.stringContaining('in 288 of 288 months and hours'),
  ]);
  expect((await out(...enter, '--ica', 'large.csv'))[0]).toContain('LGP-1, static');
});

it('lowers what was published only for a reason', async () => {
  await out('envelope', 'import', 'home', 'env.json');
  const refused = await run('envelope', 'import', 'home', 'low.json');
  expect([refused.exitCode, refused.said.join()]).toEqual([1, expect.stringContaining('NO_REASON')]);
  await out('envelope', 'import', 'home', 'low.json', '--reason', 'correction');
  const reductions = await json<{ reason: string; worstW: number }[]>('envelope', 'reductions', 'home');
  expect(reductions).toMatchObject([{ reason: 'correction', worstW: 3000 }]);
  expect(await json('envelope', 'collections', 'home')).toEqual([]);
  expect(await json('envelope', 'shortfalls', 'home')).toEqual([]);
});

it('makes an order, shows it, and lets go of it', async () => {
  const made = ['--site', 'Barn 2', '--each', '--import-w', '1000', '--reason', 'emergency', '--below-firm'];
  const [said = ''] = await out('order', 'make', 'home', ...made, '--end', '+1h');
  expect(said).toMatch(/^order R14-1: 1 sites, [1-9]\d* controls published/);
  expect((await out('order', 'list', 'home')).at(-1)).toMatch(/^R14-1 +active +site 2 +each import 1000 W +emergency/);
  expect(await out('order', 'show', 'home', 'R14-1')).toEqual([
    expect.stringContaining('active, each import 1000 W for site 2, emergency'),
    expect.stringMatching(/^SITE/),
    expect.stringMatching(/^2 +1000/),
  ]);
  expect(await out('order', 'cancel', 'home', 'R14-1')).toEqual(['order R14-1 is cancelled']);
  expect((await run('order', 'release', 'home', 'R14-1')).exitCode).toBe(1);
  expect((await json<object[]>('order', 'list', 'home', '--past')).length).toBeLessThanOrEqual(1);
});

it('says what is missing, and that switching wants a network', async () => {
  for (const [args, says] of [
    [['--each', '--import-w', '1'], '--site, --group, --asset'],
    [['--site', '1', '--import-w', '1'], '--each, --together, --reduce'],
    [['--site', '1', '--each'], '--import-w, --export-w'],
    [['--site', '1', '--each', '--import-w', 'x'], '--import-w'],
  ] as const) {
    const done = await run('order', 'make', 'home', ...args, '--reason', 'safety');
    expect([done.exitCode, done.said.join()]).toEqual([2, expect.stringContaining(says)]);
  }
  expect((await run('order', 'switch', 'home')).exitCode).toBe(2);
  expect((await run('order', 'switch', 'home', '--open', 'A')).said.join()).toContain('without a network file');
  expect(await json('order', 'switchings', 'home')).toEqual([]);
});
