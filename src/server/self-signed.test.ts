/** Self-signed devices: turned away unless the operator lets them in, and then shown no more than the standard's table allows. */
import { allResources } from '../model';
import { issue, keyToPem, derToPem, sfdiOf, type Device } from '../tls';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

/** Its path, with every id that of the first of its kind. */
const fillIn = (path: string): string => path.replace(/:\w+/g, '1');

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
afterEach(async () => {
  await house.close();
  home.remove();
});
async function open(config: object) {
  home = await folder({ database: ':memory:', ...config });
  house = await openHouse(home.dir);
}
function homemade(serial: string): DeviceClient {
  const made = issue({
    profile: 'self-signed',
    hardware: { typeOid: '1.3.6.1.4.1.99999.13.1', serial: Buffer.from(serial) },
    notBefore: Date.UTC(2024, 0, 1) / 1000,
  });
  const device = {
    name: serial,
    lfdi: made.lfdi,
    sfdi: sfdiOf(made.lfdi),
    keyPem: keyToPem(made.key),
    chainPem: derToPem(made.der),
  };
  return house.device(device as unknown as Device);
}

it('are turned away, with the reason on record, unless they are let in', async () => {
  await open({});
  await expect(homemade('1').ask('/dcap')).rejects.toThrow();
  await house.settle();
  const { json } = await house.operator('GET', '/api/audit?what=connection.refused');
  expect(json).toMatchObject({ rows: [{ detail: { reason: 'self-signed' } }] });
});

it('see who they are, prices and messages once they are registered, and before that where everything starts alone', async () => {
  await open({ selfSignedDevices: true, inBandRegistration: true });
  const device = homemade('1');
  const statusOf = async (path: string, method = 'GET') => (await device.ask(path, { method })).status;
  const dcap = await device.ask('/dcap');
  expect([dcap.status, dcap.body]).toEqual([200, expect.not.stringMatching(/Link/)]);
  expect([await statusOf('/edev'), await statusOf('/tm'), await statusOf('/sdev')]).toEqual([404, 404, 404]);
  // Anybody can make such a certificate: it does not register itself.
  expect((await device.ask('/edev', { method: 'POST', body: '<EndDevice/>' })).status).toBe(404);

  await house.operator('POST', '/api/sites', { name: 'own', lfdi: device.lfdi, maxExportW: 5000 });
  const program = await house.operator('POST', '/api/programs', { primacy: 2, sites: ['own'] });
  const control = { start: t0, durationS: 600, base: { opModMaxLimW: 5000 } };
  await house.operator('POST', `/api/programs/${String(program.json['derp'])}/controls`, control);
  const links = [...(await device.ask('/dcap')).body.matchAll(/<(\w+Link) /g)].map(([, name]) => name);
  expect(links.sort()).toEqual(['EndDeviceListLink', 'SelfDeviceLink']);
  const own = await device.ask('/edev/1');
  expect([...own.body.matchAll(/<(\w+Link) /g)].map(([, name]) => name)).toEqual(['RegistrationLink']);
  expect([await statusOf('/edev/1/rg'), await statusOf('/edev?l=9'), await statusOf('/sdev')]).toEqual([200, 200, 200]);

  // A device with a certificate of ours sees far more of the same.
  const proper = house.device('proper');
  await house.operator('POST', '/api/sites/own/rekey', { lfdi: proper.lfdi });
  const seen = new Set<string>();
  for (const resource of allResources) {
    const path = fillIn(resource.path);
    if ((await proper.ask(path)).status === 200) seen.add(resource.name);
  }
  await house.operator('POST', '/api/sites/own/rekey', { lfdi: device.lfdi });
  const shown = new Set<string>();
  for (const resource of allResources) if ((await statusOf(fillIn(resource.path))) === 200) shown.add(resource.name);
  expect(seen.size).toBeGreaterThan(15);
  expect([...shown].filter(name => !/^(dcap|edev|pricing|messaging)\./.test(name))).toEqual([]);
  expect([...shown]).toEqual(expect.arrayContaining(['dcap.capability', 'edev.devices', 'edev.device', 'edev.self']));
});
