import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';

/**
 * Requests one identity may send: a bucket of `perMinute` that refills evenly. Buckets that are full again are forgotten.
 * Time is the monotonic clock of the process: a warped or scaled lab clock does not change what a client may send.
 */
export function rateLimit(clock: Clock, perMinute: number): (identity: string) => void {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const perMs = perMinute / 60_000;
  return identity => {
    const nowMs = clock.monotonicMs();
    const bucket = buckets.get(identity) ?? { tokens: perMinute, atMs: nowMs };
    bucket.tokens = Math.min(perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1)
      throw new Problem('SLOW_DOWN', {
        at: identity.slice(0, 8),
        retryAfterS: Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000)),
      });
    bucket.tokens -= 1;
    buckets.set(identity, bucket);
    if (buckets.size > 50_000)
      for (const [key, b] of buckets) if (b.tokens + (nowMs - b.atMs) * perMs >= perMinute) buckets.delete(key);
  };
}
