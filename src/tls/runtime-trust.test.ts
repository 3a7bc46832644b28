import { type TLSSocket } from 'node:tls';
import { ManualClock, ScaledClock } from '../base/clock';
import { issue } from './issue';
import { createPki, issueDevice } from './pki';
import { attempt, clientOf, credentialsOf, loopback, type Loopback, longAgo, open } from './testing/loopback';
import { parseCertificate } from './certificate';

const hardware = { typeOid: '1.3.6.1.4.1.99999.1.1', serial: Buffer.from('7') };
let at: Loopback;
afterEach(() => at.close());

const device = (name = 'd', pki = at.pki) => issueDevice(pki, { name, role: 'device' });
const closed = (socket: TLSSocket) =>
  new Promise<void>(resolve => {
    socket.removeAllListeners('error');
    socket
      .on('error', () => undefined)
      .once('close', () => resolve())
      .resume();
  });
const reasons = () => at.log.lines.map(line => line.fields['reason']);
/** A connection the server has accepted; the client may think so a moment earlier. */
async function accepted(credentials: Parameters<typeof clientOf>[1]): Promise<TLSSocket> {
  const seen = new Promise(resolve => at.device.server.once('secureConnection', resolve));
  const socket = await open(at, clientOf(at, credentials));
  await seen;
  return socket;
}

test('revoking a device ends its open connection and no other, and keeps it out', async () => {
  at = await loopback();
  const [bad, good] = [device('bad'), device('good')];
  const [badSocket, goodSocket] = [await accepted(bad), await accepted(good)];
  expect(at.device.open.size).toBe(2);
  const end = closed(badSocket);
  at.trust.revoke(bad.lfdi.toLowerCase());
  await end;
  expect(at.device.open.size).toBe(1);
  expect(goodSocket.destroyed).toBe(false);
  expect(await attempt(at, clientOf(at, bad))).toMatchObject({ error: 'ECONNRESET' });
  expect(at.log.lines.map(line => [line.fields['reason'], line.fields['lfdi']])).toEqual([
    ['revoked', bad.lfdi],
    ['revoked', bad.lfdi],
  ]);
  at.trust.reinstate(bad.lfdi);
  expect((await attempt(at, clientOf(at, bad))).body).toBe(bad.lfdi);
  goodSocket.destroy();
});

test('a device revoked before the start never gets in', async () => {
  const pki = createPki({ notBefore: longAgo });
  const d = issueDevice(pki, { name: 'd', role: 'device' });
  at = await loopback({ pki, trust: { revoked: [d.lfdi] } });
  expect(await attempt(at, clientOf(at, d))).toMatchObject({ error: 'ECONNRESET' });
  expect(reasons()).toEqual(['revoked']);
});

test('a root added lets its devices in; retired, it ends their connections', async () => {
  at = await loopback();
  const other = createPki({ notBefore: longAgo });
  const d = device('d', other);
  expect((await attempt(at, clientOf(at, d))).error).toBe('ECONNRESET');
  const print = at.trust.addRoot(other.serca.der);
  expect(at.trust.roots.map(root => root.fingerprint)).toContain(print);
  const socket = await accepted(d);
  const end = closed(socket);
  expect(at.trust.removeRoot(print)).toBe(true);
  await end;
  expect((await attempt(at, clientOf(at, d))).error).toBe('ECONNRESET');
  expect(reasons()).toEqual(['unknown-issuer', 'unknown-issuer', 'unknown-issuer']);
  expect(at.trust.removeRoot(print)).toBe(false);
  const own = device();
  expect((await attempt(at, clientOf(at, own))).body).toBe(own.lfdi);
});

test('a certificate that expires ends its connection, by the clock passed in', async () => {
  const clock = new ManualClock(longAgo + 100);
  at = await loopback({ clock });
  const d = credentialsOf(
    issue({ profile: 'device', issuer: at.pki.mica, hardware, notBefore: longAgo, notAfter: longAgo + 200 }),
  );
  const socket = await accepted(d);
  clock.advance(100);
  expect(at.device.open.size).toBe(1);
  const end = closed(socket);
  clock.advance(1);
  await end;
  expect((await attempt(at, clientOf(at, d))).error).toBe('ECONNRESET');
  expect(reasons()).toEqual(['expired', 'expired']);
});

test('a chain accepted before is judged again when the clock went back', async () => {
  const clock = new ScaledClock(longAgo * 1000, 1);
  at = await loopback({ clock });
  const d = issue({ profile: 'device', issuer: at.pki.mica, hardware, notBefore: longAgo + 50 });
  const now = jest.spyOn(clock, 'now').mockReturnValue(longAgo + 100);
  expect(at.trust.judge(d.chain).ok).toBe(true);
  now.mockReturnValue(longAgo);
  expect(at.trust.judge(d.chain)).toMatchObject({ reason: 'not-yet-valid' });
});

test('a new server certificate serves new connections and leaves open ones alone', async () => {
  at = await loopback();
  const d = device();
  const socket = await accepted(d);
  const renewed = issueDevice(at.pki, { name: 'server-2', role: 'server' });
  at.device.renew(renewed);
  expect((await attempt(at, clientOf(at, d, { expectLfdi: renewed.lfdi }))).body).toBe(d.lfdi);
  expect(socket.destroyed).toBe(false);
  expect(() => at.device.renew({ keyPem: d.keyPem, chainPem: renewed.chainPem })).toThrow();
  expect((await attempt(at, clientOf(at, d, { expectLfdi: renewed.lfdi }))).body).toBe(d.lfdi);
  socket.destroy();
});

test('self-signed devices get in where the listener says so, as such, and nowhere else', async () => {
  at = await loopback({ trust: { selfSigned: true } });
  const own = issue({ profile: 'self-signed', hardware, notBefore: longAgo });
  const kinds: string[] = [];
  at.device.server.on('secureConnection', (socket: TLSSocket) =>
    kinds.push(at.device.open.get(socket)?.kind ?? 'none'),
  );
  expect((await attempt(at, clientOf(at, credentialsOf(own)))).body).toBe(own.lfdi);
  expect((await attempt(at, clientOf(at, device()))).error).toBeUndefined();
  expect(kinds).toEqual(['self-signed', 'device']);
  const pretender = issue({
    profile: 'self-signed',
    hardware,
    notBefore: longAgo,
    policies: ['1.3.6.1.4.1.40732.1.1'],
  });
  expect((await attempt(at, clientOf(at, credentialsOf(pretender)))).error).toBe('ECONNRESET');
  at.trust.revoke(own.lfdi);
  expect((await attempt(at, clientOf(at, credentialsOf(own)))).error).toBe('ECONNRESET');
  expect(reasons()).toEqual(['policies', 'revoked']);
});

test('roots that are none are refused with the reason', async () => {
  at = await loopback();
  const leaf = device().chain[0] as Buffer;
  expect(() => at.trust.addRoot(leaf)).toThrow(/BAD_CERT: root, root certificate: .*is no CA/);
  expect(() => at.trust.addRoot(Buffer.from('x'))).toThrow('BAD_CERT');
  expect(() => at.trust.addRoot('no PEM')).toThrow('BAD_CERT');
  const expired = issue({ profile: 'serca', notBefore: longAgo, notAfter: longAgo + 1 });
  expect(at.trust.addRoot(expired.der)).toHaveLength(64); // but nothing under it gets in
  const d = issue({ profile: 'device', issuer: expired, hardware, notBefore: longAgo });
  expect(at.trust.judge(d.chain)).toMatchObject({ reason: 'expired' });
  expect(at.trust.roots.map(root => root.notAfter)).toContain(parseCertificate(expired.der).notAfter);
});
