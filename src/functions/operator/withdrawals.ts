/** Withdrawals of envelopes as they are stored: one a site, gone with it. */
import { Problem } from '../../base/problem';
import { type Seconds } from '../../base/clock';
import { type Doc, type NewDoc, type Store } from '../../store/api';
import { headHref } from '../../services/envelope-runner';
import { type Withdrawal } from '../../services/withdrawn';
import { apply } from '../behaviour';
import { wholeListOf } from '../issued-controls';
import { siteHref } from '../site';
import { noSite } from './sites';

const list = '~withdrawn';
/** Below the site's own document, so that it goes with it. */
const hrefOf = (site: string) => `${siteHref(site)}/withdrawn`;

export const withdrawalOf = async (store: Store, site: string): Promise<Withdrawal | undefined> =>
  (await store.get<Withdrawal>(hrefOf(site)))?.body;

/** Those that have not ended. */
export async function withdrawnSites(store: Store, now: Seconds): Promise<ReadonlyMap<string, Withdrawal>> {
  const docs = await wholeListOf<Withdrawal>(store, list);
  return new Map(docs.flatMap(({ body }) => (stands(body, now) ? [[body.site, body] as const] : [])));
}

export const stands = ({ until }: Withdrawal, now: Seconds): boolean => until === undefined || until > now;

/**
 * Withdraws; one that stands is replaced. Whoever is about to publish decides again (`headHref`).
 * @throws Problem BAD_VALUE, NO_SUCH
 */
export async function withdraw(store: Store, withdrawal: Withdrawal): Promise<void> {
  const { site, from, until, at } = withdrawal;
  if (until !== undefined && until <= Math.max(from, at))
    throw new Problem('BAD_VALUE', { at: 'until', want: `a moment after ${Math.max(from, at)}`, got: until });
  await apply(store, async () => {
    const owner = await store.get(siteHref(site));
    if (!owner) throw noSite(site);
    const head = await store.get<object>(headHref);
    const doc: NewDoc = {
      href: hrefOf(site),
      list,
      kind: list,
      changed: at,
      sortKey: site.padStart(12, '0'),
      body: withdrawal,
    };
    return {
      status: 204,
      plan: {
        expect: { [owner.href]: owner.version, [headHref]: head?.version ?? 0 },
        put: [doc, headAgain(head, at)],
      },
    };
  });
}

const headAgain = (head: Doc<object> | undefined, now: Seconds): NewDoc => ({
  href: headHref,
  list: '',
  kind: headHref,
  changed: now,
  sortKey: '',
  body: head?.body ?? { engine: 'none', publishedAt: now, inputsHash: '' },
});

/** Ends a withdrawal. What the site gets instead comes with the next run. @throws Problem NO_SUCH */
export async function restore(store: Store, site: string): Promise<void> {
  await apply(store, async () => {
    const doc = await store.get(hrefOf(site));
    if (!doc) throw new Problem('NO_SUCH', { at: `site ${site}`, note: 'its envelope is not withdrawn' });
    return { status: 204, plan: { expect: { [doc.href]: doc.version }, drop: [doc.href] } };
  });
}
