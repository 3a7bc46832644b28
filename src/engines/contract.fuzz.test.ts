import { loadEngine } from './index';
import { engineContract } from './testing/contract';

jest.setTimeout(1_200_000);

/** A longer look at the engines that have something to get wrong. */
engineContract('equal-share', () => loadEngine('equal-share', {}, '.').engine, 2000);
engineContract(
  'examples/engines/by-rating.js',
  () => loadEngine('./examples/engines/by-rating.js', {}, '.').engine,
  1000,
);
