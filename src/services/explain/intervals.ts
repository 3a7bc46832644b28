/**
 * What governs a site interval by interval, and what set each limit. A control is a run of steps with equal limits, but what bound them may
 * differ from step to step; so this looks into the rows, step by step, and joins neighbours that say the same in all.
 */
import { type Seconds } from '../../base/clock';
import { type Pen } from '../../base/ids';
import { type Series } from '../../store/api';
import { type BoundBy, boundAt, controlsOf, inForce } from '../envelopes/controls';

export interface Interval {
  readonly from: Seconds;
  readonly to: Seconds;
  /** Limits at the point of connection, W. */
  readonly importW: number;
  readonly exportW: number;
  readonly bound: BoundBy;
  /** By whom: an engine, `import`, `orders`; empty where nothing is published and DefaultDERControl holds. */
  readonly engine: string;
}

/** What holds where nothing is published. */
export interface Otherwise {
  readonly importW: number;
  readonly exportW: number;
  readonly bound: BoundBy;
}

export interface Stretch {
  readonly from: Seconds;
  readonly to: Seconds;
}

/** All of [from, to), in order of time and without gaps. `rows` are those of the site that end after `from`. */
export function intervalsOf(
  rows: readonly Series[],
  { from, to }: Stretch,
  { otherwise, pen }: { readonly otherwise: Otherwise; readonly pen: Pen },
): Interval[] {
  const byId = new Map(rows.map(row => [row.id, row]));
  const governing = controlsOf(rows, { pen })
    .map(control => ({ control, when: inForce(control) }))
    .filter(({ when }) => when.to > Math.max(when.from, from) && when.from < to)
    .sort((a, b) => a.when.from - b.when.from);
  const found: Interval[] = [];
  const add = (next: Interval): void => {
    const last = found.at(-1);
    if (next.to <= next.from) return;
    if (last && last.to === next.from && sameButTime(last, next)) found[found.length - 1] = { ...last, to: next.to };
    else found.push(next);
  };
  let at = from;
  for (const { control, when } of governing) {
    const row = byId.get(control.series);
    if (!row) continue;
    const begins = Math.max(at, when.from);
    add({ from: at, to: begins, ...otherwise, engine: '' });
    const ends = Math.min(to, when.to);
    const { engine, exportW, importW } = control;
    let step = Math.floor((begins - row.start) / row.stepS);
    for (at = begins; at < ends; step++) {
      const until = Math.min(ends, row.start + (step + 1) * row.stepS);
      add({ from: at, to: until, importW, exportW, bound: boundAt(row, step), engine });
      at = until;
    }
  }
  add({ from: at, to, ...otherwise, engine: '' });
  return found;
}

const sameButTime = (a: Interval, b: Interval): boolean =>
  a.importW === b.importW &&
  a.exportW === b.exportW &&
  a.bound.import === b.bound.import &&
  a.bound.export === b.bound.export &&
  a.engine === b.engine;
