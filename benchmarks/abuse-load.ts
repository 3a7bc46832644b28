/** The abuser of `npm run bench -- abuse`, a process of its own: `abuse-load KIND PORT DIR`. Ends when it is told to. */
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import { SystemClock, until } from '../src/base/clock';
import { clientTls, deviceFiles, loadServerFiles } from '../src/tls';

const [, , kind = '', portText = '', dir = ''] = process.argv;
const port = Number(portText);
const clock = new SystemClock();
const pause = (seconds: number) => until(clock, clock.nowMs() / 1000 + seconds);
const { keyFile, chainFile } = deviceFiles(dir, 'abuser');
const tls = clientTls({
  keyPem: readFileSync(keyFile, 'utf8'),
  chainPem: readFileSync(chainFile, 'utf8'),
  rootsPem: loadServerFiles(dir).rootsPem,
  clock,
});
/** From another address than the one measured. */
const there = { host: '127.0.0.1', port, localAddress: '127.0.0.2' };

function secured(): Promise<TLSSocket | undefined> {
  return new Promise(resolve => {
    const socket: TLSSocket = connectTls({ ...tls, ...there }, () => resolve(socket));
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    socket.resume();
  });
}

const kinds: Readonly<Record<string, () => Promise<void>>> = {
  /** Connections that say nothing, opened as fast as they are closed. */
  silence: async () => {
    for (let n = 0; n < 20; n++) connect(there).on('error', () => undefined);
    await pause(0.02);
  },
  /** Whole handshakes, each thrown away at once. */
  handshakes: async () => {
    await Promise.all(Array.from({ length: 8 }, async () => (await secured())?.destroy()));
  },
  /** Connections of one identity, kept. */
  hoarding: async () => {
    await Promise.all(Array.from({ length: 4 }, secured));
  },
  /** Pipelined requests over as many connections as there may be. */
  requests: async () => {
    const all = await Promise.all(Array.from({ length: 8 }, secured));
    const text = 'GET /tm HTTP/1.1\r\nHost: x\r\nAccept: application/sep+xml\r\n\r\n'.repeat(500);
    for (let n = 0; n < 200; n++) {
      for (const socket of all) if (socket && socket.writableLength < 500_000) socket.write(text);
      await pause(0.01);
    }
    for (const socket of all) socket?.destroy();
  },
  /** Bodies without end. */
  bodies: async () => {
    const socket = await secured();
    socket?.write(
      'POST /edev HTTP/1.1\r\nHost: x\r\nContent-Type: application/sep+xml\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    while (socket && !socket.closed) {
      if (socket.writable && socket.writableLength < 1_000_000) socket.write(chunk);
      else await pause(0.002);
    }
  },
};

async function main(): Promise<void> {
  const abuse = kinds[kind];
  if (!abuse) throw new Error(`no abuse ${kind}; there are ${Object.keys(kinds).join(', ')}`);
  for (;;) await abuse();
}

void main();
