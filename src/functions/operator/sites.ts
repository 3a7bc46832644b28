/** What an operator does to sites: register, change limits, remove. Each is one plan. */
import { type Clock } from '../../base/clock';
import { type Pen } from '../../base/ids';
import { nearest } from '../../base/nearest';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { endNote, noticeStatus, type StoredSubscription } from '../../services/notices/records';
import { type Store } from '../../store/api';
import { apply } from '../behaviour';
import {
  checkSite,
  deviceDoc,
  docOf,
  planSites,
  siteDocs,
  siteTrees,
  type NewSite,
  type StoredDefault,
} from '../provision';
import { allSites, siteHref, siteOf, sitesList, sitesNamed, type Site } from '../site';

export interface OperatorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly pen: Pen;
}

/** Registers sites, all or none. */
export async function addSites({ store, clock, pen }: OperatorDeps, sites: readonly NewSite[]): Promise<Site[]> {
  let made: Site[] = [];
  await apply(store, async () => {
    const planned = await planSites(store, sites, { pen, now: clock.now() });
    made = planned.sites;
    return { status: 201, plan: planned.plan };
  });
  return made;
}

/** What an operator is told of a site that is not there; with the name that comes nearest, where there is one. */
export function noSite(which: string, sites: readonly Site[] = []): Problem {
  const near = nearest(
    which,
    sites.map(site => site.name),
  );
  const note = `no site has that id, name or LFDI${near === undefined ? '' : `; did you mean ${near}?`}`;
  return new Problem('NO_SUCH', { at: `site ${which}`, note });
}

/** The site of an id, a name or an LFDI. @throws Problem NO_SUCH */
export async function findSite(store: Store, idOrName: string): Promise<Site> {
  const byId = /^\d+$/.test(idOrName) ? await siteOf(store, idOrName) : undefined;
  const site =
    byId?.body ?? (await sitesNamed(store, idOrName))[0] ?? (await siteOfLfdi(store, idOrName.toUpperCase()));
  if (site) return site;
  throw noSite(idOrName, (await store.count(sitesList)) > mostCompared ? [] : await allSites(store));
}

/** A name that comes near is looked for among no more sites than this. */
const mostCompared = 20_000;

async function siteOfLfdi(store: Store, lfdi: string): Promise<Site | undefined> {
  const [device] = (await store.find('lfdi', lfdi)).filter(doc => doc.kind === model.edev.device.name);
  return device && (await siteOf(store, device.href.slice(device.href.lastIndexOf('/') + 1)))?.body;
}

/** Removes a site with everything below its EndDevice: programs, responses, mirrors, readings. */
export async function removeSite({ store, clock }: OperatorDeps, edev: string): Promise<void> {
  await apply(store, async () => {
    if (!(await siteOf(store, edev))) throw noSite(edev);
    // Those subscribed below its EndDevice lose their Subscriptions with it, and are told so.
    const below = await store.page<StoredSubscription>(`/edev/${edev}/sub`, { start: 0, limit: 100_000 });
    const enqueue = below.docs.map(doc => endNote(doc, noticeStatus.deleted, clock.now()));
    const mirrors = await store.page(`/mup@${edev}`, { start: 0, limit: 10_000 });
    const usagePoints = await store.page(`/upt@${edev}`, { start: 0, limit: 10_000 });
    const own = [...mirrors.docs, ...usagePoints.docs].map(doc => doc.href);
    return { status: 204, plan: { dropTree: [...siteTrees(edev), ...own], enqueue } };
  });
}

export type SiteChange = Partial<Omit<Site, 'edev' | 'lfdi' | 'sfdi' | 'role'>>;

/** Changes a site; new firm limits go into its DefaultDERControl in the same commit. */
export async function changeSite({ store, clock }: OperatorDeps, edev: string, change: SiteChange): Promise<Site> {
  let changed: Site | undefined;
  await apply(store, async () => {
    const doc = await siteOf(store, edev);
    if (!doc) throw noSite(edev);
    const site: Site = { ...doc.body, ...change };
    checkSite(site, `site ${edev}`);
    changed = site;
    const now = clock.now();
    const [siteDoc] = siteDocs(site, { pen: 0, now });
    const device =
      site.manager === doc.body.manager ? undefined : await store.get<object>(href(model.edev.device, { edev }));
    const at = href(model.der.defaultControl, { derp: edev });
    const fallback = await store.get<StoredDefault>(at);
    const moved =
      fallback && (site.firmImportW !== fallback.body.importW || site.firmExportW !== fallback.body.exportW);
    const firm = moved
      ? [
          docOf(
            model.der.defaultControl,
            { derp: edev },
            {
              ...fallback.body,
              version: fallback.body.version + 1,
              importW: site.firmImportW,
              exportW: site.firmExportW,
            },
            now,
          ),
        ]
      : [];
    return {
      status: 204,
      plan: {
        expect: {
          [siteHref(edev)]: doc.version,
          ...(fallback && { [at]: fallback.version }),
          ...(device && { [device.href]: device.version }),
        },
        put: [...(siteDoc ? [siteDoc] : []), ...(device ? [deviceDoc(site, device.body, now)] : []), ...firm],
      },
    };
  });
  if (!changed) throw new Problem('BUG', { at: 'changeSite' });
  return changed;
}
