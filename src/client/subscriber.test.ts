import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { seededRandom } from '../base/random';
import { tasks } from '../base/tasks';
import { dialects } from '../model/dialect';
import { LogEvent } from '../model/log';
import { Subscription, type Notification } from '../model/subscription';
import { Api } from './api';
import { Backoff } from './backoff';
import { LogEvents } from './log-events';
import { ServerTime } from './server-time';
import { Subscriber } from './subscriber';
import { answer, FakeServer } from './testing/fake-server';

function world() {
  const clock = new ManualClock(1_000_000);
  const server = new FakeServer(clock);
  const failures: unknown[] = [];
  const work = tasks(error => failures.push(error));
  const api = new Api({ transport: server, clock, dialect: dialects['2018'] });
  const backoff = new Backoff(seededRandom(1));
  const deps = { clock, tasks: work, log: silentLog, api, backoff };
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      await work.settled();
      clock.advance(1);
    }
    await work.settled();
  };
  return { clock, server, deps, pass, failures };
}

const notification = (subscribedResource: string, status = 0): Notification => ({
  subscribedResource,
  status,
  subscriptionURI: '/sub/1',
});

describe('Subscriber', () => {
  function subscribing() {
    const { server, deps, pass } = world();
    const made: string[] = [];
    let count = 0;
    server.acceptPost('/sub', [Subscription], () => answer(201, { location: `/sub/${++count}` }));
    const subscriber = new Subscriber(deps, 'https://127.0.0.1:1/ntfy', resource => made.push(resource));
    subscriber.start();
    const asked = () => server.bodies<Subscription>('/sub').map(each => each.subscribedResource);
    return { server, subscriber, pass, made, asked };
  }

  it('subscribes to each resource once, and says what was made', async () => {
    const { subscriber, pass, made, asked } = subscribing();
    subscriber.want('/sub', ['/a', '/b', '/a']);
    await pass(1);
    subscriber.want('/sub', ['/a', '/b', '/c']);
    await pass(1);
    expect(asked()).toEqual(['/a', '/b', '/c']);
    expect(made).toEqual(['/a', '/b', '/c']);
  });

  it('heeds what it has subscribed to alone, and subscribes again when the server ends it', async () => {
    const { subscriber, pass, asked } = subscribing();
    subscriber.want('/sub', ['/a']);
    await pass(1);
    expect(subscriber.hears(notification('https://server:1/a'))).toBe(true);
    expect(subscriber.hears(notification('/b'))).toBe(false);
    await pass(10);
    expect(asked()).toEqual(['/a']);
    expect(subscriber.hears(notification('/a', 1))).toBe(true);
    await pass(10);
    expect(asked()).toEqual(['/a', '/a']);
  });

  it('ends what is no longer wanted, renews once a day, and tries again after trouble', async () => {
    const { server, subscriber, pass, asked } = subscribing();
    server.fault = () => answer(503);
    subscriber.want('/sub', ['/a']);
    await pass(5);
    expect(asked()).toEqual([]);
    server.fault = undefined;
    await pass(60);
    expect(asked()).toEqual(['/a']);
    await pass(86_400);
    expect(asked()).toEqual(['/a', '/a']);
    subscriber.want('/sub', []);
    await pass(1);
    expect(server.requests.at(-1)).toBe('DELETE /sub/2');
  });
});

describe('LogEvents', () => {
  it('posts them in order, each once, when the server is there, in its time', async () => {
    const { clock, server, deps, pass } = world();
    server.acceptPost('/lel', [LogEvent], () => answer(201, { location: '/lel/1' }));
    const time = new ServerTime(clock);
    time.learn(clock.now() + 3600, clock.nowMs(), clock.nowMs());
    const events = new LogEvents({ ...deps, time });
    events.start();
    const push = (logEventCode: number) => events.push({ functionSet: 11, logEventCode });
    push(2);
    await pass(5);
    expect(server.bodies('/lel')).toEqual([]);
    server.down = true;
    events.found('/lel');
    push(3);
    await pass(5);
    server.down = false;
    await pass(60);
    const told = server.bodies<LogEvent>('/lel');
    expect(told.map(each => [each.logEventCode, each.logEventID, each.profileID])).toEqual([
      [2, 1, 2],
      [3, 2, 2],
    ]);
    expect(told[0]?.createdDateTime).toBe(1_000_000 + 3600);
  });
});
