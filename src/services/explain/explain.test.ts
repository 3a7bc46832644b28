import fc from 'fast-check';
import { boundKinds, kindOf } from './kinds';
import { type Series } from '../../store/api';
import { asset, device, flow, snapshot } from '../../engines/testing/snapshots';
import { packBounds } from '../envelopes/controls';
import { overlay } from '../envelopes/record';
import { accountOf, byKind, fairness, siteAccount } from './account';
import { type Interval, intervalsOf } from './intervals';
import { accountOfRun, plannedOf } from './planned';

const t0 = 7200;
const firm = { importW: 2000, exportW: 1000, bound: { import: 'firm', export: 'firm' } };
const how = { otherwise: firm, pen: 99999 };

/** A row of steps of 600 s that owns all of them. */
function row(id: number, imports: readonly number[], by: readonly string[], more: Partial<Series> = {}): Series {
  return {
    id,
    site: '1',
    publishedAt: t0,
    start: t0,
    stepS: 600,
    importW: Int32Array.from(imports),
    exportW: Int32Array.from(imports, () => 500),
    own: new Uint8Array(imports.length).fill(1),
    ...packBounds(by.map(text => ({ import: text, export: 'site rating' }))),
    engine: 'drill',
    inputsHash: '',
    ...more,
  };
}
const brief = ({ bound, engine, from, importW, to }: Interval) => [from - t0, to - t0, importW, bound.import, engine];

describe('intervals of a site', () => {
  it('tell what bound each step, also where one control spans steps that different things bound', () => {
    const rows = [
      row(1, [5000, 5000, 5000, 7000], ['transformer T3', 'transformer T3', 'Vmax bus Y phase 2', 'site rating']),
    ];
    expect(intervalsOf(rows, { from: t0, to: t0 + 2400 }, how).map(brief)).toEqual([
      [0, 1200, 5000, 'transformer T3', 'drill'],
      [1200, 1800, 5000, 'Vmax bus Y phase 2', 'drill'],
      [1800, 2400, 7000, 'site rating', 'drill'],
    ]);
  });

  it('have firm before, between and after what is published, and an order where one lies over it', () => {
    const rows = [
      row(1, [5000, 5000], ['transformer T3', 'transformer T3']),
      row(2, [1000], ['order R14-2 (emergency)'], { start: t0 + 600, publishedAt: t0 + 300, engine: overlay }),
    ];
    expect(intervalsOf(rows, { from: t0 - 600, to: t0 + 1800 }, how).map(brief)).toEqual([
      [-600, 0, 2000, 'firm', ''],
      [0, 600, 5000, 'transformer T3', 'drill'],
      [600, 1200, 1000, 'order R14-2 (emergency)', overlay],
      [1200, 1800, 2000, 'firm', ''],
    ]);
  });

  it('cover any time without gaps, and no two neighbours say the same', () => {
    const limits = fc.array(fc.constantFrom(1000, 2000), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ limits, later: fc.nat(3000) }), { maxLength: 3 }),
        fc.nat(3000),
        fc.nat(4000),
        (published, from, length) => {
          const rows = published.map(({ later, limits: own }, i) =>
            row(i + 1, own, own.map(String), { publishedAt: t0 + later * (i + 1) }),
          );
          const found = intervalsOf(rows, { from: t0 + from, to: t0 + from + length }, how);
          let at = t0 + from;
          for (const [i, each] of found.entries()) {
            expect(each.from).toBe(at);
            expect(each.to).toBeGreaterThan(each.from);
            if (i > 0) expect(brief(found[i - 1] as Interval).slice(2)).not.toEqual(brief(each).slice(2));
            at = each.to;
          }
          expect(at).toBe(t0 + from + length);
        },
      ),
    );
  });
});

describe('an account', () => {
  const interval = (from: number, to: number, importW: number, by: string): Interval => ({
    from,
    to,
    importW,
    exportW: 500,
    bound: { import: by, export: 'site rating' },
    engine: 'drill',
  });
  const planned = { importW: 3000, exportW: 500, bound: { import: 'transformer T3', export: 'site rating' } };

  it('of a site counts energy beyond the plan, what bound for how long, and what is below the plan as such', () => {
    const { export: e, import: i } = siteAccount(
      'a',
      [interval(0, 3600, 6000, 'transformer T3'), interval(3600, 14_400, 2000, 'firm')],
      planned,
    );
    expect(i).toEqual({
      limitW: 3000,
      unlocked: { plannedW: 3000, meanW: 0, kWh: 0, mostW: 3000, leastW: -1000 },
      bound: [
        { by: 'firm', kind: 'firm', share: 0.75, siteHours: 3 },
        { by: 'transformer T3', kind: 'transformer', share: 0.25, siteHours: 1 },
      ],
    });
    expect(e.unlocked).toMatchObject({ meanW: 0, mostW: 0, leastW: 0 });
  });

  it('of several adds up, also where one has no plan, and tells how even it is', () => {
    const a = siteAccount('a', [interval(0, 7200, 6000, 'transformer T3')], planned);
    const b = siteAccount('b', [interval(0, 7200, 2000, 'order 1 (emergency)')], planned);
    const c = siteAccount('c', [interval(0, 7200, 4000, 'imported')]);
    expect(c.import.unlocked).toBeUndefined();
    const { import: all } = accountOf([a, b, c], { from: 0, to: 7200 });
    expect(all).toMatchObject({
      limitW: 12_000,
      unlocked: { plannedW: 6000, meanW: 2000, kWh: 4, mostW: 3000, leastW: -1000 },
      leastOverMean: 0.5,
    });
    expect(all.jain).toBeCloseTo(144 / (3 * 56), 12);
    expect(byKind(all.bound).map(({ by, share }) => [by, share])).toEqual(
      expect.arrayContaining([
        ['transformer', 1 / 3],
        ['order', 1 / 3],
      ]),
    );
  });

  it('counts one constraint as one, whatever figure its text ends with', () => {
    const by = (pu: number) => `firm, verification: Vmax bus 7 phase 1 at ${pu}, limit 1.05`;
    const { bound } = siteAccount('a', [interval(0, 3600, 1, by(1.061)), interval(3600, 7200, 1, by(1.07))]).import;
    expect(bound).toEqual([{ by: 'firm, verification: Vmax bus 7 phase 1', kind: 'safety', share: 1, siteHours: 2 }]);
  });

  it('of nobody, or of those who have nothing, is even', () => {
    expect(fairness([])).toEqual({ jain: 1, leastOverMean: 1 });
    expect(fairness([0, 0])).toEqual({ jain: 1, leastOverMean: 1 });
    expect(fairness([4, 0, 0, 0])).toEqual({ jain: 0.25, leastOverMean: 0 });
  });
});

it('plans a snapshot for its worst hour, and takes the rating where a direction is not shared out', async () => {
  const hour = snapshot(
    [asset('TR1', 10_000, { passive: flow([2000, 8000]) })],
    [device('a', 'TR1', { maxImportW: 9000, maxExportW: 4000 }), device('b', 'TR1', { maxImportW: 9000 })],
    { now: t0, start: t0, stepS: 3600, steps: 2 },
  );
  const planned = await plannedOf(hour, new Map([['b', { exportW: 7000 }]]));
  expect(planned.get('a')).toMatchObject({
    importW: 1000,
    bound: { import: 'transformer TR1', export: 'site rating' },
  });
  expect(planned.get('b')).toMatchObject({ importW: 1000, exportW: 7000 });
  const given = (id: string) => ({
    device: id,
    importW: Int32Array.from([4000, 1000]),
    exportW: Int32Array.from([4000, 4000]),
    bound: [firm.bound, firm.bound],
  });
  const { from, import: i, to } = accountOfRun(hour, ['a', 'b', 'unknown'].map(given), planned);
  expect([from, to, i.unlocked?.meanW, i.unlocked?.kWh]).toEqual([t0, t0 + 7200, 3000, 6]);
  expect((await plannedOf({ ...hour, assets: [] })).size).toBe(0);
});

it.each([
  ['transformer T3 phase 2', 'transformer'],
  ['line X phase 2', 'line'],
  ['Vmax bus Y phase 1', 'voltage'],
  ['voltage of the critical customer', 'voltage'],
  ['site rating', 'service'],
  ['firm, no room at line X', 'firm'],
  ['firm, verification: Vmax bus 7 phase 1 at 1.061, limit 1.05', 'safety'],
  ['safety net, transformer T3', 'safety'],
  ['policy, one direction at a time', 'policy'],
  ['withdrawn: maintenance', 'policy'],
  ['order R14-2 (emergency)', 'order'],
  ['switching 4 (maintenance)', 'order'],
  ['what an engine from outside says', 'other'],
])('sorts %p under %p', (text, kind) => {
  expect(kindOf(text)).toBe(kind);
  expect(boundKinds).toContain(kind);
});
