import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';

/**
 * Requests one identity may send: a bucket of `perMinute` that refills evenly. Buckets that are full again are forgotten.
 * Time is the monotonic clock of the process: a warped or scaled lab clock does not change what a client may send.
 */
export function rateLimit(clock: Clock, perMinute: number): (identity: string, nowMs?: number) => void {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const perMs = perMinute / 60_000;
  let sweepAt = 50_000;
  return (identity, nowMs = clock.monotonicMs()) => {
    const known = buckets.get(identity);
    const bucket = known ?? { tokens: perMinute, atMs: nowMs };
    bucket.tokens = Math.min(perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1)
      throw new Problem('SLOW_DOWN', {
        at: identity.slice(0, 8),
        retryAfterS: Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000)),
      });
    bucket.tokens -= 1;
    if (known) return;
    buckets.set(identity, bucket);
    if (buckets.size <= sweepAt) return;
    for (const [key, b] of buckets) if (b.tokens + (nowMs - b.atMs) * perMs >= perMinute) buckets.delete(key);
    sweepAt = Math.max(50_000, 2 * buckets.size); // so that a crowd of busy clients is not looked through at each request
  };
}

/**
 * Requests of one identity that are worked on side by side: `most`, over all its connections. The function returned admits one
 * and gives back what to call when it is done.
 */
export function sideBySide(most: number): (identity: string) => () => void {
  const running = new Map<string, number>();
  return identity => {
    const now = running.get(identity) ?? 0;
    if (now >= most)
      throw new Problem('SLOW_DOWN', { at: identity.slice(0, 8), note: `${now} requests at once`, retryAfterS: 1 });
    running.set(identity, now + 1);
    return () => {
      const left = (running.get(identity) ?? 1) - 1;
      if (left > 0) running.set(identity, left);
      else running.delete(identity);
    };
  };
}
