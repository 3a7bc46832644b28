/**
 * A device that subscribes to what it follows and looks at once where a Notification says that something has changed. What it
 * knows is always read, never taken from a Notification: one that is late or lost does no harm. While changes of everything
 * are told it polls rarely; a poll that finds what nobody told of brings the usual rate back until the next Notification.
 */
import { type Seconds } from '../base/clock';
import { dialects } from '../model/dialect';
import { type Notification } from '../model/subscription';
import { watchedBy } from './aggregator';
import { Api } from './api';
import { Backoff } from './backoff';
import { type Client, type ClientOptions } from './client';
import { createClient } from './device-client';
import { pathOf, Subscriber } from './subscriber';

export interface ToldOptions extends ClientOptions {
  /** Where notifications come in; what comes in is handed to `notified`. */
  readonly notificationURI: string;
  /** How far apart polls are while changes are told, s; an hour unless given. */
  readonly toldRateS?: Seconds;
}

/** A change that is found so soon after a Notification was told by it; also the 30 s for which changes are gathered, twice. */
const soonS = 60;

export class ToldClient {
  readonly client: Client;
  private readonly subscriber: Subscriber;
  private lastNotice: Seconds = -Infinity;
  private known: readonly unknown[] | undefined;
  private doubtful = false;

  constructor(private readonly options: ToldOptions) {
    const { transport, clock, tasks, random, log, notificationURI, toldRateS = 3600, dialect = '2018', pace } = options;
    this.client = createClient({
      ...options,
      pace: rate => {
        const usual = pace?.(rate) ?? rate;
        return this.told ? Math.max(usual, toldRateS) : usual;
      },
    });
    const api = new Api({ transport, clock, dialect: dialects[dialect] });
    const backoff = new Backoff(random.fork('subscriptions'));
    this.subscriber = new Subscriber({ clock, tasks, log, api, backoff }, notificationURI, resource =>
      this.look(resource),
    );
    this.client.onRead(() => this.read());
  }

  /** Whether changes of everything it follows are told, so that it polls rarely. */
  get told(): boolean {
    return this.subscriber.complete && !this.doubtful;
  }

  start(): void {
    this.subscriber.start();
    this.client.start();
  }

  stop(): void {
    this.subscriber.stop();
    this.client.stop();
  }

  /** A notification came in. Answers whether it is of a subscription of ours. */
  notified(notification: Notification): boolean {
    if (!this.subscriber.hears(notification)) return false;
    this.lastNotice = this.options.clock.now();
    this.doubtful = false;
    this.look(pathOf(notification.subscribedResource));
    return true;
  }

  private look(resource: string): void {
    this.client.look(this.client.found?.assignments?.href === resource ? 'structure' : 'programs');
  }

  private read(): void {
    const programs = this.client.programs();
    const changed = this.known !== undefined && this.known !== programs;
    this.known = programs;
    if (changed && this.told && this.options.clock.now() - this.lastNotice > soonS) this.doubtful = true;
    this.subscriber.want(this.client.found?.device.SubscriptionListLink?.href, watchedBy(this.client));
  }
}
