import { powerFlow } from './power-flow';
import { connected, switched } from './switching';
import { line, load, network } from './testing/networks';

/** A ring a-b-c-d-a with a switch in two of its sides, one of them open. */
const ring = network({
  lines: [
    line('a', 'b', 0.1),
    line('b', 'c', 0.1, 0, { switch: 'closed', name: 'S1' }),
    line('c', 'd', 0.1),
    line('a', 'd', 0.1, 0, { switch: 'open', name: 'S2' }),
  ],
  loads: [load('one', 'c', 3000), load('two', 'd', 3000)],
});

it('roots the tree again at the source when supply comes from the other side', () => {
  const { islands, network: other } = switched(ring, [
    { name: 's1', to: 'open' },
    { name: 'S2', to: 'closed' },
  ]);
  expect(islands).toEqual([]);
  expect(
    powerFlow(ring)
      .pathToSource('d')
      .map(branch => branch.name),
  ).toEqual(['c-d', 'S1', 'a-b']);
  expect(
    powerFlow(other)
      .pathToSource('c')
      .map(branch => branch.name),
  ).toEqual(['c-d', 'S2']);
});

it('names the branches around a loop', () => {
  expect(() => switched(ring, [{ name: 'S2', to: 'closed' }])).toThrow(
    /BAD_NETWORK: branch S2, closes a loop with c-d, S1, a-b; open one of them/,
  );
});

it('names what has no supply, takes it out, and leaves a switch that can bring it back', () => {
  const { islands, network: rest } = switched(ring, [{ name: 'S1', to: 'open' }]);
  expect(islands).toEqual([{ buses: ['c', 'd'], loads: ['one', 'two'] }]);
  expect(rest.loads).toEqual([]);
  expect(powerFlow(rest).buses).toEqual(['a', 'b']);
});

it('says which switch does not exist; a plain line is none', () => {
  for (const name of ['S9', 'a-b'])
    expect(() => switched(ring, [{ name, to: 'open' }])).toThrow(`switch ${name}, there is no such switch`);
});

it('finds islands in a network as it was written', () => {
  const apart = network({ lines: [line('a', 'b', 1), line('x', 'y', 1)], loads: [load('l', 'y', 1)] });
  expect(connected(apart).islands).toEqual([{ buses: ['x', 'y'], loads: ['l'] }]);
});
