/**
 * What is stored of subscriptions. A Subscription belongs to a watch: what one client wants to know of one resource. The watch
 * holds a digest of what its subscribers were last told of, so that "there is something to tell" is a fact that can be worked
 * out from the store at any time and that no crash can lose (docs/adr/0012).
 */
import { type Seconds } from '../../base/clock';
import { type Href } from '../../model/href';
import { type Condition, type Subscription } from '../../model/subscription';
import { type Doc, type IndexKey, type NewDoc, type Note } from '../../store/api';

export interface Subject {
  /** Who subscribed: 40 upper-case hex digits. Everything is looked at through this client's eyes. */
  readonly lfdi: string;
  /** Path of the resource, without query. */
  readonly resource: Href;
  readonly condition?: Condition;
}

export interface StoredSubscription {
  readonly wire: Omit<Subscription, 'href'>;
  readonly lfdi: string;
  /** Id of its watch. */
  readonly watch: string;
  readonly since: Seconds;
}

export interface StoredWatch extends Subject {
  /** Digest of what its subscribers have been told of, or have notes waiting about. */
  readonly told: string;
  /** Counts the times they were told. */
  readonly round: number;
  /** When that was last. */
  readonly at: Seconds;
}

export const watchList: Href = '~watch';
export const watchHref = (id: string): Href => `${watchList}/${id}`;

export const watchDoc = (id: string, body: StoredWatch, now: Seconds): NewDoc<StoredWatch> => ({
  href: watchHref(id),
  list: watchList,
  kind: watchList,
  changed: now,
  sortKey: id,
  body,
});

/** How the subscriptions of a watch are found. */
export const watchKey = (id: string): IndexKey => ({ index: 'watch', key: id });

/** 0 changed, 1 cancelled, 2 moved, 3 defined anew, 4 deleted (protocol facts 6). */
export const noticeStatus = { changed: 0, cancelled: 1, moved: 2, redefined: 3, deleted: 4 } as const;
export type EndStatus = 1 | 2 | 3 | 4;

/** To tell a subscriber how a resource is now; what that is, is looked up when it is sent. */
export interface ChangedNote {
  readonly kind: 'changed';
  readonly watch: string;
  readonly round: number;
}

/** To tell a subscriber that its Subscription is over. The Subscription is gone by then, so the note holds all there is to say. */
export interface EndedNote {
  readonly kind: 'ended';
  readonly status: EndStatus;
  readonly subscribedResource: string;
  readonly newResourceURI?: string;
  readonly subscribedAt: Seconds;
}

export type NoteBody = (ChangedNote | EndedNote) & {
  readonly lfdi: string;
  readonly uri: string;
  /** Since when there has been something to tell that was not delivered. */
  readonly since: Seconds;
};
export type Notice = Omit<Note, 'body'> & { readonly body: NoteBody };

/** One for each round, so that settling an old one never takes a newer one with it. */
export const noteId = (subscription: Href, round: number): string => `${subscription}#${round}`;

/** The last word on a Subscription; put into the plan that drops it. */
export function endNote(
  { href, body }: Pick<Doc<StoredSubscription>, 'href' | 'body'>,
  status: EndStatus,
  now: Seconds,
  newResourceURI?: string,
): Notice {
  const { subscribedResource, notificationURI } = body.wire;
  return {
    id: `${href}#end`,
    subscription: href,
    due: now,
    attempts: 0,
    body: {
      kind: 'ended',
      status,
      subscribedResource,
      ...(newResourceURI !== undefined && { newResourceURI }),
      subscribedAt: body.since,
      lfdi: body.lfdi,
      uri: notificationURI,
      since: now,
    },
  };
}
