import { seededRandom } from '../base/random';
import { Fleet } from './fleet';
import { planFleet } from './fleet-plan';
import { NetworkTracer } from './network-trace';
import { type RunRecord } from './report/record';
import { type SiteSpec } from './site-spec';
import { summarize } from './summary';
import { checkDay } from './testing/random-day';
import { sameForAll, smallNetwork } from './testing/small-network';

const day = 86_400;
const start = 1_750_550_400; // 2025-06-22, midnight UTC
const network = smallNetwork();
const plan = (seed: number) =>
  planFleet(network, { midnight: start, random: seededRandom(seed), pvShare: 0.5, evseShare: 0.6 });

interface Run {
  readonly fleet: Fleet;
  readonly record: RunRecord;
}

function live(
  specs: readonly SiteSpec[],
  hours: number,
  seed = 1,
  prepare: (fleet: Fleet) => void = () => undefined,
): Run {
  const fleet = new Fleet(specs, { start, seed });
  const tracer = new NetworkTracer(network, fleet.sites, { midnight: start, start, passive: [] });
  fleet.onMinute = minute => tracer.minute(minute);
  const operator = sameForAll(() => ({ importW: 1900, exportW: 1700 }));
  for (const { id } of specs) fleet.attach(id, operator);
  prepare(fleet);
  fleet.advance(start + hours * 3600);
  const record: RunRecord = {
    title: 'test',
    networkName: network.name,
    start,
    stepS: 1,
    minutes: hours * 60,
    engine: 'same for all',
    seed,
    sites: fleet.traces(),
    network: tracer.trace,
    events: [],
  };
  return { fleet, record };
}

const wire = {
  controlsPublished: 0,
  responses: { received: 0, started: 0, completed: 0, superseded: 0, cancelled: 0, other: 0 },
};

describe('a day of a street', () => {
  const { sites } = plan(1);
  let run: Run;
  beforeAll(() => {
    run = live(sites, 24);
  });

  it('breaks the transformer without envelopes and keeps it with them, and every site keeps its own', () => {
    const summary = summarize(run.record, wire);
    expect(summary).toMatchObject({ sites: 12, hours: 24, complianceShare: 1, overloadMinutesWith: 0 });
    expect(summary.overloadMinutesWithout).toBeGreaterThan(30);
    expect(summary.voltageViolationsWith).toBe(0);
    expect(summary['longExports']).toBe(0);
    expect(Math.max(...Object.values(summary.shedKWhBySite))).toBeGreaterThan(1);
  });

  it('has a full trace for each minute', () => {
    const { network: trace, sites: traces } = run.record;
    for (const site of traces)
      for (const series of [
        site.netW,
        site.unlimitedW,
        site.importLimitW,
        site.exportLimitW,
        site.outsideS,
        site.overshootW,
        site.source,
        site.state ?? [],
      ])
        expect(series).toHaveLength(1440);
    for (const series of [
      trace.loadingWith,
      trace.loadingWithout,
      trace.minVoltagePuWith,
      trace.maxVoltagePuWithout,
      trace.brokenWith ?? [],
    ])
      expect(series).toHaveLength(1440);
    expect(trace).toMatchObject({ headName: 'TX', headRatingVA: 30_000 });
  });

  it('limits by the source it names', () => {
    const [first] = run.record.sites;
    expect(first?.source.at(-1)).toBe('event');
    expect(first?.state?.at(-1)).toBe('NORMAL');
    expect(first?.importLimitW.at(-1)).toBe(1900);
  });

  it('conserves energy: what a site draws is what its devices drew, stored and lost', () => {
    for (const { site } of run.fleet.sites) {
      const { battery, evses } = site.devices;
      const { trace } = run.fleet.get(site.spec.id) ?? {};
      const netWh = (trace?.netW ?? []).reduce((sum, w) => sum + w / 60, 0);
      const cars = evses.reduce((sum, evse) => sum + evse.deliveredWh, 0);
      const made = site.devices.pv?.producedWh ?? 0;
      const loadWh = netWh - cars + made;
      expect(loadWh).toBeGreaterThan(battery ? 5000 : 10_000);
      expect(loadWh).toBeLessThan(25_000);
    }
  });

  it('is the same for the same seed and another for another', () => {
    const [a, b, c] = [1, 1, 2].map(seed => live(plan(seed).sites, 2, seed).record.sites.map(site => site.netW));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('lives the same second whether advanced at once or in pieces', () => {
    const whole = live(sites, 1).record.sites.map(site => site.netW);
    const fleet = new Fleet(sites, { start, seed: 1 });
    const operator = sameForAll(() => ({ importW: 1900, exportW: 1700 }));
    for (const { id } of sites) fleet.attach(id, operator);
    for (let t = start; t < start + 3600; t += 7) fleet.advance(Math.min(t + 7, start + 3600));
    fleet.advance(start + 3600);
    expect(fleet.traces().map(site => site.netW)).toEqual(whole);
  });
});

describe('fleet', () => {
  it('gives site and twin the same weather, cars and load: with limits that do not bind they are the same', () => {
    const sites = plan(3).sites.slice(0, 6);
    const { record } = live(sites, 20, 3, fleet => {
      const open = sameForAll(() => ({ importW: 14_000, exportW: 14_000 }));
      for (const { id } of sites) fleet.attach(id, open);
    });
    for (const site of record.sites) {
      site.netW.slice(120).forEach((w, i) => expect(Math.abs(w - (site.unlimitedW[i + 120] ?? 0))).toBeLessThan(50));
      expect(site.shedKWh).toBeLessThan(0.3); // the first minutes on firm
    }
  });

  it('stays on firm without a source', () => {
    const { sites } = plan(1);
    const fleet = new Fleet(sites, { start, seed: 1 });
    fleet.advance(start + 120);
    for (const [i, trace] of fleet.traces().entries()) {
      expect(trace.importLimitW).toEqual([sites[i]?.firmImportW, sites[i]?.firmImportW]);
      expect(trace.source).toEqual(['none', 'none']);
    }
  });

  it('finds a site that acknowledges and does not comply', () => {
    const withCar = plan(1).sites.find(site => site.evses.length > 0);
    const sites = plan(1).sites.filter((site, i) => i < 3 || site === withCar);
    const { record } = live(sites, 24, 1, fleet => {
      const found = fleet.get(withCar?.id ?? '');
      if (found) found.site.disobeys = true;
    });
    const guilty = record.sites.filter(site => site.outsideS.some(s => s > 0));
    expect(guilty.map(site => site.id)).toEqual([withCar?.id]);
    expect(summarize(record, wire).complianceShare).toBeLessThan(1);
  });
});

describe('random days', () => {
  it.each([1, 2, 3])('day %i under limits that jump leaves every site inside', seed => checkDay(seed, 9, 24));
});

describe('plan', () => {
  it('makes every customer a site where the network says nothing, with the shares asked for', () => {
    const { passive, sites } = planFleet(network, {
      midnight: 0,
      random: seededRandom(4),
      pvShare: 0.5,
      batteryShare: 0.25,
      evseShare: 0.75,
    });
    expect([sites.length, passive.length]).toEqual([12, 0]);
    expect(sites.filter(site => site.pv).length).toBe(6);
    expect(sites.filter(site => site.battery).length).toBe(3);
    expect(sites.filter(site => site.evses.length > 0).length).toBe(9);
    for (const site of sites) {
      const onlyPv = site.pv && !site.battery && site.evses.length === 0;
      expect(site.kind).toBe(onlyPv ? 'inverter' : 'pcs');
      if (site.kind === 'pcs') expect(site.circuits?.essentialW).toBeLessThan(site.firmImportW);
    }
  });

  it('makes firm limits that the head can carry all at once', () => {
    const { sites } = plan(5);
    for (const phase of [1, 2, 3] as const) {
      const on = sites.filter(site => site.phases.includes(phase));
      const pcs = on.filter(site => site.kind === 'pcs').reduce((sum, site) => sum + site.firmImportW, 0);
      expect(pcs).toBeLessThanOrEqual(10_000);
      expect(on.reduce((sum, site) => sum + site.firmExportW, 0)).toBeLessThanOrEqual(10_000);
      expect(pcs).toBeGreaterThan(3000);
    }
  });

  it('takes what the network says where it does', () => {
    const loads = network.loads.map((load, i) =>
      i < 2
        ? {
            ...load,
            site: {
              kind: 'pcs' as const,
              serviceW: 24_000,
              firmImportW: 6000,
              firmExportW: 2000,
              pvW: 5000,
              batteryW: 4000,
              batteryWh: 8000,
              evse: [{ maxA: 48, voltageV: 240, phases: [1] as const }],
            },
          }
        : load,
    );
    const { passive, sites } = planFleet({ ...network, loads }, { midnight: 0, random: seededRandom(1) });
    expect([sites.length, passive.length]).toEqual([2, 10]);
    expect(sites[0]).toMatchObject({
      id: 'home 1',
      firmImportW: 6000,
      serviceW: 24_000,
      pv: { nameplateW: 5000 },
      battery: { capacityWh: 8000 },
    });
    expect(sites[0]?.evses[0]).toMatchObject({ maxA: 48, wattsPerA: 240 });
  });
});

describe('network trace', () => {
  it('counts customers that nobody controls, by their shapes', () => {
    const fleet = new Fleet([], { start, seed: 1 });
    const tracer = new NetworkTracer(network, fleet.sites, { midnight: start, start, passive: network.loads });
    fleet.onMinute = minute => tracer.minute(minute);
    fleet.advance(start + day);
    const { loadingWith, loadingWithout, minVoltagePuWith } = tracer.trace;
    expect(loadingWith).toEqual(loadingWithout);
    // 12 × 900 W × 1.5 at 18:30, with its vars and some loss, over 30 kVA
    expect(loadingWith[18 * 60 + 30]).toBeGreaterThan((12 * 900 * 1.5) / 30_000);
    expect(loadingWith[18 * 60 + 30]).toBeLessThan(((12 * 900 * 1.5) / 30_000) * 1.12);
    const lowest = minVoltagePuWith.indexOf(Math.min(...minVoltagePuWith));
    expect([1110, 1111, 1112]).toContain(lowest);
    expect(minVoltagePuWith[lowest]).toBeLessThan((minVoltagePuWith[240] ?? 0) - 0.005);
  });

  it('refuses a network whose head has no rating', () => {
    const bare = {
      ...network,
      transformers: [],
      lines: network.lines.map(line => ({ ...line, ampacityA: undefined })),
    };
    const source = { ...network.source, bus: 'b0', baseKv: 0.416 };
    const lines = bare.lines.map(({ ampacityA: _, ...line }) => line);
    expect(() => new NetworkTracer({ ...bare, source, lines }, [], { midnight: 0, start: 0, passive: [] })).toThrow(
      'no rating',
    );
  });
});
