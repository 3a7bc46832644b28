import fc from 'fast-check';
import { flowPolicies, flowPolicyNamed } from '.';
import { capacity } from './capacity';
import { cases, policyContract } from './testing/contract';

for (const policy of flowPolicies) policyContract(policy);

it('has each policy under one name', () => {
  for (const policy of flowPolicies) expect(flowPolicyNamed(policy.name)).toBe(policy);
  expect(new Set(flowPolicies.map(({ name }) => name)).size).toBe(flowPolicies.length);
  expect(() => flowPolicyNamed('none')).toThrow(RangeError);
});

describe('capacity', () => {
  it('never grants more than is free, and all of it where some second of the window has room for all', () => {
    fc.assert(
      fc.property(cases, ({ ask, free }) => {
        const grant = capacity.decide(ask, free);
        if (grant === 'wait') throw new Error('capacity answers by itself');
        const at = (second: number) => free.find(({ from, to }) => from <= second && second < to)?.powerW ?? 0;
        const seconds = Array.from({ length: grant.durationS }, (_, i) => grant.start + i);
        expect(seconds.every(second => grant.powerW <= at(second))).toBe(true);
        // The slow way: is there any second from which all of it would fit?
        const starts = Array.from({ length: ask.to - ask.durationS - ask.from + 1 }, (_, i) => ask.from + i);
        const first = starts.find(start =>
          Array.from({ length: ask.durationS }, (_, i) => at(start + i)).every(w => w >= ask.powerW),
        );
        if (first !== undefined)
          expect(grant).toMatchObject({ start: first, powerW: ask.powerW, energyWh: ask.energyWh });
      }),
    );
  });

  const ask = { direction: 'import' as const, powerW: 7000, energyWh: 12_000, durationS: 7371, from: 0, to: 28_800 };
  it.each([
    ['all at once where it fits', [{ from: 0, to: 28_800, powerW: 9000 }], [0, 7371, 7000, 12_000]],
    [
      'as soon as there is room for all',
      [
        { from: 0, to: 3600, powerW: 100 },
        { from: 3600, to: 28_800, powerW: 7000 },
      ],
      [3600, 7371, 7000, 12_000],
    ],
    ['less power for longer, as in C.20', [{ from: 0, to: 28_800, powerW: 3000 }], [0, 28_800, 3000, 12_000]],
    [
      'the span that brings most',
      [
        { from: 0, to: 3600, powerW: 5000 },
        { from: 3600, to: 7200, powerW: 0 },
        { from: 7200, to: 28_800, powerW: 1000 },
      ],
      [7200, 21_600, 1000, 6000],
    ],
    ['a refusal where nothing is free', [{ from: 0, to: 28_800, powerW: 0 }], [0, 28_800, 0, 0]],
  ])('grants %s', (_, free, [start, durationS, powerW, energyWh]) => {
    expect(capacity.decide(ask, free)).toEqual({ start, durationS, powerW, energyWh });
  });
});
