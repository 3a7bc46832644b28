import fc from 'fast-check';
import { type Sum, Sums } from './sums';

const cases = fc
  .array(
    fc.record({
      importW: fc.integer({ min: 0, max: 9000 }),
      exportW: fc.integer({ min: 0, max: 9000 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      worth: fc.integer({ min: -9, max: 9 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain(list =>
    fc.record({
      list: fc.constant(list.map((box, i) => ({ ...box, site: String(i) }))),
      importW: fc.integer({ min: 0, max: 12_000 }),
      exportW: fc.integer({ min: 0, max: 12_000 }),
      members: fc.subarray(list.map((_, i) => String(i))),
    }),
  )
  .map(({ exportW, importW, list, members }) => ({ list, sum: { sites: members, importW, exportW } satisfies Sum }));

const inside = (list: readonly { site: string; importW: number; exportW: number }[], sum: Sum, power: number[]) => {
  const total = list.reduce((t, { site }, k) => t + (sum.sites.includes(site) ? (power[k] as number) : 0), 0);
  return (
    total <= sum.importW + 1e-6 &&
    total >= -sum.exportW - 1e-6 &&
    list.every(
      ({ exportW, importW }, k) => (power[k] as number) <= importW + 1e-6 && (power[k] as number) >= -exportW - 1e-6,
    )
  );
};

it('brings any point of the boxes to where the sums hold, and leaves alone one where they do', () => {
  fc.assert(
    fc.property(cases, ({ list, sum }) => {
      const power = list.map(({ at, exportW, importW }) => importW - at * (importW + exportW));
      const was = inside(list, sum, power);
      for (const way of ['trade', 'shrink'] as const) {
        const moved = [...power];
        const sums = new Sums(list, [sum]);
        if (way === 'trade')
          sums.trade(moved, list.map(({ worth }) => worth)); // prettier-ignore
        else sums.shrink(moved);
        expect(inside(list, sum, moved)).toBe(true);
        if (was) expect(moved).toEqual(power);
      }
    }),
    { numRuns: 300 },
  );
});

it('finds the worst point within boxes and sum: none of many others is worse', () => {
  fc.assert(
    fc.property(
      cases,
      fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })),
      ({ list, sum }, others) => {
        const sums = new Sums(list, [sum]);
        const worth = list.map(each => each.worth);
        const valueOf = (power: number[]) => power.reduce((total, w, k) => total + w * (worth[k] as number), 0);
        const best = list.map(({ exportW, importW }, k) => ((worth[k] as number) > 0 ? importW : -exportW));
        sums.trade(best, worth);
        for (const at of others) {
          const other = list.map(({ exportW, importW }, k) => importW - (at[k] ?? 0) * (importW + exportW));
          sums.shrink(other);
          expect(valueOf(other)).toBeLessThanOrEqual(valueOf(best) + 1e-6);
        }
      },
    ),
    { numRuns: 300 },
  );
});
