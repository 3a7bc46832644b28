/**
 * The linear robust counterpart of a feeder's limits (envelopes reference 3.4): each limit is a row over all import and export limits, with
 * the coefficient of whichever direction hurts it and none of the other, so that the row holds at the worst vertex of the box. All
 * coefficients are 0 or above.
 */
import { type BoxModel } from './box-model';

/** a · x ≤ room − margin, over import limits and then export limits, W. */
export interface Row {
  readonly a: Float64Array;
  /** Per unit of voltage or rating, with all at rest. */
  readonly room: number;
  /** The limit that it stands for; several rows may stand for one. */
  readonly at: number;
  margin: number;
}

const directions = 16;

/** A row of a limit that rises by `gain[k]` for each watt that site k draws. */
export function robustRow(gain: ArrayLike<number>, room: number, at: number, margin: number): Row {
  const n = gain.length;
  const a = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    const g = gain[k] as number;
    if (g > 0) a[k] = g;
    else a[n + k] = -g;
  }
  return { a, room, at, margin };
}

/** What is left of each row beyond firm, W of `firm` over import and then export. */
export function roomsBeyond(rows: readonly Row[], firm: Float64Array): Float64Array {
  return Float64Array.from(rows, ({ a, margin, room }) => {
    let left = room - margin;
    for (let j = 0; j < a.length; j++) left -= (a[j] as number) * (firm[j] as number);
    return Math.max(0, left);
  });
}

/** Rows of the state with all at rest: both sides of the band at every node, 16 directions of every rated current. */
export function rowsOf(model: BoxModel): Row[] {
  const { constraints } = model;
  const { flow } = constraints;
  const slack = new Float64Array(constraints.all.length);
  model.excess(undefined);
  constraints.worst(slack);
  const { margin, only } = model.options;
  const responses = model.nodes.map(own => own.map(node => flow.respond(node)));
  const perDevice = (of: (response: ReturnType<typeof flow.respond>) => number): number[] =>
    responses.map(own => own.reduce((sum, response) => sum + of(response), 0) / Math.max(1, own.length));
  const rows: Row[] = [];
  constraints.all.forEach(({ kind, phase }, at) => {
    if (constraints.isVoltage(at)) {
      const node = constraints.nodeOf(at);
      const nominal = flow.topology.nominalV[(node / 3) | 0] as number;
      const sign = kind === 'high' ? 1 : -1;
      const gain = perDevice(({ volts }) => (sign * (volts[node] as number)) / nominal);
      rows.push(robustRow(gain, -(slack[at] as number), at, margin));
      return;
    }
    const current = constraints.currentOf(at);
    if (!current || phase === undefined || only === 'voltage') return;
    const node = 3 * current.to + phase - 1;
    const now = flow.current(node);
    const re = perDevice(({ ampsRe }) => ampsRe[node] as number);
    const im = perDevice(({ ampsIm }) => ampsIm[node] as number);
    for (let d = 0; d < directions; d++) {
      const angle = (2 * Math.PI * d) / directions;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      // The circle is inside its sixteen tangents by cos(π/16).
      const room = Math.cos(Math.PI / directions) - (c * now.re + s * now.im) / current.rated;
      const gain = re.map((value, k) => (c * value + s * (im[k] as number)) / current.rated);
      rows.push(robustRow(gain, room, at, margin));
    }
  });
  return rows;
}
