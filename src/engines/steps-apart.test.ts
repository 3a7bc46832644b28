import { type Snapshot } from './api';
import { stretchOf } from './steps-apart';

it('a stretch has the quantiles of what is drawn in its own steps', () => {
  const [w, highW, lowW] = [
    [1, 2, 3],
    [11, 12, 13],
    [-9, -8, -7],
  ];
  const snapshot: Snapshot = {
    api: 1,
    now: 0,
    start: 0,
    stepS: 900,
    steps: 3,
    assets: [],
    devices: [],
    passive: [
      { bus: 'a', phases: [1], w, var: [0, 0, 0], highW, lowW },
      { bus: 'b', phases: [1], w, var: [0, 0, 0] },
    ],
    seed: 1,
  };
  const { passive, start } = stretchOf(snapshot, { first: 1, steps: 2 });
  expect(start).toBe(900);
  expect(passive).toEqual([
    { bus: 'a', phases: [1], w: [2, 3], var: [0, 0], highW: [12, 13], lowW: [-8, -7] },
    { bus: 'b', phases: [1], w: [2, 3], var: [0, 0] },
  ]);
});
