/** Contracts, orders, constraint management and switching over the operator API of a whole server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, openHouse, t0, type OpenHouse } from './testing/house';

const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');
const line = (name: string, from: string, to: string, more: object = {}) => ({
  name,
  from,
  to,
  phases: [1, 2, 3],
  lengthM: 100,
  code: 'main',
  ...more,
});
/** Two ways from the transformer to the same street: one strong, one weak, each with a switch. */
const network = {
  format: 'headroom-network/1',
  name: 'Two ways',
  source: { bus: 'mv', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 6000, xOverR: 3 },
  transformers: [
    {
      name: 'T1',
      from: 'mv',
      to: 'pad',
      connection: 'delta-wye',
      primaryKv: 12.47,
      secondaryKv: 0.416,
      ratingKva: 100,
      xPercent: 3,
      rPercent: 1,
    },
  ],
  lineCodes: [{ name: 'main', r1OhmPerKm: 0.05, x1OhmPerKm: 0.04 }],
  lines: [
    line('strong', 'pad', 'street', { switch: 'closed', ampacityA: 120 }),
    line('weak', 'pad', 'street', { switch: 'open', ampacityA: 20 }),
    line('spur', 'street', 'end', { ampacityA: 120 }),
  ],
  loads: [{ name: 'Lamp', bus: 'street', phases: [1], baseW: 100, baseVar: 0, shape: 'flat' }],
  shapes: [{ name: 'flat', stepS: 3600, values: new Array<number>(24).fill(1) }],
  voltageBand: { minPu: 0.9, maxPu: 1.1 },
};
const start = t0 - (t0 % 900);

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
beforeEach(async () => {
  home = await folder({ network: 'net.json', envelopeHorizonS: 4 * 3600, engine: 'equal-share', verifyBudgetS: 0 });
  writeFileSync(join(home.dir, 'net.json'), JSON.stringify(network));
  house = await openHouse(home.dir);
  for (const [n, name] of ['Mill', 'Barn'].entries())
    await ok('POST', '/api/sites', {
      name,
      lfdi: lfdi(n + 1),
      bus: n === 0 ? 'street' : 'end',
      phases: [1, 2, 3],
      maxImportW: 30_000,
      maxExportW: 20_000,
      firmImportW: 4000,
      firmExportW: 1000,
    });
});
afterEach(async () => {
  await house?.close();
  home.remove();
});

async function ok<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await house.operator(method, path, body);
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json as T;
}
interface Control {
  readonly from: number;
  readonly to: number;
  readonly importW: number;
  readonly exportW: number;
  readonly bound: { readonly import: string };
}
const controls = async (site = 'Mill') => (await ok<{ controls: Control[] }>('GET', `/api/envelopes/${site}`)).controls;
const importAt = async (at: number, site = 'Mill') =>
  (await controls(site)).find(({ from, to }) => from <= at && at < to)?.importW;
const run = () => ok('POST', '/api/envelopes/run');
const settle = async (advanceS = 0) => {
  house.clock.advance(advanceS);
  await house.tasks.settled();
  expect(house.failed).toEqual([]);
};

describe('orders', () => {
  const order = {
    target: { kind: 'site', id: 'Mill' },
    ask: { kind: 'each', importW: 3000 },
    reason: 'emergency',
    belowFirm: true,
  };

  it('are published at once, come back in stages, and are all on the record', async () => {
    await run();
    const before = await importAt(t0);
    const made = await ok<{ order: { id: string }; controlsPublished: number; seconds: number }>(
      'POST',
      '/api/orders',
      order,
    );
    expect(made).toMatchObject({ order: { id: 'R14-1', state: 'active' } });
    expect(made.controlsPublished).toBeGreaterThan(0);
    expect((await controls())[0]).toMatchObject({ importW: 3000, bound: { import: 'order R14-1 (emergency)' } });
    await settle(100);
    await ok('POST', '/api/orders/R14-1/release');
    const seen: (number | undefined)[] = [];
    for (let stage = 0; stage < 4; stage++) {
      seen.push(await importAt(house.clock.now()));
      await settle(200);
    }
    const full = before ?? 0;
    expect(seen).toEqual([3000, ...[1, 2].map(k => Math.floor(3000 + ((full - 3000) * k) / 3)), full]);
    expect(await ok('GET', '/api/orders?which=past')).toMatchObject({ orders: [{ id: 'R14-1', state: 'over' }] });
    expect(await ok('GET', '/api/orders')).toEqual({ orders: [] });
    expect(await ok('GET', '/api/reductions')).toMatchObject({
      reductions: [{ reason: 'emergency', order: 'R14-1', sites: 1, noticeS: { least: 0 } }],
    });
    const audit = await house.operator('GET', '/api/audit');
    expect(audit.text).toContain('POST /api/orders/{order}/release');
    expect(await house.metrics.value('headroom_reductions_total', { reason: 'emergency' })).toBe(1);
  });

  it('outlast a withdrawal: what is agreed goes to firm, and the order below it stays', async () => {
    await run();
    await ok('POST', '/api/orders', { ...order, ask: { kind: 'each', importW: 1000 } });
    await ok('PUT', '/api/envelopes/Mill/withdrawal', { reason: 'emergency' });
    expect((await controls())[0]).toMatchObject({ importW: 1000, bound: { import: 'order R14-1 (emergency)' } });
  });

  it('reach a group together, and a restart in the middle loses nothing', async () => {
    await run();
    const group = await ok<{ id: string }>('POST', '/api/groups', { name: 'Street' });
    await ok('POST', `/api/groups/${group.id}/join`, { sites: ['Mill', 'Barn'] });
    await ok('POST', '/api/orders', {
      id: 'PEAK',
      target: { kind: 'group', id: 'Street' },
      ask: { kind: 'together', importW: 12_000 },
      reason: 'supply-shortage',
      end: t0 + 3600,
      releaseS: 0,
    });
    expect([await importAt(t0), await importAt(t0, 'Barn')]).toEqual([6000, 6000]);
    await house.close();
    house = await openHouse(home.dir, { clock: house.clock });
    await run();
    expect(await importAt(t0)).toBe(6000);
    await settle(3700);
    expect(await importAt(house.clock.now())).toBeGreaterThan(6000);
  });

  it('are refused where they cannot be', async () => {
    const refused = async (change: object, says: string) => {
      const { status, text } = await house.operator('POST', '/api/orders', { ...order, ...change });
      expect([status, text]).toEqual([expect.any(Number), expect.stringContaining(says)]);
      expect(status).toBeGreaterThanOrEqual(400);
    };
    await refused({ reason: 'because' }, 'reason');
    await refused({ reason: 'forecast' }, 'reason');
    await refused({ reason: 'correction' }, 'belowFirm');
    await refused({ end: t0 - 1 }, 'end');
    await refused({ ask: { kind: 'each' } }, 'importW');
    await refused({ target: { kind: 'asset', id: 'T9' } }, 'T9');
    await ok('POST', '/api/orders', { ...order, id: 'ONE' });
    await refused({ id: 'ONE' }, 'there is an order');
  });
});

describe('contracts', () => {
  it('bring firm floors from their date on, in envelopes and in DefaultDERControl', async () => {
    const device = house.device('mill');
    const limits = { maxImportW: 30_000, maxExportW: 20_000, firmImportW: 4000, firmExportW: 1000 };
    const { edev } = await ok<{ edev: string }>('POST', '/api/sites', {
      name: 'Real',
      lfdi: device.lfdi,
      bus: 'end',
      phases: [1, 2, 3],
      dialect: 'csipaus-1.2',
      ...limits,
    });
    await ok('POST', '/api/sites/Real/contracts', {
      contract: 'C-1',
      format: 'figures',
      effectiveAt: start + 3600,
      firm: { import: 9000, export: { form: 'H24', watts: [3000, ...new Array<number>(23).fill(5000)] } },
    });
    /** Version, import and export of DefaultDERControl as its device is told. */
    const firm = async () => {
      const { body } = await device.ask(`/derp/${edev}/dderc`);
      const watts = (mode: string) => {
        const [, inside = ''] =
          new RegExp(`opModXLimW[^>]*>([^]*?)</[^>]*opModXLimW`.replaceAll('X', mode)).exec(body) ?? [];
        return Number(/value>(\d+)</.exec(inside)?.[1]);
      };
      return [Number(/version>(\d+)</.exec(body)?.[1]), watts('Imp'), watts('Exp')];
    };
    expect(await firm()).toEqual([0, 4000, 1000]);
    house.clock.advance(start + 3599 - t0);
    expect(await firm()).toEqual([0, 4000, 1000]);
    house.clock.advance(1);
    // Of an hourly profile DefaultDERControl carries the lowest.
    expect(await firm()).toEqual([1, 9000, 3000]);
    const { modes } = await ok<{ modes: { mode: string; value: object }[] }>('GET', '/api/sites/Real/in-force');
    expect(modes).toContainEqual(
      expect.objectContaining({ mode: 'opModImpLimW', value: { multiplier: 0, value: 9000 } }),
    );
    expect(await ok('GET', '/api/sites/Real/contracts')).toMatchObject({
      inForce: { contract: 'C-1', version: 1 },
      versions: [{ enteredBy: 'key operator.key' }],
    });
    expect((await house.operator('GET', '/api/audit')).text).toContain('POST /api/sites/{site}/contracts');
  });

  it('LLL and LGP are the limits, hour by hour; what lowers them later is their contract', async () => {
    const hours = Array.from({ length: 24 }, (_, h) => 5000 + h * 100);
    await ok('POST', '/api/sites/Mill/contracts', {
      contract: 'LLL-7',
      format: 'LLL',
      effectiveAt: start - 86_400,
      timeZone: 'UTC',
      seasons: [{ months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], watts: hours }],
    });
    await run();
    const hour = Math.floor((t0 % 86_400) / 3600);
    expect(await importAt(t0)).toBe(hours[hour]);
    expect((await controls())[0]?.bound.import).toBe('contract LLL-7, version 1');
    expect(await importAt(t0 + 3600)).toBe(hours[(hour + 1) % 24]);
    await ok('POST', '/api/sites/Mill/contracts', {
      contract: 'LGP-1',
      format: 'LGP',
      shape: 'H24',
      effectiveAt: t0 + 7200,
      timeZone: 'UTC',
      watts: new Array<number>(24).fill(2500),
    });
    await run();
    const late = (await controls()).find(({ from, to }) => from <= t0 + 9000 && t0 + 9000 < to);
    expect(late).toMatchObject({ exportW: 2500, importW: hours[(hour + 2) % 24] });
    const refused = await house.operator('POST', '/api/sites/Mill/contracts', {
      contract: 'LGP-2',
      format: 'LGP',
      shape: 'H24',
      effectiveAt: t0 + 9000,
      watts: new Array<number>(24).fill(25_000),
    });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('firm.export')]);
  });

  it('variable limits are published as a collection and lowered out of turn only with a reason', async () => {
    for (const site of ['Mill', 'Barn'])
      await ok('POST', `/api/sites/${site}/contracts`, {
        contract: 'V',
        format: 'figures',
        product: 'variable',
        effectiveAt: t0,
      });
    await run();
    const agreed = await importAt(t0);
    expect(await ok('GET', '/api/envelope-collections')).toMatchObject({ collections: [{ number: 1, sites: 2 }] });
    // A third site takes its share: the two others would get less.
    await ok('POST', '/api/sites', {
      name: 'New',
      lfdi: lfdi(9),
      bus: 'end',
      phases: [1, 2, 3],
      maxImportW: 30_000,
      maxExportW: 1000,
      firmImportW: 4000,
    });
    await settle(900);
    const refused = await run();
    expect(refused).toMatchObject({ refused: { sites: 2 } });
    expect(await importAt(house.clock.now())).toBe(agreed);
    await ok('POST', '/api/envelopes/run', { reason: 'equipment-limit' });
    expect(await importAt(house.clock.now())).toBeLessThan(agreed ?? 0);
    expect(await ok('GET', '/api/reductions')).toMatchObject({ reductions: [{ reason: 'equipment-limit', sites: 2 }] });
  });

  it('a firm limit that the wires cannot carry is kept and never silent', async () => {
    for (const site of ['Mill', 'Barn'])
      await ok('POST', `/api/sites/${site}/contracts`, {
        contract: 'F',
        format: 'figures',
        effectiveAt: t0,
        firm: { import: 28_000 },
      });
    await ok('POST', '/api/sites', {
      name: 'New',
      lfdi: lfdi(9),
      bus: 'end',
      phases: [1, 2, 3],
      maxImportW: 60_000,
      maxExportW: 1000,
      firmImportW: 60_000,
    });
    await run();
    expect(await importAt(t0)).toBe(28_000);
    const { shortfalls } = await ok<{ shortfalls: object[] }>('GET', '/api/firm-shortfalls');
    expect(shortfalls).toContainEqual(expect.objectContaining({ asset: 'T1', direction: 'import' }));
    expect(await house.metrics.value('headroom_firm_shortfall_watts', { direction: 'import' })).toBeGreaterThan(10_000);
    await house.settle();
    expect((await house.operator('GET', '/api/audit')).text).toContain('envelopes.firm-shortfall');
    expect(house.log.lines.some(({ fields }) => Number(fields['firmShortfalls']) > 0)).toBe(true);
  });
});

describe('switching', () => {
  const over = {
    changes: [
      { name: 'strong', to: 'open' },
      { name: 'weak', to: 'closed' },
    ],
    reason: 'emergency',
  };

  it('lowers at once, raises in stages once telemetry confirms', async () => {
    await run();
    const before = (await importAt(t0)) ?? 0;
    const made = await ok<{ controlsPublished: number; event: { id: string } }>('POST', '/api/switchings', over);
    expect(made.controlsPublished).toBeGreaterThan(0);
    const low = (await importAt(t0)) ?? 0;
    expect(low).toBeLessThan(before);
    await settle();
    expect(await importAt(t0)).toBeLessThanOrEqual(low);
    await ok('POST', `/api/switchings/${made.event.id}/confirm`);
    await settle(900);
    // And back again: limits stay low until the switches say so.
    const back = {
      changes: [
        { name: 'weak', to: 'open' },
        { name: 'strong', to: 'closed' },
      ],
      reason: 'reconfiguration',
    };
    await ok('POST', '/api/switchings', back);
    await settle(60);
    expect(await importAt(house.clock.now())).toBeLessThanOrEqual(low);
    expect(await ok('PUT', '/api/switches/weak/state', { state: 'open' })).toEqual({ confirmed: [] });
    expect(await ok('PUT', '/api/switches/strong/state', { state: 'closed' })).toEqual({ confirmed: ['S-2'] });
    await settle();
    expect(await importAt(house.clock.now())).toBeLessThan(before);
    await settle(200);
    const third = (await importAt(house.clock.now())) ?? 0;
    expect([third > low, third < before]).toEqual([true, true]);
    await settle(400);
    expect(await importAt(house.clock.now())).toBe(before);
  });

  it('planned, is in the limits of its time with its notice', async () => {
    await run();
    const before = await importAt(t0);
    await ok('POST', '/api/switchings', { ...over, at: start + 7200, reason: 'reconfiguration' });
    await settle();
    expect(await importAt(t0)).toBe(before);
    expect(await importAt(start + 7200)).toBeLessThan(before ?? 0);
    const { reductions } = await ok<{ reductions: { reason: string; noticeS: { least: number } }[] }>(
      'GET',
      '/api/reductions',
    );
    expect(reductions[0]).toMatchObject({ reason: 'reconfiguration', noticeS: { least: start + 7200 - t0 } });
  });

  it('names what it leaves without supply, and refuses a loop', async () => {
    await run();
    const dark = await ok<{ islands: { buses: string[] }[] }>('POST', '/api/switchings', {
      changes: [{ name: 'strong', to: 'open' }],
      reason: 'outage',
    });
    expect(dark.islands.flatMap(({ buses }) => buses)).toEqual(expect.arrayContaining(['street', 'end']));
    await settle();
    expect((await controls())[0]).toMatchObject({ importW: 4000 });
    await ok('POST', '/api/switchings/S-1/cancel');
    const loop = await house.operator('POST', '/api/switchings', {
      changes: [{ name: 'weak', to: 'closed' }],
      reason: 'emergency',
    });
    expect([loop.status, loop.text]).toEqual([400, expect.stringContaining('loop')]);
  });
});

/** What the meter of a site says it draws. */
const draws = (edev: string, w: number) =>
  house.server.store.commit({
    put: [
      {
        href: `/upt/${edev}`,
        list: `/upt@${edev}`,
        kind: 'x',
        changed: t0,
        sortKey: '',
        body: { edev, point: { mRID: 'A', roleFlags: '0003', status: 1 } },
      },
      { href: `/upt/${edev}/mr/1`, list: `/upt/${edev}/mr`, kind: 'x', changed: t0, sortKey: '', body: { mRID: 'B' } },
      {
        href: `/upt/${edev}/mr/1/rt`,
        list: '',
        kind: 'x',
        changed: t0,
        sortKey: '',
        body: { uom: 38, flowDirection: 1 },
      },
    ],
    readings: [{ meter: `/upt/${edev}/mr/1`, set: '', start: t0 - 60, durationS: 60, place: '0', value: w }],
  });

describe('constraint management', () => {
  it('orders less while an asset is over its rating, and lets go when it has been clear for five minutes', async () => {
    await run();
    await draws('1', 20_000);
    const tell = (va: number) =>
      ok<{ verdict: string; order?: string }>('PUT', '/api/assets/T1/loading', { va, direction: 'import' });
    expect(await tell(90_000)).toMatchObject({ verdict: 'wait' });
    const over = await tell(105_000);
    expect(over).toMatchObject({ verdict: 'reduce', order: 'R14-1' });
    const limited = (await importAt(t0)) ?? 0;
    expect(limited).toBeLessThanOrEqual(20_000 - 7000);
    expect(limited).toBeGreaterThanOrEqual(4000);
    await settle(60);
    expect(await tell(99_000)).toMatchObject({ verdict: 'wait' });
    await settle(60);
    await tell(80_000);
    await settle(200);
    expect(await tell(80_000)).toMatchObject({ verdict: 'wait' });
    await settle(100);
    expect(await tell(80_000)).toMatchObject({ verdict: 'release', order: 'R14-1' });
    expect(await importAt(house.clock.now())).toBe(limited);
    await settle(600);
    expect(await importAt(house.clock.now())).toBeGreaterThan(20_000);
    expect((await house.operator('PUT', '/api/assets/T9/loading', { va: 1, direction: 'import' })).status).toBe(404);
    expect(await ok('PUT', '/api/buses/end/voltage', { v: 240, phase: 1 })).toMatchObject({ verdict: 'wait' });
    expect((await house.operator('PUT', '/api/buses/nowhere/voltage', { v: 240, phase: 1 })).status).toBe(404);
  });

  it('mends a voltage with what is drawn where it helps, and says when nothing can', async () => {
    await run();
    const low = { v: 215, phase: 1 };
    // Nobody is known to draw anything: there is nobody to ask.
    expect(await ok('PUT', '/api/buses/end/voltage', low)).toEqual({
      what: 'bus end 1 import',
      verdict: 'reduce',
      controlsPublished: 0,
    });
    await draws('2', 24_000);
    const made = await ok<{ order: string; controlsPublished: number }>('PUT', '/api/buses/end/voltage', low);
    expect(made.controlsPublished).toBeGreaterThan(0);
    expect(await ok('GET', `/api/orders/${made.order}`)).toMatchObject({ reason: 'voltage', origin: 'constraint' });
    const limit = (await importAt(t0, 'Barn')) ?? 0;
    expect([limit >= 4000, limit < 24_000]).toEqual([true, true]);
    expect(await importAt(t0, 'Mill')).toBe(30_000);
    // A high voltage is for those who feed in, and there are none.
    expect(await ok('PUT', '/api/buses/end/voltage', { v: 270, phase: 1 })).toMatchObject({ controlsPublished: 0 });
  });
});
