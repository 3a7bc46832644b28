/** The operator API over its port: every route given what it wants, and everything it must refuse. */
import { cpSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');
const network = resolve(__dirname, '../../examples/networks/oak-street.json');
const limits = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const barnLfdi = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
const barn = { name: 'Barn', lfdi: barnLfdi, bus: 'grocery', ...limits };
const envelope = {
  site: 'Barn',
  start: t0 - (t0 % 900),
  stepS: 900,
  importW: [3000, 4000],
  exportW: [1500, 1600],
  reason: 'correction',
};

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder({ network, envelopeHorizonS: 3600 });
  house = await openHouse(home.dir);
});
afterEach(async () => {
  await house.close();
  home.remove();
});
const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  house.operator(method, path, body, headers);
const added = async (site: object = barn) => (await call('POST', '/api/sites', site)).json;

it('registers, shows, changes and removes a site', async () => {
  const made = await call('POST', '/api/sites', barn);
  expect([made.status, made.json]).toMatchObject([
    201,
    { edev: '1', name: 'Barn', sfdi: 167_261_211_391, pin: 111_115, role: 'device' },
  ]);
  expect((await call('POST', '/api/sites', { sites: [{ ...barn, name: 'Mill', lfdi: lfdi(2) }] })).json).toMatchObject({
    sites: [{ edev: '2', name: 'Mill' }],
  });
  expect((await call('GET', '/api/sites')).json).toMatchObject({ sites: [{ name: 'Barn' }, { name: 'Mill' }] });
  for (const which of ['1', 'Barn', barnLfdi, barnLfdi.toLowerCase()])
    expect((await call('GET', `/api/sites/${which}`)).json).toMatchObject({ edev: '1' });
  const changed = await call('PATCH', '/api/sites/Barn', { firmImportW: 2500, name: 'Old barn' });
  expect([changed.status, changed.json]).toMatchObject([
    200,
    { name: 'Old barn', firmImportW: 2500, firmExportW: 1000 },
  ]);
  const gone = await call('DELETE', '/api/sites/1');
  expect([gone.status, gone.text]).toEqual([204, '']);
  expect((await call('GET', '/api/sites')).json).toMatchObject({ sites: [{ name: 'Mill' }] });
});

it('computes, imports and shows envelopes', async () => {
  await added();
  const ran = await call('POST', '/api/envelopes/run');
  expect([ran.status, ran.json]).toMatchObject([200, { outcome: 'published', sitesPublished: 1 }]);
  const one = await call('POST', '/api/envelopes/import', envelope);
  expect([one.status, one.json]).toMatchObject([201, { outcome: 'published' }]);
  const many = await call('POST', '/api/envelopes/import', {
    envelopes: [{ ...envelope, importW: [2500, 2500] }],
  });
  expect([many.status, many.json]).toMatchObject([201, { results: [{ outcome: 'published' }] }]);
  expect((await call('GET', '/api/envelopes/Barn')).json).toMatchObject({
    site: '1',
    now: t0,
    controls: expect.arrayContaining([
      expect.objectContaining({ importW: 2500, exportW: 1500, engine: 'import' }),
    ]) as unknown,
  });
  expect((await call('GET', '/api/envelopes/runs')).json).toMatchObject({ runs: [{ at: t0 }, { at: t0 }, { at: t0 }] });
  expect((await call('POST', '/api/engine/kill')).status).toBe(204);
  house.clock.advance(1800);
  expect((await call('POST', '/api/envelopes/run')).json).toMatchObject({
    outcome: 'fallback',
    problem: expect.stringContaining('engine') as string,
  });
});

it('explains limits: what bound them interval by interval, and what is unlocked beyond planning', async () => {
  await added();
  // Before any run the plan is made when it is asked for.
  const before = (await call('GET', '/api/envelopes/Barn/explanation')).json;
  expect(before['planned']).toMatchObject({ importW: expect.any(Number) as number });
  expect(before['intervals']).toMatchObject([
    {
      from: t0,
      to: t0 - (t0 % 900) + 3600,
      importW: 2000,
      exportW: 1000,
      bound: { import: 'firm', export: 'firm' },
      engine: '',
    },
  ]);
  const ran = (await call('POST', '/api/envelopes/run')).json;
  expect(ran['account']).toMatchObject({ from: t0 - (t0 % 900), to: t0 - (t0 % 900) + 3600, sites: 1 });
  expect((await call('GET', '/api/envelopes/runs')).json).toMatchObject({
    runs: [{ account: { sites: 1, import: { unlocked: { kWh: expect.any(Number) as number } } } }],
  });
  await call('POST', '/api/envelopes/import', envelope);
  const to = t0 - (t0 % 900) + 3600;
  const shown = (await call('GET', `/api/envelopes/Barn/explanation?to=${to}`)).json as unknown as {
    planned: { importW: number };
    intervals: { from: number; to: number; importW: number; unlocked: { importW: number; importKWh: number } }[];
    import: { limitW: number; unlocked: { kWh: number } };
    plannedAt: number;
  };
  expect(shown.plannedAt).toBe(t0);
  expect(shown.intervals.slice(0, 2)).toMatchObject([
    { from: t0, importW: 3000, bound: { import: 'imported' }, engine: 'import' },
    { importW: 4000 },
  ]);
  expect(shown.intervals.at(-1)?.to).toBe(to);
  for (const { importW, unlocked, from, to: end } of shown.intervals)
    expect([unlocked.importW, unlocked.importKWh]).toEqual([
      importW - shown.planned.importW,
      (((importW - shown.planned.importW) / 1000) * (end - from)) / 3600,
    ]);
  const sum = shown.intervals.reduce((kWh, each) => kWh + each.unlocked.importKWh, 0);
  expect(shown.import.unlocked.kWh).toBeCloseTo(sum, 6);
  const page = (await call('GET', `/api/envelopes/1/explanation?to=${to}&limit=1`)).json;
  expect(page['intervals']).toEqual(shown.intervals.slice(0, 1));
  const rest = (await call('GET', `/api/envelopes/1/explanation?to=${to}&after=${String(page['next'])}`)).json;
  expect(rest['intervals']).toEqual(shown.intervals.slice(1));
  const all = (await call('GET', `/api/envelopes/account?to=${to}`)).json;
  expect(all).toMatchObject({
    sites: 1,
    import: { limitW: shown.import.limitW, kinds: expect.arrayContaining([]) as unknown, jain: 1, leastOverMean: 1 },
  });
  expect((await call('GET', `/api/envelopes/accounts?to=${to}`)).json).toMatchObject({
    accounts: [{ site: '1', name: 'Barn', import: { unlocked: shown.import.unlocked } }],
  });
  expect((await call('GET', '/api/envelopes/plan')).json).toMatchObject({
    judged: { steps: 4, notLookedAt: 0, unsafe: expect.any(Number) as number },
  });
  expect((await call('GET', `/api/envelopes/account?from=${to}&to=${to}`)).status).toBe(400);
  expect((await call('GET', '/api/envelopes/nobody/explanation')).status).toBe(404);
});

it('does not hold a plan responsible for a direction that its sites cannot hold', async () => {
  // Far more than the feeder carries, could it be drawn: but a plain inverter draws nothing that a limit would hold.
  const inverter = { ...barn, maxImportW: 5_000_000, firmImportW: 0, follows: 'export' };
  expect((await call('POST', '/api/sites', inverter)).status).toBe(201);
  await call('POST', '/api/envelopes/run');
  const shown = (await call('GET', '/api/envelopes/Barn/explanation')).json;
  expect(shown['planned']).toMatchObject({ importW: 5_000_000, bound: { import: 'site rating' } });
  expect((await call('GET', '/api/envelopes/plan')).json).toEqual({ judged: { steps: 4, unsafe: 0, notLookedAt: 0 } });
});

it('makes programs with controls, a default and curves, and cancels', async () => {
  await added();
  const program = await call('POST', '/api/programs', { description: 'Emergency', primacy: 1, sites: ['Barn', '1'] });
  expect(program.status).toBe(201);
  const derp = String(program.json['derp']);
  const control = { start: t0 + 60, durationS: 600, base: { opModMaxLimW: 5000 }, randomizeStart: 30 };
  const issued = await call('POST', `/api/programs/${derp}/controls`, control);
  expect([issued.status, issued.json]).toMatchObject([201, { base: { opModMaxLimW: 5000 }, creationTime: t0 }]);
  expect((await call('PUT', `/api/programs/${derp}/default`, { base: { opModMaxLimW: 8000 } })).status).toBe(204);
  const curve = { curveType: 11, CurveData: [{ xvalue: 1, yvalue: 2 }], xMultiplier: 0, yMultiplier: 0, yRefType: 3 };
  const drawn = await call('POST', `/api/programs/${derp}/curves`, curve);
  expect([drawn.status, drawn.json]).toMatchObject([
    201,
    { href: expect.stringContaining(`/derp/${derp}/dc/`) as string },
  ]);
  const mrid = String(issued.json['mRID']);
  expect((await call('POST', `/api/controls/${mrid}/cancel`)).status).toBe(204);
  expect((await call('POST', `/api/controls/${mrid.toLowerCase()}/cancel`, { randomized: true })).status).toBe(204);
});

it('says how it is, counts responses, sets poll rates, revokes', async () => {
  await added();
  expect((await call('GET', '/api/health')).json).toEqual({ ok: true, now: t0 });
  expect((await call('GET', '/api/responses/counts')).json).toMatchObject({ byStatus: { received: 0, completed: 0 } });
  expect((await call('GET', '/api/sites/Barn/responses')).json).toEqual({ responses: [] });
  expect((await call('PUT', '/api/poll-rates', { 'der.programs': 60 })).status).toBe(204);
  const metrics = await call('GET', '/metrics');
  expect([metrics.type, metrics.text]).toEqual([
    expect.stringContaining('text/plain') as string,
    expect.stringContaining('headroom_request_seconds') as string,
  ]);
  const device = house.device('barn');
  await added({ ...barn, name: 'Real', lfdi: device.lfdi });
  expect((await device.ask('/dcap')).status).toBe(200);
  expect((await call('PUT', `/api/revocations/${device.lfdi.toLowerCase()}`, {})).status).toBe(204);
  await expect(device.ask('/dcap')).rejects.toThrow();
  expect((await call('DELETE', `/api/revocations/${device.lfdi}`)).status).toBe(204);
  expect((await device.ask('/dcap')).status).toBe(200);
});

const routes: readonly (readonly [string, string])[] = [
  ['GET', '/metrics'],
  ['GET', '/api/health'],
  ['GET', '/api/sites'],
  ['POST', '/api/sites'],
  ['GET', '/api/sites/Barn'],
  ['PATCH', '/api/sites/Barn'],
  ['DELETE', '/api/sites/Barn'],
  ['GET', '/api/sites/Barn/responses'],
  ['PUT', `/api/revocations/${lfdi(7)}`],
  ['DELETE', `/api/revocations/${lfdi(7)}`],
  ['POST', '/api/programs'],
  ['POST', '/api/programs/1/controls'],
  ['PUT', '/api/programs/1/default'],
  ['POST', '/api/programs/1/curves'],
  ['POST', '/api/controls/AB/cancel'],
  ['PUT', '/api/poll-rates'],
  ['POST', '/api/envelopes/run'],
  ['GET', '/api/envelopes/runs'],
  ['GET', '/api/responses/counts'],
  ['POST', '/api/envelopes/import'],
  ['GET', '/api/envelopes/Barn'],
  ['POST', '/api/engine/kill'],
];

it('lets nobody in without the key, on any route', async () => {
  for (const [method, path] of routes)
    for (const authorization of [
      '',
      `Bearer ${house.key}x`,
      `Bearer ${'x'.repeat(house.key.length)}`,
      `Basic ${house.key}`,
    ]) {
      const { status, type, json, headers } = await call(method, path, undefined, { authorization });
      expect([method, path, status, type]).toEqual([
        method,
        path,
        401,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
      expect(json).toMatchObject({
        type: 'urn:headroom:NO_KEY',
        status: 401,
        remedy: expect.stringContaining('operator.key') as string,
      });
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
  expect((await call('GET', '/api/sites')).json).toEqual({ sites: [] });
});

it('answers bad JSON, other media types and long bodies as problems, on every route that reads a body', async () => {
  await added();
  for (const [method, path] of routes.filter(([verb]) => verb !== 'GET')) {
    const broken = await call(method, path, '{"name": ');
    expect([path, broken.status, broken.json]).toMatchObject([
      path,
      400,
      { type: 'urn:headroom:BAD_REQUEST', at: 'request body' },
    ]);
  }
  for (const body of ['[]', 'null', '7', '"x"'])
    expect([body, (await call('POST', '/api/sites', body)).status]).toEqual([body, 400]);
  expect((await call('POST', '/api/sites', barn, { 'content-type': 'text/plain' })).status).toBe(400);
  expect((await call('POST', '/api/sites', barn, { 'content-type': 'application/json; charset=klingon' })).status).toBe(
    415,
  );
  expect((await call('POST', '/api/sites', JSON.stringify({ name: 'x'.repeat(17_000_000) }))).status).toBe(413);
  expect((await call('GET', '/api/sites/%E0%A4%A')).json).toMatchObject({ type: 'urn:headroom:BAD_REQUEST' });
});

it('knows what is not there', async () => {
  await added();
  const missing: [string, string, unknown?][] = [
    ['GET', '/api/sites/Barm'],
    ['GET', '/api/sites/99'],
    ['PATCH', '/api/sites/Mill', { name: 'x' }],
    ['DELETE', '/api/sites/Mill'],
    ['GET', '/api/sites/Mill/responses'],
    ['GET', '/api/envelopes/Mill'],
    ['POST', '/api/envelopes/import', { ...envelope, site: 'Mill' }],
    ['POST', '/api/programs', { primacy: 1, sites: ['Mill'] }],
    ['POST', '/api/programs/p99/controls', { start: t0, durationS: 60, base: {} }],
    ['PUT', '/api/programs/p99/default', { base: {} }],
    [
      'POST',
      '/api/programs/p99/curves',
      { curveType: 11, CurveData: [{ xvalue: 1, yvalue: 2 }], xMultiplier: 0, yMultiplier: 0, yRefType: 3 },
    ],
    ['POST', `/api/controls/${'0'.repeat(32)}/cancel`, {}],
    ['GET', '/api/nothing'],
    ['POST', '/api/health', {}],
  ];
  for (const [method, path, body] of missing) {
    const { status, json } = await call(method, path, body);
    expect([path, status, json]).toMatchObject([path, 404, { type: 'urn:headroom:NO_SUCH', status: 404 }]);
  }
  expect((await call('GET', '/api/sites/Barm')).json).toMatchObject({
    note: expect.stringContaining('did you mean Barn?') as string,
  });
});

it('refuses wrong types and values, names the field, and changes nothing', async () => {
  await added();
  const { derp } = (await call('POST', '/api/programs', { primacy: 1, sites: ['1'] })).json;
  const before = await everything();
  const control = { start: t0, durationS: 60, base: { opModMaxLimW: 5000 } };
  const wrong: [string, string, unknown, string][] = [
    ['POST', '/api/sites', { ...barn, name: 7 }, 'name'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: 'AB' }, 'lfdi'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), maxImportW: '9' }, 'maxImportW'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), maxImportW: -1 }, 'maxImportW'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), maxImportw: 1 }, 'maxImportw'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), firmImportW: 9001 }, 'firmImportW'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), bus: 'grocer' }, 'bus'],
    ['POST', '/api/sites', { ...barn, name: 'X', lfdi: lfdi(3), phases: [4] }, 'phases'],
    [
      'POST',
      '/api/sites',
      {
        sites: [
          { ...barn, name: 'X', lfdi: lfdi(3) },
          { ...barn, name: 'Y', lfdi: 'Z' },
        ],
      },
      'sites.1.lfdi',
    ],
    ['PATCH', '/api/sites/Barn', { firmImportW: 99_999 }, 'firmImportW'],
    ['PATCH', '/api/sites/Barn', { bus: 'moon' }, 'bus'],
    ['PATCH', '/api/sites/Barn', { lfdi: lfdi(5) }, 'lfdi'],
    ['PUT', '/api/revocations/Barn', {}, '40 hex digits'],
    ['POST', '/api/programs', { primacy: 256 }, 'primacy'],
    ['POST', `/api/programs/${String(derp)}/controls`, { ...control, start: 'soon' }, 'start'],
    ['POST', `/api/programs/${String(derp)}/controls`, { ...control, durationS: 0 }, 'durationS'],
    ['POST', `/api/programs/${String(derp)}/controls`, { ...control, base: { opModMaxLimW: 'half' } }, 'opModMaxLimW'],
    ['POST', `/api/programs/${String(derp)}/controls`, { ...control, base: { opModNothing: 1 } }, 'opModNothing'],
    [
      'POST',
      `/api/programs/${String(derp)}/controls`,
      { ...control, base: { opModImpLimW: { multiplier: 0 } } },
      'opModImpLimW',
    ],
    ['PUT', `/api/programs/${String(derp)}/default`, { base: { opModMaxLimW: 70_000 } }, 'opModMaxLimW'],
    ['POST', `/api/programs/${String(derp)}/curves`, { curveType: 11 }, 'CurveData'],
    ['POST', '/api/programs/1/controls', control, 'envelope program'],
    ['PUT', '/api/poll-rates', { 'der.programs': 0 }, 'der.programs'],
    ['PUT', '/api/poll-rates', { 'der.progams': 60 }, 'did you mean der.programs?'],
    ['POST', '/api/envelopes/import', { ...envelope, exportW: [1] }, 'exportW'],
    ['POST', '/api/envelopes/import', { ...envelope, importW: [1, -2] }, 'importW.1'],
    ['POST', '/api/envelopes/import', { envelopes: [envelope, { ...envelope, stepS: 0 }] }, 'envelopes.1.stepS'],
  ];
  for (const [method, path, body, where] of wrong) {
    const { status, json } = await call(method, path, body);
    expect([path, body, status, json]).toMatchObject([path, body, 400, { type: 'urn:headroom:BAD_VALUE' }]);
    expect(String(json['detail'])).toContain(where);
  }
  const taken = await call('POST', '/api/sites', { ...barn, name: 'Other' });
  expect([taken.status, taken.json]).toMatchObject([409, { type: 'urn:headroom:CONFLICT' }]);
  expect(await everything()).toEqual(before);
});

/** What two lists and a device port's reader would see. */
async function everything() {
  const { store } = house.server;
  const docs = await Promise.all(['~sites', '/derp', '/edev'].map(list => store.page(list, { start: 0, limit: 1000 })));
  return {
    docs: docs.map(page => [page.all, page.docs.map(doc => [doc.href, doc.version])]),
    series: await store.series.ofSite('1', 0),
  };
}

it('says what hinders where no network is configured', async () => {
  await house.close();
  house = await openHouse(home.dir, { config: { network: '' } });
  const { status, json } = await call('POST', '/api/envelopes/run');
  expect([status, json]).toMatchObject([409, { type: 'urn:headroom:BAD_CONFIG', at: 'network' }]);
});

it('takes two imports and two registrations at once, and loses neither', async () => {
  await added();
  await added({ ...barn, name: 'Mill', lfdi: lfdi(2) });
  const imports = ['Barn', 'Mill', 'Barn', 'Mill'].map((site, i) =>
    call('POST', '/api/envelopes/import', { ...envelope, site, importW: [3000 + i, 3000 + i] }),
  );
  expect((await Promise.all(imports)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  for (const [site, among] of [
    ['Barn', [3000, 3002]],
    ['Mill', [3001, 3003]],
  ] as const) {
    const { controls } = (await call('GET', `/api/envelopes/${site}`)).json as {
      controls: { importW: number; from: number }[];
    };
    expect(controls).toHaveLength(2);
    expect(among).toContain(controls[0]?.importW);
  }
  const sites = [10, 11, 12, 13].map(n => call('POST', '/api/sites', { ...barn, name: `S${n}`, lfdi: lfdi(n) }));
  expect((await Promise.all(sites)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const same = [1, 2, 3].map(() => call('POST', '/api/sites', { ...barn, name: 'Same', lfdi: lfdi(20) }));
  expect((await Promise.all(same)).map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  const { sites: all } = (await call('GET', '/api/sites')).json as { sites: { edev: string }[] };
  expect(new Set(all.map(site => site.edev)).size).toBe(7);
});

it('remembers everything over a restart', async () => {
  await added();
  await call('POST', '/api/envelopes/import', envelope);
  const { derp } = (await call('POST', '/api/programs', { primacy: 1, sites: ['Barn'] })).json;
  await call('POST', `/api/programs/${String(derp)}/controls`, { start: t0, durationS: 60, base: { opModMaxLimW: 1 } });
  await call('PUT', `/api/revocations/${lfdi(9)}`, {});
  const seen = async () =>
    Promise.all(['/api/sites', '/api/envelopes/Barn'].map(async path => (await call('GET', path)).text));
  const before = [await everything(), await seen()];
  await house.close();
  // What is on the disk, not what a process still holds: a copy of the folder serves alike.
  cpSync(home.dir, join(home.dir, '../copy'), { recursive: true });
  house = await openHouse(join(home.dir, '../copy'));
  expect([await everything(), await seen()]).toEqual(before);
});

it('outlives garbage and half requests on its port', async () => {
  const send = (text: string) =>
    new Promise<string>(done => {
      let heard = '';
      const socket = connect(house.server.operatorPort, '127.0.0.1', () => socket.end(text));
      socket.on('data', part => (heard += part.toString())).on('error', () => undefined);
      socket.on('close', () => done(heard));
    });
  expect(await send('\x16\x03\x01 this is no HTTP\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await send('GET /api/sites HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 401 /);
  await send('POST /api/sites HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"na');
  expect((await call('GET', '/api/sites')).json).toEqual({ sites: [] });
});
