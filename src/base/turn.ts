/**
 * Runs `run` in the next turn of the event loop, once the input that waits now has been handled. It is not a timer: no clock
 * holds it back. Used to gather what arrives together, such as plans that share one flush of the store.
 */
export function nextTurn(run: () => void): void {
  setImmediate(run);
}
