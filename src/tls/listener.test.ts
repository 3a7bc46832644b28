import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ccm8, cipherPolicy, gcm, needsSecurityLevelZero } from './cipher-policy';
import { issueDevice } from './pki';
import { attempt, clientOf, loopback, type Loopback, open } from './testing/loopback';

let at: Loopback;
afterEach(() => at.close());

const client = (more: object = {}) =>
  ({ ...clientOf(at, issueDevice(at.pki, { name: 'd', role: 'device' })), ...more }) as ConnectionOptions;
const refused = (reason: string) => at.metrics.value('headroom_handshake_failures_total', { reason });
const turn = () => new Promise<unknown>(setImmediate);
/** Resolves when the server has written its next log line. */
async function nextLine(): Promise<Record<string, unknown>> {
  for (const before = at.log.lines.length; at.log.lines.length === before;) await turn();
  return at.log.lines.at(-1)?.fields ?? {};
}

test.each([
  ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
  ['TLS 1.3', { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256', sigalgs: undefined }],
  ['RSA suites', { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', sigalgs: 'RSA+SHA256:ECDSA+SHA256' }],
  ['P-384', { ecdhCurve: 'P-384' }],
])('a client that has only %s gets an alert', async (_, settings) => {
  at = await loopback();
  await expect(open(at, client(settings))).rejects.toThrow(/alert/);
  expect(await refused('no-shared-cipher')).toBe(1);
});

test('TLS 1.3 where the operator asks for it, 1.2 still beside it', async () => {
  at = await loopback({ server: { tls13: true } });
  const newer = await open(at, client(cipherPolicy({ tls13: true })));
  expect([newer.getProtocol(), newer.getCipher().name]).toEqual(['TLSv1.3', 'TLS_AES_128_CCM_8_SHA256']);
  newer.destroy();
  const older = await open(at, client());
  expect([older.getProtocol(), older.getCipher().name]).toEqual(['TLSv1.2', ccm8]);
  older.destroy();
});

test('TLS 1.3 without a certificate is no way in', async () => {
  at = await loopback({ server: { tls13: true } });
  const options = clientOf(at, issueDevice(at.pki, { name: 'd', role: 'device' }), { tls13: true });
  delete options.key;
  delete options.cert;
  const got = await attempt(at, options);
  expect(got.body).toBeUndefined();
  expect(at.device.open.size).toBe(0);
});

test('a peer that says nothing is dropped after the handshake timeout', async () => {
  at = await loopback({ server: { handshakeTimeoutMs: 30 } });
  const idle = connectPlain(at.port, '127.0.0.1');
  const closed = new Promise(resolve =>
    idle
      .on('error', () => undefined)
      .on('close', resolve)
      .resume(),
  );
  expect(await nextLine()).toMatchObject({ reason: 'timeout' });
  await closed;
});

test('the timeout is a deadline: sending a byte now and then does not move it', async () => {
  at = await loopback({ server: { handshakeTimeoutMs: 60 } });
  const slow = connectPlain(at.port, '127.0.0.1');
  let sent = 0;
  // A record of 512 bytes announced, and then a byte on each turn: always activity, never a handshake.
  slow.write(Buffer.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc));
  const closed = new Promise(resolve =>
    slow
      .on('error', () => undefined)
      .on('close', resolve)
      .resume(),
  );
  const line = nextLine();
  for (let done = false; !done;) {
    if (sent++ < 400) slow.write(Buffer.of(0));
    done = await Promise.race([line.then(() => true), turn().then(() => false)]);
  }
  expect(await line).toMatchObject({ reason: 'timeout' });
  await closed;
});

test('an accepted connection outlives the handshake timeout', async () => {
  at = await loopback({ server: { handshakeTimeoutMs: 40 } });
  const socket = await open(at, client());
  const idle = connectPlain(at.port, '127.0.0.1'); // dropped 40 ms from now, and so later than ours would be
  idle.on('error', () => undefined);
  await nextLine();
  expect(socket.destroyed).toBe(false);
  const body = new Promise<string>(resolve => socket.on('data', (bytes: Buffer) => resolve(bytes.toString())));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await body).toContain('200 OK');
  socket.destroy();
});

test('a handshake under way when the server is closed does not hold it up', async () => {
  at = await loopback();
  const { server } = at.device;
  const arrived = new Promise(resolve => server.once('connection', resolve));
  const raw = connectPlain(at.port, '127.0.0.1');
  await arrived;
  const ended = new Promise(resolve => server.close(resolve));
  server.closeAllConnections();
  const socket = connect({ ...client(), socket: raw } as ConnectionOptions);
  socket.on('error', () => undefined).resume();
  await ended;
  socket.destroy();
});

test('plain HTTP on the TLS port is a failed handshake', async () => {
  at = await loopback();
  const plain = connectPlain(at.port, '127.0.0.1');
  plain.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await nextLine()).toMatchObject({ reason: 'handshake', from: '127.0.0.1' });
  expect(await refused('handshake')).toBe(1);
});

test('a client that goes away in the handshake counts once', async () => {
  at = await loopback();
  const gone = connectPlain(at.port, '127.0.0.1');
  gone.on('error', () => undefined).on('connect', () => gone.destroy());
  expect(await nextLine()).toMatchObject({ reason: 'handshake' });
  expect(await refused('handshake')).toBe(1);
});

test('garbage after the handshake ends the connection and nothing else', async () => {
  at = await loopback();
  const raw = connectPlain(at.port, '127.0.0.1');
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const secured = connect({ ...client(), socket: raw }, () => resolve(secured));
    secured.on('error', reject);
  });
  socket.removeAllListeners('error').on('error', () => undefined);
  const closed = new Promise(resolve => raw.on('error', () => undefined).on('close', resolve));
  // Straight into the TCP stream, past the record layer.
  (raw as unknown as { _handle: { writeLatin1String(req: object, text: string): number } })._handle.writeLatin1String(
    { oncomplete: () => undefined },
    'this is no TLS record at all',
  );
  await closed;
  expect((await attempt(at, clientOf(at, issueDevice(at.pki, { name: 'e', role: 'device' })))).body).toHaveLength(40);
});

test('security level 0 is asked for only where OpenSSL needs it', async () => {
  at = await loopback();
  expect(['3.0.19', '3.1.4', '1.1.1w', '3.2.0', '3.5.8', '4.0.0'].map(needsSecurityLevelZero)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(cipherPolicy().ciphers).toContain(`${ccm8}:${gcm}`);
});
