import { type Clock } from '../../base/clock';

/**
 * Holds a simulation back to at most `speed` simulated seconds for each real one. A simulation that is slower than that is
 * not hurried: nothing is skipped, the day only takes longer.
 */
export function pacer(real: Clock, speed: number): (simulatedS: number) => Promise<void> {
  if (!(speed < Infinity)) return async () => undefined;
  const startMs = real.monotonicMs();
  return simulatedS => {
    const aheadMs = (simulatedS / speed) * 1000 - (real.monotonicMs() - startMs);
    if (aheadMs < 5) return Promise.resolve();
    return new Promise(resolve => void real.at(real.nowMs() / 1000 + aheadMs / 1000, resolve));
  };
}
