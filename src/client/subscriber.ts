/**
 * Keeps Subscriptions to what a client wants to be told of (protocol facts 6): each resource once, made again when the server
 * ends one, and renewed once a day.
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Log } from '../base/log';
import { Subscription, type Notification } from '../model/subscription';
import { Activity, type ActivityDeps } from './activity';
import { type Api } from './api';
import { type Backoff } from './backoff';

export interface SubscriberDeps extends ActivityDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: Backoff;
}

const renewS = 86_400;
const longestPauseS = 300;
/** The server ended a subscription, or the resource is another now: we ask again after so long. */
const againS = 5;

interface Held {
  /** Undefined before it was made. */
  href?: string;
  /** When it was asked for; what the server will not have is asked for again with the next renewal. */
  since: Seconds;
}

export class Subscriber {
  private readonly held = new Map<string, Held>();
  private list: string | undefined;
  private activity: Activity | undefined;

  constructor(
    private readonly deps: SubscriberDeps,
    private readonly notificationURI: string,
    private readonly made: (resource: string) => void,
  ) {}

  start(): void {
    this.activity = new Activity(this.deps, 'subscriptions', () => this.keep());
  }

  stop(): void {
    this.activity?.stop();
  }

  /** Where subscriptions are made, and what is to be subscribed to; what is no longer wanted is ended. */
  want(list: string | undefined, resources: readonly string[]): void {
    if (list !== this.list) this.held.clear();
    this.list = list;
    const wanted = new Set(resources);
    let news = false;
    for (const resource of wanted)
      if (!this.held.has(resource)) {
        this.held.set(resource, { since: -Infinity });
        news = true;
      }
    for (const [resource, { href }] of this.held)
      if (!wanted.has(resource)) {
        this.held.delete(resource);
        if (href !== undefined) this.deps.tasks.run(() => this.deps.api.delete(href));
      }
    if (news) this.activity?.soon();
  }

  /** Whether changes of all that is wanted are told. */
  get complete(): boolean {
    return this.held.size > 0 && [...this.held.values()].every(({ href }) => href !== undefined);
  }

  /** Whether a notification is of a subscription of ours; one that tells of its end has it made again. */
  hears({ subscribedResource, status }: Notification): boolean {
    const path = pathOf(subscribedResource);
    const known = this.held.get(path);
    if (!known) return false;
    if (status !== 0) {
      this.held.set(path, { since: -Infinity });
      this.activity?.at(this.deps.clock.now() + againS);
    }
    return true;
  }

  private async keep(): Promise<Seconds | undefined> {
    const { api, backoff, clock, log } = this.deps;
    const { list } = this;
    if (list === undefined) return undefined;
    for (const [resource, held] of this.held) {
      if (clock.now() - held.since < renewS) continue;
      const wish = {
        subscribedResource: resource,
        encoding: 0,
        level: '+S1',
        limit: 255,
        notificationURI: this.notificationURI,
      };
      const answer = await api.post(Subscription, list, wish);
      if (!answer.ok && answer.reason !== 'missing' && answer.reason !== 'refused')
        return clock.now() + backoff.next(longestPauseS, answer.retryAfterS);
      if (!answer.ok) log.info('a subscription was refused', { resource, status: answer.status });
      backoff.reset();
      held.since = clock.now();
      if (!answer.ok) continue;
      if (answer.location !== undefined) held.href = answer.location;
      this.made(resource); // what happened between reading and subscribing was told to nobody
    }
    return clock.now() + renewS;
  }
}

const nowhere = 'https://0.invalid';
export const pathOf = (uri: string): string => new URL(uri, nowhere).pathname;
