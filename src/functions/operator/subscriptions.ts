/** What an operator sees of subscriptions, and how one is ended from our side (ERR-002, MAINT-006). */
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href, type Href } from '../../model/href';
import {
  endNote,
  noteId,
  watchHref,
  watchList,
  type EndStatus,
  type StoredSubscription,
  type StoredWatch,
} from '../../services/notices/records';
import { type Store } from '../../store/api';
import { apply } from '../behaviour';
import { pageAfter, type PageOf } from './pages';
import { type OperatorDeps } from './sites';

/** What one client wants to know of one resource, and where it wants to be told. */
export interface Subscribed {
  readonly lfdi: string;
  readonly resource: Href;
  /** When it was last told of it; absent when never. */
  readonly toldAt?: number;
  readonly subscriptions: readonly {
    readonly href: Href;
    readonly notificationURI: string;
    readonly since: number;
    /** Whether a notification has not been delivered yet. */
    readonly waiting: boolean;
  }[];
}

export async function subscribedPage(store: Store, page: PageOf): Promise<{ items: Subscribed[]; next?: string }> {
  const { items: watches, next } = await pageAfter<StoredWatch>(store, watchList, page);
  const notes = await store.outbox.due(Number.MAX_SAFE_INTEGER, Infinity);
  const waiting = new Set(notes.map(note => note.subscription));
  const items = await Promise.all(
    watches.map(async ({ sortKey: id, body: { lfdi, resource, round, at } }) => ({
      lfdi,
      resource,
      ...(round > 0 && { toldAt: at }),
      subscriptions: (await store.find<StoredSubscription>('watch', id)).map(({ href: itself, body }) => ({
        href: itself,
        notificationURI: body.wire.notificationURI,
        since: body.since,
        waiting: waiting.has(itself),
      })),
    })),
  );
  return { items, ...(next !== undefined && { next }) };
}

/**
 * Ends one, and tells its client why: 1 cancelled, 2 moved to `newResourceURI`, 3 defined anew, 4 deleted.
 * @throws Problem NO_SUCH, BAD_VALUE
 */
export async function endSubscription(
  { store, clock }: OperatorDeps,
  at: { readonly edev: string; readonly sub: string },
  status: EndStatus,
  newResourceURI?: string,
): Promise<void> {
  if ((status === 2) !== (newResourceURI !== undefined))
    throw new Problem('BAD_VALUE', { at: 'newResourceURI', note: 'goes with status 2, and only with that' });
  const itself = href(model.subscription.subscription, at);
  await apply(store, async () => {
    const doc = await store.get<StoredSubscription>(itself);
    if (!doc) throw new Problem('NO_SUCH', { at: `subscription ${itself}`, note: 'no such subscription' });
    const watch = await store.get<StoredWatch>(watchHref(doc.body.watch));
    return {
      status: 204,
      plan: {
        expect: { [itself]: doc.version },
        drop: [itself],
        settle: watch ? [noteId(itself, watch.body.round)] : [],
        enqueue: [endNote(doc, status, clock.now(), newResourceURI)],
      },
    };
  });
}
