/** Each kind of abuse over real sockets, with a client beside that means it well and must be served all the while. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { SystemClock, until } from '../base/clock';
import { folder, openHouse, type DeviceClient, type OpenHouse } from './testing/house';

const wall = new SystemClock();
const pause = (seconds: number) => until(wall, wall.nowMs() / 1000 + seconds);

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let good: DeviceClient;
const sockets: (Socket | TLSSocket)[] = [];
beforeAll(async () => {
  home = await folder({
    database: ':memory:',
    maxHandshakesPerSecond: 200,
    maxHandshakesPerAddress: 8,
    maxHandshakesAtOnce: 16,
    handshakeTimeoutS: 5,
    maxConnectionsPerIdentity: 3,
    maxRequestsPerMinute: 1500,
    requestTimeoutS: 2,
    maxBodyBytes: 4096,
  });
  house = await openHouse(home.dir, { clock: new SystemClock() as never });
  good = house.device('good');
  await house.operator('POST', '/api/sites', { name: 'good', lfdi: good.lfdi });
  expect((await good.ask('/dcap')).status).toBe(200);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await house.close();
  home.remove();
});

/** The good client asks now and again, over its connection and over new ones, while `abuse` goes on. */
async function served(abuse: Promise<unknown>, fresh = true): Promise<void> {
  let over = false;
  const done = abuse.finally(() => (over = true));
  while (!over) {
    expect((await good.ask('/edev?l=1')).status).toBe(200);
    if (fresh) {
      const again = house.device(good.issued);
      expect((await again.ask('/dcap')).status).toBe(200);
      again.close();
    }
    await pause(0.05);
  }
  await done;
}

const plain = (first?: Buffer) =>
  new Promise<Socket>(resolve => {
    const socket: Socket = connect(house.server.port, '127.0.0.1', () => {
      if (first) socket.write(first);
      resolve(socket);
    });
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
const secured = (client: DeviceClient) =>
  new Promise<TLSSocket>((resolve, reject) => {
    const socket: TLSSocket = connectTls({ ...client.tls, host: '127.0.0.1', port: house.server.port }, () =>
      resolve(socket),
    );
    socket.once('error', reject).on('error', () => undefined);
    socket.resume();
    sockets.push(socket);
  });
const closed = (socket: Socket) =>
  new Promise<void>(resolve => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
const request = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: application/sep+xml\r\n${more}\r\n`;
const counted = (reason: string) => house.metrics.value('headroom_handshake_failures_total', { reason });

it('connections that never shake hands', async () => {
  const flood = async () => {
    const all = await Promise.all(Array.from({ length: 100 }, async () => plain()));
    await Promise.all(all.slice(0, 60).map(closed)); // the oldest give way
  };
  await served(flood());
  expect(await counted('too-many')).toBeGreaterThan(50);
}, 30_000);

it('handshakes begun and broken off', async () => {
  const hello = Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]);
  const flood = async () => {
    for (let n = 0; n < 15; n++) {
      const some = await Promise.all(Array.from({ length: 10 }, async () => plain(hello)));
      for (const socket of some) socket.destroy();
      await pause(0.02);
    }
  };
  await served(flood());
}, 30_000);

it('one identity that hoards connections: its oldest end, those of others do not', async () => {
  const hoarder = house.device('hoarder');
  const all: TLSSocket[] = [];
  const hoard = async () => {
    for (let n = 0; n < 10; n++) all.push(await secured(hoarder));
    await Promise.all(all.slice(0, 7).map(closed));
  };
  await served(hoard(), false);
  expect(all.slice(7).map(socket => socket.closed)).toEqual([false, false, false]);
}, 30_000);

it('headers and bodies that trickle in: the connection ends', async () => {
  const slow = house.device('slow');
  const trickle = async (text: string) => {
    const socket = await secured(slow);
    socket.write(text);
    const drip = async () => {
      while (!socket.closed) {
        if (socket.writable) socket.write('x');
        await pause(0.2);
      }
    };
    await Promise.all([closed(socket), drip()]);
  };
  const all = [
    trickle('GET /dcap HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    trickle('PUT /edev/1/di HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nContent-Length: 4000\r\n\r\n'),
  ];
  await served(Promise.all(all));
}, 30_000);

it('bodies without end: refused, and no more of them is read than will be', async () => {
  const endless = house.device('endless');
  const socket = await secured(endless);
  let heard = '';
  socket.on('data', (part: Buffer) => (heard += part.toString()));
  socket.write(
    'POST /edev HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`;
  const send = async () => {
    let sent = 0;
    while (!socket.closed && sent < 64_000_000) {
      if (socket.writable && socket.writableLength < 1_000_000) {
        socket.write(chunk);
        sent += chunk.length;
      } else await pause(0.005);
      if (sent % 409_600 < chunk.length) await pause(0.001);
    }
    return sent;
  };
  const sending = send();
  await served(sending);
  expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(await sending).toBeLessThan(16_000_000);
}, 30_000);

it('after a body without end nothing of its sender is read for a second, over any connection', async () => {
  const sender = house.device('sender');
  const [one, other] = [await secured(sender), await secured(sender)];
  const answer = (socket: TLSSocket) => new Promise<string>(done => socket.once('data', part => done(String(part))));
  const refused = answer(one);
  const began = wall.monotonicMs();
  one.write(
    `POST /edev HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nTransfer-Encoding: chunked\r\n\r\n1400\r\n${'a'.repeat(5120)}\r\n`,
  );
  expect(await refused).toMatch(/^HTTP\/1\.1 413 /);
  const later = answer(other);
  other.write(request('/dcap'));
  await served(later);
  expect(await later).toMatch(/^HTTP\/1\.1 \d/);
  expect(wall.monotonicMs() - began).toBeGreaterThan(990); // from before its pause began
}, 30_000);

it('a flood of requests of one identity: it is told to slow down, not read from, and ended', async () => {
  const flooder = house.device('flooder');
  const socket = await secured(flooder);
  let answers = '';
  socket.on('data', (part: Buffer) => (answers += part.toString('latin1')));
  const flood = async () => {
    for (let n = 0; n < 30; n++) {
      if (socket.writableLength < 1_000_000) socket.write(request('/tm').repeat(200));
      await pause(0.05);
    }
  };
  await served(flood(), false);
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses.includes('429') || socket.closed).toBe(true);
  expect(statuses.length).toBeLessThan(3000); // of the 6000 sent
}, 30_000);

it('answers that nobody reads hold nobody up', async () => {
  const deaf = house.device('deaf');
  await house.operator('POST', '/api/sites', { name: 'deaf', lfdi: deaf.lfdi });
  const socket = await secured(deaf);
  socket.pause();
  const flood = async () => {
    socket.write(request('/edev?l=10').repeat(250));
    await pause(0.5);
    socket.destroy();
  };
  await served(flood(), false);
}, 30_000);
