/** A server that was away for a week, and one whose clock went back: status is derived, so there is nothing to catch up. */
import { resolve } from 'node:path';
import { ManualClock } from '../base/clock';
import { attributeOf, textOf } from '../protocol/testing/port';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
const week = 7 * 86_400;
const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let device: DeviceClient;
let derp: string;
let emergency: string;
let mrids: readonly string[];

beforeEach(async () => {
  home = await folder({ network, envelopeHorizonS: 24 * 3600 });
  house = await openHouse(home.dir);
  device = house.device('grocer');
  const site = { name: 'Grocer', lfdi: device.lfdi, bus: 'grocery', phases: [1, 2, 3], ...limits };
  derp = String((await house.operator('POST', '/api/sites', site)).json['edev']);
  await house.operator('POST', '/api/envelopes/run');
  const program = await house.operator('POST', '/api/programs', { primacy: 1, sites: ['Grocer'] });
  emergency = String(program.json['derp']);
  const control = { start: t0 + 60, durationS: 600, base: { opModExpLimW: { multiplier: 0, value: 100 } } };
  await house.operator('POST', `/api/programs/${emergency}/controls`, control);
  await house.operator('PUT', `/api/programs/${emergency}/default`, {
    base: { opModExpLimW: { multiplier: 0, value: 4000 } },
  });
  mrids = [...(await list(`/derp/${derp}/derc`)).mrids, ...(await list(`/derp/${emergency}/derc`)).mrids];
  expect(mrids).toHaveLength(2); // one site alone gets its rating all day: one envelope control, and the operator's
});
afterEach(async () => {
  await house.close();
  home.remove();
});

async function list(path: string): Promise<{ all: number; mrids: string[] }> {
  const { status, body } = await device.ask(`${path}?l=255`);
  expect([path, status]).toEqual([path, 200]);
  return {
    all: Number(attributeOf(body, 'all')),
    mrids: [...body.matchAll(/<mRID>(\w+)</g)].map(match => match[1] ?? ''),
  };
}
async function restart(at: number, config = {}): Promise<void> {
  const { issued } = device;
  await house.close();
  house = await openHouse(home.dir, { clock: new ManualClock(at), config });
  device = house.device(issued);
}
const firmLimits = async () => {
  const { body } = await device.ask(`/derp/${derp}/dderc`);
  return [/opModImpLimW>.*?<\/\w*:?opModImpLimW/s, /opModExpLimW>.*?<\/\w*:?opModExpLimW/s].map(mode =>
    Number(textOf(mode.exec(body)?.[0] ?? '', 'value')),
  );
};
const activePrograms = async () =>
  [
    ...(await device.ask(`/edev/${derp}/fsa/1/derp?l=9`)).body.matchAll(/ActiveDERControlListLink[^>]* all="(\d+)"/g),
  ].map(match => Number(match[1]));
const response = (subject: string) =>
  `<DERControlResponse xmlns="urn:ieee:std:2030.5:ns"><createdDateTime>${t0 + week}</createdDateTime>` +
  `<endDeviceLFDI>${device.lfdi}</endDeviceLFDI><status>3</status><subject>${subject}</subject></DERControlResponse>`;

it('after a week: past controls are gone, the firm limits hold, and the next run publishes', async () => {
  expect(await activePrograms()).toContain(1);
  await restart(t0 + week);
  const lists = [derp, emergency].flatMap(id => [list(`/derp/${id}/derc`), list(`/derp/${id}/actderc`)]);
  expect(await Promise.all(lists)).toEqual(Array(4).fill({ all: 0, mrids: [] }));
  expect(await activePrograms()).toEqual([0, 0]);
  expect(await firmLimits()).toEqual([2000, 1000]);
  expect((await device.ask(`/derp/${emergency}/dderc`)).body).toContain('<value>4000</value>');
  for (const mrid of mrids)
    expect([mrid, (await device.ask(`/derp/${derp}/derc/${mrid}`)).status]).toEqual([mrid, 404]);
  // A device that was away as long may still say what it did.
  const answer = await device.ask(`/rsps/${derp}/rsp`, { method: 'POST', body: response(mrids[0] ?? '') });
  expect(answer.status).toBe(201);
  expect((await house.operator('GET', '/api/envelopes/Grocer')).json).toMatchObject({ now: t0 + week, controls: [] });

  const ran = await house.operator('POST', '/api/envelopes/run');
  expect(ran.json).toMatchObject({ outcome: 'published', sitesPublished: 1 });
  expect((await list(`/derp/${derp}/actderc`)).all).toBe(1);
  expect((await list(`/derp/${derp}/derc`)).mrids).not.toEqual(expect.arrayContaining([mrids[0]]));
  expect([house.failed, house.log.lines.filter(line => line.level === 'error')]).toEqual([[], []]);
});

it('publishes by itself at once where the engine runs by schedule', async () => {
  await restart(t0 + week, { engineEveryS: 900 });
  await house.tasks.settled();
  expect((await list(`/derp/${derp}/actderc`)).all).toBe(1);
  const [before] = (await list(`/derp/${derp}/derc`)).mrids.slice(-1);
  house.clock.advance(86_400);
  await house.tasks.settled();
  expect((await list(`/derp/${derp}/actderc`)).all).toBe(1);
  expect((await list(`/derp/${derp}/derc`)).mrids).not.toContain(before);
  expect(house.failed).toEqual([]);
});

it('holds what is in force when it was away for a minute', async () => {
  const before = await list(`/derp/${derp}/derc`);
  await restart(t0 + 61);
  expect(await list(`/derp/${derp}/derc`)).toEqual(before);
  expect(await activePrograms()).toEqual([1, 1]);
});

it('serves on when the clock of the machine went back a day', async () => {
  await restart(t0 - 86_400);
  expect((await list(`/derp/${derp}/actderc`)).all).toBe(0);
  expect(await firmLimits()).toEqual([2000, 1000]);
  expect((await house.operator('POST', '/api/envelopes/run')).status).toBe(200);
  expect((await list(`/derp/${derp}/actderc`)).all).toBe(1);
  expect(house.log.lines.filter(line => line.level === 'error')).toEqual([]);
});
