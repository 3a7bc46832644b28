/** Random histories of changes, subscribers, restarts and receivers that fail, held against what subscribers may expect. */
import fc from 'fast-check';
import { busy, down, plain, type Attempt } from './plain';

type Act = readonly [what: string, n: number, m: number];
const acts = fc.array(
  fc.tuple(
    fc.constantFrom(
      'set',
      'set',
      'set',
      'pass',
      'pass',
      'pass',
      'receive',
      'subscribe',
      'unsubscribe',
      'restart',
      'end',
    ),
    fc.nat(5),
    fc.nat(11),
  ),
  { minLength: 5, maxLength: 40 },
);
const resources = ['/r', '/q'];
const subsOf = ['/s0', '/s1', '/s2', '/s3', '/s4', '/s5'];

async function play(at: ReturnType<typeof plain>, history: readonly Act[]): Promise<void> {
  await at.set('/q', 0);
  const since = new Map<string, number>(); // live subscriptions: index of the first attempt that counts
  const restarts: number[] = [];
  const made: number[] = [];
  const receivers = [
    () => ({ outcome: 'delivered' }) as const,
    down,
    busy,
    ({ uri }: { uri: string }) => (uri.endsWith('0') ? busy() : ({ outcome: 'delivered' } as const)),
  ];
  for (const [what, n, m] of history) {
    const sub = subsOf[n] ?? '';
    const resource = resources[n % 2] ?? '';
    if (what === 'set') await at.set(resource, m % 3);
    if (what === 'pass') await at.pass([1, 1, 2, 7, 15, 29, 30, 31, 60, 100, 300, 3600][m] ?? 1, m > 8 ? 5 : 1);
    if (what === 'receive') at.state.receive = receivers[m % 4] ?? down;
    if (what === 'subscribe' && (await at.subscribe(sub, resource, { lfdi: n > 2 ? 'A' : 'B' })).ok)
      if (!since.has(sub)) {
        since.set(sub, at.attempts.length);
        made.push(at.attempts.length);
      }
    if (what === 'unsubscribe') await at.unsubscribe(sub).then(() => since.delete(sub));
    if (what === 'end') await at.end(sub).then(() => since.delete(sub));
    if (what === 'restart') {
      restarts.push(at.attempts.length);
      await at.restart();
    }
    if (m % 2) await at.settle();
  }
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.pass(2 * 3600, 15);
  expect(await at.store.outbox.waiting()).toBe(0);

  const changes = <A extends Attempt>(list: readonly A[]) => list.filter(({ told }) => !told.startsWith('end'));
  for (const [n, sub] of subsOf.entries()) {
    const own = at.attempts.map((attempt, i) => ({ ...attempt, i })).filter(attempt => attempt.sub === sub);
    const between = (marks: readonly number[], i: number) =>
      marks.some(k => k > (own[i - 1]?.i ?? 0) && k <= (own[i]?.i ?? 0));
    // Never more often than every 30 s, whatever the outcome; who subscribes anew after a restart is not remembered.
    for (const [i, { at: when }] of own.entries())
      if (i > 0 && !(between(made, i) && between(restarts, i)))
        expect([sub, when - (own[i - 1]?.at ?? 0) >= 30]).toEqual([sub, true]);
    // Never twice the same, unless a try failed or the process ended in between.
    for (const [i, one] of own.entries()) {
      const before = own[i - 1];
      if (!before || before.outcome !== 'delivered' || one.outcome !== 'delivered') continue;
      const excused = restarts.some(k => k > before.i && k <= one.i) || (since.get(sub) ?? Infinity) > before.i;
      if (!excused) expect([sub, one.told]).not.toEqual([sub, before.told]);
    }
    // The final state arrives: the last thing it heard, unless nothing changed since it subscribed.
    const from = since.get(sub);
    if (from === undefined) continue;
    const last = changes(own).at(-1);
    const now = String(await at.value(resources[n % 2] ?? ''));
    if (last && last.i >= from) expect([sub, last.told, last.outcome]).toEqual([sub, now, 'delivered']);
    else
      expect([
        sub,
        (await at.store.get<{ told: string }>(`~watch/${n > 2 ? 'A' : 'B'}${(resources[n % 2] ?? '').slice(1)}`))?.body
          .told,
      ]).toEqual([sub, now]);
  }
}

/** @throws an assertion of jest with the shortest history that goes wrong */
export async function histories(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(acts, async history => {
      const at = plain();
      await at.set('/r', 0);
      await at.start();
      try {
        await play(at, history);
        expect(at.failed).toEqual([]);
      } finally {
        await at.stop();
      }
    }),
    { numRuns },
  );
}
