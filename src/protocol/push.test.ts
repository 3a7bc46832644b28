/** Notifications over real mutual TLS on loopback: who is posted to, over which connections, and what their answers mean. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createPki, issueDevice, peerOf, Trust } from '../tls';
import { longAgo, loopback, type Loopback } from '../tls/testing/loopback';
import { SystemClock } from '../base/clock';
import { nextTurn } from '../base/turn';
import { guardOf } from './push-guard';
import { push, type Push, type PushOptions } from './push';

const clock = new SystemClock();
const pki = createPki({ notBefore: longAgo });
const server = issueDevice(pki, { name: 'utility', role: 'server', notBefore: longAgo });
const client = issueDevice(pki, { name: 'aggregator', role: 'device', notBefore: longAgo });

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly type: string | undefined;
  readonly from: string | undefined;
  readonly body: string;
}

let trust: Trust;
let open: (Push | Loopback)[];
let got: Got[];
let connections: number;
let answer: RequestListener;
beforeEach(() => {
  trust = new Trust({ clock, roots: [pki.serca.der] });
  open = [];
  got = [];
  connections = 0;
  answer = (_req, res) => res.writeHead(201, { 'Content-Length': 0 }).end();
});
afterEach(async () => {
  for (const each of open) await each.close();
});

async function receiver(credentials = client, more: Parameters<typeof loopback>[0] = {}): Promise<string> {
  const at = await loopback({
    pki,
    server: { credentials },
    handler: (req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        const { method, url } = req;
        got.push({ method, url, type: req.headers['content-type'], from: peerOf(req.socket)?.lfdi, body });
        answer(req, res);
      });
    },
    ...more,
  });
  at.device.server.on('secureConnection', () => connections++);
  open.push(at);
  return `https://127.0.0.1:${at.port}/ntfy`;
}

function pushing(more: Partial<PushOptions> = {}): Push {
  const made = push({
    credentials: server,
    trust,
    clock,
    guard: guardOf({ plainHttp: false, ports: '1024-65535', allow: '127.0.0.1 ::1' }),
    peer: 'subscriber',
    connections: 2,
    timeoutMs: 5000,
    ...more,
  });
  open.unshift(made); // closed before the receivers
  return made;
}
const to = (uri: string, lfdi = client.lfdi) => ({ lfdi, uri });

it('posts what it is given, with its own certificate, to the subscriber by its LFDI', async () => {
  const uri = await receiver();
  expect(await pushing().post(to(`${uri}/7?a=b`), '<Notification/>')).toEqual({ outcome: 'delivered' });
  expect(got).toEqual([
    { method: 'POST', url: '/ntfy/7?a=b', type: 'application/sep+xml', from: server.lfdi, body: '<Notification/>' },
  ]);
});

it('uses its connections again, and no more than it may', async () => {
  const uri = await receiver();
  const out = pushing();
  await Promise.all(Array.from({ length: 20 }, (_, n) => out.post(to(uri), `${n}`)));
  for (let n = 0; n < 5; n++) await out.post(to(uri), `${n}`);
  expect([got.length, connections]).toEqual([25, 2]);
});

it('refuses a receiver that is another device, unless any device of the PKI will do', async () => {
  const uri = await receiver(issueDevice(pki, { name: 'other', role: 'device', notBefore: longAgo }));
  expect(await pushing().post(to(uri), 'x')).toMatchObject({ outcome: 'refused', why: /its LFDI is/ });
  expect(got).toEqual([]);
  expect(await pushing({ peer: 'trusted' }).post(to(uri), 'x')).toEqual({ outcome: 'delivered' });
});

it('refuses a receiver of another PKI', async () => {
  const elsewhere = createPki({ notBefore: longAgo });
  const stranger = issueDevice(elsewhere, { name: 'x', role: 'device', notBefore: longAgo });
  const uri = await receiver(stranger);
  const { outcome } = await pushing({ peer: 'trusted' }).post(to(uri), 'x');
  expect([outcome, got]).toEqual(['unreachable', []]); // OpenSSL's own word, before ours
});

it('says no more to whom is revoked, not even over a connection that is open', async () => {
  const uri = await receiver();
  const out = pushing();
  expect((await out.post(to(uri), 'x')).outcome).toBe('delivered');
  trust.revoke(client.lfdi);
  expect(await out.post(to(uri), 'y')).toMatchObject({ outcome: 'refused', why: /revoked/ });
  trust.reinstate(client.lfdi);
  expect((await out.post(to(uri), 'z')).outcome).toBe('delivered');
  expect([got.map(({ body }) => body), connections]).toEqual([['x', 'z'], 2]);
});

it.each([
  [200, 'delivered'],
  [201, 'delivered'],
  [204, 'delivered'],
  [400, 'unwanted'],
  [302, 'answer'],
  [404, 'answer'],
  [429, 'answer'],
  [503, 'answer'],
])('takes an answer of %i as %s', async (status, outcome) => {
  answer = (_req, res) => {
    res.writeHead(status, { Location: 'https://127.0.0.1:1/elsewhere' });
    res.end(status === 204 ? undefined : 'x'.repeat(200_000));
  };
  expect((await pushing().post(to(await receiver()), 'x')).outcome).toBe(outcome);
  expect(got).toHaveLength(1);
});

it('waits so long for an answer and no longer', async () => {
  answer = () => undefined;
  const uri = await receiver();
  expect(await pushing({ timeoutMs: 200 }).post(to(uri), 'x')).toEqual({
    outcome: 'unreachable',
    why: 'took too long',
  });
});

it('finds nobody where nobody listens', async () => {
  expect((await pushing().post(to('https://127.0.0.1:9/x'), 'x')).outcome).toMatch(/refused|unreachable/);
  expect((await pushing().post(to('https://127.0.0.1:1025/x'), 'x')).outcome).toBe('unreachable');
});

it('goes to no address that is not allowed, by number or by name', async () => {
  const uri = await receiver();
  const guard = guardOf({ plainHttp: false, ports: '1024-65535', allow: '' });
  for (const each of [uri, uri.replace('127.0.0.1', 'localhost')])
    expect(await pushing({ guard }).post(to(each), 'x')).toMatchObject({ outcome: 'refused', why: /public Internet/ });
  expect([got, connections]).toEqual([[], 0]);
});

it('speaks plain HTTP only where a lab wants it', async () => {
  const bodies: string[] = [];
  const lab = createServer((req, res) => {
    req.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    req.on('end', () => res.writeHead(204).end());
  });
  await new Promise<void>(resolve => lab.listen(0, '127.0.0.1', resolve));
  const uri = `http://127.0.0.1:${(lab.address() as AddressInfo).port}/n`;
  expect((await pushing().post(to(uri), 'x')).outcome).toBe('refused');
  const guard = guardOf({ plainHttp: true, ports: '1024-65535', allow: '127.0.0.1' });
  expect((await pushing({ guard }).post(to(uri), 'x')).outcome).toBe('delivered');
  expect(bodies).toEqual(['x']);
  lab.close();
  lab.closeAllConnections();
});

it('ends what is under way when the server stops', async () => {
  answer = () => undefined;
  const uri = await receiver();
  const made = pushing();
  const posted = made.post(to(uri), 'x');
  while (got.length === 0) await new Promise<void>(nextTurn);
  made.close();
  expect((await posted).outcome).toBe('unreachable');
  expect((await made.post(to(uri), 'x')).outcome).toBe('refused');
});
