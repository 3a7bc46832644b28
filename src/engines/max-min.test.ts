import fc from 'fast-check';
import { type Draws, capOrder, maxMin, ownCap, treeOf } from './max-min';
import { asset, device, snapshots } from './testing/snapshots';

const one = (value: number, n: number) => new Float64Array(n).fill(value);

describe('treeOf', () => {
  it.each([
    ['an unknown asset', [asset('A', 1)], [device('d', 'B')], 'device d'],
    ['an unknown parent', [asset('A', 1, { parent: 'B' })], [], 'asset A'],
    ['a circle', [asset('A', 1, { parent: 'B' }), asset('B', 1, { parent: 'A' })], [], 'circle'],
    ['an id used twice', [asset('A', 1), asset('A', 2)], [], 'twice'],
  ])('refuses %s', (_, assets, devices, text) => {
    expect(() => treeOf(assets, devices)).toThrow(text);
    expect(() => treeOf(assets, devices)).toThrow('BAD_NETWORK');
  });

  it('puts what hangs below an asset together', () => {
    const tree = treeOf(
      [asset('F', 1), asset('T1', 1, { parent: 'F' }), asset('T2', 1, { parent: 'F' })],
      [device('a', 'T2'), device('b', 'F'), device('c', 'T1'), device('d', 'T2', { phases: [2] })],
    );
    const below = Object.fromEntries(
      tree.constraints.map(c => [c.name, tree.devices.slice(c.first, c.last).map(d => d.id)]),
    );
    expect(below['transformer F']).toEqual(['b', 'c', 'a', 'd']);
    expect(below['transformer T2 phase 2']).toEqual(['a', 'd']);
    const ofD = [...(tree.draws[3]?.on ?? [])].map((g, i) => [tree.constraints[g]?.name, tree.draws[3]?.share[i]]);
    expect(ofD).toEqual([
      ['transformer F', 1],
      ['transformer F phase 2', 1],
      ['transformer T2', 1],
      ['transformer T2 phase 2', 1],
    ]);
  });
});

describe('maxMin', () => {
  it('gives a small site its cap and shares the rest by weight', () => {
    const tree = treeOf([asset('T', 1)], [device('a', 'T'), device('b', 'T'), device('c', 'T')]);
    const room = Float64Array.from([10_000, 1e9, 1e9, 1e9]);
    const cap = Float64Array.from([1000, 20_000, 20_000]);
    const weights = Float64Array.from([1, 1, 2]);
    const { takeW, stoppedBy } = maxMin(tree, room, cap, weights, capOrder(cap, weights));
    expect([...takeW]).toEqual([1000, 3000, 6000]);
    expect([...stoppedBy]).toEqual([ownCap, 0, 0]);
  });

  it('lets sites below a full transformer stop and others go on with what they leave', () => {
    const tree = treeOf(
      [asset('F', 1), asset('T1', 1, { parent: 'F' }), asset('T2', 1, { parent: 'F' })],
      [device('a', 'T1'), device('b', 'T1'), device('c', 'T2')],
    );
    const room = one(1e9, tree.constraints.length);
    room[0] = 12_000; // F
    room[4] = 4000; // T1
    const cap = one(20_000, 3);
    const { takeW, stoppedBy } = maxMin(tree, room, cap, one(1, 3), capOrder(cap, one(1, 3)));
    expect([...takeW]).toEqual([2000, 2000, 8000]);
    expect([...stoppedBy].map(g => tree.constraints[g]?.name)).toEqual([
      'transformer T1',
      'transformer T1',
      'transformer F',
    ]);
  });

  it('makes a single-phase site fit its phase and the total, and a three-phase one all its phases', () => {
    const tree = treeOf([asset('T', 1)], [device('a', 'T', { phases: [1] }), device('b', 'T')]);
    const cap = one(90_000, 2);
    const order = capOrder(cap, one(1, 2));
    const phase = maxMin(tree, Float64Array.from([30_000, 8000, 10_000, 10_000]), cap, one(1, 2), order);
    expect([...phase.takeW]).toEqual([6000, 6000]); // 6000 + 2000 fill phase 1
    expect(tree.constraints[phase.stoppedBy[0] ?? 0]?.name).toBe('transformer T phase 1');
    const total = maxMin(tree, Float64Array.from([10_000, 9000, 9000, 9000]), cap, one(1, 2), order);
    expect([...total.takeW]).toEqual([5000, 5000]);
  });

  it('is what the plain round-by-round filling of the reference gives', () => {
    fc.assert(
      fc.property(
        snapshots({ firm: 'none', maxSteps: 1, maxDevices: 15 }),
        fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (s, rooms) => {
          const tree = treeOf(s.assets, s.devices);
          const room = Float64Array.from(tree.constraints, (_, g) => rooms[g] ?? 0);
          const cap = Float64Array.from(tree.devices, d => d.maxImportW);
          const weights = Float64Array.from(tree.devices, d => d.weight);
          const { takeW } = maxMin(tree, room, cap, weights, capOrder(cap, weights));
          const plain = roundByRound(tree.draws, room, cap, weights);
          takeW.forEach((w, k) => expect(Math.abs(w - (plain[k] ?? 0))).toBeLessThan(1e-3));
        },
      ),
    );
  });
});

/** The text-book form: every round, the smallest rise that makes something tight. */
function roundByRound(draws: readonly Draws[], room: Float64Array, cap: Float64Array, weights: Float64Array): number[] {
  const take = draws.map(() => 0);
  const active = new Set(draws.keys());
  while (active.size > 0) {
    let rise = Infinity;
    const used = [...room].map(() => 0);
    const pull = [...room].map(() => 0);
    draws.forEach(({ on, share }, k) =>
      on.forEach((g, i) => {
        used[g] = (used[g] ?? 0) + (share[i] ?? 0) * (take[k] ?? 0);
        if (active.has(k)) pull[g] = (pull[g] ?? 0) + (share[i] ?? 0) * (weights[k] ?? 0);
      }),
    );
    const left = (g: number) => Math.max(0, (room[g] ?? 0) - (used[g] ?? 0));
    pull.forEach((p, g) => p > 0 && (rise = Math.min(rise, left(g) / p)));
    active.forEach(k => (rise = Math.min(rise, ((cap[k] ?? 0) - (take[k] ?? 0)) / (weights[k] ?? 1))));
    active.forEach(k => (take[k] = (take[k] ?? 0) + rise * (weights[k] ?? 0)));
    const tight = new Set(pull.flatMap((p, g) => (p > 0 && left(g) - rise * p < 1e-7 ? [g] : [])));
    for (const k of [...active]) {
      const stuck = draws[k]?.on.some(g => tight.has(g));
      if (stuck || (take[k] ?? 0) >= (cap[k] ?? 0) - 1e-7) active.delete(k);
    }
  }
  return take;
}
