/**
 * The largest sum of limits over robust rows, by linear programs. The sum alone does not say who gets it: where several answers have the
 * same sum, the one whose least is largest is taken, then the one whose next is, and so on. Even so the sum gives nothing to a
 * site that stands in the way of two others, so a share of what max-min gives can be kept for everybody.
 */
import { type Row, roomsBeyond } from './box-rows';
import { type Filled } from './fill-rows';
import { type LinearRow, type Optimum, type Solver } from './linear-program';

export interface SumOptions {
  /** What a watt counts, over import and then export; also the share weight between equal answers. */
  readonly weight: Float64Array;
  /** Beyond firm that each must have, W; must hold in all rows. */
  readonly least?: Float64Array;
}

/** Share of the sum that may be lost to rounding when it is kept for the second question. */
const kept = 1 - 1e-5;
const kilo = 1000;
const nothing = 1e-7;
/** Questions asked at most to even out one answer; who has risen by then keeps what he has. */
const mostRounds = 12;

export function largestSum(
  solver: Solver,
  rows: readonly Row[],
  firm: Float64Array,
  cap: Float64Array,
  { least, weight }: SumOptions,
): Filled {
  const n = cap.length;
  const rooms = roomsBeyond(rows, firm);
  // A row that holds with everything at its cap asks nothing.
  const asking = rows.flatMap(({ a, at }, r) => {
    let most = 0;
    let largest = 0;
    for (let j = 0; j < n; j++) {
      most += (a[j] as number) * (cap[j] as number);
      largest = Math.max(largest, a[j] as number);
    }
    // In kilowatts, and with 1 as its largest coefficient.
    return most > (rooms[r] as number)
      ? [{ at, a: a.map(value => value / largest), high: (rooms[r] as number) / largest / kilo }]
      : [];
  });
  const upper = cap.map(w => w / kilo);
  const lower = (least ?? new Float64Array(n)).map((w, j) =>
    Math.max(0, Math.min(w / kilo - 1e-6, upper[j] as number)),
  );
  const best = solver.solve({ cost: weight, lower, upper, rows: asking });
  const x = evened(solver, { asking, best, lower, upper, weight });
  return {
    x: x.map((kw, j) => Math.min(cap[j] as number, Math.max(0, kw * kilo))),
    by: Int32Array.from(x, (kw, j) => (kw >= (upper[j] as number) - 1e-6 ? -1 : boundBy(asking, best, j))),
  };
}

/** The limit whose room is worth most to this variable. */
function boundBy(rows: readonly { readonly a: Float64Array; readonly at: number }[], { worth }: Optimum, j: number) {
  let [by, most] = [-1, 1e-12];
  rows.forEach(({ a, at }, r) => {
    const value = (a[j] as number) * Math.abs(worth[r] as number);
    if (value > most) [by, most] = [at, value];
  });
  return by;
}

interface Face {
  readonly asking: readonly LinearRow[];
  readonly best: Optimum;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly weight: Float64Array;
}

/** No other answer has this sum: all that is at a bound, and every row that is full, is there for a reason. */
function isOnly({ pull, worth }: Optimum): boolean {
  const count = (of: Float64Array, is: (value: number) => boolean): number => of.reduce((n, v) => n + Number(is(v)), 0);
  return count(pull, v => Math.abs(v) < nothing) === count(worth, v => Math.abs(v) >= nothing);
}

/** Of all answers with the best sum, the one that is max-min by weight: the level z of all who can still rise, until nobody can. */
function evened(solver: Solver, { asking, best, lower: least, upper: most, weight }: Face): Float64Array {
  if (isOnly(best)) return best.x;
  const n = most.length;
  const sum = best.x.reduce((total, kw, j) => total + kw * (weight[j] as number), 0);
  // Who is pulled to a bound is there in every answer with that sum.
  let rising = [...most.keys()].filter(
    j => Math.abs(best.pull[j] as number) < nothing && (most[j] as number) > 1e-6 && (weight[j] as number) > 1e-6,
  );
  if (rising.length === 0) return best.x;
  const wide = (a: ArrayLike<number>, z = 0): Float64Array => Float64Array.from([...Array.from(a), z]);
  const level = (j: number): LinearRow => {
    const a = new Float64Array(n + 1);
    [a[j], a[n]] = [1, -(weight[j] as number)];
    return { a, low: 0 };
  };
  const firstLevel = asking.length + 1;
  const rowOf = new Map(rising.map((j, i) => [j, firstLevel + i]));
  const lower = wide(
    least.map((kw, j) =>
      Math.abs(best.pull[j] as number) < nothing ? kw : Math.max(kw, (best.x[j] as number) - 1e-6),
    ),
  );
  const upper = wide(most, Infinity);
  let found = solver.solve({
    cost: wide(new Float64Array(n), 1),
    lower,
    upper,
    rows: [
      ...asking.map(row => ({ ...row, a: wide(row.a) })),
      { a: wide(weight), low: sum * kept },
      ...rising.map(level),
    ],
  });
  for (let round = 0; round < mostRounds; round++) {
    const z = found.x[n] as number;
    const stuck = rising.filter(
      j =>
        Math.abs(found.worth[rowOf.get(j) as number] as number) > 1e-9 ||
        z * (weight[j] as number) >= (most[j] as number) - 1e-7,
    );
    if (stuck.length === 0 || stuck.length === rising.length) break;
    for (const j of stuck)
      lower[j] = Math.max(lower[j] as number, Math.min(most[j] as number, z * (weight[j] as number) - 1e-6));
    rising = rising.filter(j => !stuck.includes(j));
    const next = solver.again({ lower, upper, without: stuck.map(j => rowOf.get(j) as number) });
    if (!next) break;
    found = next;
  }
  return found.x.slice(0, n);
}
