import { type Store } from '../../store/api';

/** By the part of a store that every wrapper of it hands on: each request of an operator has a wrapper of its own. */
const lines = new WeakMap<Store['series'], Map<string, Promise<void>>>();

/**
 * One after another: what an operator sends all at once, and what would otherwise keep deciding again because another was
 * quicker. A second process is still held off by the versions its plan expects.
 */
export function inTurn<T>(store: Store, name: string, work: () => Promise<T>): Promise<T> {
  const waiting = lines.get(store.series) ?? new Map<string, Promise<void>>();
  lines.set(store.series, waiting);
  const mine = (waiting.get(name) ?? Promise.resolve()).then(work);
  const over = mine.then(
    () => undefined,
    () => undefined,
  );
  waiting.set(name, over);
  void over.then(() => waiting.get(name) === over && waiting.delete(name));
  return mine;
}
