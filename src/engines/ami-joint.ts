/**
 * How the voltage of each meter answers to the power of all of them, by one ridge regression over a whole feeder (envelopes reference 3.6c):
 *
 *     dV_i = Σ_j (a_ij dP_j + b_ij dQ_j) [+ c_i dV_upstream]        P and Q injected; differences from one reading to the next
 *
 * One Cholesky decomposition serves all meters. The standard error of each a_ij comes with it.
 */
import { type Reading } from './ami-fit';

export interface JointFit {
  /** Meters in the order of rows and columns. */
  readonly meters: readonly string[];
  /** Volts at meter i for each kW injected at meter j, and its standard error: i × meters + j. */
  readonly a: Float64Array;
  readonly error: Float64Array;
  /** Volts at meter i for each kvar injected at meter j. */
  readonly b: Float64Array;
  readonly samples: number;
  /** Moments at which all meters were read, seconds since 1970, and what they read, by moment and then meter. */
  readonly at: Float64Array;
  readonly voltageV: Float64Array;
  readonly kw: Float64Array;
  readonly kvar: Float64Array;
}

/** Of the readings of the meter with most of them; one with fewer is left out rather than shorten the others'. */
const leastCover = 0.8;

/**
 * Undefined where there are fewer differences than three for each unknown.
 * @param upstream a meter whose voltage is what the feeder gets from above: it explains, and is not explained
 */
export function fitJoint(
  history: ReadonlyMap<string, readonly Reading[]>,
  { upstream, ridge = 1e-4 }: { readonly upstream?: string; readonly ridge?: number } = {},
): JointFit | undefined {
  const most = Math.max(0, ...[...history.values()].map(({ length }) => length));
  const meters = [...history.keys()].filter(
    name => name !== upstream && (history.get(name)?.length ?? 0) >= leastCover * most,
  );
  const table = alignedReadings(history, upstream === undefined ? meters : [...meters, upstream]);
  const k = meters.length;
  const wide = table.width;
  const unknowns = 2 * k + (wide - k);
  const gap = 1.5 * usualStep(table.at);
  const x = new Float64Array(unknowns);
  const gram = new Float64Array(unknowns * unknowns);
  const cross = new Float64Array(unknowns * k);
  const squares = new Float64Array(k);
  let samples = 0;
  for (let t = 1; t < table.at.length; t++) {
    if ((table.at[t] as number) - (table.at[t - 1] as number) > gap) continue;
    const change = (of: Float64Array, j: number): number =>
      (of[t * wide + j] as number) - (of[(t - 1) * wide + j] as number);
    for (let j = 0; j < k; j++) [x[j], x[k + j]] = [-change(table.kw, j), -change(table.kvar, j)];
    if (wide > k) x[2 * k] = change(table.voltageV, k);
    for (let p = 0; p < unknowns; p++) {
      const xp = x[p] as number;
      if (xp === 0) continue;
      for (let q = 0; q <= p; q++) gram[p * unknowns + q] = (gram[p * unknowns + q] as number) + xp * (x[q] as number);
      for (let i = 0; i < k; i++) cross[p * k + i] = (cross[p * k + i] as number) + xp * change(table.voltageV, i);
    }
    for (let i = 0; i < k; i++) squares[i] = (squares[i] as number) + change(table.voltageV, i) ** 2;
    samples++;
  }
  if (k === 0 || samples < 3 * unknowns) return undefined;
  // Scaled so that the ridge means the same for kilowatts, kilovars and volts.
  for (let p = 0; p < unknowns; p++) {
    const own = gram[p * unknowns + p] as number;
    gram[p * unknowns + p] = own + ridge * Math.max(own, 1e-6 * samples);
  }
  const factor = cholesky(gram, unknowns);
  const spread = inverseDiagonal(factor, unknowns);
  const [a, b, error] = [new Float64Array(k * k), new Float64Array(k * k), new Float64Array(k * k)];
  for (let i = 0; i < k; i++) {
    const right = Float64Array.from({ length: unknowns }, (_, p) => cross[p * k + i] as number);
    const solved = solve(factor, right, unknowns);
    const explained = solved.reduce((sum, value, p) => sum + value * (right[p] as number), 0);
    const variance = Math.max(0, (squares[i] as number) - explained) / Math.max(1, samples - unknowns);
    for (let j = 0; j < k; j++) {
      a[i * k + j] = solved[j] as number;
      b[i * k + j] = solved[k + j] as number;
      error[i * k + j] = Math.sqrt(variance * (spread[j] as number));
    }
  }
  const own = (of: Float64Array): Float64Array =>
    Float64Array.from({ length: table.at.length * k }, (_, n) => of[Math.floor(n / k) * wide + (n % k)] as number);
  return {
    meters,
    a,
    b,
    error,
    samples,
    at: table.at,
    voltageV: own(table.voltageV),
    kw: own(table.kw),
    kvar: own(table.kvar),
  };
}

/** The moments at which every one of these meters was read. */
function alignedReadings(history: ReadonlyMap<string, readonly Reading[]>, meters: readonly string[]) {
  const width = meters.length;
  const by = meters.map(name => new Map((history.get(name) ?? []).map(reading => [reading.at, reading])));
  const at = Float64Array.from([...(by[0]?.keys() ?? [])].filter(moment => by.every(own => own.has(moment)))).sort();
  const column = (of: (reading: Reading) => number): Float64Array =>
    Float64Array.from({ length: at.length * width }, (_, n) => {
      const reading = by[n % width]?.get(at[Math.floor(n / width)] as number);
      return reading ? of(reading) : NaN;
    });
  return { width, at, voltageV: column(r => r.voltageV), kw: column(r => r.kw), kvar: column(r => r.kvar) };
}

function usualStep(at: Float64Array): number {
  const steps = at.slice(1).map((moment, i) => moment - (at[i] as number));
  return steps.sort()[steps.length >> 1] ?? 0;
}

/** Lower triangle L of a symmetric positive matrix, given by its lower triangle. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let m = 0; m < j; m++) sum -= (l[i * n + m] as number) * (l[j * n + m] as number);
      l[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (l[j * n + j] as number);
    }
  return l;
}

function solve(l: Float64Array, right: Float64Array, n: number): Float64Array {
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    for (let m = 0; m < i; m++) x[i] = (x[i] as number) - (l[i * n + m] as number) * (x[m] as number);
    x[i] = (x[i] as number) / (l[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let m = i + 1; m < n; m++) x[i] = (x[i] as number) - (l[m * n + i] as number) * (x[m] as number);
    x[i] = (x[i] as number) / (l[i * n + i] as number);
  }
  return x;
}

/** Diagonal of the inverse of L Lᵀ. */
function inverseDiagonal(l: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, p) => {
    const unit = new Float64Array(n);
    unit[p] = 1;
    return solve(l, unit, n)[p] as number;
  });
}
