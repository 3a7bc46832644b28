/** Telemetry through a whole server: posted by a device, seen and exported by the operator, thinned by the clock; Time and its corrections. */
import { ManualClock } from '../base/clock';
import { SlewedClock } from '../base/slewed-clock';
import { write } from '../codec/write';
import { dialects } from '../model/dialect';
import { DERCapability, DERSettings, DERStatus } from '../model/der';
import { MirrorMeterReading, MirrorUsagePoint } from '../model/mirror';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

const dialect = dialects['2018'];
const day = 86_400;

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let device: DeviceClient;
let manual: ManualClock;
let mirror: string;
beforeEach(async () => {
  home = await folder({ database: ':memory:' });
  manual = new ManualClock(t0);
  house = await openHouse(home.dir, { clock: new SlewedClock(manual) as unknown as ManualClock });
  device = house.device('d');
  await house.operator('POST', '/api/sites', { sites: [{ name: 'Farm', lfdi: device.lfdi, maxImportW: 5000 }] });
  const point = { mRID: '0A', roleFlags: '0003', serviceCategoryKind: 0, status: 1, deviceLFDI: device.lfdi };
  const made = await device.ask('/mup', {
    method: 'POST',
    body: write(MirrorUsagePoint, { ...point, MirrorMeterReading: [] }, { dialect }),
  });
  mirror = String(made.headers['location']);
});
afterEach(async () => {
  await house.close();
  home.remove();
});

async function post(start: number, value: number): Promise<void> {
  const body = {
    mRID: '0C',
    ReadingType: { uom: 38 },
    MirrorReadingSet: [],
    Reading: { timePeriod: { start, duration: 60 }, value, touTier: 2 },
  };
  const { status } = await device.ask(mirror, { method: 'POST', body: write(MirrorMeterReading, body, { dialect }) });
  expect([201, 204]).toContain(status);
}
const get = async (path: string) => (await house.operator('GET', path)).json;
const meterPath = () => `meter=${encodeURIComponent(mirror.replace('/mup/', '/upt/'))}/mr/0C`;

it('lists meters and exports readings, page by page, as JSON and as CSV', async () => {
  for (let i = 0; i < 5; i++) await post(t0 - 600 + 60 * i, 100 + i);
  const { meters } = (await get('/api/sites/Farm/meters')) as { meters: Record<string, unknown>[] };
  expect(meters).toMatchObject([{ mRID: '0C', readings: 5, readingType: { uom: 38 }, latest: { value: 104 } }]);
  const seen: number[] = [];
  for (let after = ''; ;) {
    const page = await get(`/api/sites/1/readings?${meterPath()}&limit=2${after}`);
    seen.push(...(page['rows'] as { value: number }[]).map(row => row.value));
    if (page['next'] === undefined) break;
    after = `&after=${page['next'] as string}`;
  }
  expect(seen).toEqual([100, 101, 102, 103, 104]);
  const csv = await house.operator('GET', `/api/sites/1/readings.csv?${meterPath()}&from=${t0 - 540}&limit=1`);
  expect(csv.type).toContain('text/csv');
  expect(csv.text.split('\r\n')).toEqual([
    'set,start,place,durationS,value,localID,consumptionBlock,touTier,qualityFlags',
    `,${t0 - 540},..2,60,101,,,2,`,
    `#next,${t0 - 540}.1`,
    '',
  ]);
  expect((await house.operator('GET', '/api/sites/1/readings?meter=/upt/x/mr/y')).status).toBe(404);
});

it('makes coarse rows of old readings by the clock, and takes idle mirrors away', async () => {
  for (let i = 0; i < 4; i++) await post(t0 - 40 * day + 300 * i, i);
  await manual.run(61);
  await house.tasks.settled();
  const { rows } = await get(`/api/sites/1/readings?${meterPath()}&coarse=true`);
  expect((rows as { n: number }[]).reduce((sum, row) => sum + row.n, 0)).toBe(4);
  expect((await get(`/api/sites/1/readings?${meterPath()}`))['rows']).toEqual([]);
  expect(await house.metrics.value('headroom_readings_thinned_total')).toBe(4);
  await manual.run(4 * day, 3600);
  await house.tasks.settled();
  expect((await device.ask(mirror)).status).toBe(404);
  expect(house.failed).toEqual([]);
});

it('shows what a device says, said before, and which alarms stand or stood', async () => {
  const say = (alarmStatus: string) =>
    device.ask('/edev/1/der/1/ders', {
      method: 'PUT',
      body: write(DERStatus, { readingTime: house.clock.now(), alarmStatus }, { dialect }),
    });
  await say('00000002');
  expect(await get('/api/alarms')).toEqual({
    alarms: [{ edev: '1', kind: 'overVoltage', raisedAt: t0, raisedBy: 'DERStatus' }],
  });
  manual.advance(10);
  await say('00000000');
  expect(await get('/api/alarms')).toEqual({ alarms: [] });
  expect(await get('/api/sites/Farm/alarms/past')).toMatchObject({ alarms: [{ raisedAt: t0, clearedAt: t0 + 10 }] });
  expect(await get('/api/sites/Farm/told/der-status')).toMatchObject({ value: { alarmStatus: '00000000' } });
  const { past } = (await get('/api/sites/Farm/told/der-status/past')) as { past: { value: DERStatus }[] };
  expect(past.map(({ value }) => value.alarmStatus)).toEqual(['00000002', undefined]);
  expect(await get('/api/sites/Farm/told/log-events')).toEqual({ value: { events: [] } });
  expect((await house.operator('GET', '/api/sites/Farm/told/secrets')).status).toBe(400);
});

it('shows settings that the ratings of a device do not allow', async () => {
  const put = (path: string, body: string) => device.ask(`/edev/1/der/1/${path}`, { method: 'PUT', body });
  const power = (value: number) => ({ multiplier: 0, value });
  const rated = { modesSupported: '00100000', rtgMaxW: power(5000), type: 4 };
  expect((await put('dercap', write(DERCapability, rated, { dialect }))).status).toBe(204);
  const set = (W: number) => write(DERSettings, { setGradW: 1, setMaxW: power(W), updatedTime: t0 }, { dialect });
  expect((await put('derg', set(5000))).status).toBe(204);
  expect((await get('/api/sites/Farm/told/der-settings'))['beyond']).toEqual([]);
  expect((await put('derg', set(5001))).status).toBe(204);
  expect((await get('/api/sites/Farm/told/der-settings'))['beyond']).toEqual([
    { setting: 'setMaxW', rating: 'rtgMaxW', set: 5001, rated: 5000 },
  ]);
  expect(await get('/api/sites/Farm/told/der-status')).not.toHaveProperty('beyond');
});

it('has Time, its clock and the post rate set while it runs, and tells of corrections', async () => {
  const seen = async (name: string) =>
    new RegExp(`<${name}>([^<]*)<`).exec((await device.ask(name === 'postRate' ? mirror : '/tm')).body)?.[1];
  const put = async (path: string, body: unknown) => (await house.operator('PUT', path, body)).status;
  expect([await seen('quality'), await seen('tzOffset'), await seen('postRate')]).toEqual(['4', '-28800', '300']);
  expect(await put('/api/time', { quality: 7, timeZone: 'Australia/Brisbane' })).toBe(204);
  expect(await put('/api/post-rate', { seconds: 30 })).toBe(204);
  expect([await seen('quality'), await seen('tzOffset'), await seen('postRate')]).toEqual(['7', '36000', '30']);
  expect(await put('/api/time', { timeZone: 'Moon/Base' })).toBe(400);
  const offsets = { tzOffset: -18_000, dstOffset: 3600, dstStartTime: 1, dstEndTime: 2 };
  expect(await put('/api/time', { offsets, offsetS: 3600 })).toBe(204);
  expect([await seen('tzOffset'), await seen('currentTime')]).toEqual(['-18000', `${t0 + 3600}`]);
  expect(await put('/api/time', { offsets: null, offsetS: 3590 })).toBe(204);
  await house.tasks.settled();
  expect([await seen('tzOffset'), await seen('currentTime')]).toEqual(['36000', `${t0 + 3600}`]);
  manual.advance(50);
  expect(await seen('currentTime')).toBe(`${t0 + 3600 + 45}`); // 10 s too far: slowed until it is right
  const time = await get('/api/time');
  expect(time).toMatchObject({ timeZone: 'Australia/Brisbane', offsetS: 3590 });
  expect((time['adjustments'] as { details: string }[]).map(each => each.details)).toEqual([
    'TM_TIME_ADJUSTED slewed -10 s',
    'TM_TIME_ADJUSTED stepped 3600 s',
  ]);
  expect(house.failed).toEqual([]);
});
