import fc from 'fast-check';
import { type Row, robustRow } from './box-rows';
import { fillRows } from './fill-rows';
import { type Solver, withSolver } from './linear-program';
import { largestSum } from './sum-rows';

/** Robust rows of n sites over import and export, with rooms of their own. */
const cases = fc
  .record({ n: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 6 }) })
  .chain(({ count, n }) =>
    fc.record({
      rows: fc.array(
        fc.record({
          gain: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }),
          room: fc.integer({ min: 0, max: 400 }),
        }),
        { minLength: count, maxLength: count },
      ),
      cap: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2 * n, maxLength: 2 * n }),
    }),
  )
  .map(({ cap, rows }) => ({
    rows: rows.map(({ gain, room }, at): Row => robustRow(gain.map(g => g * 1e-6), room * 1e-4, at, 0)), // prettier-ignore
    cap: Float64Array.from(cap),
    firm: new Float64Array(cap.length),
    weight: new Float64Array(cap.length).fill(1),
  }));

const sum = (x: Float64Array): number => x.reduce((total, w) => total + w, 0);
const holds = (rows: readonly Row[], x: Float64Array): boolean =>
  rows.every(({ a, room }) => a.reduce((total, value, j) => total + value * (x[j] as number), 0) <= room + 1e-7);

/** Max-min by a sequence of linear programs, as textbooks have it: the level of all that can rise, again and again. */
function byPrograms(solver: Solver, rows: readonly Row[], cap: Float64Array): Float64Array {
  const n = cap.length;
  const scaled = rows.map(({ a, room }) => ({ a: Float64Array.from([...a.map(v => v * 1e4), 0]), high: room * 1e4 }));
  const level = (j: number) => ({ a: Float64Array.from({ length: n + 1 }, (_, i) => (i === j ? 1 : i === n ? -1 : 0)), low: 0 }); // prettier-ignore
  const fixed = new Map<number, number>();
  while (fixed.size < n) {
    const rising = [...cap.keys()].filter(j => !fixed.has(j));
    const lower = Float64Array.from({ length: n + 1 }, (_, j) => fixed.get(j) ?? 0);
    const solve = (cost: number, over: readonly number[], floor: number) =>
      solver.solve({
        cost: Float64Array.from({ length: n + 1 }, (_, j) => (j === cost ? 1 : 0)),
        lower: lower.map((w, j) => (over.includes(j) ? floor : w)),
        upper: Float64Array.from([...cap, Infinity]),
        rows: [...scaled, ...(cost === n ? rising.map(level) : [])],
      }).x;
    const z = solve(n, [], 0)[n] as number;
    // Who cannot rise above the level while all others stay at it, has his answer.
    const stuck = rising.filter(j => (solve(j, rising, Math.max(0, z - 1e-6))[j] as number) < z + 1e-3);
    for (const j of stuck.length > 0 ? stuck : rising) fixed.set(j, Math.max(0, z - 1e-6));
  }
  return Float64Array.from(cap, (_, j) => fixed.get(j) as number);
}

/** The largest common factor of all caps that rows allow, by one linear program with the factor as its only variable. */
function commonFactor(solver: Solver, rows: readonly Row[], cap: Float64Array): number {
  const scaled = rows.map(({ a, room }) => ({
    a: Float64Array.of(a.reduce((sum, value, j) => sum + value * (cap[j] as number), 0) * 1e4),
    high: room * 1e4,
  }));
  const [lower, upper] = [Float64Array.of(0), Float64Array.of(1)];
  return solver.solve({ cost: Float64Array.of(1), lower, upper, rows: scaled }).x[0] as number;
}

test('filling all together by rating gives the largest common factor, as one linear program finds it', async () => {
  await withSolver(solver => {
    let bound = 0;
    fc.assert(
      fc.property(cases, ({ cap, firm, rows }) => {
        const { by, x } = fillRows(rows, firm, cap, cap, true);
        expect(holds(rows, x)).toBe(true);
        const factor = commonFactor(solver, rows, cap);
        x.forEach((w, j) => expect(Math.abs(w - factor * (cap[j] as number))).toBeLessThan(0.5));
        // Who has less than his rating is stopped by the same limit as all others.
        if (factor < 1 - 1e-6 && cap.some(w => w > 0)) {
          bound++;
          const at = by.filter((_, j) => (cap[j] as number) > 0);
          expect(at.every(row => row >= 0 && row === at[0])).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    expect(bound).toBeGreaterThan(10);
  });
});

test('filling gives what a sequence of linear programs gives, for max-min', async () => {
  await withSolver(solver => {
    fc.assert(
      fc.property(cases, ({ cap, firm, rows, weight }) => {
        const { x } = fillRows(rows, firm, cap, weight);
        expect(holds(rows, x)).toBe(true);
        const exact = byPrograms(solver, rows, cap);
        x.forEach((w, j) => expect(Math.abs(w - (exact[j] as number))).toBeLessThan(0.5));
      }),
      { numRuns: 30 },
    );
  });
});

test('the sum is within the rows and no smaller than that of max-min, and a least share is kept', async () => {
  await withSolver(solver => {
    fc.assert(
      fc.property(cases, ({ cap, firm, rows, weight }) => {
        const fair = fillRows(rows, firm, cap, weight).x;
        const most = largestSum(solver, rows, firm, cap, { weight });
        expect(holds(rows, most.x)).toBe(true);
        expect(sum(most.x)).toBeGreaterThan(sum(fair) * (1 - 1e-6) - 1);
        const least = fair.map(w => w / 2);
        const kept = largestSum(solver, rows, firm, cap, { weight, least });
        expect(holds(rows, kept.x)).toBe(true);
        kept.x.forEach((w, j) => expect(w).toBeGreaterThan((least[j] as number) - 0.01));
        expect(sum(kept.x)).toBeLessThan(sum(most.x) + 0.1);
        most.x.forEach((w, j) => {
          // Who is below his cap has a limit to name.
          if (w < (cap[j] as number) - 1) expect(most.by[j]).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 60 },
    );
  });
});

test('equal answers are split evenly, by weight', async () => {
  await withSolver(solver => {
    const rows = [robustRow([1e-5, 1e-5, 1e-5], 0.09, 7, 0)];
    const cap = Float64Array.from([9000, 9000, 1000, 0, 0, 0]);
    const firm = new Float64Array(6);
    const { by, x } = largestSum(solver, rows, firm, cap, { weight: new Float64Array(6).fill(1) });
    expect([...x].map(Math.round)).toEqual([4000, 4000, 1000, 0, 0, 0]);
    expect([...by].slice(0, 3)).toEqual([7, 7, -1]);
  });
});
