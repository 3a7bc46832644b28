import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Blocked } from './operator';
import { hookOperator } from './operator-hook';

const asked: { verb: string; body: unknown; token: string | undefined }[] = [];
const server = createServer((req, res) => {
  let text = '';
  req.on('data', part => (text += String(part)));
  req.on('end', () => {
    const verb = req.url?.slice(1) ?? '';
    asked.push({ verb, body: JSON.parse(text), token: req.headers.authorization });
    if (verb === 'createProgram') res.end('{"id":"p1"}');
    else if (verb === 'cancelEvent') res.writeHead(204).end();
    else if (verb === 'setPrimacy') res.writeHead(500).end('no');
    else if (verb === 'addCurve') res.end('not JSON');
    else res.writeHead(501).end();
  });
});
const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

beforeAll(() => new Promise<void>(ready => server.listen(0, '127.0.0.1', ready)));
afterAll(() => server.close());

it('posts each verb with its arguments and gives back what the hook answers', async () => {
  const operator = hookOperator(base(), 'secret');
  expect(await operator.createProgram({ description: 'P', primacy: 1, devices: [] })).toEqual({ id: 'p1' });
  await operator.cancelEvent({ mRID: 'AB' }, true);
  expect(asked).toEqual([
    { verb: 'createProgram', body: { args: [{ description: 'P', primacy: 1, devices: [] }] }, token: 'Bearer secret' },
    { verb: 'cancelEvent', body: { args: [{ mRID: 'AB' }, true] }, token: 'Bearer secret' },
  ]);
});

it('is blocked where the hook cannot, and fails where it fails', async () => {
  const operator = hookOperator(base());
  await expect(operator.restart()).rejects.toThrow(new Blocked('restart the server'));
  await expect(operator.setPrimacy({ id: 'p' }, 1)).rejects.toThrow('the lab could not arrange this: 500 no');
  await expect(operator.addCurve({ id: 'p' }, {} as never)).rejects.toThrow('no JSON');
  await expect(hookOperator('http://127.0.0.1:1').restart()).rejects.toThrow('does not answer');
});
