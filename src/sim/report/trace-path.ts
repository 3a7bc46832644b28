/**
 * Paths of long traces, thinned without hiding anything. A trace of n samples drawn over c columns keeps the smallest and the
 * largest sample of each column, in the order in which they came (the min/max half of M4: Jugel et al., VLDB 2014), so each
 * peak is still drawn at its full height. With no more samples than columns nothing is thinned and each sample is a step.
 */
export interface Bin {
  /** Samples [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Cuts n samples into at most `columns` runs of equal length, one after another, none empty. */
export function bins(n: number, columns: number): Bin[] {
  const parts = Math.max(0, Math.min(n, Math.floor(columns)));
  return Array.from({ length: parts }, (_, k) => ({
    from: Math.floor((k * n) / parts),
    to: Math.floor(((k + 1) * n) / parts),
  }));
}

/** Where sample i begins; i + 1 is where it ends. May take fractions. */
export type Place = (sample: number) => number;

interface Extremes {
  least: number;
  most: number;
}

/** Indices of the smallest and largest finite sample of a bin; undefined when it has none. */
export function extremes(values: readonly number[], { from, to }: Bin): Extremes | undefined {
  let found: Extremes | undefined;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (value === undefined || !Number.isFinite(value)) continue;
    if (!found) found = { least: i, most: i };
    else if (value < values[found.least]!) found = { ...found, least: i };
    else if (value > values[found.most]!) found = { ...found, most: i };
  }
  return found;
}

/** A line through the samples. Samples that are no number, and those `hide` picks, leave a gap. */
export function tracePath(
  values: readonly number[],
  x: Place,
  y: (value: number) => number,
  columns: number,
  hide: (value: number) => boolean = () => false,
): string {
  const pen = new Pen();
  const shown = values.map(value => (hide(value) ? NaN : value));
  for (const bin of bins(shown.length, columns)) {
    const found = extremes(shown, bin);
    if (!found) {
      pen.lift();
      continue;
    }
    const [least, most] = [shown[found.least]!, shown[found.most]!];
    if (least === most) {
      pen.to(x(bin.from), y(least));
      pen.to(x(bin.to), y(least));
    } else {
      for (const i of found.least < found.most ? [found.least, found.most] : [found.most, found.least])
        pen.to(x(i + 0.5), y(shown[i]!));
    }
  }
  return pen.d();
}

/**
 * The area between two traces. `widest` takes the outermost samples of each column (a band of what was measured), `tightest`
 * the innermost (a corridor of what was allowed), so that neither picture looks better than the data.
 */
export function bandPath(
  low: readonly number[],
  high: readonly number[],
  x: Place,
  y: (value: number) => number,
  columns: number,
  take: 'widest' | 'tightest',
): string {
  let d = '';
  let edge: { x0: number; x1: number; top: number; foot: number }[] = [];
  const close = () => {
    const pen = new Pen();
    for (const { x0, x1, top } of edge) [x0, x1].forEach(at => pen.to(at, top));
    for (const { x0, x1, foot } of edge.reverse()) [x1, x0].forEach(at => pen.to(at, foot));
    d += edge.length ? `${pen.d()}z` : '';
    edge = [];
  };
  for (const bin of bins(Math.min(low.length, high.length), columns)) {
    const [below, above] = [extremes(low, bin), extremes(high, bin)];
    if (!below || !above) {
      close();
      continue;
    }
    const foot = y(low[take === 'widest' ? below.least : below.most]!);
    const top = y(high[take === 'widest' ? above.most : above.least]!);
    edge.push({ x0: x(bin.from), x1: x(bin.to), top, foot });
  }
  close();
  return d;
}

/** Writes path data on a grid of a tenth of a unit, in relative steps (half the bytes of absolute ones, no drift). */
class Pen {
  private text = '';
  private last: [number, number] | undefined;
  /** A straight run along an axis that may still grow. */
  private run: [number, number] = [0, 0];

  lift(): void {
    this.flush();
    this.last = undefined;
  }

  to(x: number, y: number): void {
    const next: [number, number] = [Math.round(x * 10), Math.round(y * 10)];
    if (!this.last) this.text += `M${next[0] / 10} ${next[1] / 10}`;
    else {
      const [dx, dy] = [next[0] - this.last[0], next[1] - this.last[1]];
      const [rx, ry] = this.run;
      const straight = (dy === 0 && ry === 0 && dx * rx >= 0) || (dx === 0 && rx === 0 && dy * ry >= 0);
      if (!straight) this.flush();
      this.run = [this.run[0] + dx, this.run[1] + dy];
    }
    this.last = next;
  }

  d(): string {
    this.flush();
    return this.text;
  }

  private flush(): void {
    const [dx, dy] = this.run;
    if (dx && dy) this.text += `l${tenths(dx)}${dy < 0 ? '' : ' '}${tenths(dy)}`;
    else if (dx) this.text += `h${tenths(dx)}`;
    else if (dy) this.text += `v${tenths(dy)}`;
    this.run = [0, 0];
  }
}

const tenths = (n: number): string => String(n / 10).replace(/^(-?)0\./, '$1.');
