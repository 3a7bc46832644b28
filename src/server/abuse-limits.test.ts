/** Limits of one connection are those of the configuration. */
import { connect, type TLSSocket } from 'node:tls';
import { SystemClock, until } from '../base/clock';
import { folder, openHouse, type OpenHouse } from './testing/house';

const wall = new SystemClock();
const pause = (seconds: number) => until(wall, wall.nowMs() / 1000 + seconds);
const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: application/sep+xml\r\n\r\n`;
const closed = (socket: TLSSocket) =>
  new Promise<void>(resolve => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
const sockets: TLSSocket[] = [];
beforeAll(async () => {
  home = await folder({
    database: ':memory:',
    maxBodyBytes: 4096,
    maxRequestsAhead: 24,
    maxRefusedBodyBytes: 6000,
    maxRequestsPerMinute: 300,
    slowDownPauseS: 0,
  });
  house = await openHouse(home.dir);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await house.close();
  home.remove();
});

it('requests sent ahead and refused bodies end a connection where the configuration says', async () => {
  const eager = house.device('eager');
  await house.operator('POST', '/api/sites', { name: 'eager', lfdi: eager.lfdi });
  const heardOf = async (text: string) => {
    const socket = await new Promise<TLSSocket>((ready, failed) => {
      const made: TLSSocket = connect({ ...eager.tls, host: '127.0.0.1', port: house.server.port }, () => ready(made));
      made.once('error', failed).on('error', () => undefined);
    });
    sockets.push(socket);
    let heard = '';
    socket.on('data', (part: Buffer) => (heard += part.toString('latin1')));
    socket.write(text);
    const statuses = () => [...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    return { socket, statuses };
  };
  // As many as may wait are all answered; a connection that sends more ahead is ended.
  const polite = await heardOf(request('/tm').repeat(20));
  while (polite.statuses().length < 20) await pause(0.02);
  expect(polite.socket.closed).toBe(false);
  const pushing = await heardOf(request('/tm').repeat(200));
  await closed(pushing.socket);
  expect(pushing.statuses().length).toBeLessThan(200);
  // A refused body is read past up to the limit, and then the connection goes on.
  const post = (bytes: number) =>
    `POST /edev HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
  const going = await heardOf(post(5000) + request('/tm'));
  while (going.statuses().length < 2) await pause(0.02);
  expect(going.statuses()).toEqual(['413', '200']);
  const ending = await heardOf(post(7000));
  await closed(ending.socket);
  expect(ending.statuses()).toEqual(['413']);
  // Who is told to slow down and not held back hears it again and again.
  const flood = await heardOf('');
  for (let sent = 20; flood.statuses().filter(status => status === '429').length < 3; sent += 20) {
    flood.socket.write(request('/tm').repeat(20));
    while (flood.statuses().length < sent) await pause(0.02); // two lots at once would be too many ahead
  }
}, 30_000);
