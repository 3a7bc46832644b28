/** Limits for the sum over an aggregator's sites: computed by `group`, published to the aggregator, kept, shown, and withdrawn with the group. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, openHouse, type DeviceClient, type OpenHouse } from './testing/house';

const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');
const network = {
  format: 'headroom-network/1',
  name: 'One transformer',
  source: { bus: 'mv', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 6000, xOverR: 3 },
  transformers: [
    {
      name: 'T1',
      from: 'mv',
      to: 'pad',
      connection: 'delta-wye',
      primaryKv: 12.47,
      secondaryKv: 0.416,
      ratingKva: 45,
      xPercent: 3,
      rPercent: 1,
    },
  ],
  lineCodes: [{ name: 'main', r1OhmPerKm: 0.05, x1OhmPerKm: 0.04 }],
  lines: [{ name: 'street', from: 'pad', to: 'street', phases: [1, 2, 3], lengthM: 50, code: 'main' }],
  loads: [],
  shapes: [],
  voltageBand: { minPu: 0.9, maxPu: 1.1 },
};
const config = { network: 'net.json', envelopeHorizonS: 2 * 3600, engine: 'group', verifyBudgetS: 10 };
const rated = { maxImportW: 30_000, maxExportW: 20_000, firmImportW: 4000, firmExportW: 2000, phases: [1, 2, 3] };

interface Shown {
  readonly groups: {
    aggregator: string;
    name: string;
    asset: string;
    sites: { name: string }[];
    firmImportW: number;
    inForce?: { importW: number; exportW: number; bound: { import: string } };
  }[];
}

let home: Awaited<ReturnType<typeof folder>>;
let house: OpenHouse;
let aggregator: DeviceClient;
const ok = async (method: string, path: string, body?: object): Promise<unknown> => {
  const { json, status } = await house.operator(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
};
const run = () => ok('POST', '/api/envelopes/run') as Promise<{ outcome: string; events: string[] }>;
const groups = async () => ((await ok('GET', '/api/envelopes/groups')) as Shown).groups;
const importW = async (name: string): Promise<number> => {
  const { controls } = (await ok('GET', `/api/envelopes/${name}`)) as { controls: { importW: number }[] };
  return controls[0]?.importW ?? NaN;
};

beforeEach(async () => {
  home = await folder({ ...config, database: 'store.db' });
  writeFileSync(join(home.dir, 'net.json'), JSON.stringify(network));
  house = await openHouse(home.dir);
  aggregator = house.device('agg');
  await ok('POST', '/api/sites', { name: 'Agg', lfdi: aggregator.lfdi, role: 'aggregator' });
  for (const [n, name] of ['Mill', 'Barn', 'Alone'].entries())
    await ok('POST', '/api/sites', {
      ...rated,
      name,
      lfdi: lfdi(n + 1),
      bus: 'street',
      ...(name !== 'Alone' && { manager: aggregator.lfdi }),
    });
});
afterEach(async () => {
  await house.close();
  home.remove();
});

it('tells the aggregator the sum on its own EndDevice, and its sites caps above their fair share; verified with the sum', async () => {
  expect((await run()).events).toEqual([]);
  const [shown] = await groups();
  expect(shown).toMatchObject({ aggregator: '1', name: 'Agg', asset: 'T1', firmImportW: 8000 });
  expect(shown?.sites.map(({ name }) => name)).toEqual(['Mill', 'Barn']);
  const sumW = shown?.inForce?.importW ?? 0;
  const caps = [await importW('Mill'), await importW('Barn'), await importW('Alone')];
  // The 45 kVA cannot carry all caps, but the sum and who stands alone.
  expect(sumW).toBeGreaterThan(28_000);
  expect(sumW + (caps[2] ?? 0)).toBeLessThanOrEqual(45_000);
  expect(caps[0]).toBeGreaterThan((caps[2] ?? 0) * 1.5);
  expect((caps[0] ?? 0) + (caps[1] ?? 0)).toBeGreaterThan(sumW * 1.5);
  expect(shown?.inForce?.bound.import).toBe('sum of the fair shares of 2 sites under T1');

  // What all may do together counts the sum and who stands alone, by run and by what is published.
  const account = (await ok('GET', '/api/envelopes/account')) as { import: { limitW: number } };
  expect(account.import.limitW).toBeGreaterThan(28_000);
  expect(account.import.limitW).toBeLessThanOrEqual(45_000);

  // On the wire: an assignment of its own EndDevice, with one program.
  const own = (await aggregator.ask('/edev/1/fsa?l=10')).body;
  expect(own).toContain('/edev/1/fsa/sum/derp');
  expect((await aggregator.ask('/edev/1/fsa/sum/derp?l=10')).body).toContain('Sum of 2 sites, T1');
  const rest = (await aggregator.ask('/derp/1/dderc')).body;
  expect(rest).toMatch(/opModImpLimW><multiplier>0<.multiplier><value>8000</);
  const controls = (await aggregator.ask('/derp/1/derc?l=10')).body;
  expect(controls).toMatch(new RegExp(`opModImpLimW>.*<value>${sumW}<`, 's'));
  // A site's program is its own, and holds its cap.
  expect((await aggregator.ask('/derp/2/derc?l=10')).body).toMatch(new RegExp(`<value>${caps[0]}<`));
});

it('a run that changes nothing publishes nothing, and a restart keeps what stands', async () => {
  await run();
  const before = await groups();
  expect((await run()).outcome).toBe('unchanged');
  const steps = (outcome: string) => house.metrics.value('headroom_engine_steps_total', { engine: 'group', outcome });
  // Two hours of steps, computed once.
  const wanted = await steps('computed');
  expect(wanted).toBeGreaterThan(7);
  expect(await steps('skipped')).toBe(wanted);
  await house.close();
  house = await openHouse(home.dir);
  expect(await groups()).toEqual(before);
});

it('when the engine fails, sum and sites are on what is firm together', async () => {
  await run();
  await ok('POST', '/api/engine/kill');
  expect((await run()).outcome).toBe('fallback');
  const [shown] = await groups();
  expect(shown?.inForce).toMatchObject({ importW: 8000, exportW: 4000, bound: { import: 'firm, engine broke' } });
  expect(await importW('Mill')).toBe(4000);
});

it('a site on firm by its withdrawal leaves the sum to the others as far as their caps go', async () => {
  await run();
  await ok('PUT', '/api/envelopes/Mill/withdrawal', { reason: 'emergency' });
  await run();
  const [shown] = await groups();
  const left = 4000 + (await importW('Barn'));
  expect(shown?.inForce?.importW).toBe(Math.min(left, shown?.inForce?.importW ?? 0));
  expect(shown?.inForce?.importW).toBeGreaterThan(8000);
});

it('the group ends with its last but one site: no program any more, and everybody has his fair share', async () => {
  await run();
  await ok('PATCH', '/api/sites/Barn', { manager: null });
  house.clock.advance(900);
  await run();
  expect(await groups()).toEqual([]);
  expect((await aggregator.ask('/derp/1')).status).toBe(404);
  expect((await aggregator.ask('/edev/1/fsa?l=10')).body).not.toContain('sum');
  const caps = [await importW('Mill'), await importW('Barn'), await importW('Alone')];
  expect(caps.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(45_000);
  // And comes again with it.
  await ok('PATCH', '/api/sites/Barn', { manager: aggregator.lfdi });
  await run();
  expect(await groups()).toHaveLength(1);
});

it('nobody has a limit for a sum who cannot be told one in watts, or whose sites cannot hold both limits', async () => {
  await ok('PATCH', '/api/sites/Agg', { dialect: '2018' });
  await run();
  expect(await groups()).toEqual([]);
  expect(await importW('Mill')).toBe(await importW('Alone'));
});

it('goes with its aggregator', async () => {
  await run();
  for (const name of ['Mill', 'Barn']) await ok('PATCH', `/api/sites/${name}`, { manager: null });
  await ok('DELETE', '/api/sites/Agg');
  expect(await groups()).toEqual([]);
  await run();
  expect(await importW('Mill')).toBe(await importW('Alone'));
});
