/** `headroom group`, `program` and `control`, on a folder without a running server. */
import { cliFolder, lfdiOf } from './testing/cli-folder';

const t0 = Date.UTC(2026, 9, 12, 8) / 1000;
const { run, out, json, remove } = cliFolder(t0);

beforeAll(async () => {
  await out('init', 'home');
  for (const n of [1, 2]) await out('site', 'add', 'home', `Barn ${n}`, '--lfdi', lfdiOf(n), '--max-export-w', '9000');
});
afterAll(remove);

it('builds the tree, moves nodes and sites in it, and takes it down', async () => {
  await out('group', 'add', 'home', 'North', '--level', 'feeder');
  const south = await json<{ id: string }>('group', 'add', 'home', 'South', '--level', 'feeder');
  await out('group', 'add', 'home', 'TR1', '--level', 'service-transformer', '--parent', 'North');
  const tree = await out('group', 'list', 'home');
  expect(tree.map(line => line.replace(/ {2,}\S+$/, ''))).toEqual([
    expect.stringMatching(/^NAME +LEVEL +PROGRAMS/),
    'North  feeder',
    '  TR1  service-transformer',
    'South  feeder',
  ]);
  expect(await out('group', 'move', 'home', 'TR1', '--to', south.id)).toEqual([`moved TR1 to ${south.id}`]);
  await out('group', 'move', 'home', 'Barn 1', 'Barn 2', '--sites', '--to', 'TR1');
  expect(await json('group', 'show', 'home', 'TR1')).toMatchObject({ parent: south.id, members: ['1', '2'] });
  expect((await run('group', 'remove', 'home', 'TR1')).said).toEqual([expect.stringContaining('2 members')]);
  expect(await json('group', 'move', 'home', 'Barn 2', '--sites')).toEqual({ moved: ['Barn 2'], to: null });
  await out('group', 'rename', 'home', 'North', 'Upper');
  await out('group', 'remove', 'home', 'Upper');
  await out('group', 'add', 'home', 'Early birds');
  expect(await json('group', 'join', 'home', 'Early birds', 'Barn 1', '2')).toMatchObject({ joined: ['Barn 1', '2'] });
  await out('group', 'leave', 'home', 'Early birds', '2');
  expect(await json('group', 'show', 'home', 'Early birds')).toMatchObject({ members: ['1'] });
  expect((await run('group', 'add', 'home', 'X', '--level', 'moon')).exitCode).toBe(1);
});

it('makes programs, sets primacies and defaults', async () => {
  const one = await json<{ derp: string }>('program', 'add', 'home', 'Emergency', '--primacy', '1', '--site', 'Barn 2');
  const { derp: two } = await json<{ derp: string }>('program', 'add', 'home', 'Seasonal', '--group', 'South');
  expect((await out('program', 'list', 'home')).map(line => line.split(/ {2,}/).slice(1, 3))).toEqual([
    ['PRIMACY', 'DESCRIPTION'],
    ['1', 'Emergency'],
    ['7', 'Seasonal'],
  ]);
  expect(await json<object[]>('program', 'list', 'home', '--all')).toHaveLength(4);
  expect(await out('program', 'primacy', 'home', `${one.derp}=7`, `${two}=1`)).toEqual([
    `${one.derp} has primacy 7, ${two} has primacy 1`,
  ]);
  await out('program', 'default', 'home', two, '--mode', 'opModExpLimW=5000', '--mode', 'opModMaxLimW=8000');
  await out('program', 'place', 'home', two, '--site', 'Barn 2', '--group', 'Early birds');
  expect(await json('program', 'show', 'home', two)).toMatchObject({
    primacy: 1,
    sites: ['2'],
    groups: [expect.any(String)],
    default: { base: { opModExpLimW: { multiplier: 0, value: 5000 }, opModMaxLimW: 8000 } },
  });
  await out('program', 'default', 'home', two, '--clear');
  expect(await json('program', 'show', 'home', two)).toMatchObject({ default: null });
  expect((await run('program', 'default', 'home', two)).exitCode).toBe(1);
  expect((await run('program', 'default', 'home', two, '--mode', 'opModMoonW=1')).said[0]).toContain('opModMoonW');
  expect((await run('program', 'default', 'home', two, '--mode', 'opModExpLimW')).exitCode).toBe(2);
  expect((await run('program', 'primacy', 'home', `${two}=256`)).exitCode).toBe(2);
  await out('program', 'remove', 'home', two);
  expect((await run('program', 'show', 'home', two)).said[0]).toContain('NO_SUCH');
});

it('issues controls, lists them, cancels with and without randomisation, and tells what became of one', async () => {
  const { derp } = await json<{ derp: string }>('program', 'add', 'home', 'Peak', '--primacy', '2', '--site', 'Barn 1');
  const issue = (...more: string[]) =>
    json<{ mRID: string }>('control', 'issue', 'home', derp, '--duration', '1h', ...more);
  const now = await issue('--start', 'now', '--mode', 'opModExpLimW=12000', '--randomize-start', '60');
  const later = await issue('--start', '+2h', '--mode', 'opModConnect=false', '--description', 'Maintenance');
  const lines = await out('control', 'list', 'home', derp);
  expect(lines).toHaveLength(3);
  expect(lines.join('\n')).toMatch(/2026-10-12 08:00:00Z +3600 +active .* opModExpLimW=12000\n/);
  expect(lines.join('\n')).toMatch(/2026-10-12 10:00:00Z +3600 +scheduled .* opModConnect=false$/);
  expect(await out('control', 'cancel', 'home', now.mRID, '--randomized')).toEqual([
    `${now.mRID} is cancelled, spread by its randomisation`,
  ]);
  expect(await json('control', 'cancel', 'home', later.mRID)).toEqual({ cancelled: later.mRID, randomized: false });
  expect(await json('control', 'show', 'home', now.mRID)).toMatchObject({ status: 3, randomizeStart: 60 });
  expect(await json('control', 'show', 'home', later.mRID)).toMatchObject({ status: 2, description: 'Maintenance' });
  const told = await out('control', 'delivery', 'home', now.mRID);
  expect(told[0]).toMatch(/^SITE +RECEIVED +STARTED +COMPLETED$/);
  expect(told[1]).toMatch(/^Barn 1/);
  expect(told.at(-1)).toMatch(/^1 sites, 0 received/);
  expect(await json('control', 'delivery', 'home', now.mRID)).toMatchObject({ counts: { sites: 1, received: 0 } });
  expect(await json('control', 'list', 'home', derp, '--past')).toEqual([]);
  expect(
    (await run('control', 'issue', 'home', derp, '--start', 'soon', '--duration', '60', '--mode', 'a=1')).exitCode,
  ).toBe(2);
  expect(
    (await run('control', 'issue', 'home', '1', '--start', 'now', '--duration', '60', '--mode', 'opModConnect=true'))
      .said[0],
  ).toContain('envelope program');
});
