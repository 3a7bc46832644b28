import fc from 'fast-check';
import { liveTable } from './live';
import { ratingBar, skyline, track } from './live-bars';
import { doingOf, doings, noResponses, type LiveSite, type LiveState } from './live-state';
import { type Line, widthOf } from './paint';

const start = Date.UTC(2026, 5, 21, 7) / 1000;
const site = (more: Partial<LiveSite> = {}): LiveSite => ({
  name: '40 Oak St',
  kind: 'pcs',
  netW: 7980,
  importW: 8300,
  exportW: 0,
  doing: 'shedding load',
  ...more,
});
const state = (more: Partial<LiveState> = {}): LiveState => ({
  title: 'Headroom demo',
  networkName: 'Oak Street',
  engine: 'equal-share',
  start,
  now: start + 18.35 * 3600,
  end: start + 86_400,
  utcOffsetS: -25_200,
  network: { headName: 'Oak St transformer', headRatingVA: 225_000, loadingWith: [0.441], loadingWithout: [1.236] },
  sites: [site(), site({ name: 'School', kind: 'inverter', netW: -4690, exportW: 27_400, doing: 'following' })],
  controlsPublished: 2188,
  responses: { ...noResponses, received: 1252, started: 865 },
  events: [{ at: start + 17 * 3600, what: 'published', text: '59 controls published' }],
  ...more,
});
const page = { columns: 110, rows: 40, colour: false };
const plain = (line: Line): string => line.map(piece => (typeof piece === 'string' ? piece : piece[0])).join('');

describe('live table', () => {
  it('tells the time of day, the head against its rating, each site, counts and last events', () => {
    const lines = liveTable(state(), page);
    expect(lines[0]).toMatch(/^ Headroom demo {2}Oak Street, engine equal-share +Sun 21 Jun 18:21 +76 %$/);
    expect(lines[2]).toMatch(/^ Oak St transformer █+░+┃░+·+ +45 % of 225 kVA, 124 % without$/);
    expect(lines[3]).toMatch(/with envelopes .*peak 45 %$/);
    expect(lines.find(line => line.includes('40 Oak St'))).toMatch(/PCS +7\.98 +0\.0 ├.*● *─*┤ 8\.3 +shedding load$/);
    expect(lines.find(line => line.includes('School'))).toMatch(/inverter +−4\.69 +−27\.4 ├─+●─*│─+┤ 8\.3 +following$/);
    expect(lines).toContain(' Controls 2,188 published   Responses 1,252 received, 865 started');
    expect(lines).toContain(' 17:00  Published     59 controls published');
  });

  it('says so when nothing is known yet', () => {
    const lines = liveTable(
      state({ now: start, network: { ...state().network, loadingWith: [], loadingWithout: [] }, events: [] }),
      page,
    );
    expect(lines[0]).toMatch(/Sun 21 Jun 00:00 +0 %$/);
    expect(lines[2]).toMatch(/– of 225 kVA, – without$/);
  });

  it('keeps what is not just following when there are more sites than room, and counts the rest', () => {
    const quiet = Array.from({ length: 50 }, (_, i) => site({ name: `quiet ${i}`, doing: 'following' }));
    const lost = site({ name: 'far away', doing: 'comms lost' });
    const lines = liveTable(state({ sites: [...quiet, lost] }), { ...page, rows: 24 });
    expect(lines).toHaveLength(23);
    expect(lines.some(line => line.includes('far away') && line.endsWith('comms lost'))).toBe(true);
    const shown = lines.filter(line => line.includes(' quiet ')).length;
    expect(lines).toContain(` and ${50 - shown} more sites: ${50 - shown} following`);
  });

  it('fits any terminal, whatever the state, with the same text in colour and without', () => {
    const sites = fc.array(
      fc.record({
        name: fc.string({ maxLength: 40 }),
        kind: fc.constantFrom('pcs' as const, 'inverter' as const),
        netW: fc.double({ min: -1e6, max: 1e6 }),
        importW: fc.constantFrom(0, 1500, 1e6),
        exportW: fc.constantFrom(0, 1500, 1e6),
        doing: fc.constantFrom(...doings),
      }),
      { maxLength: 60 },
    );
    const loadings = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 100 });
    fc.assert(
      fc.property(
        sites,
        loadings,
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 2, max: 80 }),
        (all, load, columns, rows) => {
          const network = { ...state().network, loadingWith: load, loadingWithout: load };
          const bare = liveTable(state({ sites: all, network }), { columns, rows, colour: false });
          const coloured = liveTable(state({ sites: all, network }), { columns, rows, colour: true });
          expect(bare.length).toBeLessThan(rows);
          for (const line of bare) expect([...line].length).toBeLessThanOrEqual(Math.min(columns, 110));
          expect(bare.join('')).not.toContain('\x1b');
          // eslint-disable-next-line no-control-regex
          expect(coloured.map(line => line.replace(/\x1b\[[\d;]*m/g, '').trimEnd())).toEqual(bare);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lets no name move the cursor', () => {
    const [line] = liveTable(state({ sites: [site({ name: '\x1b[2Jgone\u202e' })] }), page).filter(l =>
      l.includes('gone'),
    );
    expect(line).toContain(' ?[2Jgone? ');
  });
});

describe('small drawings', () => {
  it('a bar is as long as its share of 150 %, with a mark at the rating', () => {
    expect(plain(ratingBar(0.5, 0.75, 15))).toBe('█████░░░··┃····');
    expect(plain(ratingBar(1.2, 1.2, 15))).toBe('██████████┃█···');
    expect(plain(ratingBar(9, 9, 15))).toBe('██████████┃████');
    expect(ratingBar(1.2, 1.2, 15).at(-2)).toEqual(['┃█', 'alarm']);
  });

  it('a day is as high in each column as its worst minute, red above the rating, and empty where it has not been', () => {
    expect(skyline([0, 0.1, 0.75, 0.2, 1.5, 0], 12, 6, 'blue')).toEqual([
      ['▁▄', 'blue'],
      ['█', 'alarm'],
      ['···', 'dim'],
    ]);
  });

  it('a site stands between its limits, at the edge with an arrow where it is beyond one', () => {
    const at = (netW: number, exportW: number, importW: number) => plain(track(netW, exportW, importW, 13, 'green'));
    expect(at(0, 5000, 5000)).toBe('├─────●─────┤');
    expect(at(5000, 5000, 5000)).toBe('├─────│────●┤');
    expect(at(5001, 5000, 5000)).toBe('├─────│────▶┤');
    expect(at(-9000, 5000, 5000)).toBe('├◀────│─────┤');
    expect(widthOf(track(NaN, 0, 0, 13, 'green'))).toBe(13);
  });
});

describe('what a site is doing', () => {
  const doing = (state_: string, source: string, twinW: number) =>
    doingOf({
      site: { comms: { state: state_, source, importW: 4000, exportW: 1500 } },
      spec: { kind: 'pcs', firmImportW: 2000, firmExportW: 500 },
      meanTwinNetW: twinW,
    } as unknown as Parameters<typeof doingOf>[0]);

  it.each([
    ['NORMAL', 'event', 0, 'following'],
    ['NORMAL', 'event', 4001, 'shedding load'],
    ['NORMAL', 'event', -1501, 'shedding sun'],
    ['NORMAL', 'default', 4001, 'firm'],
    ['STALE', 'event', 0, 'comms lost'],
    ['FALLBACK', 'fallback', 9000, 'comms lost'],
    ['RECOVER', 'event', 9000, 'recovering'],
    ['RESTART', 'none', 0, 'waiting'],
    ['SENSOR_FAIL', 'event', 0, 'meter lost'],
  ])('%s with limits from %s and a twin at %d W is %s', (state_, source, twinW, told) => {
    expect(doing(state_, source, twinW)).toBe(told);
  });

  it('is firm too where the envelope grants no more than that', () => {
    const comms = { state: 'NORMAL', source: 'event', importW: 4000, exportW: 1500 };
    const at = (firmImportW: number) =>
      doingOf({ site: { comms }, spec: { kind: 'pcs', firmImportW, firmExportW: 1500 }, meanTwinNetW: 0 } as never);
    expect([at(4000), at(3999)]).toEqual(['firm', 'following']);
  });
});
