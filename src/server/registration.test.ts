/** Registration: by the operator, in band and announced; re-keying, managers, views, what goes with what is removed. */
import { registrationCode } from '../tls';
import { folder, openHouse, type DeviceClient, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder({ database: ':memory:' });
  house = await openHouse(home.dir);
});
afterEach(async () => {
  await house.close();
  home.remove();
});

const xml = (type: string, inner: string) => `<${type} xmlns="urn:ieee:std:2030.5:ns">${inner}</${type}>`;
const newDevice = (more = '') => xml('EndDevice', `${more}<sFDI>0</sFDI><changedTime>0</changedTime>`);
const enter = (device: { lfdi: string; issued: { name: string } }, more: object = {}) =>
  house.operator('POST', '/api/sites', { name: device.issued.name, lfdi: device.lfdi, ...more });
const post = (device: DeviceClient, body = newDevice()) => device.ask('/edev', { method: 'POST', body });
const statuses = async (device: DeviceClient, ...paths: string[]) =>
  Promise.all(paths.map(async path => (await device.ask(path)).status));
const listed = async (device: DeviceClient) =>
  [...(await device.ask('/edev?l=10')).body.matchAll(/<lFDI>(\w+)</g)].map(([, lfdi]) => lfdi);

it('in band: refused while it is off, open while it is on, once for each certificate, for no other LFDI', async () => {
  const [one, two] = [house.device('one'), house.device('two')];
  expect((await post(one)).status).toBe(403);
  await house.operator('PUT', '/api/in-band-registration', { on: true });
  expect((await post(one, newDevice(`<lFDI>${two.lfdi}</lFDI>`))).status).toBe(403);
  const made = await post(one);
  expect([made.status, made.headers['location']]).toEqual([201, '/edev/1']);
  expect((await post(one)).status).toBe(409);
  expect(await listed(one)).toEqual([one.lfdi]);
  expect((await post(two, newDevice(`<lFDI>${two.lfdi.toLowerCase()}</lFDI>`))).status).toBe(201);
  await house.operator('PUT', '/api/in-band-registration', { on: false });
  expect((await post(house.device('three'))).status).toBe(403);
  // Nothing is promised to whom nobody knows.
  expect((await house.operator('GET', '/api/sites/1')).json).toMatchObject({ maxImportW: 0, firmExportW: 0 });
  const { json } = await house.operator('GET', '/api/audit?what=device.registered');
  expect(json).toMatchObject({ rows: [{ who: `device ${one.lfdi}`, subject: '1' }, { who: `device ${two.lfdi}` }] });
});

it('in band: a device announced by the code on its label becomes that site, with its PIN and limits, whatever the switch', async () => {
  const device = house.device('porch');
  const { sfdi, pin } = device.issued;
  expect(registrationCode(sfdi, pin)).toContain(String(pin));
  const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1500, derType: 4 };
  expect((await house.operator('POST', '/api/announced', { sfdi, pin, name: 'Porch', ...limits })).status).toBe(201);
  expect((await house.operator('GET', '/api/announced')).json).toMatchObject({ announced: [{ sfdi, name: 'Porch' }] });
  expect((await post(house.device('other'))).status).toBe(403);
  expect((await post(device)).status).toBe(201);
  expect((await house.operator('GET', '/api/sites/Porch')).json).toMatchObject({ lfdi: device.lfdi, ...limits, pin });
  expect((await device.ask('/edev/1/rg')).body).toContain(`<pIN>${pin}</pIN>`);
  expect((await device.ask('/edev/1/der/1/dercap')).body).toContain('<type>4</type>');
  expect((await house.operator('GET', '/api/announced')).json).toEqual({ announced: [] });
  expect((await house.operator('DELETE', `/api/announced/${sfdi}`)).status).toBe(404);
  expect((await house.operator('POST', '/api/announced', { sfdi: 1, name: 'Porch' })).status).toBe(409);
});

it('self-provisions: a device tells its own nameplate', async () => {
  await house.operator('PUT', '/api/in-band-registration', { on: true });
  const device = house.device('new');
  await post(device);
  const nameplate = xml(
    'DERCapability',
    '<modesSupported>0010</modesSupported><rtgMaxW><multiplier>0</multiplier><value>7600</value></rtgMaxW><type>4</type>',
  );
  expect((await device.ask('/edev/1/der/1/dercap', { method: 'PUT', body: nameplate })).status).toBe(204);
  expect((await device.ask('/edev/1/der/1/dercap')).body).toContain('<value>7600</value>');
});

it('gives a site the LFDI of its new certificate, from one request to the next, and the old one nothing', async () => {
  const [old, next] = [house.device('old'), house.device('next')];
  await enter(old, { name: 'Barn', maxImportW: 5000 });
  const program = (await house.operator('POST', '/api/programs', { primacy: 2, sites: ['Barn'] })).json;
  const control = { start: 1_790_000_000, durationS: 600, base: { opModMaxLimW: 5000 } };
  await house.operator('POST', `/api/programs/${String(program['derp'])}/controls`, control);
  const seen = ['/edev/1', '/edev/1/fsa', '/derp/1/dderc', `/derp/${String(program['derp'])}/derc`];
  expect(await statuses(old, ...seen)).toEqual([200, 200, 200, 200]);
  expect(await statuses(next, ...seen)).toEqual([404, 404, 404, 404]);
  const rekeyed = await house.operator('POST', '/api/sites/Barn/rekey', { lfdi: next.lfdi, pin: 123_455 });
  expect([rekeyed.status, rekeyed.json]).toMatchObject([200, { edev: '1', lfdi: next.lfdi, sfdi: next.issued.sfdi }]);
  expect(await statuses(old, ...seen)).toEqual([404, 404, 404, 404]);
  expect(await statuses(next, ...seen)).toEqual([200, 200, 200, 200]);
  expect(await listed(old)).toEqual([]);
  expect((await next.ask('/edev/1')).body).toContain(`<sFDI>${next.issued.sfdi}</sFDI>`);
  expect((await next.ask('/edev/1/rg')).body).toContain('<pIN>123455</pIN>');
  expect((await house.operator('POST', '/api/sites/Barn/rekey', { lfdi: next.lfdi })).status).toBe(409);
  const third = house.device('third');
  await enter(third);
  expect((await house.operator('POST', '/api/sites/Barn/rekey', { lfdi: third.lfdi })).status).toBe(409);
  expect((await house.operator('POST', '/api/sites/Nobody/rekey', { lfdi: old.lfdi })).status).toBe(404);
});

it('re-keys an aggregator with all it speaks for; managed devices need no certificate', async () => {
  const [old, next] = [house.device('agg'), house.device('agg-2')];
  await enter(old, { role: 'aggregator' });
  const managed = [1, 2, 3].map(n => n.toString(16).toUpperCase().padStart(40, 'A'));
  for (const [i, lfdi] of managed.entries())
    await house.operator('POST', '/api/sites', { name: `M${i}`, lfdi, manager: old.lfdi });
  expect((await listed(old)).sort()).toEqual([old.lfdi, ...managed].sort());
  await house.operator('POST', '/api/sites/agg/rekey', { lfdi: next.lfdi });
  expect(await listed(old)).toEqual([]);
  expect((await listed(next)).sort()).toEqual([next.lfdi, ...managed].sort());
  expect(await statuses(next, '/edev/2/fsa', '/derp/3/dderc')).toEqual([200, 200]);
});

it('changes and ends who speaks for a site', async () => {
  const [one, two, device] = [house.device('a1'), house.device('a2'), house.device('d')];
  for (const aggregator of [one, two]) await enter(aggregator, { role: 'aggregator' });
  await enter(device, { name: 'D', manager: one.lfdi });
  expect(await statuses(one, '/edev/3')).toEqual([200]);
  await house.operator('PATCH', '/api/sites/D', { manager: two.lfdi });
  expect([await statuses(one, '/edev/3'), await statuses(two, '/edev/3')]).toEqual([[404], [200]]);
  await house.operator('PATCH', '/api/sites/D', { manager: null });
  expect([await statuses(two, '/edev/3'), await statuses(device, '/edev/3')]).toEqual([[404], [200]]);
  const bad: [string, unknown][] = [
    ['PATCH /api/sites/D', { manager: device.lfdi }],
    ['PATCH /api/sites/D', { manager: 'F'.repeat(40) }],
    ['PATCH /api/sites/a1', { manager: two.lfdi }],
    ['POST /api/sites', { name: 'x', lfdi: '1'.repeat(40), manager: device.lfdi }],
    ['POST /api/sites', { name: 'x', lfdi: '1'.repeat(40), role: 'aggregator', manager: two.lfdi }],
  ];
  for (const [ask, body] of bad) {
    const [method = '', path = ''] = ask.split(' ');
    expect([body, (await house.operator(method, path, body)).status]).toEqual([body, 400]);
  }
});

it('shows an identity the entries it is to see, with nothing to follow and nothing to change', async () => {
  const [device, neighbour, far] = [house.device('d'), house.device('n'), house.device('f')];
  for (const each of [neighbour, far, device]) await enter(each);
  expect(await listed(device)).toEqual([device.lfdi]);
  expect((await house.operator('PATCH', '/api/sites/d', { shown: ['n', 'f'] })).status).toBe(200);
  expect((await listed(device)).sort()).toEqual([device.lfdi, neighbour.lfdi, far.lfdi].sort());
  const list = (await device.ask('/edev?l=10')).body;
  expect(list).toMatch(/all="3"/);
  expect([...list.matchAll(/DERListLink/g)]).toHaveLength(1); // its own
  expect(await statuses(device, '/edev/1', '/edev/1/rg', '/edev/1/der', '/edev/1/fsa', '/derp/1')).toEqual([
    200, 404, 404, 404, 404,
  ]);
  const write = await device.ask('/edev/1', { method: 'PUT', body: newDevice(`<lFDI>${neighbour.lfdi}</lFDI>`) });
  expect(write.status).toBe(404);
  expect(await listed(neighbour)).toEqual([neighbour.lfdi]);
  expect((await device.ask('/dcap')).body).toContain('EndDeviceListLink');
  await house.operator('PATCH', '/api/sites/d', { shown: [] });
  expect(await listed(device)).toEqual([device.lfdi]);
  expect((await house.operator('PATCH', '/api/sites/d', { shown: ['nobody'] })).status).toBe(404);
});

it('removes with a site all that hangs below it, and an aggregator only with or without those it speaks for', async () => {
  const [aggregator, device] = [house.device('agg'), house.device('dev')];
  await enter(aggregator, { role: 'aggregator' });
  await house.operator('POST', '/api/sites', { name: 'M', lfdi: 'B'.repeat(40), manager: aggregator.lfdi });
  await enter(device, { name: 'D' });
  const info = xml('DERStatus', '<readingTime>1</readingTime>');
  expect((await device.ask('/edev/3/der/1/ders', { method: 'PUT', body: info })).status).toBe(204);
  expect((await house.operator('DELETE', '/api/sites/agg')).json).toMatchObject({
    note: expect.stringContaining('1 sites') as unknown,
  });
  expect((await house.operator('DELETE', '/api/sites/agg?managed=remove')).status).toBe(204);
  expect((await house.operator('DELETE', '/api/sites/D')).status).toBe(204);
  expect((await house.operator('GET', '/api/sites')).json).toEqual({ sites: [] });
  for (const list of [
    '~site',
    '/derp',
    `/edev@${aggregator.lfdi}`,
    `/edev@${device.lfdi}`,
    '/edev/3/der',
    '/edev/3/fsa',
  ])
    expect([list, await house.server.store.count(list)]).toEqual([list, 0]);
  expect(await statuses(device, '/edev/3', '/derp/3', '/dcap')).toEqual([404, 404, 200]);
});

it('takes a connection point once; another is for the operator to allow', async () => {
  const device = house.device('aus');
  await enter(device, { name: 'A' });
  const point = (id: string) => ({
    method: 'PUT',
    body: `<ConnectionPoint xmlns="https://csipaus.org/ns"><connectionPointId>${id}</connectionPointId></ConnectionPoint>`,
  });
  const put = async (id: string) => (await device.ask('/edev/1/cp', point(id))).status;
  expect([await put('NMI-1'), await put('NMI-1'), await put('NMI-2'), await put('')]).toEqual([204, 204, 403, 400]);
  expect((await device.ask('/edev/1/cp')).body).toContain('NMI-1');
  expect((await house.operator('DELETE', '/api/sites/A/connection-point')).status).toBe(204);
  expect([await put('NMI-2'), await put('NMI-1')]).toEqual([204, 403]);
});

it('takes registrations that come all at once, of operators and of devices, each with an id of its own', async () => {
  await house.operator('PUT', '/api/in-band-registration', { on: true });
  const lfdis = Array.from({ length: 60 }, (_, n) => (n + 1).toString(16).toUpperCase().padStart(40, 'B'));
  const entered = lfdis.map((lfdi, n) => house.operator('POST', '/api/sites', { name: `S${n}`, lfdi }));
  const made = Array.from({ length: 12 }, (_, n) => post(house.device(`in-band-${n}`)));
  expect((await Promise.all(entered)).map(({ status }) => status)).toEqual(lfdis.map(() => 201));
  expect((await Promise.all(made)).map(({ status }) => status)).toEqual(made.map(() => 201));
  const { sites } = (await house.operator('GET', '/api/sites')).json as { sites: { edev: string }[] };
  expect(new Set(sites.map(({ edev }) => edev)).size).toBe(72);
  // Of two that cannot both be, one is.
  const twice = await Promise.all(
    [1, 2].map(() => house.operator('POST', '/api/sites', { name: 'T', lfdi: '9'.repeat(40) })),
  );
  expect(twice.map(({ status }) => status).sort()).toEqual([201, 409]);
});
