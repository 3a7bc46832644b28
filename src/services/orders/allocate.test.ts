import fc from 'fast-check';
import { type Member, allocate, relieveVoltage } from './allocate';

const member = (site: string, more: Partial<Member> = {}): Member => ({
  site,
  firmImportW: 2000,
  firmExportW: 1000,
  importW: 10_000,
  exportW: 5000,
  weight: 1,
  ...more,
});
const members: fc.Arbitrary<Member[]> = fc
  .array(
    fc.record({
      firmImportW: fc.nat(5000),
      moreW: fc.nat(8000),
      weight: fc.constantFrom(1, 2, 0.5),
      netW: fc.option(fc.integer({ min: -6000, max: 14_000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map(list =>
    list.map(({ firmImportW, moreW, netW, weight }, i) =>
      member(String(i), { firmImportW, importW: firmImportW + moreW, weight, ...(netW !== undefined && { netW }) }),
    ),
  );
const importOf = ({ limits }: ReturnType<typeof allocate>) => Object.values(limits).map(({ importW = 0 }) => importW);
const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

it('gives each the same where each is asked, and says what firm stands in the way of', () => {
  const made = allocate({ kind: 'each', importW: 1500 }, [member('a'), member('b')], { belowFirm: false });
  expect(made).toEqual({
    limits: { a: { importW: 1500 }, b: { importW: 1500 } },
    shortW: { import: 1000, export: 0 },
    unmeasured: 0,
  });
});

it('reduces what is used above firm in proportion to it; who uses less than firm is held at firm', () => {
  const all = [member('a', { netW: 8000 }), member('b', { netW: 5000 }), member('c', { netW: 500 }), member('d')];
  const made = allocate({ kind: 'reduce', importW: 3000 }, all, { belowFirm: false });
  expect(made).toMatchObject({
    limits: { a: { importW: 6000 }, b: { importW: 4000 }, c: { importW: 2000 }, d: { importW: 10_000 } },
    shortW: { import: 0 },
    unmeasured: 1,
  });
});

it('takes firm only when it may, and says what is missing when it may not', () => {
  const all = [member('a', { netW: 4000 }), member('b', { netW: 3000 })];
  const kept = allocate({ kind: 'reduce', importW: 5000 }, all, { belowFirm: false });
  expect([importOf(kept), kept.shortW.import]).toEqual([[2000, 2000], 2000]);
  const taken = allocate({ kind: 'reduce', importW: 5000 }, all, { belowFirm: true });
  expect([importOf(taken), taken.shortW.import]).toEqual([[1000, 1000], 0]);
});

it('never lets the sum of all be above what was asked, unless firm alone is', () => {
  fc.assert(
    fc.property(members, fc.nat(60_000), fc.boolean(), (all, importW, belowFirm) => {
      const made = allocate({ kind: 'together', importW }, all, { belowFirm });
      const firmW = total(all.map(m => m.firmImportW));
      expect(total(importOf(made))).toBeLessThanOrEqual(belowFirm ? importW : Math.max(importW, firmW));
      expect(made.shortW.import).toBe(belowFirm ? 0 : Math.max(0, firmW - importW));
      for (const [i, w] of importOf(made).entries()) {
        expect(w).toBeLessThanOrEqual(all[i]?.importW ?? 0);
        if (!belowFirm) expect(w).toBeGreaterThanOrEqual(all[i]?.firmImportW ?? 0);
      }
    }),
  );
});

it('reduces what is measured by what was asked, less what it says is missing', () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 60_000 }), fc.boolean(), (all, importW, belowFirm) => {
      const made = allocate({ kind: 'reduce', importW }, all, { belowFirm });
      const limits = importOf(made);
      const after = all.map((m, i) =>
        m.netW === undefined ? 0 : Math.min(Math.max(m.netW, 0), m.importW, limits[i] ?? 0),
      );
      const before = all.map(m => (m.netW === undefined ? 0 : Math.min(Math.max(m.netW, 0), m.importW)));
      expect(total(before) - total(after)).toBeGreaterThanOrEqual(importW - made.shortW.import - 1);
      if (!belowFirm) for (const [i, w] of limits.entries()) expect(w).toBeGreaterThanOrEqual(all[i]?.firmImportW ?? 0);
    }),
  );
});

it('mends a voltage with the site of most effect first', () => {
  const levers = [
    { ...member('near', { netW: 9000 }), voltsPerW: 0.0001 },
    { ...member('far', { netW: 6000 }), voltsPerW: 0.001 },
    { ...member('unknown'), voltsPerW: 0.01 },
    { ...member('wrong', { netW: 9000 }), voltsPerW: -0.001 },
  ];
  expect(relieveVoltage(levers, 3, { direction: 'import', belowFirm: false })).toMatchObject({
    limits: { far: { importW: 3000 } },
    leftV: 0,
  });
  const more = relieveVoltage(levers, 4.3, { direction: 'import', belowFirm: false });
  expect(more.limits).toEqual({ far: { importW: 2000 }, near: { importW: 6000 } });
  const most = relieveVoltage(levers, 9, { direction: 'import', belowFirm: true });
  expect(most.limits).toEqual({ far: { importW: 0 }, near: { importW: 0 } });
  expect(most.leftV).toBeCloseTo(2.1);
});
