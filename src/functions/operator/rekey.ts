/**
 * A certificate that is issued again has another LFDI (protocol facts 1.5). The site stays what it is, with its programs,
 * envelopes, responses and readings; everything that goes by the old LFDI goes by the new one in one commit.
 */
import { Problem } from '../../base/problem';
import { type Registration } from '../../model/edev';
import { model } from '../../model';
import { href } from '../../model/href';
import { type NewDoc } from '../../store/api';
import { endNote, noticeStatus, type StoredSubscription } from '../../services/notices/records';
import { apply } from '../behaviour';
import { deviceDoc, docOf, siteDocs } from '../provision';
import { siteOf, type Site } from '../site';
import { noSite, type OperatorDeps } from './sites';

export interface Rekey {
  /** 40 upper-case hex digits. */
  readonly lfdi: string;
  readonly sfdi: number;
  /** The PIN of the new device, where it has another. */
  readonly pin?: number;
}

/** @throws Problem NO_SUCH, BAD_VALUE, CONFLICT when the LFDI is registered already */
export async function rekeySite({ store, clock }: OperatorDeps, edev: string, to: Rekey): Promise<Site> {
  let done: Site | undefined;
  await apply(store, async () => {
    const now = clock.now();
    const doc = await siteOf(store, edev);
    if (!doc) throw noSite(edev);
    const old = doc.body;
    if (to.lfdi === old.lfdi)
      throw new Problem('CONFLICT', { at: `site ${old.name}`, note: 'it has that LFDI already' });
    if ((await store.find('lfdi', to.lfdi)).length > 0)
      throw new Problem('CONFLICT', { at: `site ${old.name}`, note: `LFDI ${to.lfdi} is registered already` });
    const site: Site = { ...old, lfdi: to.lfdi, sfdi: to.sfdi, pin: to.pin ?? old.pin };
    done = site;
    const device = await store.get<object>(href(model.edev.device, { edev }));
    const registration = await store.get<Registration>(href(model.edev.registration, { edev }));
    if (!device || !registration) throw noSite(edev);
    const expect: Record<string, number> = { [doc.href]: doc.version, [device.href]: device.version };
    const put: NewDoc[] = [
      siteDocOf(site, now),
      deviceDoc(site, { ...device.body, lFDI: to.lfdi, sFDI: to.sfdi, changedTime: now }, now),
      docOf(model.edev.registration, { edev }, { ...registration.body, pIN: site.pin }, now),
    ];
    // Those it speaks for stand in the list of their manager's LFDI.
    const managed = old.role === 'aggregator' ? await store.find<Site>('owner', old.lfdi) : [];
    for (const each of managed) {
      const theirs = await store.get<object>(href(model.edev.device, { edev: each.body.edev }));
      if (!theirs) continue;
      const moved: Site = { ...each.body, manager: to.lfdi };
      expect[each.href] = each.version;
      expect[theirs.href] = theirs.version;
      put.push(siteDocOf(moved, now), deviceDoc(moved, theirs.body, now));
    }
    // Notifications go to who shows the certificate that subscribed; the new one subscribes anew.
    const { docs } = await store.page<StoredSubscription>(href(model.subscription.subscriptions, { edev }), {
      start: 0,
      limit: 100_000,
    });
    return {
      status: 204,
      plan: {
        expect,
        put,
        drop: docs.map(each => each.href),
        enqueue: docs.map(each => endNote(each, noticeStatus.cancelled, now)),
      },
    };
  });
  if (!done) throw new Problem('BUG', { at: 'rekeySite' });
  return done;
}

/** The document of a site; the first of those that registering it writes. */
export function siteDocOf(site: Site, now: number): NewDoc {
  const [doc] = siteDocs(site, { pen: 0, now });
  if (!doc) throw new Problem('BUG', { at: 'siteDocOf' });
  return doc;
}
