/**
 * Runs that look real without a server: a feeder whose cars and panels would overload it, an allocation that keeps it at its
 * rating, a loss of contact, and if asked a site that does not obey. For tests of the report and for looking at it.
 */
import { seededRandom, type Random } from '../../../base/random';
import { type NetworkTrace, type RunEvent, type RunRecord, type SiteTrace, type Summary } from '../record';

export interface SampleOptions {
  readonly sites?: number;
  readonly minutes?: number;
  readonly seed?: number;
  /** Minute at which the engine is killed; sites go to firm 20 minutes later and come back 90 minutes after that. */
  readonly engineKilledAt?: number;
  /** Sites, by index, that ignore their limits in the evening. */
  readonly disobeying?: readonly number[];
}

const start = Date.UTC(2026, 5, 21) / 1000;
const hourOf = (minute: number) => (minute / 60) % 24;
const bump = (hour: number, at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2) / 2);

export function sampleRecord(options: SampleOptions = {}): RunRecord {
  const { sites: n = 12, minutes = 1440, seed = 7, engineKilledAt, disobeying = [] } = options;
  const random = seededRandom(seed);
  const wants = Array.from({ length: n }, (_, i) => wanted(random.fork(`site ${i}`), minutes));
  const sites = wants.map((want, i) => emptySite(i, want.pv, want.netW, random.fork(`place ${i}`)));
  const peakW = Math.max(
    1,
    ...totals(
      wants.map(want => want.netW),
      minutes,
    ),
  );
  const ratingVA = Math.max(1, Math.round((peakW * 0.72) / 5000)) * 5000;
  const exportCapW = ratingVA * 0.55;
  for (let m = 0; m < minutes; m++) {
    const lost = engineKilledAt !== undefined && m >= engineKilledAt + 20 && m < engineKilledAt + 110;
    const published = m - (m % 5);
    const asks = wants.map(want => want.netW[published] ?? 0);
    const importLevel = waterLevel(
      asks.map(w => Math.max(0, w)),
      ratingVA * 0.94,
    );
    const exportLevel = waterLevel(
      asks.map(w => Math.max(0, -w)),
      exportCapW,
    );
    sites.forEach((site, i) => {
      const first = m < 3 && i % 4 === 1;
      site.source.push(first ? 'none' : lost ? 'fallback' : m < 10 ? 'default' : 'event');
      const firm = lost || m < 10;
      const importW = firm ? site.firmImportW : round10(Math.max(site.firmImportW, importLevel));
      const exportW = firm ? site.firmExportW : round10(Math.max(site.firmExportW, exportLevel));
      const want = wants[i]!.netW[m]!;
      const obeys = !(disobeying.includes(i) && hourOf(m) > 18 && hourOf(m) < 18.6);
      const held = Math.min(importW * 0.985, Math.max(-exportW * 0.985, want));
      const over = obeys && held !== want && m % 5 === 0 ? importW * 0.012 : 0;
      const net = Math.round(obeys ? held + over : want);
      const excess = Math.max(0, net - importW, -net - exportW);
      site.importLimitW.push(importW);
      site.exportLimitW.push(exportW);
      site.netW.push(net);
      site.overshootW.push(Math.round(excess));
      site.outsideS.push(excess > Math.max(100, 0.02 * importW) ? 60 : 0);
      site.shedKWh += Math.abs(want - net) / 60_000;
    });
  }
  return {
    title: 'A day on a feeder with more cars than capacity',
    networkName: 'Sample feeder',
    start,
    stepS: 1,
    minutes,
    engine: 'equal-share',
    seed,
    sites,
    network: network(sites, ratingVA, minutes),
    events: events(minutes, n, engineKilledAt),
  };
}

interface Want {
  readonly pv: boolean;
  readonly netW: number[];
}

/** What a home wants each minute: base load, breakfast, evening, perhaps a car and panels with passing clouds. */
function wanted(random: Random, minutes: number): Want {
  const pv = random.next() < 0.6;
  const carKW = random.next() < 0.75 ? random.pick([3.6, 7.2, 7.2, 11]) : 0;
  const [plugged, hours] = [random.normal(18.4, 1.3), 2 + random.next() * 3.5];
  const [morning, evening] = [random.normal(7.3, 0.6), random.normal(19, 0.8)];
  const panelKW = 3 + random.next() * 6;
  let cloud = 1;
  const netW = Array.from({ length: minutes }, (_, m) => {
    const hour = hourOf(m);
    cloud = Math.min(1, Math.max(0.25, cloud + random.normal(0.01, 0.06)));
    const home =
      0.25 + 1.1 * bump(hour, morning, 0.8) + 1.9 * bump(hour, evening, 1.7) + Math.abs(random.normal(0, 0.12));
    const kettle = random.next() < 0.01 ? 2 : 0;
    const car = hour >= plugged && hour < plugged + hours ? carKW : 0;
    const sun = pv ? panelKW * Math.max(0, Math.sin(((hour - 5.2) / 15.4) * Math.PI)) ** 1.3 * cloud : 0;
    return Math.round(1000 * (home + kettle + car - (hour > 5.2 && hour < 20.6 ? sun : 0)));
  });
  return { pv, netW };
}

function emptySite(i: number, pv: boolean, unlimitedW: number[], random: Random): SiteTrace {
  const kind = pv && i % 3 === 0 ? 'inverter' : 'pcs';
  return {
    id: `site-${i + 1}`,
    name: `${kind === 'pcs' ? 'Home' : 'Roof'} ${i + 1}`,
    kind,
    bus: `B${String(random.integer(100, 899))}`,
    phases: [(i % 3) + 1],
    firmImportW: 2500,
    firmExportW: pv ? 1500 : 0,
    netW: [],
    unlimitedW,
    importLimitW: [],
    exportLimitW: [],
    outsideS: [],
    overshootW: [],
    source: [],
    shedKWh: 0,
  };
}

/** The level at which asks, each cut to it, sum to the capacity: max-min fairness. */
function waterLevel(asks: readonly number[], capacity: number): number {
  let left = capacity;
  const sorted = [...asks].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; i++) {
    const even = left / (sorted.length - i);
    if (sorted[i]! > even) return even;
    left -= sorted[i]!;
  }
  return 14_000;
}

const round10 = (w: number) => Math.floor(w / 10) * 10;

const totals = (lists: readonly (readonly number[])[], minutes: number): number[] =>
  Array.from({ length: minutes }, (_, m) => Math.abs(lists.reduce((sum, list) => sum + list[m]!, 0)));

function network(sites: readonly SiteTrace[], headRatingVA: number, minutes: number): NetworkTrace {
  const flow = (pick: (site: SiteTrace) => readonly number[]) =>
    Array.from({ length: minutes }, (_, m) => sites.reduce((sum, site) => sum + pick(site)[m]!, 0) / headRatingVA);
  const [drawn, free] = [flow(site => site.netW), flow(site => site.unlimitedW)];
  const low = (list: readonly number[]) => list.map(v => 0.998 - 0.058 * Math.max(0, v) ** 1.1 - 0.004 * Math.abs(v));
  const high = (list: readonly number[]) => list.map(v => 1.002 + 0.062 * Math.max(0, -v));
  return {
    headName: 'transformer TR1',
    headRatingVA,
    loadingWith: drawn.map(Math.abs),
    loadingWithout: free.map(Math.abs),
    minVoltagePuWith: low(drawn),
    maxVoltagePuWith: high(drawn),
    minVoltagePuWithout: low(free),
    maxVoltagePuWithout: high(free),
    voltageBand: { minPu: 0.94, maxPu: 1.05 },
  };
}

function events(minutes: number, sites: number, killedAt: number | undefined): RunEvent[] {
  const found: RunEvent[] = [];
  for (let m = 5; m < minutes; m += 5) {
    if (killedAt !== undefined && m >= killedAt && m < killedAt + 105) continue;
    found.push({ at: start + m * 60, what: 'published', text: `envelopes for ${sites} sites, bound by TR1` });
  }
  if (killedAt !== undefined) {
    found.push({ at: start + killedAt * 60, what: 'engine-killed', text: 'engine equal-share was killed (asked for)' });
    for (let i = 0; i < sites; i++)
      found.push({ at: start + (killedAt + 20) * 60, what: 'fallback', text: `site ${i + 1} went to its firm limits` });
    found.push({ at: start + (killedAt + 105) * 60, what: 'note', text: 'engine equal-share is back' });
  }
  return found;
}

export function sampleSummary(record: RunRecord): Summary {
  const { network: grid, sites } = record;
  const outside = (low: readonly number[], high: readonly number[]) =>
    low.filter((v, i) => v < grid.voltageBand.minPu || high[i]! > grid.voltageBand.maxPu).length;
  const outsideS = sites.flatMap(site => site.outsideS).reduce((a, b) => a + b, 0);
  const publications = record.events.filter(event => event.what === 'published').length;
  const controls = publications * sites.length;
  return {
    sites: sites.length,
    hours: record.minutes / 60,
    controlsPublished: controls,
    responses: {
      received: controls,
      started: controls,
      completed: Math.floor(controls * 0.1),
      superseded: controls - Math.floor(controls * 0.1),
      cancelled: 0,
      other: 0,
    },
    complianceShare: 1 - outsideS / Math.max(1, sites.length * record.minutes * 60),
    worstOvershootW: sites.flatMap(site => site.overshootW).reduce((a, b) => Math.max(a, b), 0),
    overloadMinutesWithout: grid.loadingWithout.filter(v => v > 1).length,
    overloadMinutesWith: grid.loadingWith.filter(v => v > 1).length,
    voltageViolationsWithout: outside(grid.minVoltagePuWithout, grid.maxVoltagePuWithout),
    voltageViolationsWith: outside(grid.minVoltagePuWith, grid.maxVoltagePuWith),
    shedKWhBySite: Object.fromEntries(sites.map(site => [site.name, site.shedKWh])),
  };
}
