/**
 * Why limits may go below what was published: a closed table (envelopes reference 2.7, "Rule 14 reasons"). A reduction names one of these or is
 * refused. The reasons of the server's own are given by the rule that lowers; an operator cannot name them.
 */
export interface ReasonEntry {
  readonly means: string;
  /** `operator`: for orders, switching and imports; `server`: given by the rule that lowers. */
  readonly by: 'operator' | 'server';
  /** Whether limits may go below firm for it. */
  readonly belowFirm: boolean;
  /** Whether it may take hold at once; the others wait out the notice that the contract grants. */
  readonly atOnce: boolean;
}

const reason = (means: string, by: ReasonEntry['by'], belowFirm: boolean, atOnce: boolean): ReasonEntry => ({
  means,
  by,
  belowFirm,
  atOnce,
});

export const reasons = {
  emergency: reason('a fault, an outage or emergent switching', 'operator', true, true),
  outage: reason('a part of the network is without supply', 'operator', true, true),
  'equipment-limit': reason('an asset carries, or is about to carry, more than it may', 'operator', true, true),
  voltage: reason('a voltage has left, or is about to leave, its band', 'operator', true, true),
  'supply-shortage': reason('there is not enough supply for everybody', 'operator', true, true),
  safety: reason('people or equipment are in danger', 'operator', true, true),
  authority: reason('an order of law, of a court or of an authority', 'operator', true, true),
  maintenance: reason('planned repairs or improvements of the network', 'operator', true, false),
  reconfiguration: reason('planned switching of the network', 'operator', true, false),
  'communication-lost': reason('the site cannot be reached', 'operator', false, true),
  'data-quality': reason('what the limits were computed from is in doubt', 'operator', false, true),
  'non-compliance': reason('the site does not keep its limits', 'operator', false, true),
  'customer-request': reason('the customer asked for it', 'operator', true, true),
  correction: reason('what was published was wrong', 'operator', false, true),
  test: reason('a test that was agreed with those it concerns', 'operator', true, false),
  contract: reason('a contract version took effect', 'server', false, true),
  forecast: reason(
    'measured or forecast conditions have changed: of dynamic limits, and of variable ones at their agreed turn',
    'server',
    false,
    true,
  ),
  verification: reason('the limits failed the verification by power flow', 'server', false, true),
  'engine-failure': reason('the engine gave nothing that could be used', 'server', false, true),
} as const satisfies Record<string, ReasonEntry>;

export type ReasonCode = keyof typeof reasons;

/** What an operator may name. */
export const operatorReasons = (Object.keys(reasons) as ReasonCode[]).filter(code => reasons[code].by === 'operator');

export const isReason = (text: string): text is ReasonCode => Object.hasOwn(reasons, text);
