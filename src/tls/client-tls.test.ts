import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { SystemClock } from '../base/clock';
import { type ServerRefused } from './client-tls';
import { derToPem } from './pem';
import { keyToPem } from './issue';
import { createPki, issueDevice } from './pki';
import { serverTls } from './server-tls';
import { attempt, clientOf, loopback, type Loopback, longAgo, type Meeting } from './testing/loopback';
import { chainCases } from './testing/wrong-chains';
import { Trust } from './trust';

describe('a client and its server', () => {
  let at: Loopback;
  beforeAll(async () => {
    at = await loopback();
  });
  afterAll(() => at.close());
  const device = () => issueDevice(at.pki, { name: 'd', role: 'device' });

  test('accepts any server of its PKI, and one LFDI where it knows which', async () => {
    const d = device();
    expect((await attempt(at, clientOf(at, d))).body).toBe(d.lfdi);
    const wrong = await attempt(at, clientOf(at, d, { expectLfdi: '0'.repeat(40) }));
    expect(wrong).toMatchObject({ error: 'SERVER_REFUSED' });
    expect(wrong.message).toContain('its LFDI is');
  });

  test('refuses a server of another PKI', async () => {
    const other = createPki({ notBefore: longAgo });
    const got = await attempt(at, clientOf(at, device(), { rootsPem: derToPem(other.serca.der) }));
    expect(got.body).toBeUndefined();
    expect(got.error).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });

  test('refuses settings that cannot work, before any connection', () => {
    expect(() => clientOf(at, device(), { rootsPem: 'nothing' })).toThrow('BAD_CERT');
    expect(() => clientOf(at, device(), { expectLfdi: 'xyz' })).toThrow('BAD_VALUE');
  });
});

describe('a client judges the chain of its server', () => {
  const clock = new SystemClock();
  const pki = createPki({ notBefore: longAgo });
  const trust = new Trust({ clock, roots: [pki.serca.der] });
  const client = issueDevice(pki, { name: 'd', role: 'device' });
  // OpenSSL will not present SHA-1, and Node drops a stray certificate before a client sees it.
  const able = chainCases(clock.now(), pki).filter(c => c.overTls && !/SHA-1|stray/.test(c.name));
  // One of each kind, and all that COMM-004 names; the whole matrix is in chain.test.ts.
  const cases = able.filter(
    (c, n) => /^[DEFG]:/.test(c.name) || able.findIndex(o => o.strict === c.strict) === n || n < 6,
  );
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** COMM-004's three are OpenSSL's blind spots: there the refusal must be ours. */
  test.each(cases.map(c => [c.name, c] as const))('%s', async (name, c) => {
    const credentials = { keyPem: keyToPem(c.leaf.key), chainPem: c.chain.map(derToPem).join('') };
    server = createServer(serverTls({ credentials, trust }), (_, res) => res.end('hello'));
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    const at: Meeting = { pki, clock, port: (server.address() as AddressInfo).port };
    const got = await attempt(at, clientOf(at, client));
    if (c.strict === 'accepted') expect(got).toMatchObject({ body: 'hello' });
    else expect(got.body).toBeUndefined();
    if (/^[DEF]:/.test(name)) expect(got).toMatchObject({ error: 'SERVER_REFUSED' });
  });

  test('says the reason', async () => {
    const [wrong] = cases.filter(c => c.name.startsWith('E:'));
    const check = clientOf({ pki, clock, port: 0 }, client).checkServerIdentity;
    const [leaf, mica, mca] = wrong?.chain ?? [];
    const certificate = { raw: leaf, issuerCertificate: { raw: mica, issuerCertificate: { raw: mca } } };
    const refused = check?.('', certificate as never) as ServerRefused | undefined;
    expect(refused).toMatchObject({ reason: 'name-constraints', code: 'SERVER_REFUSED' });
  });
});
