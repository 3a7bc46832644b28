import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { envelopesOf, type Snapshot } from './api';
import { loadEngine } from './index';
import { asset, device, snapshot } from './testing/snapshots';

const s = snapshot([asset('T', 15_000)], [device('a', 'T', { firmImportW: 1234.5 })]);
const node = (code: string) => ({ command: [process.execPath, '-e', code] });
const ask = async (options: unknown, signal = new AbortController().signal) =>
  loadEngine('external', options, '.').engine.compute(s, signal);

const answering = (
  reply: (body: string) => { status: number; text: string },
): Promise<{ server: Server; url: string }> =>
  new Promise(resolve => {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', part => (body += String(part)));
      request.on('end', () => {
        const { status, text } = reply(body);
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/engine` });
    });
  });

it('posts the snapshot to a service and takes its answer', async () => {
  let seen: Partial<Snapshot> = {};
  const { server, url } = await answering(body => {
    seen = JSON.parse(body) as Snapshot;
    return {
      status: 200,
      text: JSON.stringify([{ device: 'a', importW: [1], exportW: [2], bound: [{ import: 'x', export: 'y' }] }]),
    };
  });
  expect(envelopesOf(await ask({ url }))[0]).toMatchObject({ importW: [1], exportW: [2] });
  expect(seen).toMatchObject({ api: 1, devices: [{ id: 'a' }] });
  expect(seen.network).toBeUndefined();
  server.close();
});

it('says what a service answered that is no proposal', async () => {
  const { server, url } = await answering(() => ({ status: 503, text: 'out of cheese' }));
  await expect(ask({ url })).rejects.toThrow(/answers 503: out of cheese/);
  server.close();
  await expect(ask({ url: 'http://127.0.0.1:9/' })).rejects.toThrow(/does not answer/);
});

it.each([
  ['process.exit(3)', 'ended with 3'],
  ['console.error("no licence"); process.exit(1)', 'no licence'],
  ['console.log("hello")', 'its answer is not JSON: hello'],
  ['console.log(7)', 'neither a list of envelopes'],
])('says what is wrong with a program that does %s', async (code, words) => {
  await expect(ask(node(code))).rejects.toThrow(words);
});

it('ends a program that does not come back when it is told to stop', async () => {
  const stop = new AbortController();
  const work = ask(node('setInterval(() => {}, 1000)'), stop.signal);
  stop.abort(new Error('enough'));
  await expect(work).rejects.toThrow('enough');
});

it.each([
  [{}, 'either url or command'],
  [{ url: 'http://a', command: ['b'] }, 'either url or command'],
  [{ url: 'ftp://a' }, 'http or https'],
  [{ command: 'rm -r' }, 'a list of texts'],
  [{ command: ['/no/such/program'] }, ''],
])('refuses %j', async (options, words) => {
  await expect((async () => ask(options))()).rejects.toThrow(words);
});
