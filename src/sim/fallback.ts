/**
 * Which minutes of a run were fallback. A site knows when it has lost contact; that its limits are firm because the engine failed
 * only the server knows, for what it sends then looks like any other envelope.
 */
import { type Seconds } from '../base/clock';
import { type SiteTrace } from './report/record';

export interface Period {
  readonly from: Seconds;
  readonly to: Seconds;
}

/** Limits, W, that grant a site no more than its firm ones. An inverter is told of its export only: its import is its customer's. */
export function onFirm(
  { importW, exportW }: { readonly importW: number; readonly exportW: number },
  { kind, firmImportW, firmExportW }: Pick<SiteTrace, 'kind' | 'firmImportW' | 'firmExportW'>,
): boolean {
  return exportW <= firmExportW && (kind === 'inverter' || importW <= firmImportW);
}

/** Marks as `fallback` the minutes of `failures` from which on a site had heard of it, that is, stood on its firm limits. */
export function markFallback(traces: readonly SiteTrace[], start: Seconds, failures: readonly Period[]): void {
  for (const trace of traces) {
    const { importLimitW, exportLimitW, source } = trace;
    for (const { from, to } of failures) {
      const last = Math.min(source.length, Math.ceil((to - start) / 60));
      for (let m = Math.max(0, Math.floor((from - start) / 60)); m < last; m++) {
        const limits = { importW: importLimitW[m] ?? Infinity, exportW: exportLimitW[m] ?? Infinity };
        if (onFirm(limits, trace)) source[m] = 'fallback';
      }
    }
  }
}
