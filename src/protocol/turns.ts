import { nextTurn } from '../base/turn';

/**
 * Requests in turn: of each identity a few in one turn of the event loop, the others in later turns, so that a connection full of
 * pipelined requests holds nobody else up for longer than those few take.
 */
export function inTurns(perTurn: number, soon: (run: () => void) => void = nextTurn) {
  const taken = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    soon(() => {
      planned = false;
      taken.clear();
      for (const [identity, queue] of [...waiting]) {
        const now = queue.splice(0, perTurn);
        if (queue.length === 0) waiting.delete(identity);
        taken.set(identity, now.length);
        for (const run of now) run();
      }
      if (taken.size > 0) plan();
    });
  };
  /** Runs now, or in the identity's next turn. */
  return (identity: string, run: () => void): void => {
    const used = taken.get(identity) ?? 0;
    plan();
    const queue = waiting.get(identity);
    if (queue) queue.push(run);
    else if (used >= perTurn) waiting.set(identity, [run]);
    else {
      taken.set(identity, used + 1);
      run();
    }
  };
}
