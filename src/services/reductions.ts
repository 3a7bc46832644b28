/** Reductions of what was published, added up by reason: what is reported of them, and kept (envelopes reference 2.7, 3.7c). */
import { type Seconds } from '../base/clock';
import { type NewDoc } from '../store/api';
import { type ReasonCode } from './reasons';
import { type Reduction } from './site-plan';

export interface ReductionReport {
  readonly at: Seconds;
  readonly reason: ReasonCode;
  readonly order?: string;
  readonly sites: number;
  /** Ids of the first of them. */
  readonly some: readonly string[];
  /** Seconds between being published and taking hold: least, median, most over the sites. */
  readonly noticeS: { readonly least: Seconds; readonly median: Seconds; readonly most: Seconds };
  /** Of any site and step. */
  readonly worstW: number;
  /** Of all sites, over the time published. */
  readonly wh: number;
}

export const reductionsList = '~reduction';
const mostNamed = 50;

export function reportsOf(
  at: Seconds,
  found: readonly { readonly site: string; readonly reductions: readonly Reduction[] }[],
): ReductionReport[] {
  const by = new Map<string, { site: string; reduction: Reduction }[]>();
  for (const { reductions, site } of found)
    for (const reduction of reductions) {
      const key = `${reduction.reason} ${reduction.order ?? ''}`;
      const known = by.get(key);
      if (known) known.push({ site, reduction });
      else by.set(key, [{ site, reduction }]);
    }
  return [...by.values()].map(all => {
    const [{ reduction: first }] = all as [{ site: string; reduction: Reduction }];
    const notices = all.map(({ reduction }) => reduction.noticeS).sort((a, b) => a - b);
    return {
      at,
      reason: first.reason,
      ...(first.order !== undefined && { order: first.order }),
      sites: all.length,
      some: all.slice(0, mostNamed).map(({ site }) => site),
      noticeS: {
        least: notices[0] ?? 0,
        median: notices[Math.floor(notices.length / 2)] ?? 0,
        most: notices.at(-1) ?? 0,
      },
      worstW: Math.max(...all.map(({ reduction }) => reduction.worstW)),
      wh: Math.round(all.reduce((sum, { reduction }) => sum + reduction.wh, 0)),
    };
  });
}

/** Kept in order of time. `nth` tells those of one second apart. */
export function reductionDocs(reports: readonly ReductionReport[], nth: number): NewDoc[] {
  return reports.map((report, i) => {
    const key = `${String(report.at).padStart(12, '0')}-${String(nth).padStart(9, '0')}-${i}`;
    return {
      href: `${reductionsList}/${key}`,
      list: reductionsList,
      kind: reductionsList,
      changed: report.at,
      sortKey: key,
      body: report,
    };
  });
}
