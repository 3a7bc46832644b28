/** CSIP CORE-001, CORE-002 and CORE-004 case by case over real TLS (protocol facts 7.3, 2.3). */
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { redirectHandler } from './redirect';
import { attributeOf, siteA, t0 } from './testing/port';
import { getText, tlsPort, withBody, type RawAnswer, type RawClient } from './testing/tls-port';

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
const log = (n: number, at = t0 - 1000 + n) =>
  `<LogEvent ${ns}><createdDateTime>${at}</createdDateTime><functionSet>11</functionSet><logEventCode>0</logEventCode><logEventID>${n}</logEventID><logEventPEN>40732</logEventPEN><profileID>2</profileID></LogEvent>`;
const mirror = (n: number, lfdi: string) =>
  `<MirrorUsagePoint ${ns}><mRID>0${n}</mRID><roleFlags>0003</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdi}</deviceLFDI></MirrorUsagePoint>`;

let port: Awaited<ReturnType<typeof tlsPort>>;
let client: RawClient;
let lfdi: string;

beforeAll(async () => {
  port = await tlsPort();
  const device = port.device('A');
  lfdi = device.lfdi;
  await port.add({ ...siteA, lfdi, sfdi: device.sfdi });
  client = await port.open(device);
});
afterAll(() => port.close());

const get = (path: string, headers: Record<string, string> = {}) => client.send(getText(path, headers));
const length = ({ body }: RawAnswer) => String(Buffer.byteLength(body));

describe('CORE-001 HTTP request', () => {
  it('gives application/sep+xml with its right length to who accepts it, in whatever words', async () => {
    for (const accept of [
      'application/sep+xml',
      'application/sep+xml; level=+S1',
      'application/sep-exi; level=-S1, application/sep+xml; level=-S1; q=0.5',
      'APPLICATION/SEP+XML',
      '*/*',
    ]) {
      const answer = await get('/dcap', { Accept: accept });
      expect([accept, answer.status, answer.headers['content-type']]).toEqual([accept, 200, 'application/sep+xml']);
      expect(answer.headers['content-length']).toBe(length(answer));
    }
  });

  it('gives 406 to who accepts nothing it has', async () => {
    for (const accept of ['application/sep-exi; level=-S1', 'text/html', 'application/sep+xml; q=0'])
      expect([accept, (await get('/dcap', { Accept: accept })).status]).toEqual([accept, 406]);
  });

  it('wants a Host', async () => {
    expect((await client.send('GET /dcap HTTP/1.1\r\nAccept: application/sep+xml\r\n\r\n')).status).toBe(400);
  });

  it('reads application/sep+xml, with parameters or without, and gives 415 for anything else', async () => {
    const settings = `<DERStatus ${ns}><readingTime>${t0}</readingTime></DERStatus>`;
    for (const [type, want] of [
      ['application/sep+xml', 204],
      ['application/sep+xml; charset=utf-8', 204],
      ['Application/Sep+XML; level=+S1', 204],
      ['application/sep-exi', 415],
      ['application/xml', 415],
      ['text/plain', 415],
    ] as const) {
      const answer = await client.send(withBody('PUT', '/edev/1/der/1/ders', settings, { 'Content-Type': type }));
      expect([type, answer.status]).toEqual([type, want]);
    }
  });

  it('takes a body as long as its Content-Length says, and answers HEAD as GET without one', async () => {
    const answer = await get('/dcap');
    const head = await client.send(getText('/dcap', {}, 'HEAD'));
    expect({ ...head.headers, 'x-request-id': '', date: '' }).toEqual({
      ...answer.headers,
      'x-request-id': '',
      date: '',
    });
    expect(head.body).toBe('');
    expect((await get('/dcap', { 'Content-Length': '   0' })).status).toBe(200);
  });
});

describe('CORE-002 HTTP response', () => {
  it('200', async () => expect(await get('/dcap')).toMatchObject({ status: 200 }));
  it('201 with Location, which can be read', async () => {
    const made = await client.send(withBody('POST', '/edev/1/lel', log(99, t0 - 5000)));
    expect(made).toMatchObject({ status: 201, headers: { 'content-length': '0' } });
    expect((await get(made.headers['location'] ?? '')).status).toBe(200);
    expect((await client.send(getText(made.headers['location'] ?? '', {}, 'DELETE'))).status).toBe(204);
    expect((await get(made.headers['location'] ?? '')).status).toBe(404);
  });
  it('204', async () => {
    const body = `<DERStatus ${ns}><readingTime>${t0}</readingTime></DERStatus>`;
    expect(await client.send(withBody('PUT', '/edev/1/der/1/ders', body))).toMatchObject({ status: 204, body: '' });
  });
  it('301 for a plain GET of DeviceCapability', async () => {
    const plain = createServer(redirectHandler(() => port.port));
    await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
    const got = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect((plain.address() as AddressInfo).port, '127.0.0.1', () =>
        socket.end('GET /dcap HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
      );
      socket.on('data', chunk => (text += chunk.toString()));
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(got).toMatch(/^HTTP\/1\.1 301 /);
    expect(got).toContain(`Location: https://127.0.0.1:${port.port}/dcap\r\n`);
    await new Promise(resolve => plain.close(resolve));
  });
  it('400 without Host', async () => {
    expect((await client.send('GET /dcap HTTP/1.1\r\nAccept: */*\r\n\r\n')).status).toBe(400);
  });
  it('404 for a URI that is none', async () => expect((await get('/dcap/nothing')).status).toBe(404));
  it('405 with Allow for POST to what can only be read', async () => {
    expect(await client.send(withBody('POST', '/tm', '<Time/>'))).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });
  it('501 for the method FOO', async () => {
    const other = await port.open(port.device('FOO'));
    expect((await other.send(getText('/dcap', {}, 'FOO'))).status).toBe(501);
    expect((await client.send(getText('/dcap', {}, 'PROPFIND'))).status).toBe(501);
  });
});

describe('CORE-004 list handling', () => {
  const count = 5;
  /** all, results, and ids of the entries shown. */
  const shown = async (path: string) => {
    const { status, body } = await get(path);
    const entry = path.startsWith('/mup') ? /<mRID>(\w+)</g : /<logEventID>(\d+)</g;
    const ids = [...body.matchAll(entry)].map(([, id]) => Number(id));
    expect(status).toBe(200);
    expect(attributeOf(body, 'results')).toBe(String(ids.length));
    return [Number(attributeOf(body, 'all')), ids];
  };

  beforeAll(async () => {
    // LogEvents are sorted by time, newest first; mirrors by mRID downwards, which is no time.
    for (let n = 0; n < count; n++) {
      await client.send(withBody('POST', '/edev/1/lel', log(n)));
      await client.send(withBody('POST', '/mup', mirror(n, lfdi)));
    }
  });

  it.each([
    ['', [4], [4]],
    ['?s=0', [4], [4]],
    ['?s=2', [2], [2]],
    ['?l=0', [], []],
    ['?l=1000', [4, 3, 2, 1, 0], [4, 3, 2, 1, 0]],
    ['?s=3&l=1000', [1, 0], [1, 0]],
    ['?s=5&l=10', [], []],
    ['?s=4294967295&l=4294967295', [], []],
    [`?a=${t0}`, [], [4]],
    [`?a=${t0 - 998}&l=9`, [4, 3], [4, 3, 2, 1, 0]],
    [`?a=${t0 - 2000}&l=2`, [4, 3], [4, 3]],
    [`?s=3&a=${t0}`, [], [1]],
    [`?s=1&l=9&a=${t0 - 998}`, [3], [3, 2, 1, 0]],
    ['?s=1&l=1&s=2', [3], [3]],
    ['?l=0&l=2', [], []],
    [`?a=${t0}&a=0`, [], [4]],
    [`?a=0&a=${t0}`, [4], [4]],
    ['?l=1&b=2', [4], [4]],
    ['?b&c=&l=2', [4, 3], [4, 3]],
  ])('%s', async (query, timed, other) => {
    expect(await shown(`/edev/1/lel${query}`)).toEqual([count, timed]);
    expect(await shown(`/mup${query}`)).toEqual([count, other]);
  });

  it('gives back the query in the href, and refuses what is no query', async () => {
    const { body } = await get('/mup?s=1&l=2&b=3');
    expect(attributeOf(body, 'href', 'MirrorUsagePointList')).toBe('/mup?s=1&amp;l=2&amp;b=3');
    for (const query of ['?s=-1', '?l=x', '?s=4294967296', '?a=soon', '?l='])
      expect([query, (await get(`/mup${query}`)).status]).toEqual([query, 400]);
  });
});
