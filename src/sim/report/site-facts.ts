/** Figures of one site over a run, and the order in which people want to see sites. */
import { type SiteTrace, type SourceOfLimit } from './record';

export interface SiteFacts {
  readonly site: SiteTrace;
  /** Largest mean import and export of a minute, W, both 0 or above. */
  readonly peakImportW: number;
  readonly peakExportW: number;
  /** The tightest limits it was told to follow, W; undefined when it never had one. */
  readonly leastImportW: number | undefined;
  readonly leastExportW: number | undefined;
  readonly outsideS: number;
  readonly worstOvershootW: number;
  readonly minutesFrom: Readonly<Record<SourceOfLimit, number>>;
}

export function siteFacts(site: SiteTrace): SiteFacts {
  const minutesFrom = { event: 0, default: 0, fallback: 0, none: 0 };
  for (const source of site.source) minutesFrom[source]++;
  return {
    site,
    peakImportW: Math.max(0, finite(site.netW, Math.max) ?? 0),
    peakExportW: Math.max(0, -(finite(site.netW, Math.min) ?? 0)),
    leastImportW: finite(site.importLimitW, Math.min),
    leastExportW: finite(site.exportLimitW, Math.min),
    outsideS: site.outsideS.reduce((sum, s) => sum + (Number.isFinite(s) ? s : 0), 0),
    worstOvershootW: finite(site.overshootW, Math.max) ?? 0,
    minutesFrom,
  };
}

function finite(values: readonly number[], pick: (a: number, b: number) => number): number | undefined {
  let found: number | undefined;
  for (const value of values) if (Number.isFinite(value)) found = found === undefined ? value : pick(found, value);
  return found;
}

/** Sites that stood outside first, longest first; the others by name, "2" before "10". */
export function troubledFirst(facts: readonly SiteFacts[]): SiteFacts[] {
  return [...facts].sort((a, b) => b.outsideS - a.outsideS || byName(a.site.name, b.site.name));
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
export const byName = (a: string, b: string): number => order.compare(a, b);

/** Runs of samples for which `is` holds, widened to whole bins: [from, to) in samples. */
export function runs(
  parts: readonly { readonly from: number; readonly to: number }[],
  is: (sample: number) => boolean,
): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of parts) {
    let any = false;
    for (let i = from; i < to && !any; i++) any = is(i);
    if (!any) continue;
    const last = found.at(-1);
    if (last?.to === from) last.to = to;
    else found.push({ from, to });
  }
  return found;
}
