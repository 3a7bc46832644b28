/** Aids for test campaigns: clients sent elsewhere, and the decrypted messages of a test exported. */
import { folder, openHouse, type DeviceClient, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let one: DeviceClient;
let two: DeviceClient;
beforeEach(async () => {
  home = await folder({ database: ':memory:', inBandRegistration: true, httpLogBytes: 10_000 });
  house = await openHouse(home.dir);
  [one, two] = [house.device('one'), house.device('two')];
  await house.operator('POST', '/api/sites', { name: 'one', lfdi: one.lfdi });
});
afterEach(async () => {
  await house.close();
  home.remove();
});

const redirect = (body: object) => house.operator('PUT', '/api/redirects', body);

it('sends clients elsewhere: all or one, once or until it is cleared', async () => {
  expect((await redirect({ path: '/dcap', to: '/other/dcap' })).status).toBe(204);
  for (const client of [one, two]) {
    const { status, headers, body } = await client.ask('/dcap?x=1');
    expect([status, headers['location'], headers['content-length'], body]).toEqual([301, '/other/dcap', '0', '']);
  }
  expect((await one.ask('/tm')).status).toBe(200);
  await house.operator('DELETE', '/api/redirects');
  expect((await one.ask('/dcap')).status).toBe(200);

  const to = 'https://elsewhere.example:8443/dcap';
  await redirect({ path: '/dcap', to, status: 302, lfdi: one.lfdi, once: true });
  expect((await house.operator('GET', '/api/redirects')).json).toEqual({
    redirects: [{ path: '/dcap', to, status: 302, lfdi: one.lfdi, once: true }],
  });
  expect((await two.ask('/dcap')).status).toBe(200);
  const sent = await one.ask('/dcap');
  expect([sent.status, sent.headers['location']]).toEqual([302, to]);
  expect((await one.ask('/dcap')).status).toBe(200);
  for (const bad of [
    { path: 'dcap', to },
    { path: '/dcap', to: 'http://x/' },
    { path: '/dcap', to: '/a\r\nX: y' },
  ])
    expect([bad, (await redirect(bad)).status]).toEqual([bad, 400]);
});

interface Message {
  type: string;
  time: number;
  method: string;
  uri: string;
  vers: string;
  headers: Record<string, string>;
  body: string;
  code?: number;
  reason?: string;
}
const exported = async () =>
  (await house.operator('GET', '/api/http-log')).json as {
    logs: { tests: string[]; messages: Message[] }[];
    left: number;
  };

it('records what goes over the device port, whole, and exports it as TestLogs', async () => {
  expect((await house.operator('GET', '/api/http-log')).status).toBe(404);
  await two.ask('/dcap');
  expect((await house.operator('POST', '/api/http-log', { tests: ['CORE-001'] })).status).toBe(204);
  const body = '<EndDevice xmlns="urn:ieee:std:2030.5:ns"><sFDI>0</sFDI><changedTime>0</changedTime></EndDevice>';
  const made = await two.ask('/edev', { method: 'POST', body });
  expect(made.status).toBe(201);
  const list = await two.ask('/edev?l=1');
  const { logs, left } = await exported();
  expect(left).toBe(0);
  expect(logs).toMatchObject([{ tests: ['CORE-001'] }]);
  const messages = logs[0]?.messages ?? [];
  expect(messages.map(({ type, method, uri, code }) => [type, method, uri, code])).toEqual([
    ['req', 'POST', '/edev', undefined],
    ['resp', 'POST', '/edev', 201],
    ['req', 'GET', '/edev?l=1', undefined],
    ['resp', 'GET', '/edev?l=1', 200],
  ]);
  const [post, created, , got] = messages;
  expect(post).toMatchObject({ vers: 'HTTP/1.1', body, headers: { 'content-type': 'application/sep+xml' } });
  expect(created).toMatchObject({ headers: { Location: '/edev/2' }, body: '', reason: 'Created' });
  expect(got?.headers).toMatchObject({ 'Content-Type': 'application/sep+xml' });
  expect(got?.body).toContain(two.lfdi);
  expect(got?.body.length).toBeGreaterThanOrEqual(list.body.length);
  expect((await house.operator('DELETE', '/api/http-log')).status).toBe(204);
  expect((await house.operator('GET', '/api/http-log')).status).toBe(404);
  const audit = await house.operator('GET', `/api/audit?what=${encodeURIComponent('POST /api/http-log')}`);
  expect(audit.json).toMatchObject({ rows: [{ who: 'key operator.key' }] });
});

it('records one identity where one is named, and no more than there is room for', async () => {
  await house.operator('POST', '/api/http-log', { tests: [], lfdi: one.lfdi });
  await two.ask('/dcap');
  await one.ask('/dcap');
  expect((await exported()).logs[0]?.messages).toHaveLength(2);
  for (let n = 0; n < 30; n++) expect((await one.ask('/tm')).status).toBe(200);
  const { logs, left } = await exported();
  expect((logs[0]?.messages.length ?? 0) + left).toBe(62);
  expect(left).toBeGreaterThan(10);
  const viewer = await house.operator('POST', '/api/keys', { name: 'o', role: 'operator' });
  const authorization = `Bearer ${String(viewer.json['key'])}`;
  expect((await house.operator('GET', '/api/http-log', undefined, { authorization })).status).toBe(403);
});
