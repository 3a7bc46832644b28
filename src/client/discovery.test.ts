import { ManualClock } from '../base/clock';
import { dialects } from '../model/dialect';
import { DeviceCapability } from '../model/dcap';
import { EndDevice, EndDeviceList } from '../model/edev';
import { FunctionSetAssignmentsList } from '../model/fsa';
import { Api } from './api';
import { discover, type DiscoverOptions } from './discovery';
import { ServerTime } from './server-time';
import { answer } from './testing/fake-server';
import { fakeSite, type FakeSite, lfdi, paths, pin, sfdi } from './testing/fake-site';

const clock = new ManualClock(50_000);
let site: FakeSite;
let time: ServerTime;
const run = (options: Partial<DiscoverOptions> = {}) => {
  const api = new Api({ transport: site.server, clock, dialect: dialects['2018'] });
  return discover(api, { clock, lfdi, pin, time, ...options });
};
beforeEach(() => {
  site = fakeSite(clock);
  time = new ServerTime(clock);
});

it('finds everything from DeviceCapability on, by links', async () => {
  site.skewS = 100;
  site.pollRate.fsas = 77;
  const result = await run();
  expect(result).toMatchObject({
    ok: true,
    found: {
      dcap: { href: paths.dcap },
      time: { href: paths.time },
      devices: { href: paths.devices },
      device: { sFDI: sfdi },
      registration: { href: paths.registration },
      assignments: { href: paths.fsas, pollRateS: 77 },
      programLists: [paths.programs], // two assignments name it
      ders: { href: paths.ders, pollRateS: 900 },
      mirrors: paths.mirrors,
    },
  });
  expect(site.server.taken()).toEqual(
    ['dcap', 'devices', 'registration', 'fsas', 'time', 'ders'].map(name => `GET ${paths[name as 'dcap']}`),
  );
  expect(time.now()).toBe(50_100);
});

it('finds its entry on the last page of a long list', async () => {
  site.server.pageCap = 1;
  expect((await run()).ok).toBe(true);
  expect(site.server.requests).toContain(`GET ${paths.devices}?s=1&l=255`);
});

it('knows itself by SFDI where the server leaves LFDIs out, and with leading zeros stripped', async () => {
  delete site.device.lFDI;
  expect((await run()).ok).toBe(true);
  site.device.lFDI = '0F3078CFDDAEE28DC20B95635DC116CC2A6D877E';
  expect(await run({ lfdi: 'f3078cfddaee28dc20b95635dc116cc2a6d877e' })).toMatchObject({ ok: true });
});

it('ends for good at a wrong PIN, before it reads anything it would have to follow', async () => {
  site.pin = 123_455;
  expect(await run()).toMatchObject({ ok: false, final: true, problem: { code: 'WRONG_PIN' } });
  expect(site.server.taken()).not.toContain(`GET ${paths.fsas}`);
  expect((await run({ pin: 123_455 })).ok).toBe(true);
});

it('without an entry of its own is not registered, nor with one that is disabled', async () => {
  site.device.enabled = false;
  expect(await run()).toMatchObject({ ok: false, final: false, problem: { code: 'NOT_REGISTERED' } });
  site.device.lFDI = '00';
  expect(await run()).toMatchObject({ ok: false, final: false, problem: { code: 'NOT_REGISTERED' } });
});

it('registers itself where it is told to and the server lets it', async () => {
  const entries: EndDevice[] = [];
  site.server.serve(paths.devices, EndDeviceList, () => ({ all: 0, results: 0, EndDevice: entries }));
  expect(await run({ register: true })).toMatchObject({ ok: false, problem: { code: 'BAD_SERVER' } });
  site.server.acceptPost(paths.devices, [EndDevice], value => {
    entries.push(value as EndDevice);
    return answer(201, { location: '/people/8' });
  });
  expect(await run({ register: true })).toMatchObject({
    ok: true,
    found: { device: { lFDI: lfdi, sFDI: sfdi, changedTime: 50_000 }, programLists: [] },
  });
  expect(await run({ register: true })).toMatchObject({ ok: true });
  expect(entries).toHaveLength(1);
});

it('leaves out what a link promised and the server does not have', async () => {
  site.server.remove(paths.ders);
  site.server.remove(paths.registration);
  const result = await run();
  if (!result.ok) throw result.problem;
  expect(result.found).not.toHaveProperty('ders');
  expect(result.found).not.toHaveProperty('registration');
});

it('will not follow a server that does not tell the time', async () => {
  site.server.serve(paths.dcap, DeviceCapability, { EndDeviceListLink: { href: paths.devices, all: 2 } });
  expect((await run()).ok).toBe(true); // the assignment has a TimeLink
  site.server.serve(paths.fsas, FunctionSetAssignmentsList, {
    all: 0,
    results: 0,
    FunctionSetAssignments: [{ mRID: '01' }],
  });
  expect(await run()).toMatchObject({ ok: false, problem: { code: 'BAD_SERVER' } });
  site.server.serve(paths.dcap, DeviceCapability, { TimeLink: { href: paths.time } });
  expect(await run()).toMatchObject({ ok: false, problem: { code: 'BAD_SERVER' } });
});

it.each(['dcap', 'devices', 'registration', 'fsas', 'time', 'ders'] as const)(
  'fails, and may be tried again, when %s fails',
  async where => {
    site.server.fault = ({ path }) =>
      path.startsWith(paths[where]) && path.split('?')[0] === paths[where]
        ? answer(503, { 'retry-after': '40' })
        : undefined;
    expect(await run()).toMatchObject({ ok: false, final: false, retryAfterS: 40 });
    site.server.down = true;
    expect(await run()).toMatchObject({ ok: false, final: false, problem: { code: 'CANNOT_REACH' } });
  },
);
