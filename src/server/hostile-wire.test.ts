/**
 * Peers that mean harm or know no better, over real TLS against the device port of a whole server. All along, one good client
 * keeps its connection: after every case it is answered on the very same socket.
 */
import { Agent, request, type RequestOptions } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { createPki, issueDevice } from '../tls';
import { clientTls } from '../tls/client-tls';
import { folder, openHouse, type DeviceClient, type OpenHouse } from './testing/house';

const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const maxBodyBytes = 4096;
let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let good: DeviceClient;
let mine: string;

beforeAll(async () => {
  home = await folder({ maxBodyBytes, requestTimeoutS: 1, slowDownPauseS: 0 });
  house = await openHouse(home.dir);
  good = house.device('good');
  const site = await house.operator('POST', '/api/sites', { name: 'Good', lfdi: good.lfdi, ...limits });
  mine = `/edev/${String(site.json['edev'])}`;
  await goodClientIsServed();
});
afterEach(goodClientIsServed);
afterAll(async () => {
  await house.close();
  home.remove();
});

async function goodClientIsServed(): Promise<void> {
  const { status, body } = await good.ask('/dcap');
  expect([status, body]).toEqual([200, expect.stringContaining('<DeviceCapability')]);
  expect(house.failed).toEqual([]);
  expect(house.log.lines.filter(line => line.level === 'error')).toEqual([]);
}

/** Sends bytes as they are over TLS and hears the answer to its end. */
function raw(text: string | Buffer, { halfClose = false } = {}): Promise<string> {
  return new Promise((done, failed: (error: Error) => void) => {
    const socket = connect({ ...good.tls, host: '127.0.0.1', port: house.server.port } as object, () => {
      if (halfClose) socket.end(text);
      else socket.write(text);
    });
    let heard = '';
    socket.setEncoding('latin1').on('data', (part: string) => (heard += part));
    socket.on('close', () => done(heard)).on('error', (error: Error) => (heard === '' ? failed(error) : done(heard)));
  });
}
const bye = 'Host: x\r\nConnection: close\r\n';
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
/** Resolves with the fields of the next line of the log with that message. */
async function nextLine(message: string, from = house.log.lines.length): Promise<Record<string, unknown>> {
  for (;;) {
    const found = house.log.lines.slice(from).find(line => line.message === message);
    if (found) return found.fields;
    await new Promise(setImmediate);
  }
}

describe('documents', () => {
  const status = () => `${mine}/der/1/ders`;
  const fitting = '<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>1</readingTime></DERStatus>';
  const put = (body: string | Buffer, headers: Record<string, string> = {}) =>
    good.ask(status(), { method: 'PUT', body, headers });

  it('takes one that fits', async () => {
    expect((await put(fitting)).status).toBe(204);
  });

  it.each([
    ['half a document', '<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>1</rea', 0],
    ['no XML', 'readingTime=1', 0],
    ['nothing', '', 0],
    ['entities of its own', `<!DOCTYPE a [<!ENTITY x "1">]>${fitting}`, 0],
    ['an entity bomb', `<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${fitting}`, 0],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0xff, 0xfe, 0x3e]), 0],
    ['another document', '<Time xmlns="urn:ieee:std:2030.5:ns"><currentTime>1</currentTime></Time>', 1],
    ['a text for a number', fitting.replace('>1<', '>soon<'), 1],
    ['a time to come', fitting.replace('>1<', '>9999999999<'), 1],
    ['five hundred levels', `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`, 1],
  ])('refuses %s with an Error', async (_, body, reasonCode) => {
    const { status: code, headers, body: said } = await put(body);
    expect([code, headers['content-type']]).toEqual([400, 'application/sep+xml']);
    expect(said).toContain(`<reasonCode>${reasonCode}</reasonCode>`);
    expect(Number(headers['content-length'])).toBe(said.length);
  });

  it.each(['text/plain', 'application/json', 'application/sep-exi', 'text/xml'])('refuses %s: 415', async type => {
    const { status: code, body } = await put(fitting, { 'content-type': type });
    expect([code, body]).toEqual([415, expect.stringContaining('<reasonCode>0</reasonCode>')]);
  });

  it('answers 406 where only EXI is accepted', async () => {
    expect((await good.ask('/dcap', { headers: { accept: 'application/sep-exi' } })).status).toBe(406);
  });

  it('reads no more of a body than it will: announced, chunked, packed', async () => {
    const long = 'x'.repeat(maxBodyBytes + 1);
    const head = `PUT ${status()} HTTP/1.1\r\n${bye}Content-Type: application/sep+xml\r\n`;
    const announced = await raw(`${head}Content-Length: ${long.length}\r\n\r\n`);
    expect([statusOf(announced), announced]).toEqual([413, expect.stringContaining('<reasonCode>2</reasonCode>')]);
    const chunked = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${long.length.toString(16)}\r\n${long}`);
    expect(statusOf(chunked)).toBe(413);
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    expect(bomb.length).toBeGreaterThan(maxBodyBytes);
    expect(statusOf(await raw(`${head}Content-Length: ${bomb.length}\r\n\r\n`))).toBe(413);
    const small = gzipSync(Buffer.alloc(maxBodyBytes * 100));
    expect((await freshPut(small, { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await freshPut(gzipSync(fitting), { 'content-encoding': 'gzip' })).status).toBe(204);
    expect((await freshPut(fitting, { 'content-encoding': 'br' })).status).toBe(415);
  });

  /** On a connection of its own: a refused body may end the connection. */
  function freshPut(body: string | Buffer, headers: Record<string, string>): Promise<{ status: number }> {
    return new Promise((done, failed) => {
      const options: RequestOptions = {
        host: '127.0.0.1',
        port: house.server.port,
        path: status(),
        method: 'PUT',
        agent: new Agent({ ...good.tls, keepAlive: false }),
        headers: {
          'content-type': 'application/sep+xml',
          'content-length': String(Buffer.byteLength(body)),
          ...headers,
        },
      };
      request(options, answer => done({ status: answer.resume().statusCode ?? 0 }))
        .on('error', failed)
        .end(body);
    });
  }
});

describe('paths and methods', () => {
  it.each([
    '/',
    '/nothing',
    '/edev/99',
    '/dcap/',
    '/DCAP',
    '/edev/../dcap',
    '/edev/%31',
    '//dcap',
    '/derp/77/derc',
    '/~sites',
    '/edev/1/~x',
  ])('has nothing at %s: 404', async path => {
    const { status, body, headers } = await good.ask(path);
    expect([status, body, headers['content-length']]).toEqual([404, '', '0']);
  });

  it('refuses a path that is too long', async () => {
    expect([400, 414]).toContain((await good.ask(`/${'a'.repeat(300)}`)).status);
  });

  it.each([
    ['FOO', 501],
    ['PATCH', 501],
    ['OPTIONS', 501],
    ['TRACE', 501],
    ['PROPFIND', 501],
    ['DELETE', 405],
    ['POST', 405],
  ])('%s /dcap: %d', async (method, code) => {
    const answer = await raw(`${method} /dcap HTTP/1.1\r\n${bye}Content-Length: 0\r\n\r\n`);
    expect(statusOf(answer)).toBe(code);
    expect(answer).toMatch(/content-length: \d+/i);
    if (code === 405) expect(answer).toMatch(/allow: GET, HEAD\r/i);
  });

  it.each([
    ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${bye}\r\n`],
    ['an upgrade', 'GET /dcap HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('opens no tunnel for %s', async (_, text) => {
    const answer = await raw(text, { halfClose: true }).catch(() => '');
    expect(answer).not.toMatch(/^HTTP\/1\.1 (101|2\d\d Connection)/);
  });
});

describe('requests that are no HTTP', () => {
  it.each([
    ['no method at all', '\u0001\u0002garbage\r\n\r\n', 400],
    ['another protocol', `GET /dcap SIP/2.0\r\n${bye}\r\n`, 400],
    ['no Host', 'GET /dcap HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two lengths', `PUT /dcap HTTP/1.1\r\n${bye}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400],
    [
      'length and chunks',
      `PUT /dcap HTTP/1.1\r\n${bye}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a header broken by a newline', `GET /dcap HTTP/1.1\r\n${bye}X: a\nb\r\n\r\n`, 400],
    [
      'a header of 16,000 bytes and more',
      `GET /dcap HTTP/1.1\r\n${bye}X: ${'a'.repeat(16_200)}\r\nY: ${'b'.repeat(200)}\r\n\r\n`,
      431,
    ],
    ['a flood of headers', `GET /dcap HTTP/1.1\r\n${bye}${'X-Flood: aaaaaaaa\r\n'.repeat(2000)}\r\n`, 431],
  ])('%s', async (_, text, code) => {
    expect(statusOf(await raw(text))).toBe(code);
  });

  it('answers a request whose sender has closed its half', async () => {
    const answer = await raw(`GET /dcap HTTP/1.1\r\nHost: x\r\n\r\n`, { halfClose: true });
    expect([statusOf(answer), answer]).toEqual([200, expect.stringContaining('<DeviceCapability')]);
  });

  it('lets a request go that breaks off in the middle', async () => {
    const line = nextLine('request refused');
    const socket = await greeted();
    socket.write(
      `PUT ${mine}/der/1/ders HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nContent-Length: 99\r\n\r\n<DER`,
    );
    await new Promise(setImmediate);
    socket.destroy();
    expect(await line).toMatchObject({ problem: 'BAD_REQUEST', why: expect.stringContaining('broke off') as string });
  });

  it('answers requests sent all at once in their order', async () => {
    const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    const answer = await raw(ask('/dcap') + ask('/nothing') + ask('/tm') + ask('/dcap', 'Connection: close\r\n'));
    expect([...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(match => match[1])).toEqual(['200', '404', '200', '200']);
  });
});

describe('slow senders', () => {
  it('ends a request whose headers trickle in, after requestTimeoutS', async () => {
    const socket = await greeted();
    const ended = heardOf(socket);
    socket.write('GET /dcap HTTP/1.1\r\nHost: x\r\n');
    const drip = trickle(socket, 'X: a\r\n');
    expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
    drip();
  }, 10_000);

  it('ends a request whose body trickles in', async () => {
    const socket = await greeted();
    const ended = heardOf(socket);
    socket.write(
      `PUT ${mine}/der/1/ders HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nContent-Length: 4000\r\n\r\n`,
    );
    const drip = trickle(socket, ' ');
    expect(await ended).toMatch(/^HTTP\/1\.1 4(08|00) /);
    drip();
  }, 10_000);

  it('serves others while a hundred say nothing', async () => {
    const silent = await Promise.all(Array.from({ length: 100 }, () => plain()));
    await goodClientIsServed();
    const more = house.device('more');
    expect((await more.ask('/dcap')).status).toBe(200);
    for (const socket of silent) socket.destroy();
  }, 20_000);

  /** A few bytes at each turn of the event loop, until told to stop. */
  function trickle(socket: Socket, text: string): () => void {
    let on = true;
    void (async () => {
      for (; on && !socket.destroyed; await new Promise(setImmediate))
        if (socket.writableLength < 100 && socket.bytesWritten < 3000) socket.write(text);
    })();
    return () => {
      on = false;
      socket.destroy();
    };
  }
});

describe('handshakes', () => {
  const refused = (options: object) =>
    new Promise<string>(done => {
      const socket: TLSSocket = connect({ ...options, host: '127.0.0.1', port: house.server.port }, () =>
        socket.write('GET /dcap HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      socket.on('data', (part: Buffer) => done(`answered ${part.toString()}`));
      socket.on('error', (error: Error) => done(error.message)).on('close', () => done('closed'));
    });

  it('lets no certificate of another PKI in, and the log says why', async () => {
    const other = createPki({ notBefore: Date.UTC(2024, 0, 1) / 1000 });
    const stranger = issueDevice(other, { name: 'stranger', role: 'device' });
    const line = nextLine('connection refused');
    const ended = await refused(clientTls({ ...stranger, rootsPem: house.rootsPem, clock: house.clock }));
    expect(ended).not.toContain('answered');
    expect(await line).toMatchObject({
      reason: 'unknown-issuer',
      lfdi: stranger.lfdi,
      text: expect.any(String) as string,
    });
  });

  it('lets nobody in without a certificate', async () => {
    const line = nextLine('handshake failed');
    const { key: _key, cert: _cert, ...bare } = good.tls;
    expect(await refused(bare)).not.toContain('answered');
    expect(await line).toMatchObject({ reason: 'no-certificate' });
  });

  it('lets no revoked device in', async () => {
    const device = house.device('revoked');
    expect((await device.ask('/dcap')).status).toBe(200);
    const line = nextLine('connection refused');
    await house.operator('PUT', `/api/revocations/${device.lfdi}`, {});
    await expect(device.ask('/dcap')).rejects.toThrow();
    expect(await line).toMatchObject({ reason: 'revoked', lfdi: device.lfdi });
  });

  it.each([
    ['plain HTTP', 'GET /dcap HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['noise', '\u0016\u0003\u0001\u00ff\u00ff' + '\u0000'.repeat(300)],
    ['a single byte', '\u0016'],
  ])('ends %s in place of TLS, and the log says so', async (_, bytes) => {
    const line = nextLine('handshake failed');
    const socket = await plain();
    socket.end(Buffer.from(bytes, 'latin1'));
    expect(await line).toMatchObject({ from: '127.0.0.1', reason: expect.any(String) as string });
  });

  it('counts what it refused', async () => {
    for (const reason of ['unknown-issuer', 'no-certificate', 'revoked', 'handshake'])
      expect([reason, await house.metrics.value('headroom_handshake_failures_total', { reason })]).toEqual([
        reason,
        expect.any(Number),
      ]);
  });
});

const greeted = () =>
  new Promise<TLSSocket>((done, failed) => {
    const socket = connect({ ...good.tls, host: '127.0.0.1', port: house.server.port } as object, () => done(socket));
    socket.on('error', failed);
  });
function heardOf(socket: Socket): Promise<string> {
  return new Promise(done => {
    let heard = '';
    socket.on('data', (part: Buffer) => (heard += part.toString('latin1')));
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.on('close', () => done(heard));
  });
}
const plain = () =>
  new Promise<Socket>((done, failed) => {
    const socket = connectPlain(house.server.port, '127.0.0.1', () => done(socket));
    socket.on('error', failed).on('connect', () => socket.removeAllListeners('error').on('error', () => undefined));
  });
