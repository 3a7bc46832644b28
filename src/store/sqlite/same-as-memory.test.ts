import { memoryStore } from '../memory/store';
import { actTheSame } from '../testing/same';
import { startSmallBlocks } from '../testing/small-blocks';

const start = startSmallBlocks();

it('SQLite answers as memory does, whatever is committed', async () => {
  await actTheSame(() => memoryStore(), start, { numRuns: 40, seed: 2030 });
}, 60_000);
