/** What is kept of runs: a summary of the latest, rows of the audit trail, and the shortfalls of firm that stand. */
import { type EnvelopeRun } from '../console/envelope-service';
import { type Auditor } from '../services/audit';
import { byKind } from '../services/explain/account';
import { type FirmShortfall, type RunResult } from '../services/run-result';

const runsKept = 1000;

export interface RunNotes {
  /** Notes a run and gives it back. */
  readonly noted: (result: RunResult) => RunResult;
  readonly runs: () => readonly EnvelopeRun[];
  readonly shortfalls: () => readonly FirmShortfall[];
}

export function runNotes({ audit }: { readonly audit?: Auditor }, also: (result: RunResult) => void): RunNotes {
  const runs: EnvelopeRun[] = [];
  let shortfalls: readonly FirmShortfall[] = [];
  const record = (what: string, subject: string, detail: Record<string, unknown>): void =>
    audit?.record({ who: 'server', from: '', what, subject, detail });
  /** Recorded when they change: a shortfall that stands for a week is one row and not a row each run. */
  const noteShortfalls = (result: RunResult): void => {
    const texts = (list: readonly FirmShortfall[]) => list.map(({ text }) => text.replace(/\d+ W/g, 'W')).join();
    const before = texts(shortfalls);
    ({ shortfalls } = result);
    if (texts(shortfalls) === before) return;
    const some = shortfalls.slice(0, 10).map(({ text }) => text);
    record('envelopes.firm-shortfall', result.engine, { count: shortfalls.length, some });
  };
  return {
    noted: result => {
      also(result);
      runs.push(summaryOf(result));
      if (runs.length > runsKept) runs.shift();
      const { engine, outcome, controlsPublished, sitesPublished } = result;
      record('envelopes.published', engine, { outcome, controlsPublished, sitesPublished });
      for (const { noticeS, order, reason, sites, wh, worstW } of result.reductions)
        record('envelopes.reduced', reason, { sites, noticeS, worstW, wh, ...(order !== undefined && { order }) });
      noteShortfalls(result);
      return result;
    },
    runs: () => runs,
    shortfalls: () => shortfalls,
  };
}

function summaryOf({
  at,
  outcome,
  controlsPublished,
  fallbacks,
  net,
  notices,
  problem,
  engine,
  account,
}: RunResult): EnvelopeRun {
  const notes: EnvelopeRun['notes'][number][] = [];
  if (problem) notes.push({ what: 'fallback', text: `engine ${engine}: ${problem.message}` });
  if (fallbacks.length > 0)
    notes.push({ what: 'fallback', text: `${fallbacks.length} sites put on their firm limits` });
  for (const event of net) notes.push({ what: 'safety-net', text: event.text });
  for (const notice of notices) notes.push({ what: 'note', text: notice.text });
  const kinds = (side: 'import' | 'export') => account && { ...account[side], bound: byKind(account[side].bound) };
  const [i, e] = [kinds('import'), kinds('export')];
  return {
    at,
    outcome,
    controlsPublished,
    notes,
    ...(account && i && e && { account: { ...account, import: i, export: e } }),
  };
}
