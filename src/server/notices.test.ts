/** Notifications of a whole server, over TLS to an aggregator's receiver: the life of a subscription through restarts. */
import { ManualClock } from '../base/clock';
import { nextTurn } from '../base/turn';
import { subscriptionXml } from '../protocol/testing/told';
import { textOf } from '../protocol/testing/port';
import { type Device, issueDevice, loadPki } from '../tls';
import { longAgo, loopback, type Loopback } from '../tls/testing/loopback';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let aggregator: Device;
let client: DeviceClient;
let receiver: Loopback;
let got: { path: string; body: string }[];
let status: number;
let derp: string;

const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };

beforeEach(async () => {
  home = await folder({ notifyAllow: '127.0.0.1' });
  const pki = loadPki(home.dir);
  aggregator = issueDevice(pki, { name: 'aggregator', role: 'device' });
  [got, status] = [[], 201];
  receiver = await loopback({
    pki,
    server: { credentials: aggregator },
    handler: (req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        got.push({ path: req.url ?? '', body });
        res.writeHead(status, { 'Content-Length': 0 }).end();
      });
    },
  });
  await serve(t0);
  for (const site of [
    { name: 'Agg', lfdi: aggregator.lfdi, role: 'aggregator' },
    { name: 'One', lfdi: '1'.repeat(40), manager: aggregator.lfdi, ...limits },
  ])
    expect((await house.operator('POST', '/api/sites', site)).status).toBe(201);
  const made = await house.operator('POST', '/api/programs', { primacy: 5, sites: ['One'] });
  derp = String(made.json['derp']);
});
afterEach(async () => {
  expect(house.failed).toEqual([]);
  await house.close();
  await receiver.close();
  home.remove();
});

async function serve(at: number, config = {}) {
  house = await openHouse(home.dir, { clock: new ManualClock(at), config });
  client = house.device(aggregator);
}
const subscribe = (resource: string, path = '/ntfy', host = '127.0.0.1') =>
  client.ask('/edev/1/sub', {
    method: 'POST',
    body: subscriptionXml(resource, { uri: `https://${host}:${receiver.port}${path}` }),
  });
const setDefault = (W: number) =>
  house.operator('PUT', `/api/programs/${derp}/default`, { base: { opModExpLimW: { multiplier: 0, value: W } } });
/** Real time: there are sockets between us. */
const arrive = async (count: number) => {
  for (let turn = 0; got.length < count && turn < 200_000; turn++) await new Promise<void>(nextTurn);
  await house.tasks.settled();
  const arrived = got.splice(0);
  expect(arrived).toHaveLength(count);
  return arrived;
};
const pass = async (seconds: number) => {
  house.clock.advance(seconds);
  await house.tasks.settled();
};

it('tells an aggregator, which presents the certificate it subscribed with', async () => {
  await setDefault(4000);
  const { status: code, headers } = await subscribe(`/derp/${derp}/dderc`);
  expect(code).toBe(201);
  await setDefault(3000);
  const [{ path, body } = { path: '', body: '' }] = await arrive(1);
  expect(path).toBe('/ntfy');
  expect(textOf(body, 'value')).toBe('3000');
  expect(textOf(body, 'subscriptionURI')).toBe(headers['location']);
  const { body: shown } = await client.ask(`/derp/${derp}/dderc`);
  const inside = (xml: string) => xml.slice(xml.indexOf('<mRID>'), xml.indexOf('</DERControlBase>'));
  expect(inside(body)).toBe(inside(shown));
});

it('goes on after a restart: what was not delivered, what changed, and a subscription that ends', async () => {
  await setDefault(4000);
  await subscribe(`/derp/${derp}/dderc`);
  await subscribe(`/derp/${derp}/derc`, '/controls');
  status = 503;
  await setDefault(3000);
  expect(textOf((await arrive(1))[0]?.body ?? '', 'value')).toBe('3000');
  const control = { start: t0 + 120, durationS: 60, base: { opModExpLimW: { multiplier: 0, value: 10 } } };
  await house.operator('POST', `/api/programs/${derp}/controls`, control);
  await arrive(1);
  status = 201;

  await house.close();
  await serve(t0 + 60);
  await pass(31);
  const caughtUp = await arrive(2);
  expect(caughtUp.map(({ path }) => path).sort()).toEqual(['/controls', '/ntfy']);
  await pass(30);
  const [started] = await arrive(1); // the control begins, nobody did anything
  expect([started?.path, textOf(started?.body ?? '', 'currentStatus')]).toEqual(['/controls', '1']);

  await pass(31);
  const { json } = await house.operator('GET', '/api/subscriptions');
  const all = (
    json['subscribed'] as { resource: string; subscriptions: { href: string; waiting: boolean }[] }[]
  ).flatMap(({ subscriptions }) => subscriptions);
  expect(all.map(({ waiting }) => waiting)).toEqual([false, false]);
  const ended = all[0]?.href.replace(/^\/edev\/(\w+)\/sub\/(\w+)$/, '/api/subscriptions/$1/$2/end') ?? '';
  expect((await house.operator('POST', ended, { status: 1 })).status).toBe(204);
  const [last] = await arrive(1);
  expect(/<status>(\d)</.exec(last?.body ?? '')?.[1]).toBe('1');
  expect((await client.ask(all[0]?.href ?? '')).status).toBe(404);
  expect((await house.operator('POST', ended)).status).toBe(404);
});

it('refuses to be sent elsewhere', async () => {
  for (const uri of [
    'https://10.0.0.1/x',
    'https://127.0.0.2:8443/x',
    'http://127.0.0.1:8443/x',
    'https://127.0.0.1:22/',
  ])
    expect([
      uri,
      (await client.ask('/edev/1/sub', { method: 'POST', body: subscriptionXml('/edev', { uri }) })).status,
    ]).toEqual([uri, 400]);
});

it('counts a receiver with the wrong certificate as refused, and keeps what it has to say', async () => {
  const other = await loopback({
    pki: house.pki,
    server: { credentials: issueDevice(house.pki, { name: 'other', role: 'device', notBefore: longAgo }) },
  });
  await setDefault(4000);
  const uri = `https://127.0.0.1:${other.port}/x`;
  const body = subscriptionXml(`/derp/${derp}/dderc`, { uri });
  expect((await client.ask('/edev/1/sub', { method: 'POST', body })).status).toBe(201);
  await setDefault(3000);
  const outcome = () => house.metrics.value('headroom_notifications_total', { outcome: 'refused' });
  for (let turn = 0; (await outcome()) === 0 && turn < 100_000; turn++) await new Promise<void>(nextTurn);
  expect([await outcome(), await house.server.store.outbox.waiting()]).toEqual([1, 1]);
  await other.close();
});
