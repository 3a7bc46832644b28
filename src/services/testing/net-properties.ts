/** What the safety net must do whatever an engine answers. A short share in every run, a long one in `npm run test:fuzz`. */
import fc from 'fast-check';
import { type Snapshot } from '../../engines/api';
import { brokenRules } from '../../engines/testing/invariants';
import { snapshots } from '../../engines/testing/snapshots';
import { safetyNet } from '../safety-net';

const numbers = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: 0, max: 3e5, noNaN: true }) },
  { weight: 2, arbitrary: fc.double() },
  fc.anything(),
);
const nonsense = (s: Snapshot) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.anything() },
    {
      weight: 6,
      arbitrary: fc.array(
        fc.oneof(
          { weight: 1, arbitrary: fc.anything() },
          {
            weight: 8,
            arbitrary: fc.record(
              {
                device: fc.constantFrom(...s.devices.map(d => d.id), 'nobody'),
                importW: fc.array(numbers, { minLength: s.steps, maxLength: s.steps }),
                exportW: fc.oneof(fc.array(numbers, { minLength: s.steps, maxLength: s.steps }), fc.array(numbers)),
                bound: fc.anything(),
              },
              { requiredKeys: ['device'] },
            ),
          },
        ),
        { maxLength: s.devices.length + 2 },
      ),
    },
  );

/** With limits for sums that are right, nearly so, or nothing of the kind. */
const withGroups = (s: Snapshot) =>
  fc.record({
    envelopes: nonsense(s),
    groups: fc.oneof(
      { weight: 1, arbitrary: fc.anything() },
      {
        weight: 6,
        arbitrary: fc.array(
          fc.record({
            aggregator: fc.constantFrom('agg', 'agg', 'other', 'nobody'),
            asset: fc.oneof(fc.constant('A0'), fc.anything()),
            devices: fc.oneof(
              ...['agg', 'other'].map(name =>
                fc.subarray(s.devices.filter(({ aggregator }) => aggregator === name).map(({ id }) => id)),
              ),
              fc.subarray(s.devices.map(({ id }) => id)),
            ),
            importW: fc.array(numbers, { minLength: s.steps, maxLength: s.steps }),
            exportW: fc.oneof(fc.array(numbers, { minLength: s.steps, maxLength: s.steps }), fc.array(numbers)),
            bound: fc.anything(),
          }),
          { maxLength: 3 },
        ),
      },
    ),
  });

export function netProperties(numRuns = 100): void {
  const withAnswer = (shape: fc.Arbitrary<Snapshot>) => shape.chain(s => fc.tuple(fc.constant(s), nonsense(s)));

  it('keeps every rule whatever an engine answers', () => {
    const shapes = fc.oneof(snapshots({ firm: 'any' }), snapshots({ firm: 'fits' }));
    const property = fc.property(withAnswer(shapes), ([s, answer]) =>
      expect(brokenRules(s, safetyNet(s, answer).envelopes)).toEqual([]),
    );
    fc.assert(property, { numRuns });
  });

  it('keeps every rule with limits for sums beside, as long as groups keep to those it lets through', () => {
    const shapes = fc.oneof(snapshots({ firm: 'any' }), snapshots({ firm: 'fits' }));
    const property = fc.property(
      shapes.chain(s => fc.tuple(fc.constant(s), withGroups(s))),
      ([s, answer]) => {
        const { envelopes, groups } = safetyNet(s, answer);
        const sums = groups.map(group => ({ ...group, importW: [...group.importW], exportW: [...group.exportW] }));
        expect(brokenRules(s, envelopes, sums)).toEqual([]);
        for (const { devices, exportW, importW } of groups)
          for (const [sum, caps] of [
            [importW, envelopes.map(e => e.importW)],
            [exportW, envelopes.map(e => e.exportW)],
          ] as const)
            sum.forEach((w, step) => {
              const own = devices.map(id => caps[s.devices.findIndex(d => d.id === id)]?.[step] ?? NaN);
              expect(w).toBeLessThanOrEqual(own.reduce((a, b) => a + b, 0));
            });
      },
    );
    fc.assert(property, { numRuns });
  });

  it('leaves alone what keeps every rule already', () => {
    const property = fc.property(withAnswer(snapshots({ firm: 'any' })), ([s, answer]) => {
      const once = safetyNet(s, answer).envelopes;
      const again = safetyNet(s, once);
      expect(again.events).toEqual([]);
      expect(again.envelopes.map(e => [e.importW, e.exportW])).toEqual(once.map(e => [e.importW, e.exportW]));
    });
    fc.assert(property, { numRuns });
  });
}
