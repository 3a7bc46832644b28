/** What the net mends. Label of `headroom_safety_net_total`. */
export const netRules = {
  shape: 'the answer is not a list of envelopes',
  unknown: 'envelopes for devices that do not exist were refused',
  missing: 'devices were left out: firm used',
  duplicate: 'devices were answered more than once: firm used',
  steps: 'envelopes had the wrong number of steps: firm used',
  'not-a-number': 'limits were not finite numbers: firm used',
  negative: 'limits were negative: firm used',
  'below-firm': 'limits were below the contract: firm used',
  rating: 'limits were above the rating of the site: rating used',
  group: 'limits for sums were no such thing: sites have their own limits alone, or firm in that step',
  overload: 'limits together exceeded an asset: the part above firm was scaled down',
  unsafe: 'limits failed the verification by power flow: firm used',
} as const;
export type NetRule = keyof typeof netRules;

export interface NetEvent {
  readonly rule: NetRule;
  /** Limits (device, step and direction) or entries it concerns. */
  readonly count: number;
  readonly text: string;
}

/** Called for each thing mended, with where it was. */
export type Note = (rule: NetRule, about: string) => void;

/** Counts what was mended by rule and keeps the first place of each. */
export class Tally {
  private readonly seen = new Map<NetRule, { count: number; first: string }>();
  readonly note: Note = (rule, about) => {
    const known = this.seen.get(rule);
    if (known) known.count++;
    else this.seen.set(rule, { count: 1, first: about });
  };
  events(): NetEvent[] {
    return [...this.seen].map(([rule, { count, first }]) => ({
      rule,
      count,
      text: `${netRules[rule]} (${count === 1 ? first : `${count} times, first ${first}`})`,
    }));
  }
}
