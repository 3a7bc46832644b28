/** The operator port over TLS: keys, client certificates, and a command line that knows whom it talks to. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { operatorApiAt } from '../cli/operator-api';
import { chainPem, createPki, derToPem, issueDevice, pemToDer } from '../tls';
import { readOperatorKey } from './init';
import { operatorTls, requirePrivate } from './operator-tls';
import { folder, openHouse, type OpenHouse } from './testing/house';

const pki = createPki({ notBefore: Date.UTC(2024, 0, 1) / 1000 });
const office = issueDevice(pki, { name: 'office', role: 'server' });
const clerk = issueDevice(pki, { name: 'clerk', role: 'device' });
const stranger = issueDevice(createPki({ notBefore: Date.UTC(2024, 0, 1) / 1000 }), { name: 'clerk', role: 'device' });
const fields = {
  operatorChain: 'office/chain.pem',
  operatorKey: 'office/key.pem',
  operatorClientRoots: 'office/roots.pem',
};

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeAll(async () => {
  home = await folder();
  mkdirSync(join(home.dir, 'office'));
  writeFileSync(join(home.dir, 'office/chain.pem'), office.chainPem);
  writeFileSync(join(home.dir, 'office/key.pem'), office.keyPem);
  writeFileSync(join(home.dir, 'office/roots.pem'), [derToPem(pki.serca.der), chainPem(pki.mica)].join(''));
  house = await openHouse(home.dir, { config: fields });
});
afterAll(async () => {
  await house.close();
  home.remove();
});

const api = (pinned = pemToDer(office.chainPem, 'office')[0]) =>
  operatorApiAt(house.server.operatorUrl, readOperatorKey(home.dir), pinned);

function status(client: { keyPem: string; chainPem: string } | undefined, headers = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(
      `${house.server.operatorUrl}/api/sites`,
      {
        rejectUnauthorized: false,
        agent: false,
        headers,
        ...(client && { key: client.keyPem, cert: client.chainPem }),
      },
      response => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    )
      .on('error', reject)
      .end();
  });
}

it('lets in by key over TLS, and the command line only where it finds the certificate of the folder', async () => {
  expect(house.server.operatorUrl).toMatch(/^https:/);
  expect(await api().get('/api/sites')).toEqual({ sites: [] });
  await expect(api(pemToDer(clerk.chainPem, 'clerk')[0]).get('/api/sites')).rejects.toMatchObject({
    code: 'CANNOT_REACH',
  });
});

it('takes a client certificate for a key once it is entered, in its role, and none of other roots', async () => {
  expect(await status(undefined)).toBe(401);
  expect(await status(clerk)).toBe(401);
  await api().post('/api/keys', {
    name: 'clerk',
    role: 'viewer',
    certificate: clerk.chainPem.split(/(?<=END CERTIFICATE-----\n)/)[0],
  });
  await api().post('/api/keys', {
    name: 'stranger',
    role: 'admin',
    certificate: stranger.chainPem.split(/(?<=END CERTIFICATE-----\n)/)[0],
  });
  expect(await status(clerk)).toBe(200);
  expect(await status(stranger)).toBe(401);
  expect(await status(clerk, { authorization: 'Bearer hrk_wrong' })).toBe(401); // a wrong key is not made good by it
  await api().remove('/api/keys/clerk');
  expect(await status(clerk)).toBe(401);
});

it('goes off loopback with TLS only, and names the field that is wrong', () => {
  const off = { operatorHost: '0.0.0.0', operatorChain: '', operatorKey: '', operatorClientRoots: '' };
  expect(() => requirePrivate(off)).toThrow('operatorHost');
  expect(() => requirePrivate({ ...off, ...fields })).not.toThrow();
  for (const operatorHost of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    expect(() => requirePrivate({ ...off, operatorHost })).not.toThrow();
  const wrong: [Partial<typeof fields>, string][] = [
    [{ operatorChain: '' }, 'operatorChain'],
    [{ operatorKey: '' }, 'operatorKey'],
    [{ operatorKey: 'nowhere.pem' }, 'operatorKey'],
    [{ operatorKey: 'config.json' }, 'operatorChain'],
  ];
  for (const [field, at] of wrong) {
    const thrown = () => operatorTls(home.dir, { ...fields, ...field });
    expect(thrown).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', detail: expect.objectContaining({ at }) as unknown }) as Error,
    );
  }
});
