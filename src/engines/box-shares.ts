/**
 * Boxes of different sizes for one step: the linear robust counterpart of the feeder's limits (`box-rows.ts`) is filled or solved by a policy.
 * The rows are linear, the feeder is not: what the power flow still finds broken at patterns and adversarial vertices is added to the
 * row's margin, and the rows are filled again.
 */
import { type Bounds, type Pattern, patternsOf } from './box-levels';
import { type BoxModel } from './box-model';
import { type Row, rowsOf } from './box-rows';
import { type Filled, fillRows } from './fill-rows';
import { type Solver } from './linear-program';
import { largestSum } from './sum-rows';

export type SharePolicyOfBox = 'max-min' | 'proportional' | 'sum';

/** One entry for each device; `by` is the index of the limit that stopped it, −1 for its own rating. */
export interface Shares {
  readonly importW: Float64Array;
  readonly exportW: Float64Array;
  readonly importBy: Int32Array;
  readonly exportBy: Int32Array;
  readonly firmBreaks: boolean;
}

/** How rows are shared out. `sum` needs a solver; `leastShare` is the part of the max-min answer that everybody keeps of it. */
export interface Sharing {
  readonly policy: SharePolicyOfBox;
  readonly solver?: Solver;
  readonly leastShare?: number;
}

const repairs = 6;

export function robustShares(
  model: BoxModel,
  bounds: readonly Bounds[],
  ways: { import: boolean; export: boolean },
  sharing: Sharing,
): Shares {
  const n = bounds.length;
  const { cap, firm, weight } = variablesOf(bounds, ways, sharing.policy);
  const rows = rowsOf(model);
  const known = new Set(rows.map(({ at }) => at));
  const patterns = patternsOf(1 + Math.max(-1, ...bounds.map(({ group }) => group)), [-1, 0, 1]);
  const total = (x: Float64Array): Float64Array => x.map((w, j) => w + (firm[j] as number));
  const asShares = (x: Float64Array, by: Int32Array, firmBreaks = false): Shares => ({
    importW: total(x).slice(0, n),
    exportW: total(x).slice(n),
    importBy: by.slice(0, n),
    exportBy: by.slice(n),
    firmBreaks,
  });
  const none = new Float64Array(2 * n);
  const atFirm = broken(model, bounds, total(none), patterns);
  if (atFirm.length > 0) return asShares(none, new Int32Array(2 * n).fill(atFirm[0]?.at ?? -1), true);

  let filled = shareRows(rows, { cap, firm, weight }, sharing);
  for (let round = 0; round < repairs; round++) {
    const found = broken(model, bounds, total(filled.x), patterns);
    if (found.length === 0) return asShares(filled.x, filled.by);
    const worst = new Map<number, number>();
    for (const { at, excess } of found) worst.set(at, Math.max(worst.get(at) ?? 0, excess));
    for (const row of rows) row.margin += 1.15 * Math.min(worst.get(row.at) ?? 0, 0.2);
    // A limit without a row, such as a transformer's total, has nothing to widen: all shrink a little.
    if (!found.some(({ at }) => known.has(at))) break;
    filled = shareRows(rows, { cap, firm, weight }, sharing);
  }
  let { x } = filled;
  for (let round = 0; round < 100; round++) {
    const found = broken(model, bounds, total(x), patterns);
    if (found.length === 0) break;
    x = x.map(w => 0.97 * w);
    filled.by.fill(found[0]?.at ?? -1);
  }
  return asShares(x, filled.by);
}

interface Variables {
  /** Over import and then export: firm, the most beyond it, and the share weight, W. */
  readonly firm: Float64Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
}

export function variablesOf(
  bounds: readonly Omit<Bounds, 'group'>[],
  ways: { import: boolean; export: boolean },
  policy: SharePolicyOfBox,
): Variables {
  const n = bounds.length;
  const firm = Float64Array.from([...bounds.map(b => b.firmImportW), ...bounds.map(b => b.firmExportW)]);
  const cap = Float64Array.from([
    ...bounds.map(b => (ways.import ? b.maxImportW : b.firmImportW)),
    ...bounds.map(b => (ways.export ? b.maxExportW : b.firmExportW)),
  ]).map((w, j) => Math.max(0, w - (firm[j] as number)));
  const weight = cap.map((w, j) => (policy === 'proportional' ? w : (bounds[j % n] as Bounds).weight));
  return { firm, cap, weight };
}

/** Shares out what rows have beyond firm. */
export function shareRows(rows: readonly Row[], { cap, firm, weight }: Variables, sharing: Sharing): Filled {
  const { leastShare = 0, policy, solver } = sharing;
  if (policy !== 'sum' || !solver) return fillRows(rows, firm, cap, weight, policy === 'proportional');
  const least = leastShare > 0 ? fillRows(rows, firm, cap, weight).x.map(w => w * leastShare) : undefined;
  return largestSum(solver, rows, firm, cap, { weight, ...(least && { least }) });
}

/** Limits that the power flow finds broken at patterns and at adversarial vertices. */
function broken(model: BoxModel, bounds: readonly Bounds[], w: Float64Array, patterns: readonly Pattern[]) {
  const n = bounds.length;
  const power = new Float64Array(n);
  const found: { excess: number; at: number }[] = [];
  const see = (of: ArrayLike<number>): void => {
    const one = model.excess(of);
    if (one.excess > 0) found.push({ excess: Number.isFinite(one.excess) ? one.excess : 0.2, at: one.at });
  };
  for (const pattern of patterns) {
    bounds.forEach(({ group }, k) => {
      const by = pattern[group] as number;
      power[k] = by > 0 ? (w[k] as number) : by < 0 ? -(w[n + k] as number) : 0;
    });
    see(power);
  }
  const boxes = bounds.map((_, k) => ({ importW: w[k] as number, exportW: w[n + k] as number }));
  for (const vertex of model.adversaries(boxes)) see(vertex);
  return found.sort((a, b) => b.excess - a.excess);
}
