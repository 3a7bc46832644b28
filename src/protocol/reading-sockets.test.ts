/** Who is not read from, over real connections: what it sends stays in its own network stack, and comes once it is read again. */
import { connect, type TLSSocket } from 'node:tls';
import { ManualClock, SystemClock, until } from '../base/clock';
import { peerOf } from '../tls';
import { issueDevice } from '../tls/pki';
import { clientOf, longAgo, loopback } from '../tls/testing/loopback';
import { reading } from './reading';

const wall = new SystemClock();
const megabytes = 8;
const body = Buffer.alloc(megabytes * 1_000_000, 'a');
const head = `PUT /file HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that reads every body whole, and a client whose body is on its way. */
async function sent(atSecure: (input: ReturnType<typeof reading>, lfdi: string, socket: TLSSocket) => void) {
  const clock = new ManualClock(1000);
  const at = await loopback({
    handler: (req, res) => {
      const { lfdi = '' } = peerOf(req.socket) ?? {};
      input.came(lfdi, req.socket);
      let bytes = 0;
      void Promise.resolve(input.mayRead(lfdi)).then(() =>
        req.on('data', (part: Buffer) => (bytes += part.length)).on('end', () => res.end(String(bytes))),
      );
    },
  });
  const input = reading({ socketsOf: lfdi => at.device.socketsOf(lfdi), wall: clock, firstS: 1, longestS: 1 });
  const secure = new Promise<TLSSocket>(come => {
    at.device.server.on('secureConnection', socket => {
      atSecure(input, peerOf(socket)?.lfdi ?? '', socket);
      come(socket);
    });
  });
  const device = issueDevice(at.pki, { name: 'sender', role: 'device', notBefore: longAgo });
  const client = connect({ ...clientOf(at, device), host: '127.0.0.1', port: at.port });
  let heard = '';
  client.on('data', (part: Buffer) => (heard += part.toString()));
  const answered = new Promise<string>(done =>
    client.on('data', () => heard.endsWith(String(body.length)) && done(heard)),
  );
  client.write(head);
  client.write(body);
  closing.push(async () => {
    input.end();
    client.destroy();
    await at.close();
  });
  const theirs = await secure; // before any time passes: on a busy machine a handshake takes its while
  return {
    clock,
    answered,
    /** After a while in which all of it would have come. */
    bytesRead: async () => {
      await Promise.race([answered, until(wall, wall.nowMs() / 1000 + 0.5)]);
      return theirs.bytesRead;
    },
  };
}

it('as its connection comes: its body is not read, and is once the pause is over', async () => {
  const { clock, answered, bytesRead } = await sent((input, lfdi) => input.slowDown(lfdi));
  expect(await bytesRead()).toBeLessThan(1_000_000);
  clock.advance(1);
  clock.advance(0.01); // first the body, then its connection
  expect(await answered).toContain(`${megabytes}000000`);
});

it('in the very turn in which its pause was over', async () => {
  let again = () => undefined as void;
  const { clock, answered, bytesRead } = await sent((input, lfdi) => {
    again = () => input.slowDown(lfdi);
    again();
  });
  expect(await bytesRead()).toBeLessThan(1_000_000);
  clock.advance(1.01); // the body may be read and the connection is read from,
  again(); // and nothing of it is read after all
  await until(wall, wall.nowMs() / 1000 + 0.2);
  const before = await bytesRead();
  expect(await bytesRead()).toBe(before);
  expect(before).toBeLessThan(megabytes * 1_000_000);
  clock.advance(1.01);
  expect(await answered).toContain(`${megabytes}000000`);
});
