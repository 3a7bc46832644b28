/**
 * Who is posted to, and when. Notes to one receiver (a client's LFDI and the origin of its URI) stand in a line; so many are
 * under way at once. A receiver that cannot be reached is left alone for a while, then tried with a single note: an outage of
 * an aggregator costs one attempt a time, not one for each of its thousands of notes.
 */
import { type Cancel, type Clock, type Seconds } from '../../base/clock';
import { type Tasks } from '../../base/tasks';
import { type Href } from '../../model/href';
import { type Notice } from './records';

export interface Item {
  readonly note: Notice;
  /** Failed attempts of this note that were answered, with something other than 2xx or 400. */
  failures: number;
}

interface Receiver {
  readonly key: string;
  readonly ready: Map<string, Item>;
  underWay: number;
  /** Attempts in a row that reached nobody. */
  failures: number;
  notBefore: Seconds;
  wake?: Cancel | undefined;
}

/** What is to be done with a note after an attempt. */
export type Next =
  | 'done'
  /** There was nothing to send after all. */
  | 'moot'
  | { readonly again: 'answered' | 'unreached' }
  | { readonly notBefore: Seconds };

export interface ReceiversOptions {
  readonly clock: Clock;
  readonly perReceiver: number;
  readonly inAll: number;
  /** Told of work under way, so that a simulation can wait for it. */
  readonly tasks: Tasks;
  /** Sends one note. Never throws. */
  readonly attempt: (item: Item) => Promise<Next>;
}

const firstPauseS = 30;
const longestPauseS = 3600;
/** 30 s, 60 s, 120 s … one hour. */
export const pauseS = (failures: number): Seconds => Math.min(longestPauseS, firstPauseS * 2 ** (failures - 1));

export class Receivers {
  private readonly items = new Map<string, Item>();
  private readonly receivers = new Map<string, Receiver>();
  private readonly waits = new Map<string, Cancel>();
  /** Subscriptions with a note under way. One at a time, or an older state could arrive after a newer one. */
  private readonly busy = new Set<Href>();
  private readonly behind = new Map<Href, Item[]>();
  private readonly working = new Set<Promise<void>>();
  private stopped = false;

  constructor(private readonly options: ReceiversOptions) {}

  get waiting(): number {
    return this.items.size;
  }

  /** Since when the oldest of them waits. */
  get oldest(): Seconds | undefined {
    let first: Seconds | undefined;
    for (const { note } of this.items.values())
      if (first === undefined || note.body.since < first) first = note.body.since;
    return first;
  }

  find(id: string): Item | undefined {
    return this.items.get(id);
  }

  add(note: Notice): void {
    this.remove(note.id);
    const item: Item = { note, failures: 0 };
    this.items.set(note.id, item);
    this.readyAt(item, note.due);
  }

  remove(id: string): void {
    const item = this.items.get(id);
    if (!item) return;
    this.items.delete(id);
    this.waits.get(id)?.();
    this.waits.delete(id);
    this.receivers.get(receiverKey(item.note))?.ready.delete(id);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.waits.values()) cancel();
    for (const { wake } of this.receivers.values()) wake?.();
    await Promise.all(this.working);
  }

  private readyAt(item: Item, when: Seconds): void {
    const { clock } = this.options;
    const { id } = item.note;
    if (when > nowOf(clock))
      this.waits.set(
        id,
        clock.at(when, () => {
          this.waits.delete(id);
          this.ready(item);
        }),
      );
    else this.ready(item);
  }

  private ready(item: Item): void {
    if (this.items.get(item.note.id) !== item) return;
    const key = receiverKey(item.note);
    let receiver = this.receivers.get(key);
    if (!receiver)
      this.receivers.set(key, (receiver = { key, ready: new Map(), underWay: 0, failures: 0, notBefore: -Infinity }));
    receiver.ready.set(item.note.id, item);
    this.pump(receiver);
  }

  private pump(receiver: Receiver): void {
    const { clock, perReceiver, inAll } = this.options;
    for (const [id, item] of receiver.ready) {
      const most = receiver.failures > 0 ? 1 : perReceiver;
      if (this.stopped || receiver.underWay >= most || this.working.size >= inAll) return;
      if (nowOf(clock) < receiver.notBefore) {
        receiver.wake ??= clock.at(receiver.notBefore, () => {
          receiver.wake = undefined;
          this.pump(receiver);
        });
        return;
      }
      receiver.ready.delete(id);
      if (this.busy.has(item.note.subscription)) this.queueBehind(item);
      else this.start(receiver, item);
    }
    if (receiver.ready.size === 0 && receiver.underWay === 0 && receiver.failures === 0)
      this.receivers.delete(receiver.key);
  }

  private queueBehind(item: Item): void {
    const { subscription } = item.note;
    this.behind.set(subscription, [...(this.behind.get(subscription) ?? []), item]);
  }

  private start(receiver: Receiver, item: Item): void {
    const { subscription } = item.note;
    this.busy.add(subscription);
    receiver.underWay++;
    const work = this.options.attempt(item).then(next => {
      this.working.delete(work);
      receiver.underWay--;
      this.busy.delete(subscription);
      this.after(receiver, item, next);
      const waited = this.behind.get(subscription) ?? [];
      this.behind.delete(subscription);
      for (const each of waited) this.ready(each);
      this.pump(receiver);
      if (this.working.size === this.options.inAll - 1) for (const other of this.receivers.values()) this.pump(other);
    });
    this.working.add(work);
    this.options.tasks.run(() => work);
  }

  private after(receiver: Receiver, item: Item, next: Next): void {
    const now = nowOf(this.options.clock);
    const here = this.items.get(item.note.id) === item;
    if (next === 'done' || next === 'moot') {
      if (next === 'done') receiver.failures = 0;
      if (here) this.items.delete(item.note.id);
    } else if ('notBefore' in next) {
      if (here) this.readyAt(item, next.notBefore);
    } else if (next.again === 'answered') {
      receiver.failures = 0;
      item.failures++;
      if (here) this.readyAt(item, now + pauseS(item.failures));
    } else {
      // Attempts that were under way together fail together, and count once.
      if (now >= receiver.notBefore) receiver.notBefore = now + pauseS(++receiver.failures);
      if (here) this.ready(item);
    }
  }
}

export const nowOf = (clock: Clock): Seconds => clock.nowMs() / 1000;

function receiverKey({ body: { lfdi, uri } }: Notice): string {
  return `${lfdi} ${URL.canParse(uri) ? new URL(uri).origin : ''}`;
}
