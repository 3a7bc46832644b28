/** Groups, programs, controls and their delivery over the operator's port, in the words of a lab that sets up its fixtures. */
import { folder, openHouse, type OpenHouse } from './testing/house';

const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder();
  house = await openHouse(home.dir);
  for (const [n, name] of ['EDA1', 'EDB1'].entries())
    await call('POST', '/api/sites', { name, lfdi: lfdi(n + 1), ...limits });
});
afterEach(async () => {
  await house.close();
  home.remove();
});
const call = (method: string, path: string, body?: unknown) => house.operator(method, path, body);
const made = async (path: string, body: unknown) => {
  const { status, json } = await call('POST', path, body);
  expect([path, status]).toEqual([path, 201]);
  return json as Record<string, string>;
};
const ok = async (method: string, path: string, body?: unknown) => {
  const { status, json } = await call(method, path, body);
  expect([method, path, status > 299 && json]).toEqual([method, path, false]);
  return json;
};

it('sets up a tree, moves what hangs in it, and shows who is assigned what', async () => {
  await made('/api/groups', { name: 'SY', level: 'system' });
  await made('/api/groups', { name: 'FDA', level: 'feeder', parent: 'SY' });
  await made('/api/groups', { name: 'FDB', level: 'feeder', parent: 'SY' });
  const { derp } = await made('/api/programs', { description: 'FDA', groups: ['FDA'] });
  await ok('POST', '/api/groups/moves', {
    moves: [
      { site: 'EDA1', to: 'FDA' },
      { site: 'EDB1', to: 'FDB' },
    ],
  });
  const assigned = async (site: string) =>
    ((await ok('GET', `/api/sites/${site}/assignments`))['assignments'] as { programs: string[] }[]).map(
      each => each.programs,
    );
  expect([await assigned('EDA1'), await assigned('EDB1')]).toEqual([[['1', derp]], [['2']]]);
  expect(await ok('GET', `/api/programs/${derp}`)).toMatchObject({
    primacy: 7,
    sites: [],
    groups: [expect.any(String)],
  });
  await ok('POST', '/api/groups/moves', { moves: [{ site: 'EDB1', to: 'FDA' }, { site: 'EDA1' }] });
  expect([await assigned('EDA1'), await assigned('EDB1')]).toEqual([[['1']], [['2', derp]]]);
  expect(await ok('GET', '/api/groups/FDA')).toMatchObject({ level: 'feeder', members: ['2'] });
  expect((await call('DELETE', '/api/groups/FDA')).status).toBe(409);
  await ok('POST', '/api/groups/moves', { moves: [{ site: 'EDB1' }] });
  await ok('PATCH', '/api/groups/FDA', { name: 'Feeder A' });
  await ok('DELETE', '/api/groups/Feeder%20A');
  await made('/api/groups', { name: 'Pilot' });
  await ok('POST', '/api/groups/Pilot/join', { sites: ['EDA1'] });
  expect(await assigned('EDA1')).toHaveLength(2);
  await ok('POST', '/api/groups/Pilot/leave', { sites: ['EDA1'] });
  await ok('PUT', '/api/sites/EDA1/assignments', {
    envelope: false,
    more: [{ description: 'SP', programs: [derp] }, {}],
  });
  expect((await assigned('EDA1')).sort()).toEqual([[], [], [derp]]);
  expect(((await ok('GET', '/api/groups'))['groups'] as { name: string }[]).map(each => each.name).sort()).toEqual([
    'FDB',
    'Pilot',
    'SY',
  ]);
});

it('issues, changes, follows and ends controls', async () => {
  const { derp = '' } = await made('/api/programs', { description: 'P', primacy: 5, sites: ['EDA1'] });
  const at = `/api/programs/${derp}`;
  const start = house.clock.now() + 60;
  const curve = { curveType: 11, CurveData: [{ xvalue: 1, yvalue: 2 }], xMultiplier: 0, yMultiplier: 0, yRefType: 3 };
  const { href = '' } = await made(`${at}/curves`, curve);
  await ok('PUT', `${at}/curves/${href.split('/')[4]}`, { ...curve, yRefType: 1 });
  expect(await ok('GET', `${at}/curves`)).toMatchObject({ curves: [{ href, version: 1, yRefType: 1 }] });
  await ok('PUT', `${at}/default`, { base: { opModVoltVar: { href } }, setGradW: 100, description: 'Quiet' });
  expect(await ok('GET', `${at}/default`)).toMatchObject({ description: 'Quiet', settings: { setGradW: 100 } });
  const { controls } = (await made(`${at}/controls`, {
    controls: [60, 120].map(later => ({ start: start + later, durationS: 60, base: { opModMaxLimW: 5000 } })),
  })) as unknown as { controls: { mRID: string }[] };
  const [first, second] = controls.map(({ mRID }) => mRID);
  expect(await ok('GET', `${at}/controls`)).toMatchObject({
    controls: [
      { mRID: first, status: 0 },
      { mRID: second, status: 0, listed: true },
    ],
  });
  const next = await ok('PATCH', `/api/controls/${first}`, { durationS: 30 });
  expect(await ok('GET', `/api/controls/${first}`)).toMatchObject({ status: 2, program: derp });
  expect(await ok('GET', `/api/controls/${String(next['mRID'])}`)).toMatchObject({ status: 0, durationS: 30 });
  expect(await ok('GET', `/api/controls/${second}/delivery`)).toMatchObject({
    sites: [{ site: '1', name: 'EDA1', assigned: true, silentSince: start - 60 }],
    counts: { sites: 1, silent: 1 },
  });
  house.clock.advance(125);
  expect(await ok('GET', '/api/sites/EDA1/in-force')).toMatchObject({
    modes: expect.arrayContaining([
      { mode: 'opModMaxLimW', program: derp, primacy: 5, mRID: next['mRID'], value: 5000 },
    ]) as unknown,
  });
  await ok('PATCH', at, { primacy: 6 });
  await ok('PATCH', '/api/programs', { programs: { [derp]: { primacy: 7, description: 'Q' } } });
  expect(await ok('GET', '/api/programs')).toMatchObject({
    programs: [{ derp, primacy: 7, description: 'Q', version: 2 }, { envelopeOf: expect.any(String) as string }, {}],
  });
  expect((await call('DELETE', at)).status).toBe(409);
  await ok('POST', `/api/controls/${second}/cancel`);
  house.clock.advance(100);
  expect((await ok('GET', `${at}/controls/past`))['controls']).toEqual([]);
  await ok('DELETE', `${at}/default`);
  await ok('DELETE', `${at}/curves/${href.split('/')[4]}`);
  await ok('PUT', `${at}/places`, { groups: [], sites: ['EDB1'] });
  await ok('DELETE', at);
  expect((await call('GET', at)).status).toBe(404);
});

it.each<[string, string, unknown, string]>([
  ['POST', '/api/groups', { name: 'x', level: 'feder' }, 'level'],
  ['POST', '/api/groups', { name: 'x', parent: 'nobody' }, 'group nobody'],
  ['POST', '/api/groups/moves', { moves: [{ site: 'EDA1', to: 'nobody' }] }, 'group nobody'],
  ['POST', '/api/groups/moves', { moves: [{ site: 'EDA9' }] }, 'did you mean EDA1?'],
  [
    'POST',
    '/api/programs/1/controls',
    { start: 9e9, durationS: 1, base: { opModConnect: true } },
    'published by the engine',
  ],
  ['PATCH', '/api/programs/nobody', { primacy: 3 }, 'no such program'],
  ['GET', `/api/controls/${'AB'.repeat(16)}/delivery`, undefined, 'no such control'],
  ['PUT', '/api/programs/1/default', { base: {}, setGradW: 65_536 }, 'setGradW'],
])('%s %s is refused: %j', async (method, path, body, words) => {
  const { status, text } = await call(method, path, body);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(text).toContain(words);
});
