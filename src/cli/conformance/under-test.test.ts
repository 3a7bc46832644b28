import { ManualClock } from '../../base/clock';
import { underTest, type UnderTestOptions } from './under-test';

const io = { clock: new ManualClock(0) };
let running = 0;
const start = async () => {
  running++;
  return { port: 1, operatorPort: 2, restart: async () => undefined, stop: async () => void running-- };
};
const open = (options: UnderTestOptions) => underTest(undefined, '/nowhere', { serve: true, ...options }, io, start);

it('ends the server it started when nobody can arrange it', async () => {
  await expect(open({ operator: 'nobody' })).rejects.toMatchObject({ code: 'BAD_USAGE' });
  expect(running).toBe(0);
});

it('ends it, and leaves the terminal, when all is done', async () => {
  const listeners = () => process.stdin.listenerCount('end');
  const before = listeners();
  const tested = await open({ operator: 'prompt' });
  expect([tested.target.port, running, listeners() > before]).toEqual([1, 1, true]);
  await tested.close();
  expect([running, listeners()]).toEqual([0, before]);
});
