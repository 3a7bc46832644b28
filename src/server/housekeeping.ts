import { asProblem } from '../base/problem';
import { keepHouse, type KeepingPolicy } from '../functions/housekeeping';
import { type Store } from '../store/api';
import { type Config } from './config';
import { type ServerDeps } from './deps';

export const policyOf = (config: Config): KeepingPolicy => ({
  readingsS: config.readingsKeepS,
  coarseStepS: config.coarseStepS,
  coarseS: config.coarseKeepS,
  mirrorIdleS: config.mirrorIdleS,
});

/** The first run comes soon: a server that is started every day would never see an hourly one twice. */
const firstAfterS = 60;

/** Takes away what is old, every so often by the clock; one run ends before the next begins. Resolves when nothing is under way. */
export function housekeeping(
  { clock, log, metrics, tasks, config }: Pick<ServerDeps, 'clock' | 'log' | 'metrics' | 'tasks' | 'config'>,
  store: Store,
): { stop(): Promise<void> } {
  const everyS = config.housekeepingEveryS;
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    const began = clock.monotonicMs();
    try {
      const kept = await keepHouse(store, clock.now(), policyOf(config), stop.signal);
      metrics.count('headroom_readings_thinned_total', {}, kept.thinned);
      if (Object.values(kept).some(n => n > 0))
        log.info('took away what is old', { ...kept, tookMs: Math.round(clock.monotonicMs() - began) });
    } catch (thrown) {
      log.error('housekeeping failed; the next run goes on', { why: asProblem(thrown).message });
    }
  };
  const schedule = (when: number) =>
    clock.at(when, () =>
      tasks.run(async () => {
        await (running = run());
        if (!stop.signal.aborted) cancel = schedule(clock.now() + everyS);
      }),
    );
  let cancel = everyS > 0 ? schedule(clock.now() + Math.min(firstAfterS, everyS)) : () => undefined;
  return {
    stop: async () => {
      cancel();
      stop.abort();
      await running;
    },
  };
}
