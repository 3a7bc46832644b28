/** When subscribers are told, and what becomes of it when they cannot be reached. What they are told: protocol/notices.test.ts. */
import { histories } from './testing/history';
import { busy, down, plain, t0 } from './testing/plain';

let at: ReturnType<typeof plain>;
beforeEach(async () => {
  at = plain();
  await at.set('/r', 0);
  await at.start();
});
afterEach(async () => {
  expect(at.failed).toEqual([]);
  await at.stop();
});
const heard = () => at.attempts.splice(0).map(({ at: when, told, outcome }) => [when - t0, told, outcome]);

it('tells at once, then at most every 30 s, the final state and nothing of what was in between', async () => {
  await at.subscribe('/s', '/r');
  for (const n of [1, 2, 3]) {
    await at.set('/r', n);
    await at.settle();
    await at.pass(5);
  }
  await at.pass(60);
  expect(heard()).toEqual([
    [0, '1', 'delivered'],
    [30, '3', 'delivered'],
  ]);
  expect(await at.store.outbox.waiting()).toBe(0);
});

it('tells nothing when all is as it was before anybody could be told', async () => {
  await at.subscribe('/s', '/r');
  await at.set('/r', 1);
  await at.set('/r', 2);
  await at.set('/r', 1);
  await at.pass(90);
  expect(heard()).toHaveLength(1);
});

it('may tell at once what is urgent', async () => {
  await at.stop();
  at = plain({ pace: { urgent: async () => true } });
  await at.set('/r', 0);
  await at.start();
  await at.subscribe('/s', '/r');
  await at.pass(1);
  for (const n of [1, 2, 3]) {
    await at.set('/r', n);
    await at.pass(2);
  }
  expect(heard().map(([, told]) => told)).toEqual(['1', '2', '3']);
});

it('tries a receiver that is down after 30, 60, 120 s … then brings the newest state alone', async () => {
  await at.subscribe('/s', '/r');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(100);
  await at.set('/r', 2);
  await at.pass(200);
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.pass(300);
  expect(heard()).toEqual([
    [0, '1', 'unreachable'],
    [30, '1', 'unreachable'],
    [90, '1', 'unreachable'],
    [210, '2', 'unreachable'],
    [450, '2', 'delivered'],
  ]);
});

it('tries hours later too, once an hour', async () => {
  await at.subscribe('/s', '/r');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(12 * 3600, 30);
  const times = heard().map(([when]) => Number(when));
  expect(times.length).toBeGreaterThan(15);
  expect(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)))).toBe(3600);
});

it('bothers a receiver that is down with one note, not with all it has for it', async () => {
  for (let n = 0; n < 50; n++) await at.subscribe(`/s${n}`, '/r');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(29);
  expect(heard()).toHaveLength(4); // those that were under way side by side
  await at.pass(100);
  expect(heard()).toHaveLength(2);
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.pass(120);
  expect(heard()).toHaveLength(50);
});

it('takes one path that answers wrongly for that path alone', async () => {
  await at.subscribe('/s1', '/r');
  await at.subscribe('/s2', '/r');
  at.state.receive = ({ uri }) => (uri.endsWith('/s1') ? busy() : { outcome: 'delivered' });
  await at.set('/r', 1);
  await at.pass(100);
  expect(at.attempts.map(({ sub, outcome }) => `${sub} ${outcome}`).sort()).toEqual([
    '/s1 answer',
    '/s1 answer',
    '/s1 answer',
    '/s2 delivered',
  ]);
});

it('removes a subscription that could not be served for three days, and says so', async () => {
  await at.subscribe('/s', '/r');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(3 * 86_400 + 3600, 600);
  expect([await at.store.get('/s'), await at.store.outbox.waiting()]).toEqual([undefined, 0]);
  expect(at.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'a subscriber could not be reached for too long, so its subscription ends',
  ]);
  expect(await at.metrics.value('headroom_notifications_total', { outcome: 'given-up' })).toBe(1);
});

it('ends a subscription whose receiver answers 400, but not one that was renewed meanwhile', async () => {
  await at.subscribe('/s', '/r');
  at.state.receive = async () => {
    await at.subscribe('/s', '/r', { settled: false });
    return { outcome: 'unwanted' };
  };
  await at.set('/r', 1);
  await at.pass(1);
  expect(await at.store.get('/s')).toBeDefined();
  at.state.receive = () => ({ outcome: 'unwanted' });
  await at.set('/r', 2);
  await at.pass(60);
  expect([await at.store.get('/s'), await at.store.outbox.waiting()]).toEqual([undefined, 0]);
  await at.pass(120);
  expect(await at.store.get('~watch/Ar')).toBeUndefined(); // nobody is left to watch for
});

it('knows after a restart what was not told and what was not delivered', async () => {
  await at.subscribe('/s1', '/r');
  await at.set('/q', 0);
  await at.subscribe('/s2', '/q');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(1);
  expect(heard()).toHaveLength(1);
  await at.stop(); // the change of /q comes when nobody listens: before the crash, or by a command while the server was off
  await at.set('/q', 5);
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.restart();
  await at.pass(60);
  const told = heard().map(([, what]) => what);
  expect(told.sort()).toEqual(['1', '5']);
  await at.restart();
  await at.pass(60);
  expect(heard()).toEqual([]);
});

it('says the last word of what is gone or forbidden, and keeps at it', async () => {
  await at.set('/q', 0);
  await at.subscribe('/s1', '/r');
  await at.subscribe('/s2', '/q', { lfdi: 'B' });
  at.state.receive = down;
  await at.drop('/r');
  await at.set('~banned/B', 1);
  await at.pass(1);
  expect([await at.store.get('/s1'), await at.store.get('/s2')]).toEqual([undefined, undefined]);
  expect(heard()).toHaveLength(2);
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.restart();
  await at.pass(100);
  expect(at.attempts.map(({ sub, told }) => `${sub} ${told}`).sort()).toEqual(['/s1 end4', '/s2 end1']);
});

it('measures how long the outbox has been waiting', async () => {
  await at.subscribe('/s', '/r');
  at.state.receive = down;
  await at.set('/r', 1);
  await at.pass(60);
  expect(await at.metrics.value('headroom_outbox_waiting')).toBe(1);
  expect(await at.metrics.value('headroom_outbox_age_seconds')).toBe(60);
  at.state.receive = () => ({ outcome: 'delivered' });
  await at.pass(60);
  expect(await at.metrics.value('headroom_outbox_age_seconds')).toBe(0);
  expect(await at.metrics.value('headroom_notifications_total', { outcome: 'delivered' })).toBe(1);
});

it('over any history: the final state arrives, never twice in a row without cause, never within 30 s', async () => {
  await histories(40);
}, 60_000);
