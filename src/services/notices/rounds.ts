/**
 * A round looks at one watch and, when it is not as its subscribers were last told, commits one plan: the new digest, and a note
 * for each subscriber. Notes of the round before that still wait are replaced: only the newest state is ever told.
 */
import { nextTurn } from '../../base/turn';
import { type Doc, type Note, type Plan } from '../../store/api';
import { type Look, type NoticesDeps } from './api';
import { type Receivers } from './receivers';
import {
  endNote,
  noteId,
  watchDoc,
  watchHref,
  type EndStatus,
  type Notice,
  type StoredSubscription,
  type StoredWatch,
} from './records';
import { type Watch, type Watches } from './watches';

/** Longest time that rounds keep the event loop from requests. */
const breathMs = 10;
/** A resource that changes all the time without a difference worth telling is looked at this often. */
const restS = 1;
/** A watch that lost a subscriber is looked at this much later, to see whether it has any left. */
const sweepS = 60;

export class Rounds {
  private readonly queue: Watch[] = [];
  private running = false;
  private stopped = false;

  constructor(
    private readonly deps: NoticesDeps,
    private readonly watches: Watches,
    private readonly receivers: Receivers,
  ) {}

  /** Something may be different: have a look as soon as its subscribers may be told. */
  mark(watch: Watch): void {
    this.plan(watch, Math.max(this.mayTell(watch), watch.lookedAt + restS));
  }

  /** Has it any subscribers left? */
  sweep(watch: Watch): void {
    if (watch.sweeping) return;
    watch.sweeping = true;
    this.deps.clock.at(this.deps.clock.now() + sweepS, () => {
      watch.sweeping = false;
      if (!this.stopped && this.watches.get(watch.id) === watch) this.deps.tasks.run(() => this.dropIfLeft(watch));
    });
  }

  /** First moment at which its subscribers may be told again. */
  mayTell(watch: Watch): number {
    return watch.urgent ? -Infinity : watch.at + this.deps.pace.spacingS;
  }

  stop(): void {
    this.stopped = true;
  }

  private plan(watch: Watch, when: number): void {
    const { clock } = this.deps;
    if (this.stopped || watch.queued || when === Infinity) return;
    if (when <= clock.now()) this.enqueue(watch);
    else if (!watch.later || when < watch.later.when) {
      watch.later?.cancel();
      const cancel = clock.at(when, () => {
        watch.later = undefined;
        if (!this.stopped && this.watches.get(watch.id) === watch) this.enqueue(watch);
      });
      watch.later = { when, cancel };
    }
  }

  private enqueue(watch: Watch): void {
    watch.later?.cancel();
    watch.later = undefined;
    if (watch.queued) return;
    watch.queued = true;
    this.queue.push(watch);
    if (this.running) return;
    this.running = true;
    this.deps.tasks.run(() => this.drain());
  }

  private async drain(): Promise<void> {
    const { clock, log } = this.deps;
    let began = clock.monotonicMs();
    try {
      for (let watch = this.queue.shift(); watch && !this.stopped; watch = this.queue.shift()) {
        watch.queued = false;
        try {
          await this.round(watch);
        } catch (fault) {
          // The store was busy, or a fault of ours: what is to be told stays to be told.
          log.warn('a watched resource could not be looked at', {
            resource: watch.subject.resource,
            why: String(fault),
          });
          this.plan(watch, clock.now() + this.deps.pace.spacingS + restS);
        }
        if (clock.monotonicMs() - began < breathMs) continue;
        await new Promise<void>(nextTurn);
        began = clock.monotonicMs();
      }
    } finally {
      this.running = false;
    }
  }

  private async round(watch: Watch): Promise<void> {
    const { clock, eyes, pace } = this.deps;
    if (this.watches.get(watch.id) !== watch) return;
    // The first look only finds out what to listen to.
    if (watch.reads) watch.lookedAt = clock.now();
    const look = await eyes.look(watch.subject);
    this.watches.looked(watch, look);
    watch.urgent = await pace.urgent(watch.subject);
    if (clock.now() < this.mayTell(watch)) this.mark(watch);
    else await this.tell(watch, look);
    if (this.watches.get(watch.id) !== watch) return;
    this.plan(watch, Math.max(look.until, this.mayTell(watch), watch.lookedAt + restS));
    if (!look.reads.unchanged() || !look.who.unchanged()) this.mark(watch);
  }

  private async tell(watch: Watch, { state }: Look): Promise<void> {
    const { store } = this.deps.changes;
    const doc = await store.get<StoredWatch>(watchHref(watch.id));
    if (!doc) {
      this.watches.remove(watch);
      return;
    }
    if ('digest' in state && state.digest === doc.body.told) return;
    const subscribers = await store.find<StoredSubscription>('watch', watch.id);
    const plan = this.planOf(watch, doc, subscribers, state);
    const committed = await store.commit({ ...plan, expect: { [doc.href]: doc.version } });
    if (!committed.ok) this.mark(watch);
    else if (plan.drop?.includes(doc.href)) this.watches.remove(watch);
  }

  private planOf(
    watch: Watch,
    { href, body }: Doc<StoredWatch>,
    subscribers: readonly Doc<StoredSubscription>[],
    state: Look['state'],
  ): Plan {
    if (subscribers.length === 0) return { drop: [href] };
    if ('over' in state) return this.endOf(href, body, subscribers, state.over);
    const now = this.deps.clock.now();
    // What went back to where its condition does not hold is nothing to tell, and takes back nothing that waits to be told.
    if (state.quiet) return { put: [watchDoc(watch.id, { ...body, told: state.digest }, now)] };
    const round = body.round + 1;
    return {
      put: [watchDoc(watch.id, { ...body, told: state.digest, round, at: now }, now)],
      settle: subscribers.map(each => noteId(each.href, body.round)),
      enqueue: subscribers.map((each): Notice & Note => {
        const waits = this.receivers.find(noteId(each.href, body.round));
        return {
          id: noteId(each.href, round),
          subscription: each.href,
          due: now,
          attempts: 0,
          body: {
            kind: 'changed',
            watch: watch.id,
            round,
            lfdi: body.lfdi,
            uri: each.body.wire.notificationURI,
            since: waits?.note.body.since ?? now,
          },
        };
      }),
    };
  }

  private endOf(
    href: string,
    { round }: StoredWatch,
    subscribers: readonly Doc<StoredSubscription>[],
    status: EndStatus,
  ): Plan {
    const now = this.deps.clock.now();
    return {
      drop: [href, ...subscribers.map(each => each.href)],
      settle: subscribers.map(each => noteId(each.href, round)),
      enqueue: subscribers.map(each => endNote(each, status, now)),
    };
  }

  private async dropIfLeft(watch: Watch): Promise<void> {
    const { store } = this.deps.changes;
    const doc = await store.get(watchHref(watch.id));
    if (doc && (await store.find('watch', watch.id)).length > 0) return;
    // Whoever subscribes at this moment expects the watch as it was, and so decides again.
    const dropped = doc && (await store.commit({ expect: { [doc.href]: doc.version }, drop: [doc.href] }));
    if (!dropped || dropped.ok) this.watches.remove(watch);
  }
}
