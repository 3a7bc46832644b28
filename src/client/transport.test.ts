import { type RequestListener } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { type Socket } from 'node:net';
import { SystemClock } from '../base/clock';
import { createPki, issueDevice } from '../tls';
import { clientOf, longAgo, loopback, type Loopback } from '../tls/testing/loopback';
import { httpsTransport, type HttpsTransport } from './transport';
import { rawExchange } from './raw-exchange';

const pki = createPki({ notBefore: longAgo });
const device = issueDevice(pki, { name: 'device', role: 'device', notBefore: longAgo });
const tlsFor = (at: Loopback) => clientOf(at, device);

let handler: RequestListener = (_, res) => res.end();
let server: Loopback;
let transport: HttpsTransport;

beforeAll(async () => {
  server = await loopback({ pki, clock: new SystemClock(), handler: (req, res) => handler(req, res) });
});
afterAll(() => server.close());
beforeEach(() => {
  transport = httpsTransport({
    host: '127.0.0.1',
    port: server.port,
    tls: tlsFor(server),
    timeoutMs: 2000,
    maxBodyBytes: 10_000,
  });
});
afterEach(() => transport.close());

const get = (path: string) => transport.send({ method: 'GET', path });

it('sends all requests over one connection, in turn, and counts them', async () => {
  const seen: string[] = [];
  handler = (req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers.accept}`);
    res.end(`to ${req.url}`);
  };
  const answers = await Promise.all([
    transport.send({ method: 'GET', path: '/a', headers: { Accept: 'application/sep+xml' } }),
    transport.send({ method: 'POST', path: '/b?x=1', body: 'hello' }),
    get('/c'),
  ]);
  expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([
    [200, 'to /a'],
    [200, 'to /b?x=1'],
    [200, 'to /c'],
  ]);
  expect(seen).toEqual(['GET /a application/sep+xml', 'POST /b?x=1 undefined', 'GET /c undefined']);
  expect(transport.counts).toEqual({ requests: 3, failures: 0, connections: 1, bytesSent: 5, bytesReceived: 19 });
});

it('does not ask again what was under way when it was closed', async () => {
  const seen: (string | undefined)[] = [];
  let arrived: () => void = () => undefined;
  const waiting = new Promise<void>(resolve => (arrived = resolve));
  handler = (req, res) => {
    seen.push(req.url);
    if (req.url === '/kept') res.end();
    else arrived();
  };
  await get('/kept');
  const pending = get('/pending');
  await waiting;
  transport.close();
  await expect(pending).rejects.toMatchObject({ code: 'CANNOT_REACH' });
  handler = (req, res) => (seen.push(req.url), res.end());
  await get('/later'); // a closed transport opens anew when it is used again
  expect(seen).toEqual(['/kept', '/pending', '/later']);
});

it('leaves nothing behind on the connection, however many requests wait for it', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  handler = (_, res) => res.end();
  await Promise.all(Array.from({ length: 40 }, (_, i) => get(`/${i}`)));
  await get('/last'); // warnings come a turn later
  process.off('warning', note);
  expect(warnings).toEqual([]);
  expect(transport.counts.connections).toBe(1);
});

it('shows what it saw of the server', async () => {
  expect(transport.peer).toBeUndefined();
  handler = (_, res) => res.end();
  await get('/');
  expect(transport.peer).toMatchObject({
    cipher: { standardName: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8' },
    protocol: 'TLSv1.2',
  });
  expect(transport.peer?.leafDer.length).toBeGreaterThan(100);
});

it('gives any status as data, with its headers as they came', async () => {
  handler = (_, res) => {
    res.writeHead(503, { 'Retry-After': '30', 'X-Mixed-Case': 'y' });
    res.end('<Error/>');
  };
  const { status, headers, rawHeaders } = await get('/');
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('30');
  expect(rawHeaders).toContain('X-Mixed-Case');
});

it('sends unknown methods and headers of the caller alone', async () => {
  handler = (req, res) => res.end(JSON.stringify(req.rawHeaders));
  expect((await transport.send({ method: 'FOO', path: '/' })).status).toBe(400);
  const { body } = await transport.send({
    method: 'GET',
    path: '/',
    rawHeaders: ['Host', 'x', 'ACCEPT', 'a', 'ACCEPT', 'b'],
  });
  expect(JSON.parse(body.toString())).toEqual(expect.arrayContaining(['Host', 'x', 'ACCEPT', 'a', 'ACCEPT', 'b']));
  expect((await transport.send({ method: 'GET', path: '/', rawHeaders: ['Accept', 'a'] })).status).toBe(400); // no Host
});

it('asks a GET again when the server had closed the kept connection, but not a POST', async () => {
  let socket: Socket | undefined;
  let asked = 0;
  handler = (req, res) => {
    asked++;
    // The second request of a connection finds it reset, as one does that was closed just before it came.
    if (socket === req.socket) {
      req.socket.destroy();
      return;
    }
    socket = req.socket;
    res.end('ok');
  };
  await get('/1');
  expect((await get('/2')).body.toString()).toBe('ok');
  expect(asked).toBe(3);
  await expect(transport.send({ method: 'POST', path: '/3', body: 'x' })).rejects.toMatchObject({
    code: 'CANNOT_REACH',
  });
  expect(transport.counts).toMatchObject({ requests: 3, failures: 1, connections: 2 });
});

it('gives up a server that is silent, one that stops in the middle, and one that says too much', async () => {
  handler = () => undefined;
  const hasty = httpsTransport({ host: '127.0.0.1', port: server.port, tls: tlsFor(server), timeoutMs: 50 });
  await expect(hasty.send({ method: 'GET', path: '/' })).rejects.toThrow('no answer within 50 ms');
  hasty.close();
  handler = (_, res) => {
    res.writeHead(200, { 'Content-Length': '100' });
    res.write('half');
    soon(() => res.destroy());
  };
  await expect(get('/')).rejects.toMatchObject({ code: 'CANNOT_REACH' });
  handler = (_, res) => res.end(Buffer.alloc(10_001));
  await expect(get('/')).rejects.toThrow('more than 10000 bytes');
});

it('works again after a failure and after close', async () => {
  handler = req => req.socket.destroy();
  await expect(get('/')).rejects.toMatchObject({ code: 'CANNOT_REACH' });
  handler = (_, res) => res.end('back');
  expect((await get('/')).body.toString()).toBe('back');
  transport.close();
  expect((await get('/')).body.toString()).toBe('back');
});

it('says where nobody listens and whom it does not trust', async () => {
  const free = createServer();
  await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise(resolve => free.close(resolve));
  const nowhere = httpsTransport({ host: '127.0.0.1', port, tls: tlsFor(server) });
  await expect(nowhere.send({ method: 'GET', path: '/dcap' })).rejects.toThrow(`GET https://127.0.0.1:${port}/dcap`);
  const other = clientOf({ ...server, pki: createPki({ notBefore: longAgo }) }, device);
  const stranger = httpsTransport({ host: '127.0.0.1', port: server.port, tls: other });
  await expect(stranger.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'CANNOT_REACH' });
  stranger.close();
});

it('reaches another origin with the same identity', async () => {
  handler = (_, res) => res.end('here');
  const there = transport.at(new URL(`https://localhost:${server.port}/x`));
  expect((await there.send({ method: 'GET', path: '/' })).body.toString()).toBe('here');
  there.close();
});

it('exchanges bytes that are no HTTP', async () => {
  handler = (req, res) => res.end(req.url);
  const at = { host: '127.0.0.1', port: server.port, tls: tlsFor(server), quietMs: 200 };
  const two = await rawExchange({
    ...at,
    bytes: ['GET /1 HTTP/1.1\r\nHost: x\r\n\r\n', 'GET /2 HTTP/1.1\r\nHost: x\r\n\r\n'],
  });
  expect(two.toString().match(/HTTP\/1.1 200/g)).toHaveLength(2);
  expect((await rawExchange({ ...at, bytes: ['rubbish\r\n\r\n'] })).toString()).toContain('400');
  await expect(rawExchange({ ...at, port: 1, bytes: [] })).rejects.toMatchObject({ code: 'CANNOT_REACH' });
});

/** After what is written has gone out. */
function soon(run: () => void): void {
  process.nextTick(() => process.nextTick(run));
}
