/**
 * How a meter's voltage answers to its own power, from a history of smart-meter readings alone: a regression of differences from one reading
 * to the next, after MoHCA of Sandia and NRECA (envelopes reference 3.6a).
 *
 *     dV = sp dP + sq dQ        P and Q injected; no intercept
 *
 * Kept are differences whose change of power is mostly active (above the tenth percentile of |dP| / |dS|) and whose change of voltage is no
 * switching upstream (below the 99th percentile). A reading held four times or longer is a fault of the meter.
 */
export interface Reading {
  /** Seconds since 1970. */
  readonly at: number;
  readonly voltageV: number;
  /** Drawn, kW and kvar. */
  readonly kw: number;
  readonly kvar: number;
}

export interface MeterFit {
  /** Volts for each kW and kvar injected, and the standard error of the first. */
  readonly sp: number;
  readonly sq: number;
  readonly error: number;
  readonly samples: number;
}

const heldTooLong = 4;

/** Undefined where there are too few differences, or they say nothing. Readings in order of time. */
export function fitMeter(readings: readonly Reading[]): MeterFit | undefined {
  const good = withoutHeld(readings);
  const steps = good.slice(1).map((now, i) => now.at - (good[i] as Reading).at);
  const usual = quantile(steps, 0.5);
  const differences = steps.flatMap((step, i) => {
    const [before, now] = [good[i] as Reading, good[i + 1] as Reading];
    // Over a gap more than one thing has changed.
    if (step > 1.5 * usual) return [];
    return [{ p: before.kw - now.kw, q: before.kvar - now.kvar, v: now.voltageV - before.voltageV }];
  });
  const active = differences.map(({ p, q }) => (p === 0 && q === 0 ? 0 : Math.abs(p) / Math.hypot(p, q)));
  const [least, most] = [
    quantile(active, 0.1),
    quantile(
      differences.map(({ v }) => Math.abs(v)),
      0.99,
    ),
  ];
  const used = differences.filter(({ v }, i) => (active[i] as number) > least && Math.abs(v) < most);
  if (used.length < 100) return undefined;
  let [pp, pq, qq, pv, qv] = [0, 0, 0, 0, 0];
  for (const { p, q, v } of used) [pp, pq, qq, pv, qv] = [pp + p * p, pq + p * q, qq + q * q, pv + p * v, qv + q * v];
  // Vars that never move say nothing of sq, and take nothing away from sp.
  const flat = !(pp * qq - pq * pq > 1e-9 * pp * Math.max(pp, qq));
  if (!(pp > 0)) return undefined;
  const determinant = pp * qq - pq * pq;
  const sp = flat ? pv / pp : (pv * qq - qv * pq) / determinant;
  const sq = flat ? 0 : (pp * qv - pq * pv) / determinant;
  const residual = used.reduce((sum, { p, q, v }) => sum + (v - sp * p - sq * q) ** 2, 0) / (used.length - 2);
  const error = Math.sqrt(residual * (flat ? 1 / pp : qq / determinant));
  return { sp, sq, error, samples: used.length };
}

/** Linear between the two nearest. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  return low + ((sorted[Math.ceil(at)] as number) - low) * (at - Math.floor(at));
}

function withoutHeld(readings: readonly Reading[]): Reading[] {
  const same = (a: Reading, b: Reading): boolean => a.voltageV === b.voltageV && a.kw === b.kw && a.kvar === b.kvar;
  const good: Reading[] = [];
  for (let from = 0; from < readings.length;) {
    let to = from + 1;
    while (to < readings.length && same(readings[to] as Reading, readings[from] as Reading)) to++;
    if (to - from < heldTooLong) good.push(...readings.slice(from, to));
    from = to;
  }
  return good;
}
