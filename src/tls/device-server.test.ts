import { ccm8, gcm } from './cipher-policy';
import { issue } from './issue';
import { createPki, issueDevice } from './pki';
import { attempt, clientOf, credentialsOf, loopback, type Loopback, longAgo } from './testing/loopback';

const hardware = { typeOid: '1.3.6.1.4.1.99999.1.1', serial: Buffer.from('7') };

describe('a device server', () => {
  let at: Loopback;
  beforeAll(async () => {
    at = await loopback();
  });
  afterAll(() => at.close());
  const device = (name = 'd1') => issueDevice(at.pki, { name, role: 'device', notBefore: longAgo });

  test.each([
    [ccm8, ccm8],
    [gcm, gcm],
  ])('meets a device over %s', async (suite, used) => {
    const d = device();
    expect(await attempt(at, clientOf(at, d, { suites: [suite] }))).toEqual({ body: d.lfdi, cipher: used });
  });

  test('prefers CCM-8 where the client has both', async () => {
    const { cipher } = await attempt(at, clientOf(at, device(), { suites: [gcm, ccm8] }));
    expect(cipher).toBe(ccm8);
  });

  test('sends an alert to a client without a certificate', async () => {
    const bare = clientOf(at, device());
    delete bare.key;
    delete bare.cert;
    expect((await attempt(at, bare)).message).toContain('SSL alert number 40');
    expect(await at.metrics.value('headroom_handshake_failures_total', { reason: 'no-certificate' })).toBe(1);
  });

  test('refuses a client of another PKI', async () => {
    const other = createPki({ notBefore: longAgo });
    const stranger = issueDevice(other, { name: 'x', role: 'device', notBefore: longAgo });
    expect(await attempt(at, clientOf(at, stranger))).toMatchObject({ error: 'ECONNRESET' });
    expect(at.log.lines.at(-1)?.fields).toMatchObject({ reason: 'unknown-issuer', from: '127.0.0.1' });
  });

  test('takes chains of two, three and four certificates', async () => {
    const { serca, mica } = at.pki;
    const directMica = issue({ profile: 'mica', issuer: serca, notBefore: longAgo });
    for (const issuer of [serca, directMica, mica]) {
      const d = issue({ profile: 'device', issuer, hardware, notBefore: longAgo });
      expect((await attempt(at, clientOf(at, credentialsOf(d)))).body).toBe(d.lfdi);
    }
  });
});
