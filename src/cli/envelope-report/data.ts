/** What a report of envelopes is made of, and the same cut into columns of equal time for its pictures. */
import { type Seconds } from '../../base/clock';
import {
  type Account,
  type BoundShare,
  type Planned,
  type SiteAccount,
  accountOf,
  byKind,
  siteAccount,
} from '../../services/explain/account';
import { type HeldBack, type Together, heldBack } from '../../services/explain/held-back';
import { type Interval, type Stretch } from '../../services/explain/intervals';
import { type BoundKind, boundKinds, kindOf } from '../../services/explain/kinds';

export interface ReportSite {
  readonly site: string;
  readonly name: string;
  /** Without gaps from the begin of the report to its end. */
  readonly intervals: readonly Interval[];
  readonly planned?: Planned;
}

export interface ReportCheck {
  readonly passed: boolean;
  readonly text: string;
}

export interface ReportInput extends Stretch {
  readonly title: string;
  /** What was run: network, engine, seed. */
  readonly about: readonly string[];
  readonly utcOffsetS?: Seconds;
  readonly sites: readonly ReportSite[];
  /** Limits for sums over some of them. */
  readonly together?: readonly Together[];
  readonly checks: readonly ReportCheck[];
  /** Sentences on how it was come by. */
  readonly notes: readonly string[];
}

export interface Report {
  readonly account: Account;
  readonly kinds: Readonly<Record<Way, readonly BoundShare[]>>;
  readonly sites: readonly (SiteAccount & { readonly name: string })[];
  readonly columns: readonly Column[];
}

export type Way = 'import' | 'export';
export const ways: readonly Way[] = ['import', 'export'];

/** Means over a stretch of time. */
export interface Column extends Stretch {
  readonly import: ColumnSide;
  readonly export: ColumnSide;
}
export interface ColumnSide {
  /** What all sites may do together, W. */
  readonly limitW: number;
  /** Share of sites that each kind of constraint bound, 0 … 1. */
  readonly kinds: Readonly<Partial<Record<BoundKind, number>>>;
}

const mostColumns = 288;
const field = { import: 'importW', export: 'exportW' } as const;

type Given = Pick<ReportInput, 'from' | 'to' | 'sites' | 'together'>;

export function reportOf({ from, sites, to, together = [] }: Given): Report {
  const accounts = sites.map(({ intervals, name, planned, site }) => ({
    name,
    ...siteAccount(site, intervals, planned),
  }));
  const own = new Map(sites.map(({ intervals, site }) => [site, intervals]));
  const held = (when: Stretch) => heldBack(together, site => own.get(site) ?? [], when);
  const account = accountOf(accounts, { from, to }, held({ from, to }));
  return {
    account,
    kinds: { import: byKind(account.import.bound), export: byKind(account.export.bound) },
    sites: accounts,
    columns: columnsOf({ from, sites, to }, held),
  };
}

function columnsOf({ from, sites, to }: Given, held: (when: Stretch) => HeldBack): Column[] {
  const lengthS = Math.max(300, Math.ceil((to - from) / mostColumns / 300) * 300);
  const count = Math.max(1, Math.ceil((to - from) / lengthS));
  const joules = { import: new Float64Array(count), export: new Float64Array(count) };
  const cells = boundKinds.length * count;
  const seconds = { import: new Float64Array(cells), export: new Float64Array(cells) };
  for (const { intervals } of sites)
    for (const interval of intervals) {
      const kind = {
        import: boundKinds.indexOf(kindOf(interval.bound.import)),
        export: boundKinds.indexOf(kindOf(interval.bound.export)),
      };
      const last = Math.min(count - 1, Math.ceil((interval.to - from) / lengthS) - 1);
      for (let c = Math.max(0, Math.floor((interval.from - from) / lengthS)); c <= last; c++) {
        const begins = from + c * lengthS;
        const overlap = Math.min(interval.to, begins + lengthS) - Math.max(interval.from, begins);
        if (overlap <= 0) continue;
        for (const way of ways) {
          const cell = c * boundKinds.length + kind[way];
          joules[way][c] = (joules[way][c] ?? 0) + interval[field[way]] * overlap;
          seconds[way][cell] = (seconds[way][cell] ?? 0) + overlap;
        }
      }
    }
  return Array.from({ length: count }, (_, c) => {
    const begins = from + c * lengthS;
    const ends = Math.min(to, begins + lengthS);
    const heldW = held({ from: begins, to: ends });
    const side = (way: Way): ColumnSide => {
      const own = boundKinds.map((kind, k) => [kind, seconds[way][c * boundKinds.length + k] ?? 0] as const);
      const all = own.reduce((sum, [, s]) => sum + s, 0);
      return {
        limitW: (joules[way][c] ?? 0) / (ends - begins) - heldW[field[way]],
        kinds: Object.fromEntries(own.flatMap(([kind, s]) => (s > 0 ? [[kind, s / all]] : []))),
      };
    };
    return { from: begins, to: ends, import: side('import'), export: side('export') };
  });
}
