/** What Oak Street is for, proved by power flow: see oak-street.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import { format } from 'prettier/standalone';
import { seededRandom } from '../../src/base/random';
import { type Device, type Envelope, envelopesOf, type Snapshot } from '../../src/engines/api';
import { equalShare } from '../../src/engines/equal-share';
import { assetOfBus, assetsOf } from '../../src/grid/assets';
import { drawsAt, powerOf } from '../../src/grid/draws';
import { type CustomerSite, type Draw, type Load } from '../../src/grid/network';
import { passiveFlow } from '../../src/grid/passive-flow';
import { powerFlow, type Violation } from '../../src/grid/power-flow';
import { networkFromJson } from '../../src/grid/network-json';
import { readNetwork } from '../../src/grid/read';
import { oakStreet } from './oak-street';

const file = join(__dirname, 'oak-street.json');
const quarter = 900;
const evening = 19 * 4;
const noon = 12 * 4;

test('the file is what oak-street.ts prints', async () => {
  const printed = await format(JSON.stringify(oakStreet()), {
    parser: 'json',
    plugins: [babel, estree],
    printWidth: 120,
  });
  if (process.env['UPDATE']) writeFileSync(file, printed);
  expect(readFileSync(file, 'utf8')).toBe(printed);
  expect(readNetwork(file)).toEqual(networkFromJson(oakStreet()));
});

describe('Oak Street', () => {
  const network = networkFromJson(oakStreet());
  const flow = powerFlow(network);
  const power = powerOf(network);
  const sites = network.loads.filter((load): load is Load & { site: CustomerSite } => load.site !== undefined);
  const passive = network.loads.filter(load => load.site === undefined);
  const draw = ({ bus, phases }: Pick<Load, 'bus' | 'phases'>, w: number, reactive = 0): Draw[] =>
    phases.map(phase => ({ bus, phase, w: w / phases.length, var: reactive / phases.length }));
  /** Passive customers of quarter `i` with the sites at what `net` says. */
  const solve = (i: number, net: (site: (typeof sites)[number], k: number) => number): Violation[] => {
    const others = drawsAt(network, i * quarter, passive);
    flow.solve([...others, ...sites.flatMap((site, k) => draw(site, net(site, k), power(site, i * quarter).var))]);
    return flow.violations();
  };

  test('has the promised mix', () => {
    expect(network.loads.length).toBeGreaterThanOrEqual(20);
    expect(sites.length).toBeGreaterThanOrEqual(14);
    expect(new Set(sites.map(({ phases }) => phases.length))).toEqual(new Set([1, 3]));
    expect(new Set(sites.map(({ site }) => site.kind))).toEqual(new Set(['inverter', 'pcs']));
    expect(Math.max(...network.shapes.map(shape => shape.stepS))).toBeLessThanOrEqual(900);
    const evse = sites.flatMap(({ site }) => site.evse ?? []);
    expect(evse.length).toBeGreaterThan(14);
  });

  test('customers as they are keep well inside every limit all day', () => {
    for (let i = 0; i < 96; i++) {
      flow.solve(drawsAt(network, i * quarter));
      expect(flow.violations()).toEqual([]);
      expect(flow.headLoading().phaseShare).toBeLessThan(0.6);
      expect(flow.minMaxPu().minPu).toBeGreaterThan(0.97);
    }
  });

  test('full service in the evening overloads the transformer and drops voltages out of the band', () => {
    const broken = solve(evening, ({ site }) => site.serviceW);
    expect(flow.headLoading().share).toBeGreaterThan(1.2);
    expect(broken).toContainEqual(expect.objectContaining({ kind: 'overload', name: 'Oak St transformer' }));
    expect(broken.filter(({ kind, value }) => kind === 'voltage' && value < 0.95).length).toBeGreaterThan(5);
  });

  test.each([1, 0.85])('sun at noon, %s of full, overloads the transformer and lifts voltages out of the band', sun => {
    const broken = solve(noon, site => power(site, noon * quarter).w - sun * (site.site.pvW ?? 0));
    expect(flow.headLoading().w).toBeLessThan(0);
    expect(broken).toContainEqual(expect.objectContaining({ kind: 'overload', name: 'Oak St transformer' }));
    expect(broken.filter(({ kind, value }) => kind === 'voltage' && value > 1.05).length).toBeGreaterThan(5);
  });

  test('firm limits together fit beside the passive customers at their worst', () => {
    for (let i = 0; i < 96; i++) {
      expect(solve(i, ({ site }) => site.firmImportW)).toEqual([]);
      expect(solve(i, ({ site }) => -site.firmExportW)).toEqual([]);
    }
  });

  test('what a site cannot control fits into its firm import', () => {
    for (const site of sites) {
      const peak = Math.max(...Array.from({ length: 96 }, (_, i) => power(site, i * quarter).w));
      if (site.site.kind === 'inverter') expect(peak).toBeLessThanOrEqual(site.site.firmImportW);
      expect(site.site.firmImportW).toBeLessThanOrEqual(site.site.serviceW);
      const equipment = (site.site.evse ?? []).reduce((sum, e) => sum + e.maxA * e.voltageV * e.phases.length, 0);
      expect(equipment).toBeLessThanOrEqual(site.site.serviceW * 1.6);
    }
  });

  describe('with the headroom shared out by the engine', () => {
    const assetAbove = assetOfBus(network);
    const devices: Device[] = sites.map(({ bus, name, phases, site }) => ({
      id: name,
      asset: assetAbove(bus) as string,
      bus,
      phases,
      maxImportW: site.serviceW,
      maxExportW: Math.min(site.serviceW, (site.pvW ?? 0) + (site.batteryW ?? 0)),
      firmImportW: site.firmImportW,
      firmExportW: site.firmExportW,
      weight: 1,
    }));
    const window = { startS: 0, stepS: quarter, steps: 96 };
    const through = passiveFlow(network, { loads: passive, devices: sites, ...window });
    const snapshot: Snapshot = {
      api: 1,
      now: 0,
      start: 0,
      stepS: quarter,
      steps: 96,
      seed: 1,
      devices,
      assets: assetsOf(network).map(asset => ({
        ...asset,
        loadingFactor: 1,
        ...(through.get(asset.id) as NonNullable<ReturnType<typeof through.get>>),
      })),
    };
    let envelopes: ReadonlyMap<string, Envelope>;
    beforeAll(async () => {
      const proposal = await equalShare({}).compute(snapshot, new AbortController().signal);
      envelopes = new Map(envelopesOf(proposal).map(envelope => [envelope.device, envelope]));
    });
    const limit = (site: Load, direction: 'importW' | 'exportW', i: number): number =>
      envelopes.get(site.name)?.[direction][i] ?? NaN;

    test('all at their import limits, all day: inside every limit, and much more than firm', () => {
      for (let i = 0; i < 96; i++) expect(solve(i, site => limit(site, 'importW', i))).toEqual([]);
      const firm = sites.reduce((sum, { site }) => sum + site.firmImportW, 0);
      const shared = sites.reduce((sum, site) => sum + limit(site, 'importW', 4 * 4), 0);
      expect(shared).toBeGreaterThan(firm);
    });

    test('all at their export limits, all day: inside every limit', () => {
      for (let i = 0; i < 96; i++) expect(solve(i, site => -limit(site, 'exportW', i))).toEqual([]);
    });

    test('phases against one another, some at import limits and the others at export limits: inside every limit', () => {
      for (let i = 0; i < 96; i += 4)
        for (const phase of [1, 2, 3] as const)
          for (const [inward, outward] of [
            ['importW', 'exportW'],
            ['exportW', 'importW'],
          ] as const)
            for (const withThree of [true, false]) {
              const found = solve(i, site => {
                const among = site.phases.includes(phase) && (site.phases.length === 1 || withThree);
                const direction = among ? inward : outward;
                return (direction === 'importW' ? 1 : -1) * limit(site, direction, i);
              });
              expect(found).toEqual([]);
            }
    });

    test('each site anywhere between its limits: inside every limit', () => {
      const random = seededRandom(7);
      let worst: readonly Violation[] = [];
      for (let n = 0; n < 2000; n++) {
        const i = random.integer(0, 95);
        const found = solve(i, site => {
          const at = random.next();
          if (at < 0.35) return limit(site, 'importW', i);
          if (at < 0.7) return -limit(site, 'exportW', i);
          return at * limit(site, 'importW', i);
        });
        if (found.length > worst.length) worst = found;
      }
      expect(worst).toEqual([]);
    });
  });
});
