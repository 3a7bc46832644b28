import { constants } from 'node:crypto';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { issueDevice } from './pki';
import { chainCases } from './testing/wrong-chains';
import { clientOf, credentialsOf, loopback, type Loopback, open } from './testing/loopback';
import { acceptPeer, peerOf, presentedChain } from './peer';
import { type Credentials, serverTls } from './server-tls';

let at: Loopback;
afterEach(() => at.close());

const reasons = () => at.log.lines.map(line => line.fields['reason']);
const device = () => issueDevice(at.pki, { name: 'd', role: 'device' });

/** A client that allows tickets and renegotiation; clientTls itself does neither. */
function withTickets(credentials: Credentials): ConnectionOptions {
  const options = clientOf(at, credentials) as ConnectionOptions;
  const forbidden = constants.SSL_OP_NO_TICKET | (1 << 30); // and SSL_OP_NO_RENEGOTIATION
  return { ...options, secureOptions: (options.secureOptions ?? 0) & ~forbidden };
}

/** Connects, takes the session the server offers, and waits until the connection is over; answers what it saw. */
function visit(
  credentials: Credentials,
  session?: Buffer,
  port = at.port,
): Promise<{ session?: Buffer; reused: boolean; answer: string }> {
  return new Promise(resolve => {
    let offered: Buffer | undefined;
    let reused = false;
    let answer = '';
    const socket = connect(
      { ...withTickets(credentials), host: '127.0.0.1', port, ...(session && { session }) },
      () => {
        reused = socket.isSessionReused();
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      },
    );
    socket.on('session', (bytes: Buffer) => (offered = bytes));
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ ...(offered && { session: offered }), reused, answer }));
  });
}

test('by default nobody resumes: every connection shows its whole chain', async () => {
  at = await loopback();
  const d = device();
  const first = await visit(d);
  const second = await visit(d, first.session);
  expect([first.answer.includes(d.lfdi), second.answer.includes(d.lfdi)]).toEqual([true, true]);
  expect(second.reused).toBe(false);
});

test('where tickets are allowed, a device that was accepted may resume', async () => {
  at = await loopback({ server: { resumption: true } });
  const d = device();
  const first = await visit(d);
  const second = await visit(d, first.session);
  expect(second.reused).toBe(true);
  expect(second.answer).toContain(d.lfdi);
  expect(reasons()).toEqual([]);
});

test('but not one whose chain was refused, though it holds a ticket', async () => {
  at = await loopback();
  const wrong = chainCases(at.clock.now(), at.pki).find(c => c.name.startsWith('D:'));
  if (!wrong) throw new Error('no such case');
  // A plain https server that asks us but lets the connection live, so that OpenSSL hands out its ticket.
  const verdicts: string[] = [];
  const credentials = issueDevice(at.pki, { name: 's', role: 'server' });
  const server = createServer(serverTls({ credentials, trust: at.trust, resumption: true }), (_, res) =>
    res.end('403'),
  );
  server.on('secureConnection', (socket: TLSSocket) => {
    const peer = acceptPeer(socket, at.trust);
    verdicts.push(peer.ok ? 'accepted' : peer.reason);
    expect(peerOf(socket)).toBeUndefined();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const first = await visit(credentialsOf(wrong.leaf), undefined, port);
  expect(first.session).toBeDefined();
  const second = await visit(credentialsOf(wrong.leaf), first.session, port);
  expect(second.reused).toBe(true);
  // Node 24.21 shows a plain https server the leaf alone, and the first refusal is for that.
  expect(verdicts).toEqual([expect.stringMatching(/critical-extension|unknown-issuer/), 'resumed']);
  server.close();
});

test('a refused client sees neither a finished handshake nor a ticket', async () => {
  at = await loopback({ server: { resumption: true } });
  const wrong = chainCases(at.clock.now(), at.pki).find(c => c.name.startsWith('D:'));
  const got = await visit(credentialsOf((wrong as NonNullable<typeof wrong>).leaf));
  expect(got).toEqual({ reused: false, answer: '' });
});

test('nor one that was revoked, or whose root was retired, in the meantime', async () => {
  at = await loopback({ server: { resumption: true } });
  // The trust change makes new ticket keys; judged by itself, the old session would fall too.
  const d = device();
  await visit(d);
  expect(at.trust.judgeResumed(d.chain[0] as Buffer).ok).toBe(true);
  at.trust.revoke(d.lfdi);
  expect(at.trust.judgeResumed(d.chain[0] as Buffer)).toMatchObject({ reason: 'revoked' });
  at.trust.reinstate(d.lfdi);
  at.trust.removeRoot(at.trust.roots[0]?.fingerprint ?? '');
  expect(at.trust.judgeResumed(d.chain[0] as Buffer)).toMatchObject({ reason: 'unknown-issuer' });
});

test('nobody resumes another’s session with a certificate of his own', async () => {
  at = await loopback({ server: { resumption: true } });
  const [owner, thief] = [device(), device()];
  const { session } = await visit(owner);
  const second = await visit(thief, session);
  // Whoever holds the session's secret is its owner to TLS; the identity stays the session's, never a mixture.
  expect(second.answer.includes(thief.lfdi) && second.reused).toBe(false);
});

test('a client cannot renegotiate and come out as somebody else', async () => {
  at = await loopback();
  const d = device();
  const socket = await open(at, withTickets(d));
  const refused = new Promise<Error | null>(resolve => socket.renegotiate({}, resolve));
  const ended = new Promise<void>(resolve => {
    socket
      .removeAllListeners('error')
      .on('error', () => undefined)
      .on('close', resolve);
  });
  expect(await Promise.race([refused.then(error => error ?? 'renegotiated'), ended.then(() => 'ended')])).toBe('ended');
});

test('the chain can be read once only, which is why the identity is kept', async () => {
  at = await loopback();
  const seen = new Promise<number>(resolve =>
    at.device.server.once('secureConnection', (socket: TLSSocket) => resolve(presentedChain(socket).length)),
  );
  const socket = await open(at, withTickets(device()));
  expect(await seen).toBeLessThanOrEqual(3);
  expect([...at.device.open.values()][0]?.chainDepth).toBe(4);
  socket.destroy();
});
