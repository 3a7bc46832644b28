import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readBody, type BodySource } from './body';

const source = (chunks: (Buffer | Error)[], headers: Record<string, string> = {}): BodySource => {
  const items = [...chunks];
  const stream = new Readable({
    read() {
      const next = items.shift();
      if (next instanceof Error) this.destroy(next);
      else this.push(next ?? null);
    },
  });
  return Object.assign(stream, { headers });
};

it('joins chunks and unpacks gzip', async () => {
  expect((await readBody(source([Buffer.from('<a'), Buffer.from('/>')]), 100)).toString()).toBe('<a/>');
  expect((await readBody(source([gzipSync('<a/>')], { 'content-encoding': 'gzip' }), 100)).toString()).toBe('<a/>');
  expect((await readBody(source([]), 100)).length).toBe(0);
});

it.each([
  ['announced too long', source([], { 'content-length': '101' }), 'TOO_LARGE'],
  ['too long without saying so', source([Buffer.alloc(60), Buffer.alloc(60)]), 'TOO_LARGE'],
  ['a gzip bomb', source([gzipSync(Buffer.alloc(1_000_000))], { 'content-encoding': 'gzip' }), 'TOO_LARGE'],
  ['gzip in name only', source([Buffer.from('plain')], { 'content-encoding': 'gzip' }), 'BAD_XML'],
  ['an encoding we do not read', source([], { 'content-encoding': 'br' }), 'WRONG_TYPE'],
  ['broken off', source([Buffer.from('<a'), new Error('reset')]), 'BAD_REQUEST'],
])('refuses a body that is %s', async (_name, from, code) => {
  await expect(readBody(from, from.headers['content-encoding'] ? 10_000 : 100)).rejects.toMatchObject({ code });
});
