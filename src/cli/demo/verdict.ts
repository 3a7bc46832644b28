import { type Summary } from '../../sim/report/record';

export interface Verdict {
  /** Every site followed its envelopes within the tolerance of a power control system. */
  readonly followed: boolean;
  readonly good: boolean;
  readonly text: string;
}

/** What the run showed. Good only if the network needed the envelopes, had them followed, and stayed inside its limits. */
export function verdict(summary: Summary): Verdict {
  const {
    complianceShare,
    overloadMinutesWith,
    overloadMinutesWithout,
    voltageViolationsWith,
    voltageViolationsWithout,
  } = summary;
  const followed = complianceShare === 1;
  const safe = overloadMinutesWith === 0 && voltageViolationsWith === 0;
  const needed = overloadMinutesWithout > 0 || voltageViolationsWithout > 0;
  const text = [
    followed
      ? 'Every site followed its envelopes.'
      : `Sites stood outside their envelopes for ${((1 - complianceShare) * 100).toFixed(4)} % of the time.`,
    `Overload: ${overloadMinutesWithout} minutes without envelopes, ${overloadMinutesWith} with.`,
    `Voltage outside its band: ${voltageViolationsWithout} minutes without envelopes, ${voltageViolationsWith} with.`,
    needed ? '' : 'The network would have stayed inside its limits anyway: this run proves nothing.',
  ];
  return { followed, good: followed && safe && needed, text: text.filter(part => part !== '').join(' ') };
}
