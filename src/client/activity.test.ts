import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { tasks as newTasks } from '../base/tasks';
import { seededRandom } from '../base/random';
import { Activity } from './activity';
import { Backoff } from './backoff';

function world() {
  const clock = new ManualClock(0);
  const tasks = newTasks(error => {
    throw error;
  });
  const log = keptLog();
  const ran: number[] = [];
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1);
      await tasks.settled();
    }
  };
  return { clock, tasks, log, ran, pass, deps: { clock, tasks, log } };
}

it('runs when it said, at the earliest of what it was asked, and not after it was stopped', async () => {
  const { clock, deps, ran, tasks, pass } = world();
  const activity = new Activity(deps, 'x', async () => {
    ran.push(clock.now());
    return clock.now() + 10;
  });
  activity.at(9);
  activity.at(5);
  activity.at(7);
  await pass(8);
  activity.soon();
  await tasks.settled();
  await pass(12);
  expect(ran).toEqual([5, 8, 18]);
  activity.stop();
  activity.soon();
  activity.at(25);
  await pass(30);
  expect(ran).toEqual([5, 8, 18]);
});

it('never runs twice at once: what is asked meanwhile comes after', async () => {
  const { clock, deps, ran, tasks, pass } = world();
  let inside = 0;
  const activity: Activity = new Activity(deps, 'x', async () => {
    expect(++inside).toBe(1);
    ran.push(clock.now());
    if (ran.length === 1) {
      activity.soon();
      activity.at(4);
    }
    await Promise.resolve();
    inside--;
    return undefined;
  });
  activity.soon();
  await tasks.settled();
  expect(ran).toEqual([0, 0]);
  await pass(10);
  expect(ran).toEqual([0, 0]); // the later request was served by the run that came after
});

it('tells of its defects and goes on', async () => {
  const { deps, ran, log, pass, clock } = world();
  const activity = new Activity(deps, 'x', async () => {
    ran.push(clock.now());
    throw new Error('oh');
  });
  activity.at(1);
  await pass(70);
  expect(ran).toEqual([1, 61]);
  expect(log.lines).toMatchObject([{ level: 'error', fields: { activity: 'x' } }, { level: 'error' }]);
});

it('backs off by doubling to a most, by chance, and never before it was asked to', () => {
  const backoff = new Backoff(seededRandom(1), 10);
  const waits = Array.from({ length: 8 }, () => backoff.next(300));
  const middle = [10, 20, 40, 80, 160, 300, 300, 300];
  for (const [i, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual((middle[i] ?? 0) * 0.75);
    expect(wait).toBeLessThanOrEqual((middle[i] ?? 0) * 1.25 + 1);
  }
  expect(new Set(waits.slice(-3)).size).toBe(3);
  expect(backoff.next(300, 5000)).toBeGreaterThanOrEqual(5000);
  expect(backoff.next(300, 5000)).toBeLessThanOrEqual(5031);
  backoff.reset();
  expect(backoff.next(300)).toBeLessThanOrEqual(13);
});
