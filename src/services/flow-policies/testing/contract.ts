/** What every policy must keep to, whatever it grants. */
import fc from 'fast-check';
import { type FlowAsk, type FlowPolicy, type FreeSpan } from '../api';

export interface Case {
  readonly ask: FlowAsk;
  readonly free: readonly FreeSpan[];
}

/** A window in spans of minutes, and a request for some of it. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    from: fc.integer({ min: 1_000_000, max: 1_000_100 }),
    spans: fc.array(fc.record({ s: fc.integer({ min: 1, max: 4 }), w: fc.constantFrom(0, 500, 1000, 3000, 7000) }), {
      minLength: 1,
      maxLength: 6,
    }),
    powerW: fc.constantFrom(0, 400, 1000, 3000, 7000),
    share: fc.double({ min: 0.05, max: 1, noNaN: true }),
    energy: fc.double({ min: 0, max: 1.2, noNaN: true }),
    direction: fc.constantFrom('import' as const, 'export' as const),
  })
  .map(({ from, spans, powerW, share, energy, direction }) => {
    let at = from;
    const free = spans.map(({ s, w }) => ({ from: at, to: (at += s * 60), powerW: w }));
    const durationS = Math.max(1, Math.floor((at - from) * share));
    const energyWh = Math.floor(((powerW * durationS) / 3600) * energy);
    return { ask: { direction, powerW, energyWh, durationS, from, to: at }, free };
  });

export function policyContract(policy: FlowPolicy): void {
  describe(`the contract of flow policies: ${policy.name}`, () => {
    it('answers within the window, with no more than was asked for, and alike every time', () => {
      fc.assert(
        fc.property(cases, ({ ask, free }) => {
          const answer = policy.decide(ask, free);
          expect(policy.decide(ask, free)).toEqual(answer);
          if (answer === 'wait') return;
          const { start, durationS, powerW, energyWh } = answer;
          expect([start >= ask.from, durationS >= 1, start + durationS <= ask.to]).toEqual([true, true, true]);
          expect([powerW >= 0, powerW <= ask.powerW]).toEqual([true, true]);
          expect([energyWh >= 0, energyWh <= ask.energyWh]).toEqual([true, true]);
          for (const value of [start, durationS]) expect(Number.isInteger(value)).toBe(true);
        }),
      );
    });
  });
}
