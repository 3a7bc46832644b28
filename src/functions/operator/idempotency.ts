/**
 * Idempotency keys: a request that makes something and is sent twice with the same `Idempotency-Key` makes it once, and is
 * answered alike both times, for a day. What was begun and whose end is unknown, because the server died in between, is not
 * done again: the operator is told to look.
 */
import { createHash } from 'node:crypto';
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { type Doc, type Store } from '../../store/api';

interface Kept {
  /** Hash of what was asked. */
  readonly asked: string;
  readonly at: Seconds;
  /** The answer; none while it is under way. */
  readonly answer?: { readonly value?: unknown };
}

export interface Once {
  readonly key: string;
  /** Everything that must be the same in the second request: caller, route, parameters, body. */
  readonly asked: unknown;
}

const list = '~once';
const keptS = 86_400;
const sweptAtOnce = 100;
const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Runs `act` unless it was run before under that key; answers what it answered then. */
export async function once(
  store: Store,
  clock: { now(): Seconds },
  { key, asked }: Once,
  act: () => Promise<unknown>,
): Promise<{ value: unknown; again: boolean }> {
  const href = `${list}/${hash(key)}`;
  const now = clock.now();
  const wanted = hash(asked);
  const doc = (body: Kept) => ({ href, list, kind: list, changed: now, sortKey: String(now).padStart(12, '0'), body });
  const old = await store.get<Kept>(href);
  if (old && old.body.at + keptS > now) return { value: answerOf(old, wanted, key), again: true };
  const swept = await store.page(list, { start: 0, limit: sweptAtOnce, to: String(now - keptS).padStart(12, '0') });
  const begun = await store.commit({
    expect: { [href]: old?.version ?? 0 },
    drop: swept.docs.map(each => each.href).filter(each => each !== href),
    put: [doc({ asked: wanted, at: now })],
  });
  if (!begun.ok) throw underWay(key);
  try {
    const value = await act();
    const kept: Kept = { asked: wanted, at: now, answer: value === undefined ? {} : { value } };
    await store.commit({ put: [doc(JSON.parse(JSON.stringify(kept)) as Kept)] });
    return { value, again: false };
  } catch (thrown) {
    await store.commit({ drop: [href] }); // nothing was made: the same key may try again
    throw thrown;
  }
}

function answerOf({ body }: Doc<Kept>, wanted: string, key: string): unknown {
  if (body.asked !== wanted)
    throw new Problem('CONFLICT', { at: 'Idempotency-Key', got: key, note: 'it was used for another request' });
  if (!body.answer) throw underWay(key);
  return body.answer.value;
}

const underWay = (key: string) =>
  new Problem('CONFLICT', {
    at: 'Idempotency-Key',
    got: key,
    note: 'the request was begun and its end is not known; look at what is there, then use another key',
  });
