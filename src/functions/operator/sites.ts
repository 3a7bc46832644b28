/** What an operator does to sites: register, change limits, remove. Each is one plan. */
import { type Clock } from '../../base/clock';
import { type Pen } from '../../base/ids';
import { nearest } from '../../base/nearest';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { type Registration } from '../../model/edev';
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
    await checkManagers(store, sites);
    const planned = await planSites(store, sites, { pen, now: clock.now() });
    made = planned.sites;
    return { status: 201, plan: planned.plan };
  });
  return made;
}

/**
 * Who speaks for others is an aggregator itself, and nobody speaks for it: pairs are one deep (protocol facts 5.3).
 * @throws Problem BAD_VALUE
 */
async function checkManagers(store: Store, sites: readonly NewSite[]): Promise<void> {
  const known = new Set(sites.filter(site => site.role === 'aggregator').map(site => site.lfdi));
  for (const { name, role, manager, lfdi } of sites) {
    if (manager === undefined) continue;
    const at = `site ${name}, manager`;
    if (role === 'aggregator') throw new Problem('BAD_VALUE', { at, note: 'an aggregator has no manager' });
    if (manager === lfdi) throw new Problem('BAD_VALUE', { at, note: 'a site is not its own manager' });
    if (known.has(manager)) continue;
    if ((await siteOfLfdi(store, manager))?.role !== 'aggregator')
      throw new Problem('BAD_VALUE', { at, got: manager, note: 'no aggregator has that LFDI' });
    known.add(manager);
  }
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

/**
 * Removes a site with everything below its EndDevice: programs, responses, mirrors, subscriptions. Readings stay. One that speaks
 * for others goes only with them, or after they have been given another manager.
 * @throws Problem NO_SUCH, CONFLICT
 */
export async function removeSite(
  { store, clock }: OperatorDeps,
  edev: string,
  { withManaged = false }: { readonly withManaged?: boolean } = {},
): Promise<void> {
  await apply(store, async () => {
    const site = (await siteOf(store, edev))?.body;
    if (!site) throw noSite(edev);
    const managed = site.role === 'aggregator' ? await store.find<Site>('owner', site.lfdi) : [];
    if (managed.length > 0 && !withManaged)
      throw new Problem('CONFLICT', {
        at: `site ${site.name}`,
        note: `it speaks for ${managed.length} sites; remove them too, or give them another manager first`,
      });
    const all = [edev, ...managed.map(doc => doc.body.edev)];
    const gone = await Promise.all(all.map(each => removal(store, each, clock.now())));
    return {
      status: 204,
      plan: { dropTree: gone.flatMap(each => each.dropTree), enqueue: gone.flatMap(each => each.enqueue) },
    };
  });
}

async function removal(store: Store, edev: string, now: number) {
  // Those subscribed below its EndDevice lose their Subscriptions with it, and are told so.
  const below = await store.page<StoredSubscription>(`/edev/${edev}/sub`, { start: 0, limit: 100_000 });
  const mirrors = await store.page(`/mup@${edev}`, { start: 0, limit: 10_000 });
  const usagePoints = await store.page(`/upt@${edev}`, { start: 0, limit: 10_000 });
  const own = [...mirrors.docs, ...usagePoints.docs].map(doc => doc.href);
  return {
    dropTree: [...siteTrees(edev), ...own],
    enqueue: below.docs.map(doc => endNote(doc, noticeStatus.deleted, now)),
  };
}

/** Without a manager it speaks for itself. */
export type SiteChange = Partial<Omit<Site, 'edev' | 'lfdi' | 'sfdi' | 'role' | 'manager'>> & {
  readonly manager?: string | null;
};

/** Changes a site; new firm limits go into its DefaultDERControl in the same commit. */
export async function changeSite({ store, clock }: OperatorDeps, edev: string, change: SiteChange): Promise<Site> {
  let changed: Site | undefined;
  await apply(store, async () => {
    const doc = await siteOf(store, edev);
    if (!doc) throw noSite(edev);
    const { manager, ...rest } = change;
    const { manager: before, ...old } = doc.body;
    const next = manager === undefined ? before : (manager ?? undefined);
    const site: Site = { ...old, ...rest, ...(next !== undefined && { manager: next }) };
    checkSite(site, `site ${edev}`);
    await checkNames(store, site, doc.body);
    if (site.manager !== undefined) await checkManagers(store, [site]);
    changed = site;
    const now = clock.now();
    const [siteDoc] = siteDocs(site, { pen: 0, now });
    const device =
      site.manager === doc.body.manager ? undefined : await store.get<object>(href(model.edev.device, { edev }));
    const at = href(model.der.defaultControl, { derp: edev });
    // That of an aggregator is what is firm of all its sites, and follows them.
    const fallback = site.role === 'device' ? await store.get<StoredDefault>(at) : undefined;
    const pinned =
      site.pin === doc.body.pin ? undefined : await store.get<Registration>(href(model.edev.registration, { edev }));
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
          ...(pinned && { [pinned.href]: pinned.version }),
        },
        put: [
          ...(siteDoc ? [siteDoc] : []),
          ...(device ? [deviceDoc(site, device.body, now)] : []),
          ...(pinned ? [docOf(model.edev.registration, { edev }, { ...pinned.body, pIN: site.pin }, now)] : []),
          ...firm,
        ],
      },
    };
  });
  if (!changed) throw new Problem('BUG', { at: 'changeSite' });
  return changed;
}

/** What a change names must be there, and its new name free. */
async function checkNames(store: Store, site: Site, before: Site): Promise<void> {
  if (site.name !== before.name && (await sitesNamed(store, site.name)).length > 0)
    throw new Problem('CONFLICT', { at: `site ${site.name}`, note: 'a site of that name is registered already' });
  for (const edev of site.shown ?? [])
    if (!(await siteOf(store, edev))) throw new Problem('BAD_VALUE', { at: 'shown', got: edev, note: 'no such site' });
}

/** Lets the device tell its connection point anew. */
export async function clearConnectionPoint({ store }: OperatorDeps, edev: string): Promise<void> {
  await apply(store, async () => ({
    status: 204,
    plan: { drop: [href(model.csipAus.connectionPoint, { edev })] },
  }));
}
