/** What an operator reads of the log and of security events, and backups made while the server runs. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPki, issueDevice } from '../tls';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder({ auditDenialsPerSource: 3, logLines: 50 });
  house = await openHouse(home.dir);
});
afterEach(async () => {
  await house.close();
  home.remove();
});

interface Line {
  id: number;
  at: number;
  level: string;
  room: string;
  message: string;
}
interface Incident {
  event: { details: string; logEventID: number; logEventCode: number; functionSet: number; createdDateTime: number };
  lfdi: string;
  from: string;
  text: string;
}
const lines = async (query = '') =>
  (await house.operator('GET', `/api/log${query}`)).json as { lines: Line[]; next?: string };
const events = async (query = '') => {
  await house.settle();
  return (await house.operator('GET', `/api/security-events${query}`)).json as { events: Incident[]; next?: string };
};
const keyOf = async (role: string) =>
  String((await house.operator('POST', '/api/keys', { name: role, role })).json['key']);
const foreign = () =>
  issueDevice(createPki({ notBefore: Date.UTC(2024, 0, 1) / 1000 }), { name: 'foreign', role: 'device' });

it('shows the latest lines of the log by level, room and time, page by page, to operators', async () => {
  await expect(house.device(foreign()).ask('/dcap')).rejects.toThrow();
  await house.operator('GET', '/api/sites/Nobody');
  const all = (await lines()).lines;
  expect(all.map(({ room, message }) => `${room}: ${message}`)).toEqual(
    expect.arrayContaining(['server: serving', 'tls: connection refused', 'operator: operator request refused']),
  );
  expect(all[0]).toMatchObject({ at: t0 });
  expect((await lines('?level=warn&room=tls')).lines).toMatchObject([
    { level: 'warn', fields: { reason: 'unknown-issuer', from: '127.0.0.1' } },
  ]);
  expect((await lines(`?from=${t0 + 1}`)).lines).toEqual([]);
  const first = await lines('?limit=2');
  expect(first.lines).toHaveLength(2);
  expect((await lines(`?after=${first.next}`)).lines).toEqual(all.slice(2));
  for (let n = 0; n < 200; n++) await house.operator('GET', '/api/sites/Nobody');
  expect((await lines()).lines).toHaveLength(50);

  const viewer = { authorization: `Bearer ${await keyOf('viewer')}` };
  expect((await house.operator('GET', '/api/log', undefined, viewer)).status).toBe(403);
  expect((await house.operator('GET', '/api/security-events', undefined, viewer)).status).toBe(403);
  expect((await house.operator('GET', '/api/log?level=loud')).status).toBe(400);
});

it('raises the security LogEvents of the standard, within the budget of denials', async () => {
  const stranger = foreign();
  await expect(house.device(stranger).ask('/dcap')).rejects.toThrow();
  const [mine, other] = [house.device('mine'), house.device('other')];
  for (const [name, { lfdi }] of Object.entries({ mine, other }))
    await house.operator('POST', '/api/sites', { name, lfdi });
  expect((await mine.ask('/edev/2')).status).toBe(404);
  const newcomer = house.device('newcomer');
  const body = '<EndDevice xmlns="urn:ieee:std:2030.5:ns"><sFDI>0</sFDI><changedTime>0</changedTime></EndDevice>';
  expect((await newcomer.ask('/edev', { method: 'POST', body })).status).toBe(403);
  expect((await events()).events).toMatchObject([
    { event: { details: 'SEC_REGISTRATION_MISS', functionSet: 19, logEventCode: 1 }, lfdi: newcomer.lfdi },
    {
      event: { details: 'SEC_ACL_ACCESS_FAILED', functionSet: 19, logEventCode: 2, createdDateTime: t0 },
      lfdi: mine.lfdi,
      text: expect.stringContaining('GET /edev/2') as string,
    },
    {
      event: {
        details: 'SEC_TLS_ALERT',
        functionSet: 19,
        logEventCode: 0,
        logEventID: 48,
        logEventPEN: 40_732,
        profileID: 2,
      },
      lfdi: stranger.lfdi,
      from: '127.0.0.1',
      text: expect.stringContaining('unknown-issuer') as string,
    },
  ]);
  for (let n = 0; n < 10; n++) await mine.ask('/edev/2/rg');
  expect((await events()).events).toHaveLength(5); // three of one source in a minute
  const first = await events('?limit=4');
  expect((await events(`?after=${first.next}`)).events).toHaveLength(1);
  // What one client did is no other's business: no list on the wire holds it.
  for (const path of ['/sdev/lel', '/edev/1/lel']) expect((await mine.ask(path)).body).not.toContain('SEC_');
});

it('makes, lists and removes backups in the folder of its configuration and nowhere else', async () => {
  await house.operator('POST', '/api/sites', { name: 'Barn', lfdi: 'A'.repeat(40) });
  const made = await house.operator('POST', '/api/backups');
  expect([made.status, made.json]).toMatchObject([201, { name: 'headroom-20260921T141320Z.db', at: t0 }]);
  const second = await house.operator('POST', '/api/backups');
  expect(second.json).toMatchObject({ name: 'headroom-20260921T141320Z-2.db' });
  const all = (await house.operator('GET', '/api/backups')).json as { backups: { name: string }[] };
  expect(all.backups.map(({ name }) => name)).toEqual([made.json['name'], second.json['name']]); // oldest first
  expect(readdirSync(join(home.dir, 'backups')).sort()).toEqual(all.backups.map(({ name }) => name).sort());

  // It is whole: a server runs on it.
  const { rows } = made.json as { rows: { docs: number } };
  expect(rows.docs).toBeGreaterThan(10);
  await house.close();
  house = await openHouse(home.dir, { config: { database: `backups/${String(made.json['name'])}` } });
  expect((await house.operator('GET', '/api/sites/Barn')).status).toBe(200);
  await house.close();
  house = await openHouse(home.dir);

  expect((await house.operator('DELETE', `/api/backups/${String(second.json['name'])}`)).status).toBe(204);
  writeFileSync(join(home.dir, 'backups', 'mine.txt'), 'mine');
  mkdirSync(join(home.dir, 'deep'));
  const escapes = [
    '..%2Foperator.key',
    '%2E%2E%2Fconfig.json',
    'mine.txt',
    '..%2Fheadroom.db',
    'headroom-20260101T000000Z.db',
  ];
  for (const name of escapes)
    expect([name, (await house.operator('DELETE', `/api/backups/${name}`)).status]).toEqual([name, 404]);
  for (const body of [{ name: '../x.db' }, { file: '/tmp/x.db' }])
    expect((await house.operator('POST', '/api/backups', body)).status).toBe(400);
  for (const file of ['operator.key', 'config.json', 'headroom.db', 'backups/mine.txt'])
    expect(existsSync(join(home.dir, file))).toBe(true);
  const operator = { authorization: `Bearer ${await keyOf('operator')}` };
  expect((await house.operator('POST', '/api/backups', undefined, operator)).status).toBe(403);
});

it('has no backup of a database in memory, and one at a time of a file', async () => {
  const both = await Promise.all([1, 2].map(() => house.operator('POST', '/api/backups')));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  await house.close();
  house = await openHouse(home.dir, { config: { database: ':memory:' } });
  const refused = await house.operator('POST', '/api/backups');
  expect([refused.status, refused.json]).toMatchObject([409, { type: 'urn:headroom:BAD_CONFIG', at: 'database' }]);
});
