import { type PassiveDraw, type Snapshot } from '../engines/api';
import { stepHashes } from './inputs-hash';

const snapshot = (start: number, draw: Partial<PassiveDraw>): Snapshot => ({
  api: 1,
  now: start,
  start,
  stepS: 900,
  steps: 3,
  assets: [],
  devices: [],
  passive: [{ bus: 'a', phases: [1], w: [1, 2, 3], var: [0, 0, 0], ...draw }],
  seed: 1,
});

it('a step depends on its own quantiles of what is drawn, and on no other step’s', () => {
  const before = stepHashes(snapshot(0, { highW: [4, 5, 6], lowW: [-4, -5, -6] }));
  const [, second, third] = stepHashes(snapshot(0, { highW: [9, 5, 6], lowW: [-4, -5, -7] }));
  expect(second).toBe(before[1]);
  expect(third).not.toBe(before[2]);
  expect(stepHashes(snapshot(0, {}))[1]).not.toBe(before[1]);
  // An hour later the same steps stand elsewhere, and are the same.
  const later = stepHashes(snapshot(900, { w: [2, 3, 9], highW: [5, 6, 9], lowW: [-5, -6, -9] }));
  expect(later.slice(0, 2)).toEqual(before.slice(1));
});
