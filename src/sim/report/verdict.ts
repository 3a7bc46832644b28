/** What a run proved, check by check: said alike by page and terminal, and what the exit code should follow. */
import { count, excess, many, share } from './figures';
import { type Summary } from './record';

export interface Check {
  readonly name: 'sites' | 'sums' | 'head' | 'voltage' | 'network' | 'need';
  readonly passed: boolean;
  readonly text: string;
}

/** True only for a whole share, whatever the rounding of sums did to its last digits. */
export const allInside = (summary: Summary): boolean => summary.complianceShare >= 1 - 1e-12;

/**
 * The checks: sites followed their envelopes, and those of an aggregator a limit for their sum where there is one; the head was never over its rating with them; voltages stayed in the band with
 * them; no other rating of the network was broken, where that was looked at; and without them one of the two would have been broken (else the run has shown nothing).
 */
export function checks(summary: Summary): Check[] {
  const { minutesBrokenWith: broken } = summary;
  const { overloadMinutesWith, overloadMinutesWithout, voltageViolationsWith, voltageViolationsWithout } = summary;
  const needed = overloadMinutesWithout > 0 || voltageViolationsWithout > 0;
  return [
    {
      name: 'sites',
      passed: allInside(summary),
      text: allInside(summary)
        ? `${summary.sites === 1 ? 'The site' : `All ${count(summary.sites)} sites`} stayed inside ${summary.sites === 1 ? 'its envelope' : 'their envelopes'}`
        : `Sites were inside their envelopes ${share(summary.complianceShare)} of the time, worst overshoot ${excess(summary.worstOvershootW)}`,
    },
    ...sumCheck(summary),
    {
      name: 'head',
      passed: overloadMinutesWith === 0,
      text:
        overloadMinutesWith === 0
          ? 'Feeder head never above its rating'
          : `Feeder head above its rating for ${many(overloadMinutesWith, 'minute')}`,
    },
    {
      name: 'voltage',
      passed: voltageViolationsWith === 0,
      text:
        voltageViolationsWith === 0
          ? 'Every voltage inside the band'
          : `${many(voltageViolationsWith, 'voltage violation')} with envelopes`,
    },
    ...(broken === undefined
      ? []
      : [
          {
            name: 'network' as const,
            passed: broken === 0,
            text:
              broken === 0
                ? 'No rating of any line or transformer broken'
                : `A limit of the network broken in ${many(broken, 'minute')}`,
          },
        ]),
    {
      name: 'need',
      passed: needed,
      text: needed
        ? `Without envelopes: ${many(overloadMinutesWithout, 'minute')} of overload, ${many(voltageViolationsWithout, 'voltage violation')}`
        : 'Without envelopes nothing would have been broken either: this run shows no need for them',
    },
  ];
}

/** Only of a run with limits for sums: whether they were kept. */
function sumCheck({ sums }: Summary): Check[] {
  if (!sums) return [];
  const kept = sums.complianceShare >= 1 - 1e-12;
  const whose =
    sums.count === 1 ? 'The sites of the aggregator' : `The sites of each of ${count(sums.count)} aggregators`;
  const text = kept
    ? `${whose} stayed inside the limit for their sum`
    : `${whose} were inside the limit for their sum ${share(sums.complianceShare)} of the time, worst overshoot ${excess(sums.worstOvershootW)}`;
  return [{ name: 'sums', passed: kept, text }];
}

/** Whether every check of `checks` passed. */
export const passed = (summary: Summary): boolean => checks(summary).every(check => check.passed);
