/** Notifications of plain numbers: a resource is a document that holds one. For tests of when and whether, not of what. */
import { ManualClock } from '../../../base/clock';
import { keptLog } from '../../../base/log';
import { promMetrics } from '../../../base/metrics';
import { tasks } from '../../../base/tasks';
import { nextTurn } from '../../../base/turn';
import { type Store } from '../../../store/api';
import { memoryStore } from '../../../store/memory/store';
import { observed } from '../../changes';
import { type Eyes, type Look, type Outcome, type Pace } from '../api';
import { notices } from '../notices';
import { endNote, watchDoc, watchHref, watchKey, type StoredSubscription, type StoredWatch } from '../records';

export const t0 = 1_790_000_000;

export interface Attempt {
  readonly at: number;
  readonly sub: string;
  /** The number told; `end` and a status for the last word. */
  readonly told: string;
  readonly outcome: Outcome['outcome'];
}

export const down = () => ({ outcome: 'unreachable', why: 'down' }) as const;
export const busy = () => ({ outcome: 'answer', why: 'answered with 503' }) as const;

export type Receive = (to: { lfdi: string; uri: string }, told: string) => Outcome | Promise<Outcome>;

export function plain({
  store: inner = memoryStore(),
  pace = {},
  clock = new ManualClock(t0),
}: { store?: Store; pace?: Partial<Pace>; clock?: ManualClock } = {}) {
  const changes = observed(inner);
  const { store } = changes;
  const failed: unknown[] = [];
  const work = tasks(fault => failed.push(fault));
  const log = keptLog();
  const metrics = promMetrics();
  const attempts: Attempt[] = [];
  const state: { receive: Receive } = { receive: () => ({ outcome: 'delivered' }) };

  const look: Eyes['look'] = async ({ lfdi, resource }): Promise<Look> => {
    const who = changes.reading();
    const banned = await who.store.get(`~banned/${lfdi}`);
    const what = changes.reading();
    const doc = await what.store.get<{ n: number }>(resource);
    return {
      reads: what.reads,
      who: who.reads,
      until: Infinity,
      state: banned ? { over: 1 } : doc ? { digest: String(doc.body.n), quiet: false } : { over: 4 },
    };
  };
  const eyes: Eyes = {
    look,
    compose: async (subject, href) => {
      const seen = await look(subject);
      return { look: seen, body: `${href} ${'digest' in seen.state ? seen.state.digest : ''}` };
    },
    farewell: async (href, { status }) => `${href} end${status}`,
  };
  const open = () =>
    notices({
      changes,
      clock,
      log,
      metrics,
      tasks: work,
      eyes,
      post: {
        post: async (to, body) => {
          const at = clock.nowMs() / 1000;
          const [sub = '', told = ''] = body.split(' ');
          const result = await state.receive(to, told);
          attempts.push({ at, sub, told, outcome: result.outcome });
          return result;
        },
      },
      pace: { spacingS: 30, urgent: async () => false, giveUpS: 3 * 86_400, perReceiver: 4, inAll: 64, ...pace },
    });
  let service = open();
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise<void>(nextTurn);
  };
  const settle = async () => {
    await work.settled();
    await turns(6);
    await work.settled();
  };
  const value = async (resource: string) => (await store.get<{ n: number }>(resource))?.body.n;
  return {
    clock,
    store,
    failed,
    attempts,
    state,
    log,
    metrics,
    settle,
    value,
    start: () => service.start(),
    stop: () => service.stop(),
    restart: async () => {
      await service.stop();
      clock.advance(1); // no process is back within the second
      service = open();
      await service.start();
      await settle();
    },
    pass: async (seconds: number, stepS = 1) => {
      for (let done = 0; done < seconds; done += stepS) {
        clock.advance(Math.min(stepS, seconds - done));
        await settle();
      }
    },
    set: async (resource: string, n: number) => {
      await store.commit({ put: [{ href: resource, list: '', kind: 'r', changed: 0, sortKey: '', body: { n } }] });
      await settle();
    },
    drop: (resource: string) => store.commit({ drop: [resource] }),
    /** What functions/subscription does, without its checks. */
    subscribe: async (sub: string, resource: string, { lfdi = 'A', settled = true } = {}) => {
      const uri = `https://${lfdi}.example${sub}`;
      const id = `${lfdi}${resource.slice(1)}`;
      const watch = await store.get<StoredWatch>(watchHref(id));
      const old = await store.get<StoredSubscription>(sub);
      const fresh: StoredWatch = { lfdi, resource, told: String(await value(resource)), round: 0, at: 0 };
      const body: StoredSubscription = {
        wire: { subscribedResource: resource, encoding: 0, level: '+S1', limit: 1, notificationURI: uri },
        lfdi,
        watch: id,
        since: old?.body.since ?? clock.now(),
      };
      const doc = { href: sub, list: '/sub', kind: 'sub', changed: 0, sortKey: '', body, keys: [watchKey(id)] };
      const put = [doc, ...(watch ? [] : [watchDoc(id, fresh, clock.now())])];
      const done = await store.commit({ expect: { [watchHref(id)]: watch?.version ?? 0 }, put });
      if (settled) await settle();
      return done;
    },
    unsubscribe: (sub: string) => store.commit({ drop: [sub] }),
    end: async (sub: string) => {
      const doc = await store.get<StoredSubscription>(sub);
      if (doc) await store.commit({ drop: [sub], enqueue: [endNote(doc, 1, clock.now())] });
    },
  };
}
