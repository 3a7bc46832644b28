/**
 * Boxes of different sizes for one step, by the linear robust counterpart (envelopes reference 3.4): each limit of the feeder is a row over all
 * import and export limits, with the coefficient of whichever direction hurts it and none of the other, so that the row holds at the worst
 * vertex of the box. All coefficients are 0 or above, which makes max-min a progressive filling and needs no LP solver. The rows are linear,
 * the feeder is not: what the power flow still finds broken at patterns and adversarial vertices is added to the row's margin.
 */
import { type BoxModel } from './box-model';
import { type Bounds, type Pattern, patternsOf } from './box-levels';

export type SharePolicyOfBox = 'max-min' | 'proportional';

/** One entry for each device; `by` is the index of the limit that stopped it, −1 for its own rating. */
export interface Shares {
  readonly importW: Float64Array;
  readonly exportW: Float64Array;
  readonly importBy: Int32Array;
  readonly exportBy: Int32Array;
  readonly firmBreaks: boolean;
}

/** a · x ≤ room, over import limits and then export limits. */
interface Row {
  readonly a: Float64Array;
  /** Per unit of voltage or rating, with all at rest. */
  readonly room: number;
  readonly at: number;
  margin: number;
}

const repairs = 6;

export function robustShares(
  model: BoxModel,
  bounds: readonly Bounds[],
  ways: { import: boolean; export: boolean },
  policy: SharePolicyOfBox,
): Shares {
  const n = bounds.length;
  const firm = Float64Array.from([...bounds.map(b => b.firmImportW), ...bounds.map(b => b.firmExportW)]);
  const cap = Float64Array.from([
    ...bounds.map(b => (ways.import ? b.maxImportW : b.firmImportW)),
    ...bounds.map(b => (ways.export ? b.maxExportW : b.firmExportW)),
  ]).map((w, j) => Math.max(0, w - (firm[j] as number)));
  const weight = cap.map((w, j) => (policy === 'proportional' ? w : (bounds[j % n] as Bounds).weight));
  const rows = rowsOf(model, n);
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

  let filled = fill(rows, firm, cap, weight, policy);
  for (let round = 0; round < repairs; round++) {
    const found = broken(model, bounds, total(filled.x), patterns);
    if (found.length === 0) return asShares(filled.x, filled.by);
    for (const row of rows) {
      const worst = Math.max(0, ...found.filter(({ at }) => at === row.at).map(({ excess }) => excess));
      row.margin += 1.15 * Math.min(worst, 0.2);
    }
    // A limit without a row, such as a transformer's total, has nothing to widen: all shrink a little.
    if (!found.some(({ at }) => rows.some(row => row.at === at))) break;
    filled = fill(rows, firm, cap, weight, policy);
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

/** Rows of the state with all at rest: both sides of the band at every node, 16 directions of every rated current. */
function rowsOf(model: BoxModel, n: number): Row[] {
  const { constraints } = model;
  const { flow } = constraints;
  const slack = new Float64Array(constraints.all.length);
  const rest = model.excess(undefined);
  constraints.worst(slack);
  const margin = rest.excess - Math.max(...slack);
  const responses = model.nodes.map(own => own.map(node => flow.respond(node)));
  const perDevice = (of: (response: ReturnType<typeof flow.respond>) => number): number[] =>
    responses.map(own => own.reduce((sum, response) => sum + of(response), 0) / Math.max(1, own.length));
  const rows: Row[] = [];
  const add = (gain: readonly number[], room: number, at: number): void => {
    const a = new Float64Array(2 * n);
    gain.forEach((g, k) => {
      if (g > 0) a[k] = g;
      else a[n + k] = -g;
    });
    rows.push({ a, room, at, margin });
  };
  constraints.all.forEach(({ kind, phase }, at) => {
    if (constraints.isVoltage(at)) {
      const node = constraints.nodeOf(at);
      const nominal = flow.topology.nominalV[(node / 3) | 0] as number;
      const sign = kind === 'high' ? 1 : -1;
      add(
        perDevice(({ volts }) => (sign * (volts[node] as number)) / nominal),
        -(slack[at] as number),
        at,
      );
      return;
    }
    const current = constraints.currentOf(at);
    if (!current || phase === undefined) return;
    const node = 3 * current.to + phase - 1;
    const now = flow.current(node);
    const [re, im] = [
      perDevice(({ ampsRe }) => ampsRe[node] as number),
      perDevice(({ ampsIm }) => ampsIm[node] as number),
    ];
    for (let d = 0; d < 16; d++) {
      const [c, s] = [Math.cos((Math.PI * d) / 8), Math.sin((Math.PI * d) / 8)];
      // The circle is inside its sixteen tangents by cos(π/16).
      const room = Math.cos(Math.PI / 16) - (c * now.re + s * now.im) / current.rated;
      add(
        re.map((value, k) => (c * value + s * (im[k] as number)) / current.rated),
        room,
        at,
      );
    }
  });
  return rows;
}

/** Levels rise for all together; a row that is full stops all that it counts. `proportional` stops at the first. */
function fill(
  rows: readonly Row[],
  firm: Float64Array,
  cap: Float64Array,
  weight: Float64Array,
  policy: SharePolicyOfBox,
) {
  const x = new Float64Array(cap.length);
  const by = new Int32Array(cap.length).fill(-1);
  const active = new Uint8Array(cap.length);
  cap.forEach((w, j) => (active[j] = w > 0 && (weight[j] as number) > 0 ? 1 : 0));
  const room = Float64Array.from(rows, ({ a, margin, room: all }) => {
    let left = all - margin;
    for (let j = 0; j < a.length; j++) left -= (a[j] as number) * (firm[j] as number);
    return Math.max(0, left);
  });
  for (let round = 0; round < 4 * cap.length && active.includes(1); round++) {
    const pull = rows.map(({ a }) => {
      let sum = 0;
      for (let j = 0; j < a.length; j++) if (active[j]) sum += (a[j] as number) * (weight[j] as number);
      return sum;
    });
    let step = Infinity;
    for (let j = 0; j < cap.length; j++)
      if (active[j]) step = Math.min(step, ((cap[j] as number) - (x[j] as number)) / (weight[j] as number));
    let tight = -1;
    for (let r = 0; r < rows.length; r++) {
      const level = (pull[r] as number) > 0 ? (room[r] as number) / (pull[r] as number) : Infinity;
      if (level < step) [step, tight] = [level, r];
    }
    for (let j = 0; j < cap.length; j++) if (active[j]) x[j] = (x[j] as number) + step * (weight[j] as number);
    for (let r = 0; r < rows.length; r++) room[r] = Math.max(0, (room[r] as number) - step * (pull[r] as number));
    const full = rows[tight];
    for (let j = 0; j < cap.length; j++) {
      if (!active[j]) continue;
      if ((x[j] as number) >= (cap[j] as number) - 1e-6) active[j] = 0;
      else if (full && (policy === 'proportional' || (full.a[j] as number) > 0)) [active[j], by[j]] = [0, full.at];
    }
  }
  return { x, by };
}
