/** Keys with roles, the audit trail, idempotency keys: over the operator port of a whole server. */
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');
const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const barn = { name: 'Barn', lfdi: lfdi(1), pin: 123_455, ...limits };

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

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const keyOf = async (role: string, more: object = {}) =>
  String((await house.operator('POST', '/api/keys', { name: role, role, ...more })).json['key']);
interface Row {
  who: string;
  from: string;
  what: string;
  subject: string;
  outcome: string;
  detail: Record<string, unknown>;
}
const trail = async (query = '') => (await house.operator('GET', `/api/audit?${query}`)).json['rows'] as Row[];

it('lets each role do what it may, and no more', async () => {
  const [viewer, operator, admin] = [await keyOf('viewer'), await keyOf('operator'), await keyOf('admin')];
  const asks = [
    ['GET', '/api/sites', undefined, [200, 200, 200]],
    ['POST', '/api/sites', barn, [403, 201, 409]],
    ['DELETE', '/api/sites/Barn', undefined, [403, 204, 404]],
    ['GET', '/api/keys', undefined, [403, 403, 200]],
    ['GET', '/api/audit', undefined, [403, 403, 200]],
    ['POST', '/api/trust/renew', undefined, [403, 403, 200]],
  ] as const;
  for (const [method, path, body, wanted] of asks)
    for (const [i, key] of [viewer, operator, admin].entries()) {
      const { status, json } = await house.operator(method, path, body, bearer(key));
      expect([method, path, i, status]).toEqual([method, path, i, wanted[i]]);
      if (status === 403) expect(json).toMatchObject({ type: 'urn:headroom:NO_ROLE', got: ['viewer', 'operator'][i] });
    }
});

it('keeps keys as hashes, forgets those removed and those that have ended', async () => {
  const [lasting, ending] = [await keyOf('viewer'), await keyOf('operator', { expires: t0 + 60 })];
  expect(new Set([lasting, ending, await keyOf('admin')]).size).toBe(3);
  const listed = await house.operator('GET', '/api/keys');
  expect(listed.json).toMatchObject({
    keys: [{ name: 'admin' }, { name: 'operator', expires: t0 + 60 }, { name: 'viewer', role: 'viewer', kind: 'key' }],
  });
  const stored = JSON.stringify(await house.server.store.page('~key', { start: 0, limit: 9 }));
  for (const key of [lasting, ending]) expect(listed.text + stored).not.toContain(key.slice(4));
  const status = async (key: string) => (await house.operator('GET', '/api/sites', undefined, bearer(key))).status;
  expect([await status(lasting), await status(ending)]).toEqual([200, 200]);
  house.clock.advance(60);
  expect([await status(lasting), await status(ending)]).toEqual([200, 401]);
  expect((await house.operator('DELETE', '/api/keys/viewer')).status).toBe(204);
  expect(await status(lasting)).toBe(401);
  expect((await house.operator('DELETE', '/api/keys/viewer')).status).toBe(404);
  expect((await house.operator('POST', '/api/keys', { name: 'admin', role: 'viewer' })).status).toBe(409);
  for (const body of [
    { name: 'x', role: 'root' },
    { name: '../x', role: 'viewer' },
    { name: 'x', role: 'viewer', expires: 1 },
  ])
    expect((await house.operator('POST', '/api/keys', body)).status).toBe(400);
});

it('records each act with who did it and from where, in the commit that does it', async () => {
  const operator = await keyOf('operator');
  await house.operator('POST', '/api/sites', barn, bearer(operator));
  await house.operator('PATCH', '/api/sites/Barn', { firmImportW: 2500 }, bearer(operator));
  await house.operator('POST', '/api/sites', barn, bearer(operator)); // refused: nothing was done
  await house.operator('PUT', '/api/poll-rates', { 'der.programs': 60 }, bearer(operator)); // writes no document
  await house.operator('PUT', `/api/revocations/${lfdi(7)}`, {}, bearer(operator));
  const rows = await trail();
  const from = expect.stringContaining('127.0.0.1') as unknown;
  expect(rows).toMatchObject([
    { who: 'key operator.key', from, what: 'POST /api/keys', detail: { body: { name: 'operator', role: 'operator' } } },
    {
      who: 'key operator',
      from,
      what: 'POST /api/sites',
      outcome: 'done',
      detail: { body: { name: 'Barn', pin: '[secret]' } },
    },
    { who: 'key operator', what: 'PATCH /api/sites/{site}', subject: 'Barn', detail: { body: { firmImportW: 2500 } } },
    { who: 'key operator', what: 'PUT /api/poll-rates' },
    { who: 'key operator', what: 'PUT /api/revocations/{lfdi}', subject: lfdi(7) },
  ]);
  expect(await trail(`subject=${lfdi(7)}`)).toHaveLength(1);
  expect(await trail('who=key%20operator&what=POST%20%2Fapi%2Fsites')).toHaveLength(1);
  const pages = await house.operator('GET', '/api/audit?limit=2');
  expect(pages.json).toMatchObject({ rows: [{ id: 1 }, { id: 2 }], next: '2' });
  expect((await house.operator('GET', '/api/audit?limit=9&after=2')).json).toMatchObject({
    rows: [{ id: 3 }, { id: 4 }, { id: 5 }],
  });
});

it('of ten thousand sites it records how many', async () => {
  const sites = Array.from({ length: 300 }, (_, n) => ({ ...barn, name: `S${n}`, lfdi: lfdi(n + 100) }));
  await house.operator('POST', '/api/sites', { sites });
  expect((await trail())[0]).toMatchObject({ what: 'POST /api/sites', detail: { body: { sites: 300 } } });
});

it('records who was refused: at the operator port, at the handshake and at a resource', async () => {
  const viewer = await keyOf('viewer');
  await house.operator('POST', '/api/sites', barn, bearer(viewer));
  await house.operator('GET', '/api/sites', undefined, bearer('hrk_nonsense'));
  const device = house.device('known');
  const other = house.device('other');
  for (const each of [device, other])
    await house.operator('POST', '/api/sites', { ...barn, name: each.issued.name, lfdi: each.lfdi });
  expect((await device.ask('/edev/2')).status).toBe(404);
  await house.operator('PUT', `/api/revocations/${other.lfdi}`, {});
  await expect(other.ask('/dcap')).rejects.toThrow();
  await house.settle();
  const refused = (await trail()).filter(row => row.outcome === 'refused');
  expect(refused).toMatchObject([
    { who: 'key viewer', what: 'POST /api/sites' },
    { who: 'unknown', what: 'operator.refused' },
    { who: `device ${device.lfdi}`, what: 'access.denied', subject: '/edev/2' },
    { who: `device ${other.lfdi}`, what: 'connection.refused', detail: { reason: 'revoked' } },
  ]);
});

it('writes no key, PIN or private key into log or audit trail, whatever is done with them', async () => {
  const viewer = await keyOf('viewer');
  const lab = (await house.operator('POST', '/api/lab/certificates', { name: 'lab-1' })).json;
  const pin = 987_656;
  await house.operator('POST', '/api/sites', { ...barn, pin });
  await house.operator('PATCH', '/api/sites/Barn', { pin });
  await house.operator('POST', '/api/sites', { ...barn, pin }); // refused
  await house.operator('POST', '/api/sites', { ...barn, pin: `${pin}` }); // a wrong type
  await house.operator('POST', '/api/sites', `{"pin": ${pin}`); // no JSON
  await house.operator('GET', `/api/sites/${viewer}`);
  await house.operator('GET', '/api/sites', undefined, bearer(`${viewer}x`));
  await house.operator('POST', '/api/trust/roots', { certificate: String(lab['keyPem']) });
  await house.settle();
  const told = await house.operator('GET', '/api/log?limit=10000');
  expect((told.json as { lines: object[] }).lines.length).toBeGreaterThan(5);
  const written = JSON.stringify([
    house.log.lines,
    await house.server.store.audit.page({ after: 0, limit: 1000 }),
    told.text,
    (await house.operator('GET', '/api/security-events')).text,
    (await house.operator('GET', '/api/audit')).text,
  ]);
  const secrets = [house.key, viewer, String(pin), String(lab['keyPem']).split('\n')[1] ?? ''];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5);
    expect(written).not.toContain(secret);
  }
});

it('does a request that makes something once for each Idempotency-Key, also over a restart', async () => {
  const once = (key: string, body: unknown = { primacy: 3 }) =>
    house.operator('POST', '/api/programs', body, { 'idempotency-key': key });
  const first = await once('a');
  const second = await once('a');
  expect([first.status, second.status, second.json]).toEqual([201, 201, first.json]);
  expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
  expect((await once('b')).json).not.toEqual(first.json);
  expect(await once('a', { primacy: 4 })).toMatchObject({ status: 409, json: { at: 'Idempotency-Key' } });
  // What failed may be tried again; what is a day old is forgotten; two at once are one.
  const bad = { ...barn, bus: 'nowhere', firmImportW: 99_999 };
  const add = (body: unknown) => house.operator('POST', '/api/sites', body, { 'idempotency-key': 'site' });
  expect((await add(bad)).status).toBe(400);
  expect((await add(barn)).status).toBe(201);
  const both = await Promise.all([once('c'), once('c')]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  await house.close();
  house = await openHouse(home.dir);
  expect((await once('a')).json).toEqual(first.json);
  house.clock.advance(86_400);
  await house.operator('POST', '/api/programs', { primacy: 9 }); // ids of a test's server begin anew
  expect((await once('a')).json).not.toEqual(first.json);
  expect(
    (await house.operator('POST', '/api/keys', { name: 'k', role: 'viewer' }, { 'idempotency-key': 'k' })).status,
  ).toBe(400);
});
