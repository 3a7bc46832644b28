import { memoryStore } from '../memory/store';
import { startSmallBlocks } from '../testing/small-blocks';
import { actTheSame } from '../testing/same';

const start = startSmallBlocks();

it('SQLite answers as memory does, over many random histories', async () => {
  // No seed: each run tries new ones, and a failure prints the seed that repeats it.
  await actTheSame(() => memoryStore(), start, { numRuns: 1500 });
}, 600_000);
