import fc from 'fast-check';
import { drawsAt, minuteStart } from './draws';
import { powerFlow } from './power-flow';
import { readNetwork } from './read';
import { reduced } from './reduce';
import { line, load, network, randomCase } from './testing/networks';
import { withShared } from './testing/shared';

it('joins lines in series, with the weakest rating, and cuts off empty ends', () => {
  const long = network({
    lines: [
      line('a', 'b', 0.1, 0, { ampacityA: 200 }),
      line('b', 'c', 0.2, 0, { ampacityA: 100 }),
      line('c', 'd', 0.3),
      line('d', 'e', 0.5),
    ],
    loads: [load('l', 'd', 5000)],
  });
  const short = reduced(long);
  expect(short.lines).toHaveLength(1);
  expect(short.lines[0]).toMatchObject({ name: 'b-c', from: 'a', to: 'd', ampacityByPhaseA: [100, 100, 100] });
  expect(short.lines[0]?.z.r[1]?.[1]).toBeCloseTo(0.6, 12);
  expect(reduced(long, ['b', 'E']).lines.map(each => each.to)).toEqual(['b', 'd', 'e']);
});

it('has the same voltages and currents at every bus that is left, in random networks', () => {
  fc.assert(
    fc.property(randomCase, ({ draws, network: full }) => {
      const short = reduced(
        full,
        draws.filter((_, i) => i % 2 === 0).map(draw => draw.bus),
      );
      const kept = draws.filter(draw => powerFlow(short).topology.busIndex(draw.bus) !== undefined);
      const [one, two] = [full, short].map(each => powerFlow(each, { tolerancePu: 1e-12 }).solve(kept));
      const by = new Map(one?.nodes.map(node => [`${node.bus}.${node.phase}`, node.pu]));
      for (const node of two?.nodes ?? []) expect(node.pu).toBeCloseTo(by.get(`${node.bus}.${node.phase}`) ?? NaN, 9);
      expect(two?.head[0]?.w).toBeCloseTo(one?.head[0]?.w ?? NaN, 4);
    }),
  );
});

withShared('European LV feeder with fewer buses', ['feeders/european-lv/Master.dss'], ([file]) => {
  test('a tenth of the buses, the same extremes', () => {
    const full = readNetwork(file);
    const short = reduced(full);
    const [one, two] = [full, short].map(each => powerFlow(each));
    expect(one?.buses).toHaveLength(907);
    expect(two?.buses.length).toBeLessThan(120);
    for (const minute of [1, 566]) {
      for (const flow of [one, two]) flow?.solve(drawsAt(full, minuteStart(minute)));
      const [a, b] = [one?.minMaxPu(), two?.minMaxPu()];
      expect(b?.minPu).toBeCloseTo(a?.minPu ?? NaN, 7);
      expect(b?.maxPu).toBeCloseTo(a?.maxPu ?? NaN, 7);
    }
  });
});
