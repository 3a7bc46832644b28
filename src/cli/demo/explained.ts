/** What the limits of a run amounted to, by what its server published: a part of the report, figures, and lines for a terminal. */
import { type Account, type BoundShare } from '../../services/explain/account';
import { type Extra } from '../../sim/report/page';
import { type RunRecord } from '../../sim/report/record';
import { reportOf, type Way, ways } from '../envelope-report/data';
import { serverSites } from '../envelope-report/intervals';
import { capacity, capacityStyles, movedBy } from '../envelope-report/page';
import { planWords } from '../envelope-report/make';
import { percent, signed } from '../envelope-report/plots';
import { type OperatorApi } from '../operator-api';

export interface ExplainedRun {
  readonly section: Extra;
  /** For the summary as JSON. */
  readonly figures: { readonly capacity: Readonly<Record<Way, Figures>> };
  readonly lines: readonly string[];
}

interface Figures extends Pick<Account['import'], 'limitW' | 'unlocked' | 'jain' | 'leastOverMean'> {
  /** Of all site-hours, by kind of constraint. */
  readonly bound: readonly BoundShare[];
}

export async function explainRun(
  api: Pick<OperatorApi, 'get'>,
  { minutes, start, utcOffsetS = 0 }: Pick<RunRecord, 'minutes' | 'start' | 'utcOffsetS'>,
): Promise<ExplainedRun> {
  const found = await serverSites(api, { from: start, to: start + Math.max(1, minutes) * 60 });
  const plan = await planWords(api);
  const report = reportOf(movedBy(found, utcOffsetS));
  const figures = (way: Way): Figures => {
    const { bound: _named, ...rest } = report.account[way];
    return { ...rest, bound: report.kinds[way] };
  };
  return {
    section: { body: capacity(report, plan), styles: capacityStyles },
    figures: { capacity: { import: figures('import'), export: figures('export') } },
    lines: [
      ...ways.map(way => {
        const { unlocked } = report.account[way];
        const bound = report.kinds[way].map(({ kind, share }) => `${kind} ${percent(share)}`).join(', ');
        const gain = unlocked ? `${signed(unlocked.meanW)} against planning for the worst hour; ` : '';
        return `${way === 'import' ? 'Import' : 'Export'} limits: ${gain}bound by ${bound}.`;
      }),
      ...plan.map(text => `${text}.`),
    ],
  };
}
