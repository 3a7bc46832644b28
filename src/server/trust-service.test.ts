/** Roots, revocations, renewal and warnings while the server runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { nextTurn } from '../base/turn';
import { createPki, derToPem, issue, issuedFromPem, issueDevice, lfdiOf } from '../tls';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder();
  house = await openHouse(home.dir);
});
afterEach(async () => {
  await house.close();
  home.remove();
});

const notBefore = Date.UTC(2024, 0, 1) / 1000;
const otherPki = () => createPki({ notBefore });

/** LFDI of the certificate that new connections are shown. */
const shown = (tls: object) =>
  new Promise<string>((resolve, reject) => {
    const socket: TLSSocket = connect({ ...tls, host: '127.0.0.1', port: house.server.port }, () => {
      resolve(lfdiOf(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.once('error', reject);
  });
const list = async () =>
  (await house.operator('GET', '/api/trust/certificates')).json['certificates'] as Record<string, unknown>[];

it('lets devices of a root in once it is added, ends their connections when it is retired, and remembers both', async () => {
  const other = otherPki();
  const foreign = house.device(issueDevice(other, { name: 'foreign', role: 'device' }));
  await expect(foreign.ask('/dcap')).rejects.toThrow();
  const added = await house.operator('POST', '/api/trust/roots', { certificate: derToPem(other.serca.der) });
  expect(added.status).toBe(201);
  const fingerprint = String(added.json['fingerprint']);
  expect((await foreign.ask('/dcap')).status).toBe(200);
  expect(await list()).toMatchObject([
    { name: 'server' },
    { name: 'server CA 1' },
    { name: 'server CA 2' },
    { from: 'file', trusted: true },
    { from: 'operator', trusted: true, fingerprint },
  ]);
  await house.close();
  house = await openHouse(home.dir);
  const again = house.device(foreign.issued);
  expect((await again.ask('/dcap')).status).toBe(200);
  expect((await house.operator('DELETE', `/api/trust/roots/${fingerprint.slice(0, 12).toLowerCase()}`)).status).toBe(
    204,
  );
  await expect(again.ask('/dcap')).rejects.toThrow();
  await house.close();
  house = await openHouse(home.dir);
  await expect(house.device(foreign.issued).ask('/dcap')).rejects.toThrow();
});

it('retires a root of the file too, and can trust it again', async () => {
  const device = house.device('own');
  expect((await device.ask('/dcap')).status).toBe(200);
  const root = (await list()).find(each => each['from'] === 'file');
  expect((await house.operator('DELETE', `/api/trust/roots/${String(root?.['fingerprint'])}`)).status).toBe(204);
  await expect(device.ask('/dcap')).rejects.toThrow();
  await house.operator('POST', '/api/trust/roots', { certificate: house.rootsPem });
  expect((await device.ask('/dcap')).status).toBe(200);
});

it('refuses what is no root, what is no certificate and what is not there', async () => {
  const leaf = issueDevice(house.pki, { name: 'leaf', role: 'device' });
  const leafPem = /^[^]*?-----END CERTIFICATE-----\n/.exec(leaf.chainPem)?.[0] ?? '';
  for (const certificate of ['', 'nonsense', leafPem, `${house.rootsPem}${house.rootsPem}`, leaf.keyPem]) {
    const { status, json } = await house.operator('POST', '/api/trust/roots', { certificate });
    expect([status, json]).toMatchObject([
      expect.any(Number),
      { type: expect.stringMatching(/BAD_(VALUE|CERT)$/) as unknown },
    ]);
    expect(status).toBeLessThan(500);
  }
  for (const path of ['00', 'F'.repeat(64), 'x'])
    expect((await house.operator('DELETE', `/api/trust/roots/${path}`)).status).toBe(404);
});

it('serves with a new key and chain without a restart; with half of them it keeps the old ones', async () => {
  const file = (name: string) => join(home.dir, 'pki', name);
  const device = house.device('own');
  await device.ask('/dcap');
  const next = issueDevice(house.pki, { name: 'server-2', role: 'server' });
  writeFileSync(file('server.key.pem'), next.keyPem);
  expect(await house.operator('POST', '/api/trust/renew')).toMatchObject({
    status: 409,
    json: { type: 'urn:headroom:BAD_CERT' },
  });
  const before = readFileSync(file('server.chain.pem'), 'utf8');
  writeFileSync(file('server.chain.pem'), next.chainPem);
  expect(before).not.toBe(next.chainPem);
  expect((await house.operator('POST', '/api/trust/renew')).json).toEqual({ lfdi: next.lfdi });
  expect((await device.ask('/dcap')).status).toBe(200); // the old connection goes on
  expect(await shown(house.device('later').tls)).toBe(next.lfdi);
  await house.operator('POST', '/api/sites', { name: 'own', lfdi: device.lfdi });
  expect((await device.ask('/sdev')).body).toContain(`<lFDI>${next.lfdi}</lFDI>`);
});

it('measures the days a certificate has left, every day, and warns in time', async () => {
  const days = async (certificate: string) => house.metrics.value('headroom_certificate_days_left', { certificate });
  const ending = issue({ profile: 'serca', notBefore, notAfter: t0 + 40 * 86_400 + 100 });
  const { json } = await house.operator('POST', '/api/trust/roots', { certificate: derToPem(ending.der) });
  const name = `root ${String(json['fingerprint']).slice(0, 8)}`;
  expect(await days(name)).toBe(40);
  expect(await days('server')).toBeGreaterThan(100_000);
  const warned = () => house.log.lines.filter(line => line.message === 'a certificate of ours ends soon');
  expect(warned()).toEqual([]);
  for (let day = 0; day < 12; day++) {
    house.clock.advance(86_400);
    await new Promise<void>(nextTurn);
  }
  expect(await days(name)).toBe(28);
  expect(warned()[0]).toMatchObject({ level: 'warn', fields: { certificateName: name, daysLeft: 29 } });
  expect((await house.operator('GET', '/metrics')).text).toContain(
    `headroom_certificate_days_left{certificate="${name}"} 28`,
  );
});

it('lists who is revoked', async () => {
  const lfdis = [1, 2, 3].map(n => n.toString(16).padStart(40, '0'));
  for (const lfdi of lfdis) await house.operator('PUT', `/api/revocations/${lfdi}`, {});
  await house.operator('DELETE', `/api/revocations/${lfdis[1]}`);
  const page = await house.operator('GET', '/api/revocations?limit=1');
  expect(page.json).toMatchObject({
    revocations: [{ lfdi: lfdis[0], since: t0 }],
    next: expect.any(String) as unknown,
  });
  const rest = await house.operator('GET', `/api/revocations?after=${String(page.json['next'])}`);
  expect(rest.json).toEqual({ revocations: [{ lfdi: lfdis[2], since: t0 }] });
});

it('issues certificates for labs that the device port accepts', async () => {
  const made = await house.operator('POST', '/api/lab/certificates', { name: 'lab', role: 'aggregator' });
  expect([made.status, made.json]).toMatchObject([201, { lfdi: expect.stringMatching(/^[0-9A-F]{40}$/) as unknown }]);
  const { keyPem, chainPem } = made.json as { keyPem: string; chainPem: string };
  const issued = { ...issuedFromPem(keyPem, chainPem, 'lab'), ...house.device('x').issued, keyPem, chainPem };
  expect((await house.device(issued).ask('/dcap')).status).toBe(200);
});
