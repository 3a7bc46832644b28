/**
 * Devices announced before they call: the operator enters the registration code on the label, SFDI and PIN, and what the site's
 * contract says. A newcomer with that SFDI may register itself in band, whatever the switch says, and becomes that site: with
 * its limits, and with the PIN that the device will compare with its own (protocol facts 1.5).
 */
import { type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { type Store } from '../store/api';
import { apply } from './behaviour';
import { pageAfter, type PageOf } from './operator/pages';
import { checkSite, type NewSite } from './provision';
import { sitesNamed } from './site';

export type Announced = Omit<NewSite, 'lfdi' | 'sfdi' | 'role' | 'manager' | 'shown'> & {
  readonly sfdi: number;
  readonly since: Seconds;
};

export const announcedList = '~announced';
export const announcedHref = (sfdi: number) => `${announcedList}/${sfdi}`;

/** @throws Problem BAD_VALUE, CONFLICT when the name is taken */
export async function announce(
  { store, clock }: { readonly store: Store; readonly clock: { now(): Seconds } },
  about: Omit<Announced, 'since'>,
): Promise<Announced> {
  const body: Announced = { ...about, since: clock.now() };
  checkSite({ ...body, lfdi: '0'.repeat(40), role: 'device' }, `announced ${about.name}`);
  await apply(store, async () => {
    if ((await sitesNamed(store, about.name)).length > 0)
      throw new Problem('CONFLICT', { at: about.name, note: 'a site of that name is registered already' });
    const href = announcedHref(about.sfdi);
    const sortKey = String(about.sfdi).padStart(12, '0');
    return {
      status: 201,
      plan: { put: [{ href, list: announcedList, kind: announcedList, changed: body.since, sortKey, body }] },
    };
  });
  return body;
}

export async function announcedPage(store: Store, asked: PageOf): Promise<{ items: Announced[]; next?: string }> {
  const { items, next } = await pageAfter<Announced>(store, announcedList, asked);
  return { items: items.map(doc => doc.body), ...(next !== undefined && { next }) };
}

/** @throws Problem NO_SUCH */
export async function takeBack({ store }: { readonly store: Store }, sfdi: number): Promise<void> {
  await apply(store, async () => {
    const doc = await store.get(announcedHref(sfdi));
    if (!doc) throw new Problem('NO_SUCH', { at: `SFDI ${sfdi}`, note: 'nothing is announced under it' });
    return { status: 204, plan: { expect: { [doc.href]: doc.version }, drop: [doc.href] } };
  });
}
