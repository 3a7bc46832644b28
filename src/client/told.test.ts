/** A device that is told of changes by this house's own server, in one process and on one clock. */
import { silentLog } from '../base/log';
import { seededRandom } from '../base/random';
import { tasks as newTasks } from '../base/tasks';
import { read } from '../codec/read';
import { addControl, addProgram, cancelControl, removeProgram } from '../functions/operator/programs';
import { Notification } from '../model/subscription';
import { lfdiA, pen, siteA, t0 } from '../protocol/testing/port';
import { told as tellingPort } from '../protocol/testing/told';
import { type Outcome } from '../services/notices/api';
import { ToldClient, type Transport } from '.';

async function world() {
  const port = tellingPort({
    house: { pollRate: resource => (resource.name.endsWith('programs') ? 300 : 900) },
  });
  await port.add(siteA);
  await port.start();
  const requests: string[] = [];
  const transport: Transport = {
    send: async ({ method, path, body = '' }) => {
      requests.push(`${method} ${path.split('?')[0]}`);
      const answer = await port.ask(path, { method, body: String(body), lfdi: lfdiA });
      const headers = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
      return {
        status: answer.status,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: Buffer.from(answer.body),
      };
    },
  };
  const failures: unknown[] = [];
  const tasks = newTasks(error => failures.push(error));
  const site = new ToldClient({
    transport,
    clock: port.clock,
    tasks,
    random: seededRandom(5),
    log: silentLog,
    lfdi: lfdiA,
    pin: siteA.pin,
    dialect: 'csipaus-1.2',
    notificationURI: 'https://a.example/ntfy',
  });
  const line = { cut: false };
  port.settings.receive = (_to, body): Outcome => {
    if (line.cut) return { outcome: 'unreachable', why: 'cut' };
    const { value } = read(Notification, body, { mode: 'strict' });
    return site.notified(value) ? { outcome: 'delivered' } : { outcome: 'unwanted' };
  };
  const deps = { store: port.store, clock: port.clock, pen, ids: port.ids };
  const pass = async (seconds: number) => {
    for (let done = 0; done < seconds; done += 10) {
      port.clock.advance(10);
      await tasks.settled();
      await port.settle();
    }
  };
  const polls = () => requests.splice(0).filter(each => /GET .*fsa\/1\/derp/.test(each)).length;
  return { port, site, line, deps, pass, polls, failures };
}

const order = (start: number) => ({ start, durationS: 7200, base: { opModExpLimW: { multiplier: 0, value: 7 } } });

it('subscribes, polls once an hour, and knows of an order and its cancel within half a minute', async () => {
  const { port, site, deps, pass, polls, failures } = await world();
  const { derp } = await addProgram(deps, { description: 'Emergency', primacy: 1, sites: ['1'] });
  site.start();
  await pass(600);
  expect(site.told).toBe(true);
  polls();
  await pass(7200);
  expect(polls()).toBeLessThanOrEqual(3);
  const { mRID } = await addControl(deps, derp, order(port.clock.now() + 60));
  await pass(100);
  expect(site.client.limits(port.clock.now())).toMatchObject({ exportW: 7, source: 'event' });
  await cancelControl(deps, mRID);
  await pass(40);
  expect(site.client.limits(port.clock.now())).toMatchObject({ exportW: 1000, source: 'default' });
  expect(site.told).toBe(true);
  expect(failures).toEqual([]);
});

it('polls as asked again when it finds what nobody told of, and relies on being told when it is told again', async () => {
  const { port, site, line, deps, pass, polls } = await world();
  const { derp } = await addProgram(deps, { description: 'Emergency', primacy: 1, sites: ['1'] });
  site.start();
  await pass(600);
  line.cut = true;
  await addControl(deps, derp, order(t0 + 20_000));
  await pass(3600); // its hourly poll finds the order
  expect(site.told).toBe(false);
  expect(site.client.programs().flatMap(({ controls = [] }) => controls)).toHaveLength(1);
  polls();
  await pass(3000);
  expect(polls()).toBeGreaterThanOrEqual(9);
  line.cut = false;
  await pass(3700); // a receiver that could not be reached is left alone for up to an hour
  expect(site.told).toBe(true);
  await addControl(deps, derp, order(port.clock.now() + 30_000));
  await pass(60);
  expect(site.client.programs().flatMap(({ controls = [] }) => controls)).toHaveLength(2);
});

it('gives up what the server ends, follows what is assigned to it later, and answers no to what it does not know', async () => {
  const { site, deps, pass, port } = await world();
  const { derp } = await addProgram(deps, { description: 'Emergency', primacy: 1, sites: ['1'] });
  site.start();
  await pass(600);
  await removeProgram(deps, derp);
  await pass(120);
  expect(site.client.programs()).toHaveLength(1);
  const again = await addProgram(deps, { description: 'Another', primacy: 2, sites: ['1'] });
  await pass(120);
  expect(site.client.programs().map(({ program }) => program.primacy)).toContain(2);
  expect(await port.store.count('/edev/1/sub')).toBeGreaterThan(3);
  expect(site.told).toBe(true);
  const stray = { subscribedResource: '/nowhere', status: 0, subscriptionURI: '/edev/1/sub/x' };
  expect(site.notified(stray as Notification)).toBe(false);
  expect(again.derp).not.toBe(derp);
});
