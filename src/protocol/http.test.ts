/** HTTP over real TLS, byte by byte: every status this port can give, limits, and bodies however they are sent. */
import { gzipSync } from 'node:zlib';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Problem } from '../base/problem';
import { memoryStore } from '../store/memory/store';
import { type Store } from '../store/api';
import { rateLimit, sideBySide } from './rate';
import { redirectHandler } from './redirect';
import { siteA, t0, textOf } from './testing/port';
import { getText, tlsPort, withBody } from './testing/tls-port';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function served(more: Parameters<typeof tlsPort>[0] = {}) {
  const port = await tlsPort(more);
  closing.push(() => port.close());
  const device = port.device('A');
  await port.add({ ...siteA, lfdi: device.lfdi, sfdi: device.sfdi });
  return { ...port, own: device, client: await port.open(device) };
}

const status = `<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>${t0}</readingTime></DERStatus>`;
const ders = '/edev/1/der/1/ders';
const put = (body: string | Buffer, headers: Record<string, string> = {}) => withBody('PUT', ders, body, headers);

describe('each status', () => {
  it.each<[string, string | Buffer, number, Record<string, string>?]>([
    ['200', getText('/dcap'), 200],
    ['204 with a length of nothing', put(status), 204, { 'content-length': '0' }],
    ['400 for XML that ends too soon', put('<DERStatus xmlns="urn:ieee:std:2030.5:ns">'), 400],
    ['400 without Host', 'GET /dcap HTTP/1.1\r\nAccept: application/sep+xml\r\n\r\n', 400],
    ['400 for a query that is no number', getText('/edev?s=x'), 400],
    ['404', getText('/nothing'), 404, { 'content-length': '0' }],
    ['405 with Allow', getText('/dcap', { 'Content-Length': '0' }, 'POST'), 405, { allow: 'GET, HEAD' }],
    ['406', getText('/dcap', { Accept: 'application/sep-exi;level=-S1' }), 406],
    ['413', put('x'.repeat(10_001)), 413],
    ['414', getText(`/dcap?${'x'.repeat(260)}`), 414],
    ['415', put(status, { 'Content-Type': 'application/sep-exi' }), 415],
    ['501 for what Node parses', getText('/dcap', {}, 'PROPFIND'), 501],
  ])('%s', async (_name, request, want, headers = {}) => {
    const { client } = await served();
    const answer = await client.send(request);
    expect(answer).toMatchObject({ status: want, headers });
    expect(answer.headers['date']).toBeDefined();
    if (answer.body !== '') expect(answer.headers['content-type']).toBe('application/sep+xml');
    // The connection goes on: old clients never come back after a close.
    expect((await client.send(getText('/tm'))).status).toBe(200);
  });

  it.each([
    ['501 for what Node does not parse', 'FOO /dcap HTTP/1.1\r\nHost: x\r\n\r\n', 501],
    ['431', getText('/dcap', { 'X-Long': 'x'.repeat(17_000) }), 431],
    ['431 for one header longer than what is read at once', getText('/dcap', { 'X-Long': 'x'.repeat(40_000) }), 431],
    ['414 for a line beyond the limit of all headers', `GET /${'x'.repeat(20_000)}`, 414],
    ['400 for what is not HTTP', 'hello\r\n\r\n', 400],
    ['400 for a body of two lengths', getText('/dcap', { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }), 400],
  ])('%s, and the end of the connection', async (_name, request, want) => {
    const { client } = await served();
    expect(await client.send(request)).toMatchObject({
      status: want,
      headers: { 'content-length': '0', connection: 'close' },
    });
    await client.closed;
  });

  it('503 with Retry-After while the store is busy', async () => {
    const inner = memoryStore();
    let busy = false;
    const store: Store = Object.assign(Object.create(inner) as Store, {
      commit: (plan: Parameters<Store['commit']>[0]) => {
        if (busy) return Promise.reject(new Problem('STORE_BUSY', { at: 'test' }));
        return inner.commit(plan);
      },
    });
    const { client } = await served({ store });
    busy = true;
    expect(await client.send(put(status))).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    busy = false;
    expect((await client.send(put(status))).status).toBe(204);
  });

  it('429 with Retry-After and reason code 4 beyond the rate of one identity, not of another', async () => {
    let admit: (identity: string) => void = () => undefined;
    const port = await served({ admit: identity => admit(identity) });
    admit = rateLimit(port.clock, 3);
    const other = port.device('B');
    await port.add({ ...siteA, name: 'B', lfdi: other.lfdi, sfdi: other.sfdi });
    for (let i = 0; i < 3; i++) expect((await port.client.send(getText('/tm'))).status).toBe(200);
    const refused = await port.client.send(getText('/tm'));
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '20' } });
    expect([textOf(refused.body, 'reasonCode'), textOf(refused.body, 'maxRetryDuration')]).toEqual(['4', '20']);
    expect((await (await port.open(other)).send(getText('/tm'))).status).toBe(200);
    port.clock.advance(20);
    expect((await port.client.send(getText('/tm'))).status).toBe(200);
  });

  it('429 beyond the requests of one identity that are worked on side by side', async () => {
    const gate = sideBySide(2);
    let busy = 0;
    let bothBusy: () => void = () => undefined;
    const port = await served({
      enter: identity => {
        const leave = gate(identity);
        if (++busy === 2) bothBusy();
        return () => {
          busy--;
          leave();
        };
      },
    });
    expect((await port.client.send(getText('/dcap'))).status).toBe(200);
    const both = new Promise<void>(resolve => (bothBusy = resolve));
    // Two bodies that do not come keep two requests busy.
    const halves = [await port.open(port.own), await port.open(port.own)];
    for (const half of halves) half.write(put(status).subarray(0, -5));
    await both;
    const refused = await port.client.send(getText('/edev'));
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(textOf(refused.body, 'reasonCode')).toBe('4');
    // What stands needs no place, and a place that is given back is free.
    expect((await port.client.send(getText('/dcap'))).status).toBe(200);
    for (const half of halves) half.write('atus>');
    for (const half of halves) expect((await half.next()).status).toBe(204);
    expect((await port.client.send(getText('/edev'))).status).toBe(200);
  });
});

describe('bodies', () => {
  const chunked = (body: Buffer, size: number): Buffer => {
    const parts: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) {
      const part = body.subarray(at, at + size);
      parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
    }
    return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
  };
  const inChunks = (body: Buffer, headers: Record<string, string> = {}, size = 7): Buffer =>
    Buffer.concat([
      Buffer.from(
        getText(ders, { 'Content-Type': 'application/sep+xml', 'Transfer-Encoding': 'chunked', ...headers }, 'PUT'),
      ),
      chunked(body, size),
    ]);

  it('are read chunked, gzip, both, with a charset, and after 100-continue', async () => {
    const { client } = await served();
    for (const request of [
      inChunks(Buffer.from(status)),
      put(gzipSync(status), { 'Content-Encoding': 'gzip' }),
      inChunks(gzipSync(status), { 'Content-Encoding': 'GZIP' }),
      put(`\uFEFF<?xml version="1.0" encoding="UTF-8"?>${status}`, {
        'Content-Type': 'Application/SEP+XML; charset=utf-8; level=+S1',
      }),
      put(status, { Expect: '100-continue' }),
    ])
      expect((await client.send(request)).status).toBe(204);
  });

  it('are refused beyond the limit, whatever they claim, and the connection goes on', async () => {
    const { client } = await served();
    for (const request of [
      inChunks(Buffer.alloc(12_000, 0x20), {}, 4000),
      put(gzipSync(Buffer.alloc(11_000)), { 'Content-Encoding': 'gzip' }),
      put(gzipSync(Buffer.alloc(9_000_000)), { 'Content-Encoding': 'gzip' }),
    ]) {
      const answer = await client.send(request);
      expect([answer.status, textOf(answer.body, 'reasonCode')]).toEqual([413, '2']);
      expect((await client.send(getText('/tm'))).status).toBe(200);
    }
  });

  it('that nobody wants are read past, and end the connection when there is no end to them', async () => {
    const { client } = await served();
    expect((await client.send(withBody('POST', '/dcap', 'x'.repeat(5000)))).status).toBe(405);
    expect((await client.send(getText('/tm'))).status).toBe(200);
    const announced = getText(ders, { 'Content-Length': '999999999', 'Content-Type': 'application/sep+xml' }, 'PUT');
    expect(await client.send(announced)).toMatchObject({ status: 413, headers: { connection: 'close' } });
    await client.closed;
  });

  it('are refused in an encoding nobody reads', async () => {
    const { client } = await served();
    expect((await client.send(put(status, { 'Content-Encoding': 'br' }))).status).toBe(415);
    expect((await client.send(put(status, { 'Content-Encoding': 'gzip' }))).status).toBe(400);
  });
});

describe('connections', () => {
  it('answer pipelined requests in their order', async () => {
    const { client } = await served();
    const paths = ['/dcap', '/tm', '/edev', '/edev/1/rg', '/nothing', '/dcap'];
    client.write(paths.map(path => getText(path)).join(''));
    const statuses: number[] = [];
    for (const _path of paths) statuses.push((await client.next()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 404, 200]);
  });

  it('say nothing of closing, and stay for twenty minutes of silence', async () => {
    const { client, server } = await served();
    const { headers } = await client.send(getText('/dcap'));
    expect(headers['connection']).toBe('keep-alive');
    expect(headers['keep-alive']).toBe('timeout=1200');
    expect(server.keepAliveTimeout).toBe(1_200_000);
  });

  it('keep what stands in front of a body below 2 kB', async () => {
    const { client } = await served();
    const { headers } = await client.send(getText('/edev/1'));
    expect(JSON.stringify(headers).length).toBeLessThan(1000);
  });

  it('end when a request does not come to its end: headers and body by drops', async () => {
    const http = { headersTimeout: 150, requestTimeout: 300, connectionsCheckingInterval: 50 };
    const port = await served({ http });
    port.client.write('GET /dcap HTTP/1.1\r\nHost: x\r\nX-');
    expect(await port.client.next()).toMatchObject({ status: 408, headers: { connection: 'close' } });
    await port.client.closed;
    const other = await port.open(port.own);
    other.write(put(status).subarray(0, -1));
    expect(await other.next()).toMatchObject({ status: 408, headers: { connection: 'close' } });
    await other.closed;
    expect((await (await port.open(port.own)).send(getText('/edev/1/der/1/ders'))).status).toBe(200);
  });
});

describe('the plain listener', () => {
  let plain: Server;
  const ask = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let got = '';
      const socket = connect((plain.address() as AddressInfo).port, '127.0.0.1', () => socket.end(text));
      socket
        .on('data', chunk => (got += chunk.toString()))
        .on('close', () => resolve(got))
        .on('error', reject);
    });

  beforeAll(async () => {
    plain = createServer(
      { requireHostHeader: false },
      redirectHandler(() => 8443),
    );
    await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise(resolve => plain.close(resolve));
  });

  it.each([
    ['/dcap', 'utility.example', 'https://utility.example:8443/dcap'],
    ['/edev?s=0&l=255', 'utility.example:80', 'https://utility.example:8443/edev?s=0&l=255'],
    ['/tm', '[::1]:8080', 'https://[::1]:8443/tm'],
  ])('sends %s to the port that speaks TLS', async (path, host, location) => {
    const got = await ask(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(got).toMatch(/^HTTP\/1\.1 301 /);
    expect(got).toContain(`\r\nLocation: ${location}\r\n`);
    expect(got).toContain('\r\nContent-Length: 0\r\n');
  });

  it.each([
    ['no Host', 'GET /dcap HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a Host that is none', 'GET /dcap HTTP/1.1\r\nHost: a/b@c\r\nConnection: close\r\n\r\n', 400],
    ['a write', 'POST /mup HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi', 405],
  ])('does nothing else: %s', async (_name, text, want) => {
    expect(await ask(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${want} `));
  });
});
