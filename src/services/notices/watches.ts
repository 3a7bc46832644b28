/**
 * Which watches does a commit concern? Each look notes what it read; a commit names what it touched (services/changes). What
 * was read to know who a client is and what it may see is noted once for each client, however much it watches.
 */
import { type Cancel, type Seconds } from '../../base/clock';
import { type Reads } from '../changes';
import { type StoredWatch, type Subject } from './records';
import { type Look } from './api';

/** A watch as it is kept in memory while the server runs. */
export interface Watch {
  readonly id: string;
  readonly subject: Subject;
  told: string;
  round: number;
  /** When its subscribers were last told, and when it was last looked at. */
  at: Seconds;
  lookedAt: Seconds;
  urgent: boolean;
  /** Waits to be looked at. */
  queued: boolean;
  /** Lost a subscriber lately. */
  sweeping: boolean;
  /** Its next look by the clock: because it may not be told of sooner, or because time alone changes the resource. */
  later?: { readonly when: Seconds; readonly cancel: Cancel } | undefined;
  reads?: Reads | undefined;
}

interface Client {
  who?: Reads | undefined;
  readonly watches: Set<Watch>;
}

export class Watches {
  private readonly byId = new Map<string, Watch>();
  private readonly clients = new Map<string, Client>();
  private readonly readers = new Map<string, Set<Watch | Client>>();

  get(id: string): Watch | undefined {
    return this.byId.get(id);
  }

  get size(): number {
    return this.byId.size;
  }

  /** Adds a watch, or tells one that is known what the store says of it. */
  add(id: string, { lfdi, resource, condition, told, round, at }: StoredWatch): Watch {
    const known = this.byId.get(id);
    if (known) return Object.assign(known, { told, round, at });
    const watch: Watch = {
      id,
      subject: { lfdi, resource, ...(condition && { condition }) },
      ...{ told, round, at, lookedAt: -Infinity, urgent: false, queued: false, sweeping: false },
    };
    this.byId.set(id, watch);
    this.client(lfdi).watches.add(watch);
    return watch;
  }

  remove(watch: Watch): void {
    watch.later?.cancel();
    watch.later = undefined;
    this.forget(watch, watch.reads);
    this.byId.delete(watch.id);
    const client = this.client(watch.subject.lfdi);
    client.watches.delete(watch);
    if (client.watches.size > 0) return;
    this.forget(client, client.who);
    this.clients.delete(watch.subject.lfdi);
  }

  /** Notes what a look at a watch has read. */
  looked(watch: Watch, { reads, who }: Look): void {
    if (!this.byId.has(watch.id)) return;
    if (watch.reads !== reads) {
      this.forget(watch, watch.reads);
      watch.reads = reads;
      this.note(watch, reads);
    }
    const client = this.client(watch.subject.lfdi);
    if (client.who === who) return;
    this.forget(client, client.who);
    client.who = who;
    this.note(client, who);
  }

  /** Watches for which any of these names counts. */
  concerned(touched: readonly string[]): Set<Watch> {
    const found = new Set<Watch>();
    for (const name of touched)
      for (const reader of this.readers.get(name) ?? [])
        if ('watches' in reader) for (const watch of reader.watches) found.add(watch);
        else found.add(reader);
    return found;
  }

  clear(): void {
    for (const watch of [...this.byId.values()]) this.remove(watch);
  }

  private client(lfdi: string): Client {
    let client = this.clients.get(lfdi);
    if (!client) this.clients.set(lfdi, (client = { watches: new Set() }));
    return client;
  }

  private note(reader: Watch | Client, reads: Reads): void {
    for (const name of reads.names()) {
      let all = this.readers.get(name);
      if (!all) this.readers.set(name, (all = new Set()));
      all.add(reader);
    }
  }

  private forget(reader: Watch | Client, reads: Reads | undefined): void {
    for (const name of reads?.names() ?? []) {
      const all = this.readers.get(name);
      all?.delete(reader);
      if (all?.size === 0) this.readers.delete(name);
    }
  }
}
