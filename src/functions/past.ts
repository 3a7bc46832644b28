/**
 * Past values of what devices say of themselves. The current one is the document on the wire; what a new one replaces is kept
 * below `~past`, newest first, as many as the house keeps, and shown in the operator API only.
 */
import { type Seconds } from '../base/clock';
import { type Href } from '../model/href';
import { type Doc, type NewDoc, type Version } from '../store/api';
import { type Context } from './behaviour';

export interface PastValue {
  /** When it was written, and when something else took its place. */
  readonly from: Seconds;
  readonly until: Seconds;
  readonly value: object;
}

/** Past values of one document or list unless the house says otherwise: eight hours of statuses every five minutes. */
const mostPast = 100;

export const pastList = (at: Href): Href => `~past${at}`;

/** What a plan adds to keep values of `at` that end now. They are numbered; two plans that take one number conflict. */
export async function remember(
  { store, house, now }: Pick<Context, 'store' | 'house' | 'now'>,
  at: Href,
  ended: readonly Pick<Doc, 'changed' | 'body'>[],
): Promise<{ expect: Record<Href, Version>; put: NewDoc[]; drop: Href[] }> {
  const most = house.pastValues ?? mostPast;
  const list = pastList(at);
  const kept = ended.slice(0, most);
  const newest = (await store.page(list, { start: 0, limit: 1 })).docs[0];
  const next = newest ? numberOf(newest.href) + 1 : 1;
  const over = (await store.count(list)) + kept.length - most;
  const last = over > 0 ? (await store.page(list, { start: Math.max(0, most - kept.length), limit: over })).docs : [];
  const put = kept.map(({ changed, body }, i): NewDoc => {
    const value: PastValue = { from: changed, until: now, value: body as object };
    const sortKey = newestFirst(next + i);
    return { href: `${list}/${next + i}`, list, kind: '~past', changed: now, sortKey, body: value };
  });
  return { expect: Object.fromEntries(put.map(doc => [doc.href, 0])), put, drop: last.map(doc => doc.href) };
}

const numberOf = (href: Href): number => Number(href.slice(href.lastIndexOf('/') + 1));
/** Digits that sort the larger number first. */
const newestFirst = (n: number): string => (Number.MAX_SAFE_INTEGER - n).toString(16).padStart(14, '0');
