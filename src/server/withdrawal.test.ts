/** Envelopes withdrawn by an operator: on firm at once and at the device, whatever an engine or an import says, until restored. */
import { resolve } from 'node:path';
import { folder, openHouse, t0, type DeviceClient, type OpenHouse } from './testing/house';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const firm = { importW: 2000, exportW: 1000 };

interface Control {
  from: number;
  to: number;
  importW: number;
  exportW: number;
  bound: { import: string };
}

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let device: DeviceClient;
beforeEach(async () => {
  home = await folder({ network, envelopeHorizonS: 7200, verifyBudgetS: 0, database: ':memory:' });
  house = await openHouse(home.dir);
  device = house.device('barn');
  await house.operator('POST', '/api/sites', { name: 'Barn', lfdi: device.lfdi, bus: 'grocery', ...limits });
  expect((await house.operator('POST', '/api/envelopes/run')).json).toMatchObject({ outcome: 'published' });
});
afterEach(async () => {
  await house.close();
  home.remove();
});
const withdraw = (body: object) => house.operator('PUT', '/api/envelopes/Barn/withdrawal', body);
const shown = async () =>
  (await house.operator('GET', '/api/envelopes/Barn')).json as { controls: Control[]; withdrawal?: object };
const at = async (when: number) => (await shown()).controls.find(({ from, to }) => from <= when && when < to);
const run = () => house.operator('POST', '/api/envelopes/run');

it('puts a site on firm at once, keeps it there through runs and imports, and gives back what there is when restored', async () => {
  expect((await at(t0))?.importW).toBe(9000);
  const done = await withdraw({ reason: 'equipment-limit', note: 'TR1 is hot' });
  expect([done.status, done.json]).toMatchObject([
    200,
    { withdrawal: { site: '1', reason: 'equipment-limit', note: 'TR1 is hot', from: t0, at: t0 } },
  ]);
  expect(done.json['controlsPublished']).toBeGreaterThan(0);
  expect(await at(t0)).toMatchObject({ ...firm, bound: { import: 'withdrawn: equipment-limit' } });
  expect((await shown()).withdrawal).toMatchObject({ reason: 'equipment-limit' });
  // The device is told: the control it held is superseded by one of the firm limits.
  const list = (await device.ask('/derp/1/derc?l=10')).body;
  expect(list).toMatch(
    /<currentStatus>1<[^]*?<csipaus:opModImpLimW><multiplier>0<.multiplier><value>2000<[^]*<currentStatus>4</,
  );

  house.clock.advance(900);
  await run();
  const start = t0 + 900 - ((t0 + 900) % 900);
  const asked = { site: 'Barn', start, stepS: 900, importW: [8000, 8000], exportW: [4000, 4000] };
  expect((await house.operator('POST', '/api/envelopes/import', asked)).status).toBe(201);
  for (const control of (await shown()).controls) expect(control).toMatchObject(firm);

  expect((await house.operator('DELETE', '/api/envelopes/Barn/withdrawal')).status).toBe(204);
  expect((await house.operator('DELETE', '/api/envelopes/Barn/withdrawal')).status).toBe(404);
  await run();
  expect((await at(t0 + 900))?.importW).toBe(9000);
  expect((await shown()).withdrawal).toBeUndefined();
});

it('for what is planned, the step under way stays as it was agreed', async () => {
  await withdraw({ reason: 'maintenance' });
  const next = t0 - (t0 % 900) + 900;
  expect((await at(t0))?.importW).toBe(9000);
  expect(await at(next)).toMatchObject({ ...firm, bound: { import: 'withdrawn: maintenance' } });
});

it('for a window only that', async () => {
  const [from, until] = [t0 + 1800, t0 + 2700];
  await withdraw({ reason: 'emergency', from, until });
  expect((await at(t0))?.importW).toBe(9000);
  expect(await at(from)).toMatchObject(firm);
  expect(await at(until - 1)).toMatchObject(firm);
  expect((await at(until + 900))?.importW).toBe(9000);
  await run();
  expect(await at(from)).toMatchObject(firm);
  expect((await at(until + 900))?.importW).toBe(9000);
  house.clock.advance(2700);
  expect((await shown()).withdrawal).toBeUndefined();
  for (const body of [{ reason: 'boredom' }, { reason: 'test', from: t0 + 5000, until: t0 + 5000 }, {}])
    expect((await withdraw(body)).status).toBe(400);
  expect((await house.operator('PUT', '/api/envelopes/Mill/withdrawal', { reason: 'test' })).status).toBe(404);
});

it('a withdrawal while a run is under way counts for that run', async () => {
  house.clock.advance(1800);
  const running = run();
  await withdraw({ reason: 'safety' });
  await running;
  for (const control of (await shown()).controls) expect(control).toMatchObject(firm);
});

it('is audited, listed, paged and gone with its site', async () => {
  await withdraw({ reason: 'non-compliance' });
  const audit = await house.operator(
    'GET',
    `/api/audit?what=${encodeURIComponent('PUT /api/envelopes/{site}/withdrawal')}`,
  );
  expect(audit.json).toMatchObject({ rows: [{ subject: 'Barn', detail: { body: { reason: 'non-compliance' } } }] });
  const agg = { name: 'Agg', lfdi: 'F'.repeat(40), role: 'aggregator' };
  await house.operator('POST', '/api/sites', agg);
  await house.operator('POST', '/api/sites', { name: 'Mill', lfdi: 'E'.repeat(40), ...limits });
  const all = (await house.operator('GET', '/api/envelopes')).json;
  expect(all).toMatchObject({
    envelopes: [
      { site: '1', name: 'Barn', inForce: firm, withdrawal: { reason: 'non-compliance' } },
      { site: '3', name: 'Mill' },
    ],
  });
  const first = (await house.operator('GET', '/api/envelopes?limit=1')).json as { envelopes: object[]; next: string };
  expect(first.envelopes).toHaveLength(1);
  const rest = (await house.operator('GET', `/api/envelopes?after=${first.next}`)).json;
  expect(rest).toMatchObject({ envelopes: [{ site: '3' }] });

  const start = t0 - (t0 % 900);
  const stairs = {
    site: 'Mill',
    start,
    stepS: 900,
    importW: [2100, 2200, 2300, 2400],
    exportW: [1000, 1000, 1000, 1000],
  };
  await house.operator('POST', '/api/envelopes/import', stairs);
  const page = (await house.operator('GET', '/api/envelopes/Mill?limit=3')).json as {
    controls: Control[];
    next: number;
  };
  expect(page.controls.map(({ importW }) => importW)).toEqual([2100, 2200, 2300]);
  const last = (await house.operator('GET', `/api/envelopes/Mill?after=${page.next}`)).json as { controls: Control[] };
  expect(last.controls.map(({ importW }) => importW)).toEqual([2400]);
  expect(last).not.toHaveProperty('next');

  await house.operator('DELETE', '/api/sites/Barn');
  await house.operator('POST', '/api/sites', { name: 'Barn', lfdi: device.lfdi, bus: 'grocery', ...limits });
  expect((await shown()).withdrawal).toBeUndefined();
});
