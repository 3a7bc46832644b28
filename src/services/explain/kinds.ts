/** What sets limits, sorted into a few kinds. Engines, net and orders say it in words of their own (`transformer TR1`, `order R14-2 (…)`). */
export const boundKinds = [
  'transformer',
  'line',
  'voltage',
  'service',
  'firm',
  'policy',
  'order',
  'safety',
  'other',
] as const;

export type BoundKind = (typeof boundKinds)[number];

const beginnings: readonly (readonly [RegExp, BoundKind])[] = [
  // Published as firm because a power flow refused more, or because nobody vouched for it.
  [/^firm, (verification|engine|no supply|missing|duplicate|steps)|^safety net|^verification/, 'safety'],
  [/^firm/, 'firm'],
  [/^(order|switching) /, 'order'],
  [/^(transformer|node) /, 'transformer'],
  [/^(line|branch) /, 'line'],
  [/^V(max|min) |^voltage/, 'voltage'],
  [/^(site rating|service)/, 'service'],
  [/^(policy|profile|contract|sum of|withdrawn|imported)/, 'policy'],
];

export const kindOf = (by: string): BoundKind => beginnings.find(([begins]) => begins.test(by))?.[1] ?? 'other';
