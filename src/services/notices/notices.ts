/**
 * Tells subscribers of what has changed (protocol facts 6, docs/adr/0012). Commits and the clock mark watches, rounds find out
 * which of them are not as their subscribers were told and leave notes in the outbox, receivers carry the notes. Everything that
 * has to survive a crash is in the store; what is in memory is worked out from it at the start.
 */
import { type Cancel, type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type Committed, type Doc, type Plan, type Version } from '../../store/api';
import { type NoticesDeps, type Outcome } from './api';
import { nowOf, Receivers, type Item, type Next } from './receivers';
import {
  watchList,
  type ChangedNote,
  type EndedNote,
  type Notice,
  type NoteBody,
  type StoredSubscription,
  type StoredWatch,
} from './records';
import { Rounds } from './rounds';
import { Settling } from './settling';
import { Watches } from './watches';

export interface Notices {
  /** Takes up what the store holds, and whatever is committed from now on. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A Notification to be posted; `version` is that of the Subscription it was made for, where there is one yet. */
interface Ready {
  readonly uri: string;
  readonly text: string;
  readonly version?: Version;
}

const pageSize = 500;
/** How often the age of the outbox is measured while something waits. */
const measureS = 15;

export function notices(deps: NoticesDeps): Notices {
  const { changes, clock, log, metrics, eyes, post, pace } = deps;
  const { store } = changes;
  const watches = new Watches();
  const lastSent = new Map<Href, Seconds>();
  const settling = new Settling(deps);
  const receivers = new Receivers({
    clock,
    tasks: deps.tasks,
    perReceiver: pace.perReceiver,
    inAll: pace.inAll,
    attempt,
  });
  const rounds = new Rounds(deps, watches, receivers);
  let startedAt = clock.now();
  let unhear: Cancel = () => undefined;
  let measuring: Cancel | undefined;
  let stopped = false;

  function heard({ touched }: Extract<Committed, { ok: true }>, plan: Plan): void {
    for (const id of plan.settle ?? []) receivers.remove(id);
    for (const note of plan.enqueue ?? []) receivers.add(note as Notice);
    for (const doc of plan.put ?? []) {
      if (doc.kind !== watchList) continue;
      const known = watches.get(doc.sortKey) !== undefined;
      const watch = watches.add(doc.sortKey, doc.body as StoredWatch);
      if (!known) rounds.mark(watch);
    }
    for (const watch of watches.concerned(touched)) rounds.mark(watch);
    for (const name of touched) {
      const moved = name.startsWith('key:watch:') ? watches.get(name.slice('key:watch:'.length)) : undefined;
      if (moved) rounds.sweep(moved);
    }
    measure();
  }

  function measure(): void {
    const { waiting, oldest } = receivers;
    metrics.set('headroom_outbox_waiting', waiting);
    metrics.set('headroom_outbox_age_seconds', oldest === undefined ? 0 : Math.max(0, clock.now() - oldest));
    if (waiting === 0 || stopped) return;
    measuring ??= clock.at(clock.now() + measureS, () => {
      measuring = undefined;
      measure();
    });
  }

  /** When a Subscription was last sent something. Not kept over a restart, so then the start counts. */
  const sentAt = (href: Href, subscribedAt: Seconds): Seconds =>
    lastSent.get(href) ?? (subscribedAt < startedAt ? startedAt : -Infinity);

  async function attempt({ note }: Item): Promise<Next> {
    try {
      const ready = note.body.kind === 'ended' ? await farewell(note, note.body) : await composed(note, note.body);
      if (!(typeof ready === 'object' && 'text' in ready)) return ready;
      noteSent(note.subscription);
      return await judged(note, ready, await post.post({ lfdi: note.body.lfdi, uri: ready.uri }, ready.text));
    } catch (fault) {
      log.warn('a notification could not be made', { subscription: note.subscription, why: String(fault) });
      return { again: 'answered' };
    }
  }

  async function farewell(note: Notice, body: EndedNote & NoteBody): Promise<Ready | Next> {
    const may = sentAt(note.subscription, body.subscribedAt) + pace.spacingS;
    if (nowOf(clock) < may) return { notBefore: may };
    return { uri: body.uri, text: await eyes.farewell(note.subscription, body) };
  }

  /** The Notification, as long as the Subscription is there and the resource is as this round found it. */
  async function composed(note: Notice, { watch: id, round }: ChangedNote): Promise<Ready | Next> {
    const [doc, watch] = [await store.get<StoredSubscription>(note.subscription), watches.get(id)];
    if (!doc || !watch || doc.body.watch !== id) {
      settling.add(note.id);
      return 'moot';
    }
    const may = watch.urgent ? -Infinity : sentAt(note.subscription, doc.body.since) + pace.spacingS;
    if (nowOf(clock) < may) return { notBefore: may };
    const { look, body } = await eyes.compose(watch.subject, note.subscription, doc.body);
    if (watch.round !== round) return 'moot'; // a later round took its place while we looked
    const stands = 'digest' in look.state && (watch.subject.condition || look.state.digest === watch.told);
    if (stands) return { uri: doc.body.wire.notificationURI, text: body, version: doc.version };
    // It has changed again, or is gone: the next round replaces this note, or finds that nothing is different after all.
    rounds.mark(watch);
    return { notBefore: Math.max(rounds.mayTell(watch), nowOf(clock) + 1) };
  }

  function noteSent(href: Href): void {
    const now = nowOf(clock);
    lastSent.delete(href);
    lastSent.set(href, now);
    for (const [oldest, at] of lastSent) {
      if (now - at <= pace.spacingS) break;
      lastSent.delete(oldest);
    }
  }

  async function judged(note: Notice, { uri, version }: Ready, result: Outcome): Promise<Next> {
    const { outcome } = result;
    metrics.count('headroom_notifications_total', { outcome });
    if (outcome === 'delivered') {
      settling.add(note.id);
      return 'done';
    }
    const about = { subscription: note.subscription, who: note.body.lfdi.slice(0, 8), uri };
    if (outcome === 'unwanted') {
      log.info('a subscriber refused a notification, so its subscription ends', about);
      await dropSubscription(note, version);
      return 'done';
    }
    if (clock.now() - note.body.since >= pace.giveUpS) {
      log.warn('a subscriber could not be reached for too long, so its subscription ends', {
        ...about,
        why: result.why,
      });
      metrics.count('headroom_notifications_total', { outcome: 'given-up' });
      await dropSubscription(note, version);
      return 'done';
    }
    log.info('a notification was not delivered', { ...about, outcome, why: result.why });
    return { again: outcome === 'answer' ? 'answered' : 'unreached' };
  }

  /** Without a word; but not a Subscription that was made anew meanwhile. */
  async function dropSubscription({ id, subscription }: Notice, version: Version | undefined): Promise<void> {
    if (version !== undefined) {
      const expect = { [subscription]: version };
      const dropped = await store.commit({ expect, drop: [subscription], settle: [id] });
      if (dropped.ok) return;
    }
    settling.add(id);
  }

  async function allWatches(): Promise<Doc<StoredWatch>[]> {
    const found: Doc<StoredWatch>[] = [];
    for (let start = 0; ; start += pageSize) {
      const { docs } = await store.page<StoredWatch>(watchList, { start, limit: pageSize });
      found.push(...docs);
      if (docs.length < pageSize) return found;
    }
  }

  return {
    start: async () => {
      startedAt = clock.now();
      const waiting = await store.outbox.due(Number.MAX_SAFE_INTEGER, Infinity);
      const known = (await allWatches()).map(doc => watches.add(doc.sortKey, doc.body));
      unhear = changes.onCommit(heard);
      for (const note of waiting) if (isNotice(note.body)) receivers.add(note as Notice);
      for (const watch of known) rounds.mark(watch);
      measure();
    },
    stop: async () => {
      stopped = true;
      unhear();
      measuring?.();
      rounds.stop();
      await receivers.stop();
      await settling.flush();
      watches.clear();
    },
  };
}

const isNotice = (body: unknown): body is NoteBody =>
  typeof body === 'object' && body !== null && 'kind' in body && 'lfdi' in body;
