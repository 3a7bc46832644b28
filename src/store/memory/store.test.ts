import { promMetrics } from '../../base/metrics';
import { storeContract } from '../testing/contract';
import { doc } from '../testing/samples';
import { withStore } from '../testing/with-store';
import { memoryStore } from './store';

storeContract('the memory store', async () => memoryStore());

it('counts commits and conflicts', async () => {
  const metrics = promMetrics();
  await withStore(
    async () => memoryStore({ metrics }),
    async store => {
      await store.commit({ put: [doc('/a')] });
      await store.commit({ expect: { '/a': 0 } });
    },
  );
  expect(await metrics.value('headroom_commits_total', { outcome: 'committed' })).toBe(1);
  expect(await metrics.value('headroom_commits_total', { outcome: 'conflict' })).toBe(1);
});
