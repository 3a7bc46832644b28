/**
 * What was agreed with a site, apart from what orders lay over it. A publication is up to two rows: one of the product and, where orders
 * hold, one over it (`overlay`), each owning steps of its own. So what was agreed survives an order, and a restart, without a store of its own.
 */
import { type Seconds } from '../../base/clock';
import { type Series } from '../../store/api';
import { type BoundBy, boundAt, seriesEnd } from './controls';

/** Engine of the rows that orders make. */
export const overlay = 'orders';

export interface Agreed {
  readonly importW: number;
  readonly exportW: number;
  readonly bound: BoundBy;
}

export interface AgreedLimits {
  /** Newest of its rows: their steps are the steps of what is composed again. */
  readonly newest: Series | undefined;
  /** Where it ends; 0 where there is none. */
  readonly end: Seconds;
  /** The least of what was agreed in [from, to) where all of it is known; undefined otherwise. */
  during(from: Seconds, to: Seconds): Agreed | undefined;
}

export function agreedOf(rows: readonly Series[]): AgreedLimits {
  const products = rows.filter(row => row.engine !== overlay).sort((a, b) => b.id - a.id);
  const at = (t: Seconds): { limits: Agreed; until: Seconds } | undefined => {
    let until = Infinity;
    for (const row of products) {
      if (row.start > t) {
        until = Math.min(until, row.start);
        continue;
      }
      if (seriesEnd(row) <= t) continue;
      const step = Math.floor((t - row.start) / row.stepS);
      return {
        limits: { importW: row.importW[step] ?? 0, exportW: row.exportW[step] ?? 0, bound: boundAt(row, step) },
        until: Math.min(until, row.start + (step + 1) * row.stepS),
      };
    }
    return undefined;
  };
  return {
    newest: products[0],
    end: products.reduce((end, row) => Math.max(end, seriesEnd(row)), 0),
    during(from, to) {
      let least: Agreed | undefined;
      for (let t = from; t < to;) {
        const found = at(t);
        if (!found) return undefined;
        const { bound, exportW, importW } = found.limits;
        least = least
          ? {
              importW: Math.min(least.importW, importW),
              exportW: Math.min(least.exportW, exportW),
              bound: {
                import: importW < least.importW ? bound.import : least.bound.import,
                export: exportW < least.exportW ? bound.export : least.bound.export,
              },
            }
          : found.limits;
        t = found.until;
      }
      return least;
    },
  };
}
