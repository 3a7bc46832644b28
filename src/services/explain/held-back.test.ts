import fc from 'fast-check';
import { asset, device, snapshot } from '../../engines/testing/snapshots';
import { heldBack } from './held-back';
import { type Interval } from './intervals';
import { accountOfRun, plannedOf } from './planned';

const bound = { import: '', export: '' };
/** Intervals of the given lengths and limits, one after the other from 0. */
function line(parts: readonly (readonly [lengthS: number, importW: number])[]): Interval[] {
  let at = 0;
  return parts.map(([lengthS, importW]) => {
    const from = at;
    at += lengthS;
    return { from, to: at, importW, exportW: 2 * importW, bound, engine: '' };
  });
}
const levelAt = (intervals: readonly Interval[], t: number): number =>
  intervals.find(({ from, to }) => from <= t && t < to)?.importW ?? 0;

it('is what the limits of the sites add up to beyond the sum, only while they do', () => {
  const sites = new Map([
    [
      'a',
      line([
        [10, 5],
        [10, 1],
      ]),
    ],
    ['b', line([[20, 5]])],
  ]);
  const sum = line([
    [15, 8],
    [5, 4],
  ]);
  const of = (from: number, to: number) =>
    heldBack([{ sites: ['a', 'b', 'gone'], intervals: sum }], site => sites.get(site) ?? [], { from, to });
  // 10 s at 10 against 8, 5 s at 6 against 8, 5 s at 6 against 4
  expect(of(0, 20)).toEqual({ importW: 1.5, exportW: 3 });
  expect(of(10, 15)).toEqual({ importW: 0, exportW: 0 });
  expect(of(18, 20).importW).toBe(2);
  expect(of(5, 5).importW).toBe(0);
  expect(heldBack([], () => [], { from: 0, to: 20 })).toEqual({ importW: 0, exportW: 0 });
});

it('is the mean over every second of the time, whatever the intervals', () => {
  const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9)), { maxLength: 5 }).map(line);
  fc.assert(
    fc.property(
      parts,
      fc.array(parts, { maxLength: 3 }),
      fc.nat(20),
      fc.integer({ min: 1, max: 20 }),
      (sum, own, from, length) => {
        const sites = own.map((_, i) => String(i));
        const held = heldBack([{ sites, intervals: sum }], site => own[Number(site)] ?? [], {
          from,
          to: from + length,
        });
        let joules = 0;
        for (let t = from; t < from + length; t++)
          joules += Math.max(0, own.reduce((w, intervals) => w + levelAt(intervals, t), 0) - levelAt(sum, t));
        expect(held.importW).toBeCloseTo(joules / length, 9);
      },
    ),
  );
});

it('takes what a sum holds back off the capacity a run has unlocked', async () => {
  const hour = snapshot([asset('TR1', 10_000)], [device('a', 'TR1'), device('b', 'TR1')], { stepS: 3600, steps: 2 });
  const planned = await plannedOf(hour);
  const limits = (importW: readonly [number, number]) => ({
    importW: Int32Array.from(importW),
    exportW: Int32Array.from([0, 0]),
    bound: [bound, bound],
  });
  const envelopes = ['a', 'b'].map(id => ({ device: id, ...limits([9000, 4000]) }));
  const group = { aggregator: 'x', asset: 'TR1', devices: ['a', 'b'], ...limits([10_000, 10_000]) };
  const { import: alone } = accountOfRun(hour, envelopes, planned);
  const { import: i } = accountOfRun(hour, envelopes, planned, [group]);
  expect([alone.limitW, i.limitW]).toEqual([13_000, 9000]);
  expect((alone.unlocked?.kWh ?? 0) - (i.unlocked?.kWh ?? 0)).toBeCloseTo(8, 9);
  expect((alone.unlocked?.meanW ?? 0) - (i.unlocked?.meanW ?? 0)).toBeCloseTo(4000, 9);
  expect(i.unlocked?.plannedW).toBe(alone.unlocked?.plannedW);
});
