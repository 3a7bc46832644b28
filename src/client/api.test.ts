import { ManualClock } from '../base/clock';
import { dialects } from '../model/dialect';
import { DeviceCapability } from '../model/dcap';
import { DERControlList, DERSettings } from '../model/der';
import { EndDeviceList } from '../model/edev';
import { Time } from '../model/time';
import { Api } from './api';
import { retryAfter } from './answer';
import { answer, FakeServer } from './testing/fake-server';
import { control } from './testing/fake-site';

const clock = new ManualClock(1000);
let server: FakeServer;
let api: Api;
beforeEach(() => {
  server = new FakeServer(clock);
  api = new Api({ transport: server, clock, dialect: dialects['csipaus-1.2'] });
});

const time = (currentTime: number) => ({
  currentTime,
  dstEndTime: 0,
  dstOffset: 0,
  dstStartTime: 0,
  quality: 7,
  tzOffset: 0,
});

describe('get', () => {
  it('gives the value, and the same object while the body stays the same', async () => {
    let now = 5;
    server.serve('/t', Time, () => time(now));
    const first = await api.get(Time, '/t');
    const second = await api.get(Time, '/t');
    now = 6;
    const third = await api.get(Time, '/t');
    if (!first.ok || !second.ok || !third.ok) throw new Error('no answer');
    expect(first.value.currentTime).toBe(5);
    expect([first.unchanged, second.unchanged, third.unchanged]).toEqual([false, true, false]);
    expect(second.value).toBe(first.value);
    expect(third.value.currentTime).toBe(6);
  });

  it.each([
    [404, 'missing'],
    [410, 'missing'],
    [204, 'missing'],
    [400, 'refused'],
    [403, 'refused'],
    [418, 'refused'],
    [429, 'busy'],
    [503, 'busy'],
    [500, 'broken'],
    [501, 'broken'],
    [599, 'broken'],
    [304, 'broken'],
  ])('tells a status of %d as %s', async (status, reason) => {
    server.fault = () => answer(status);
    expect(await api.get(Time, '/t')).toMatchObject({ ok: false, reason, href: '/t' });
  });

  it('tells nobody there, and bodies that cannot be read', async () => {
    server.down = true;
    expect(await api.get(Time, '/t')).toMatchObject({ ok: false, reason: 'unreachable', status: 0 });
    server.down = false;
    server.fault = () => answer(200, {}, '<Time xmlns="urn:ieee:std:2030.5:ns"><currentTime>soon');
    expect(await api.get(Time, '/t')).toMatchObject({ ok: false, reason: 'broken', status: 200 });
  });

  it('reads the reason in an Error document', async () => {
    const body =
      '<Error xmlns="urn:ieee:std:2030.5:ns"><maxRetryDuration>90</maxRetryDuration><reasonCode>4</reasonCode></Error>';
    server.fault = () => answer(429, { 'content-type': 'application/sep+xml; charset=utf-8' }, body);
    expect(await api.get(Time, '/t')).toMatchObject({ reason: 'busy', reasonCode: 4, retryAfterS: 90 });
  });
});

describe('a busy server', () => {
  it('is left alone for as long as it asks', async () => {
    server.serve('/t', Time, time(1));
    server.fault = () => answer(503, { 'retry-after': '30' });
    expect(await api.get(Time, '/t')).toMatchObject({ reason: 'busy', retryAfterS: 30 });
    server.fault = undefined;
    clock.advance(29);
    expect(await api.get(Time, '/t')).toMatchObject({ reason: 'busy', retryAfterS: 1 });
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    expect((await api.get(Time, '/t')).ok).toBe(true);
  });

  it('may give a date, read against its own clock', () => {
    expect(retryAfter('Wed, 21 Oct 2026 07:28:30 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT', 0)).toBe(30);
    expect(retryAfter('Wed, 21 Oct 2026 07:28:30 GMT', undefined, Date.UTC(2026, 9, 21, 7, 28, 20) / 1000)).toBe(10);
    expect(retryAfter('Wed, 21 Oct 2015 07:28:30 GMT', undefined, 2e9)).toBe(0);
    expect([
      retryAfter('120', undefined, 0),
      retryAfter('9999999', undefined, 0),
      retryAfter('soon', undefined, 0),
      retryAfter(undefined, undefined, 0),
    ]).toEqual([120, 86_400, undefined, undefined]);
  });
});

describe('redirects', () => {
  it('are followed with query, method and body, and noticed', async () => {
    server.serve('/new/t', Time, time(8));
    server.fault = ({ path }) => (path === '/old/t' ? answer(301, { location: '../new/t' }) : undefined);
    expect(api.moved).toBe(false);
    expect(await api.get(Time, '/old/t')).toMatchObject({ ok: true, href: '/new/t' });
    expect(api.moved).toBe(true);
    server.acceptPut('/new/s', DERSettings);
    server.fault = ({ path }) => (path === '/s' ? answer(302, { location: '/new/s' }) : undefined);
    const settings = { setGradW: 1, setMaxW: { multiplier: 0, value: 5 }, updatedTime: 1 };
    expect((await api.put(DERSettings, '/s', settings)).ok).toBe(true);
    expect(server.bodies('/new/s')).toEqual([settings]);
  });

  it('in a circle, to nowhere, or to plain HTTP are broken', async () => {
    server.fault = ({ path }) => answer(302, { location: `${path}x` });
    expect(await api.get(Time, '/t')).toMatchObject({ reason: 'broken', text: 'more than 5 redirects' });
    for (const location of ['http://elsewhere/t', 'https://[', 'https://elsewhere/t']) {
      server.fault = () => answer(302, { location });
      expect(await api.get(Time, '/t')).toMatchObject({ ok: false, reason: 'broken' });
    }
  });

  it('to another server are kept to until that one is gone', async () => {
    const other = new FakeServer(clock);
    server = new FakeServer(clock, undefined, origin => (origin.host === 'other:8443' ? other : server));
    api = new Api({ transport: server, clock, dialect: dialects['2018'] });
    other.serve('/dcap', DeviceCapability, {});
    other.serve('/t', Time, time(1));
    server.serve('/t', Time, time(2));
    server.fault = ({ path }) => (path === '/dcap' ? answer(301, { location: 'https://other:8443/dcap' }) : undefined);
    expect((await api.get(DeviceCapability, '/dcap')).ok).toBe(true);
    expect(await api.get(Time, '/t')).toMatchObject({ value: { currentTime: 1 } });
    other.down = true;
    expect(await api.get(Time, '/t')).toMatchObject({ reason: 'unreachable' });
    expect(await api.get(Time, '/t')).toMatchObject({ value: { currentTime: 2 } });
  });
});

describe('list', () => {
  const controls = Array.from({ length: 25 }, (_, i) => ({ href: `/c/${i}`, ...control(i, 1, {}) }));
  const hrefs = (list: { ok: boolean; items?: readonly { href?: string }[] }) =>
    (list.items ?? []).map(({ href }) => href);

  it('takes all in one request where the server gives all', async () => {
    server.serve('/c', DERControlList, { all: 0, results: 0, DERControl: controls });
    expect(hrefs(await api.list(DERControlList, '/c', 25))).toEqual(controls.map(c => c.href));
    expect(hrefs(await api.list(DERControlList, '/c?x=1', 0))).toHaveLength(25);
    expect(server.requests.slice(0, 2)).toEqual(['GET /c?s=0&l=25', 'GET /c?x=1&s=0&l=1']);
  });

  it('asks for page after page of a server that gives little, and knows when none has changed', async () => {
    server.pageCap = 3;
    server.serve('/c', DERControlList, () => ({ all: 0, results: 0, DERControl: controls }));
    const first = await api.list(DERControlList, '/c');
    const second = await api.list(DERControlList, '/c');
    if (!first.ok || !second.ok) throw new Error('no list');
    expect(first.items).toHaveLength(25);
    expect(server.requests).toHaveLength(18);
    expect([first.unchanged, second.unchanged]).toEqual([false, true]);
    expect(second.items).toBe(first.items);
  });

  it('ends at an empty page, whatever the count says', async () => {
    server.serve('/c', DERControlList, { all: 0, results: 0, DERControl: controls.slice(0, 2) });
    server.fault = ({ path }) =>
      path === '/c?s=0&l=255'
        ? undefined
        : answer(200, {}, '<DERControlList xmlns="urn:ieee:std:2030.5:ns" all="9" results="0"/>');
    expect(hrefs(await api.list(DERControlList, '/c'))).toHaveLength(2);
    server.fault = () => answer(200, {}, '<DERControlList xmlns="urn:ieee:std:2030.5:ns" all="9" results="0"/>');
    expect(await api.list(DERControlList, '/c')).toMatchObject({ ok: true, items: [] });
  });

  it('begins again when the list changes between two pages, and gives up one that never stands still', async () => {
    let length = 10;
    server.pageCap = 4;
    server.serve('/c', DERControlList, () => ({ all: 0, results: 0, DERControl: controls.slice(25 - length) }));
    server.fault = ({ path }) => {
      if (path.includes('s=4') && length === 10) length = 11;
      return undefined;
    };
    expect(hrefs(await api.list(DERControlList, '/c'))).toEqual(controls.slice(14).map(c => c.href));
    server.fault = () => {
      length = 5 + ((length + 1) % 20);
      return undefined;
    };
    expect(await api.list(DERControlList, '/c')).toMatchObject({ ok: false, reason: 'broken' });
  });

  it('shows an entry once that moved to another page while it was read', async () => {
    server.pageCap = 4;
    let shown = controls.slice(0, 8);
    server.serve('/c', DERControlList, () => ({ all: 0, results: 0, DERControl: shown }));
    server.fault = ({ path }) => {
      if (path.includes('s=4')) shown = [...controls.slice(20, 21), ...controls.slice(0, 7)];
      return undefined;
    };
    const found = hrefs(await api.list(DERControlList, '/c'));
    expect(found).toEqual(controls.slice(0, 7).map(c => c.href));
  });

  it('passes a failure on', async () => {
    expect(await api.list(EndDeviceList, '/none')).toMatchObject({ ok: false, reason: 'missing' });
  });
});

it('tells where what was posted went, as a path', async () => {
  server.acceptPost('/c', [DERSettings], () => answer(201, { location: 'https://host:8443/c/5' }));
  const settings = { setGradW: 1, setMaxW: { multiplier: 0, value: 5 }, updatedTime: 1 };
  expect(await api.post(DERSettings, '/c', settings)).toMatchObject({ ok: true, status: 201, location: '/c/5' });
  expect(await api.delete('/nothing')).toMatchObject({ ok: false });
});
