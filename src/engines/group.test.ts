import { type Snapshot, envelopesOf, groupsIn } from './api';
import { groupsOf } from './group';
import { loadEngine } from './index';
import { asset, device, flow, snapshot } from './testing/snapshots';

const compute = async (s: Snapshot, name = 'group') => {
  const lossless = { lossShare: 0, ...(name === 'group' && { reactiveShare: 0 }) };
  const answer = await loadEngine(name, lossless, '.').engine.compute(s, new AbortController().signal);
  return {
    groups: groupsIn(answer),
    importW: new Map(envelopesOf(answer).map(({ device: id, importW }) => [id, importW[0]])),
  };
};
const managed = { aggregator: 'agg' };

it('gives the sum of the fair shares to the group, and each member a cap that one alone may use', async () => {
  const s = snapshot(
    [asset('T', 30_000, { passive: flow([0]) })],
    [device('a', 'T', managed), device('b', 'T', managed), device('c', 'T')],
  );
  const { groups, importW } = await compute(s);
  expect(groups).toMatchObject([{ aggregator: 'agg', asset: 'T', devices: ['a', 'b'], importW: [20_000] }]);
  // Its rating is 20 kW, which is what the two have together; the third has its fair share as before.
  expect([...importW.values()]).toEqual([20_000, 20_000, 10_000]);
  expect((await compute(s, 'equal-share')).importW.get('a')).toBe(10_000);
});

it('widens a cap only as far as gates that carry a part of the group have room', async () => {
  // One phase each: the phases carry 10 kVA, and only the total is the same gate for both.
  const roomy = (ratingVA: number) =>
    snapshot(
      [asset('T', ratingVA, { phaseRatingVA: 10_000, passive: flow([0]) })],
      [device('a', 'T', { ...managed, phases: [1] }), device('b', 'T', { ...managed, phases: [2] })],
    );
  // Phases bind: no room is left in them, so nobody gets more than his share.
  expect([...(await compute(roomy(30_000))).importW.values()]).toEqual([10_000, 10_000]);
  // The total binds, and phases have 4 kW left: 6 becomes 10, with 12 together.
  const tight = await compute(roomy(12_000));
  expect(tight.groups[0]?.importW).toEqual([12_000]);
  expect([...tight.importW.values()]).toEqual([10_000, 10_000]);
});

it('keeps to two sites at least and one asset for each aggregator', () => {
  const s = snapshot(
    [asset('T', 30_000), asset('U', 30_000)],
    [
      device('a', 'T', managed),
      device('b', 'U', managed),
      device('c', 'U', managed),
      device('d', 'T', { aggregator: 'lonely' }),
      device('e', 'T', { aggregator: 'lonely', asset: 'U' }),
      device('f', 'T'),
    ],
  );
  expect(
    groupsOf(s).map(({ aggregator, asset: on, members }) => [aggregator, on, members.map(({ id }) => id)]),
  ).toEqual([['agg', 'U', ['b', 'c']]]);
});

it('takes the lowest asset that carries most of them, however their own services are rated', () => {
  const assets = [
    asset('H', 90_000),
    ...['T', 'U'].map(id => asset(id, 30_000, { parent: 'H' })),
    ...['a', 'b', 'c', 'd', 'e'].map(id => asset(`service ${id}`, 15_000, { parent: id < 'd' ? 'T' : 'U' })),
  ];
  const of = (ids: string) => {
    const s = snapshot(
      assets,
      [...ids].map(id => device(id, `service ${id}`, managed)),
    );
    return groupsOf(s).map(({ asset: on, members }) => [on, members.map(({ id }) => id).join('')]);
  };
  expect(of('abcde')).toEqual([['T', 'abc']]);
  expect(of('abde')).toEqual([['H', 'abde']]);
  expect(of('a')).toEqual([]);
});

it('is equal-share where nobody has an aggregator', async () => {
  const s = snapshot([asset('T', 30_000, { passive: flow([0]) })], [device('a', 'T'), device('b', 'T')]);
  const own = await compute(s);
  expect(own.groups).toEqual([]);
  expect(own.importW).toEqual((await compute(s, 'equal-share')).importW);
});
