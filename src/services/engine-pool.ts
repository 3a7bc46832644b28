/**
 * Several worker threads for one engine: stretches of steps go to whichever thread is free, and the answers are put together in order of
 * time, so that it does not matter how many there are or which was first. Only for engines whose steps are apart.
 */
import { type Proposal, type Snapshot } from '../engines/api';
import { joinStretches, stretchOf } from '../engines/steps-apart';
import { Problem } from '../base/problem';
import { type BareHost } from './engine-worker';

/** Stretches for each thread: enough that none waits long for the last, few enough that beginning one does not count. */
const stretchesPerThread = 3;

/** @param lane makes a host of one thread; threads are started when there is work for them. */
export function pooledHost(engine: string, threads: number, lane: () => BareHost): BareHost {
  const idle: BareHost[] = [];
  const busy = new Set<BareHost>();
  const waiting: { readonly wake: () => void; readonly give: (up: Problem) => void }[] = [];
  let made = 0;

  const acquire = async (signal: AbortSignal): Promise<BareHost> => {
    for (;;) {
      signal.throwIfAborted();
      const found = idle.pop() ?? (made < threads ? (made++, lane()) : undefined);
      if (found) {
        busy.add(found);
        return found;
      }
      await new Promise<void>((wake, give) => waiting.push({ wake, give }));
    }
  };
  const release = (one: BareHost): void => {
    busy.delete(one);
    idle.push(one);
    waiting.shift()?.wake();
  };

  return {
    engine,
    async compute(snapshot: Snapshot, signal: AbortSignal) {
      const size = Math.max(1, Math.ceil(snapshot.steps / (threads * stretchesPerThread)));
      const firsts = Array.from({ length: Math.max(1, Math.ceil(snapshot.steps / size)) }, (_, i) => i * size);
      const answers = await Promise.all(
        firsts.map(async first => {
          const one = await acquire(signal);
          try {
            const part = stretchOf(snapshot, { first, steps: Math.min(size, snapshot.steps - first) });
            return await one.compute(part, signal);
          } finally {
            release(one);
          }
        }),
      );
      return answers.length === 1 ? answers[0] : joinStretches(answers as Proposal[]);
    },
    async abandon() {
      const all = [...idle, ...busy];
      for (const { give } of waiting.splice(0))
        give(new Problem('ENGINE_BROKE', { at: engine, note: 'its threads were ended' }));
      await Promise.all(all.map(one => one.abandon()));
    },
  };
}
