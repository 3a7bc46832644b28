/** What the delivery of notifications needs from the rooms above it. */
import { type Clock, type Seconds } from '../../base/clock';
import { type Log } from '../../base/log';
import { type Metrics } from '../../base/metrics';
import { type Tasks } from '../../base/tasks';
import { type Observed, type Reads } from '../changes';
import { type EndedNote, type EndStatus, type StoredSubscription, type Subject } from './records';
import { type Href } from '../../model/href';

/** How a resource stands for a client. Holds until one of the reads changes or the clock reaches `until`. */
export interface Look {
  /** What was read of the resource, and what was read to know who the client is and what it may see. */
  readonly reads: Reads;
  readonly who: Reads;
  readonly until: Seconds;
  /** How it is; or that the client sees it no more, and which status to end its subscriptions with. */
  readonly state: { readonly digest: string; readonly quiet: boolean } | { readonly over: EndStatus };
}

export interface Eyes {
  /** Looks through the client's eyes, its permissions as they are now. */
  look(subject: Subject): Promise<Look>;
  /** The Notification of a Subscription as of this moment, together with what it was made from. */
  compose(subject: Subject, href: Href, subscription: StoredSubscription): Promise<{ look: Look; body: string }>;
  /** The last Notification of a Subscription. */
  farewell(href: Href, note: EndedNote & { readonly lfdi: string }): Promise<string>;
}

/**
 * How a POST ended: `unwanted` was answered with 400, which ends the Subscription. `answer` is any other answer but 2xx;
 * `unreachable` is none at all.
 */
export type Outcome =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'unwanted' }
  | { readonly outcome: 'answer' | 'unreachable' | 'refused'; readonly why: string };

export interface Post {
  /** Posts to a notificationURI of a client; never throws. */
  post(to: { readonly lfdi: string; readonly uri: string }, body: string): Promise<Outcome>;
}

export interface Pace {
  /** Least seconds between two notifications of one Subscription. */
  readonly spacingS: number;
  /** Whether changes of a resource may go at once all the same. */
  readonly urgent: (subject: Subject) => Promise<boolean>;
  /** A Subscription whose notifications could not be delivered for this long is removed. */
  readonly giveUpS: number;
  /** POSTs under way at once, to one client's receiver and to all. */
  readonly perReceiver: number;
  readonly inAll: number;
}

export interface NoticesDeps {
  readonly changes: Observed;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tasks: Tasks;
  readonly eyes: Eyes;
  readonly post: Post;
  readonly pace: Pace;
}
