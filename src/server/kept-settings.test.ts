/** What an operator sets while the server runs holds after a restart. */
import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { SlewedClock } from '../base/slewed-clock';
import { memoryStore } from '../store/memory/store';
import { defaultConfig } from './config';
import { houseOf } from './house';
import { keptSettings } from './kept-settings';
import { folder, openHouse, t0 } from './testing/house';

const house = () => houseOf(defaultConfig());

it('rates and Time set over the operator API are there after a restart, and go before the configuration', async () => {
  const { dir, remove } = await folder({ timeQuality: 5 });
  const first = await openHouse(dir);
  const offsets = { tzOffset: 3600, dstOffset: 0, dstStartTime: 0, dstEndTime: 0 };
  for (const [path, body] of [
    ['/api/poll-rates', { 'der.programs': 77 }],
    ['/api/poll-rates', { 'time.time': 78 }],
    ['/api/post-rate', { seconds: 79 }],
    ['/api/time', { quality: 3 }],
    ['/api/time', { timeZone: 'Europe/Berlin', offsets }],
  ] as const)
    expect([path, (await first.operator('PUT', path, body)).status]).toEqual([path, 204]);
  for (const [path, body] of [
    ['/api/poll-rates', { 'no.such': 77 }],
    ['/api/time', { timeZone: 'Nowhere/Land', quality: 7 }],
  ] as const)
    expect([path, (await first.operator('PUT', path, body)).status]).toEqual([path, 400]);
  const shown = async (at: typeof first) => (await at.operator('GET', '/api/time')).json;
  const before = await shown(first);
  expect(before).toMatchObject({ timeZone: 'Europe/Berlin', time: { quality: 3, tzOffset: 3600 } });
  await first.close();

  const second = await openHouse(dir, { clock: new ManualClock(t0) });
  expect(await shown(second)).toEqual(before);
  const device = second.device('one');
  const site = { name: 'One', lfdi: device.lfdi, maxImportW: 1, maxExportW: 1 };
  await second.operator('POST', '/api/sites', site);
  expect((await device.ask('/tm')).body).toContain('pollRate="78"');
  expect((await second.operator('PUT', '/api/time', { offsets: null })).status).toBe(204);
  await second.close();

  const third = await openHouse(dir, { clock: new ManualClock(t0) });
  expect(await shown(third)).toMatchObject({ timeZone: 'Europe/Berlin', time: { quality: 3, tzOffset: 3600 } });
  expect((await shown(third))['time']).not.toMatchObject({ dstStartTime: 0 });
  await third.close();
  remove();
});

it('a clock that was set off goes on at once where it stood, without a correction', async () => {
  const store = memoryStore();
  const deps = { store, log: keptLog() };
  const clock = new SlewedClock(new ManualClock(1000));
  const settings = await keptSettings({ ...deps, clock, house: house(), clockOffset: clock });
  await settings.setOffset(30);
  expect(clock.now()).toBe(1000); // slewed, and no time has passed

  const told: unknown[] = [];
  const later = new SlewedClock(new ManualClock(2000));
  later.onAdjusted(each => told.push(each));
  await keptSettings({ ...deps, clock: later, house: house(), clockOffset: later });
  expect([later.now(), later.offsetS, told]).toEqual([2030, 30, []]);
});

it('a setting that does not fit any more is left out and said', async () => {
  const store = memoryStore();
  const body = { pollRates: { 'gone.list': 60, 'der.programs': 61 }, time: { timeZone: 'Gone/Zone' }, postRateS: 62 };
  const doc = { href: '~settings', list: '', kind: '~settings', changed: 0, sortKey: '', body };
  await store.commit({ put: [doc] });
  const log = keptLog();
  const made = house();
  await keptSettings({ store, log, clock: new ManualClock(0), house: made });
  expect(made.house.postRateS).toBe(62);
  expect(made.house.timeZone).toBe(defaultConfig().timeZone);
  expect(log.lines.map(({ fields }) => fields['what'])).toEqual(['poll rate of gone.list', 'time']);
});
