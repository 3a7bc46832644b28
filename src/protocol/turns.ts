import { nextTurn } from '../base/turn';

/** A turn for counting. No callback marks its end: planning one for each would cost every request a round of the event loop. */
const turnMs = 1;

/**
 * Requests in turn: of each identity a few in one turn of the event loop, the others in later turns, so that a connection full of
 * pipelined requests holds nobody else up for longer than those few take.
 */
export function inTurns(perTurn: number, nowMs: () => number, soon: (run: () => void) => void = nextTurn) {
  const taken = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  let sinceMs = -Infinity;
  const plan = () =>
    soon(() => {
      taken.clear();
      sinceMs = nowMs();
      for (const [identity, queue] of [...waiting]) {
        const now = queue.splice(0, perTurn);
        if (queue.length === 0) waiting.delete(identity);
        taken.set(identity, now.length);
        for (const run of now) run();
      }
      if (waiting.size > 0) plan();
    });
  /** Runs now, or in the identity's next turn. */
  return (identity: string, run: () => void, atMs = nowMs()): void => {
    const queue = waiting.get(identity);
    if (queue) {
      queue.push(run);
      return;
    }
    if (atMs - sinceMs >= turnMs) {
      taken.clear();
      sinceMs = atMs;
    }
    const used = taken.get(identity) ?? 0;
    if (used < perTurn) {
      taken.set(identity, used + 1);
      run();
      return;
    }
    waiting.set(identity, [run]);
    if (waiting.size === 1) plan();
  };
}
