import { nextTurn } from '../base/turn';
import { type Snapshot, envelopesOf, type Proposal } from '../engines/api';
import { loadEngine } from '../engines/index';
import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { pooledHost } from './engine-pool';
import { type BareHost } from './engine-worker';

const { engine } = loadEngine('equal-share', {}, '.');
const day = snapshot(
  [asset('T', 30_000, { passive: flow(Array.from({ length: 24 }, (_, i) => 500 * i)) })],
  [device('a', 'T'), device('b', 'T')],
  { steps: 24 },
);
const signal = () => new AbortController().signal;

/** Threads that answer when they are let, each in its own time. */
function lanes(answer: (s: Snapshot) => unknown = s => engine.compute(s, signal())) {
  const open: (() => void)[] = [];
  const state = { made: 0, running: 0, most: 0, ended: 0 };
  const lane = (): BareHost => {
    state.made++;
    return {
      engine: 'equal-share',
      compute: async s => {
        state.most = Math.max(state.most, ++state.running);
        await new Promise<void>(resolve => open.push(resolve));
        state.running--;
        return answer(s);
      },
      abandon: async () => void state.ended++,
    };
  };
  const letAll = async (order: 'first' | 'last') => {
    for (let turn = 0; turn < 200; turn++) {
      (order === 'first' ? open.shift() : open.pop())?.();
      await new Promise<void>(nextTurn);
    }
  };
  return { lane, letAll, state };
}

it.each(['first', 'last'] as const)('gives one answer whichever thread is done %s', async order => {
  const { lane, letAll, state } = lanes();
  const work = pooledHost('equal-share', 3, lane).compute(day, signal());
  await letAll(order);
  const whole = envelopesOf(await engine.compute(day, signal()));
  expect(envelopesOf((await work) as Proposal)).toEqual(whole);
  expect(state).toMatchObject({ made: 3, most: 3 });
});

it('serves several computations with no more threads than it may have', async () => {
  const { lane, letAll, state } = lanes();
  const host = pooledHost('equal-share', 2, lane);
  const work = Promise.all([host.compute(day, signal()), host.compute(day, signal())]);
  await letAll('first');
  expect((await work)[0]).toEqual((await work)[1]);
  expect(state).toMatchObject({ made: 2, most: 2 });
});

it('fails as a whole when one stretch fails, and goes on the next time', async () => {
  let broken = true;
  const { lane, letAll } = lanes(s => {
    if (broken && s.start > day.start) throw new Error('out of cheese');
    return engine.compute(s, signal());
  });
  const host = pooledHost('equal-share', 2, lane);
  const failed = expect(host.compute(day, signal())).rejects.toThrow('out of cheese');
  await letAll('first');
  await failed;
  broken = false;
  const work = host.compute(day, signal());
  await letAll('first');
  expect(envelopesOf((await work) as Proposal)).toHaveLength(2);
});

it('ends all its threads when it is given up, and what waited for one is told', async () => {
  const { lane, state } = lanes();
  const host = pooledHost('equal-share', 2, lane);
  const work = expect(host.compute(day, signal())).rejects.toMatchObject({ code: 'ENGINE_BROKE' });
  await Promise.resolve();
  await host.abandon();
  await work;
  expect(state).toMatchObject({ made: 2, ended: 2 });
});
