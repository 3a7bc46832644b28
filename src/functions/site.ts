/**
 * A site is what the operator knows of a registered client: who it is, where it hangs on the network, what its contract
 * says. It is ours alone (its href begins with `~`) and is never served.
 */
import { type DialectId } from '../model/dialect';
import { type Href } from '../model/href';
import { type Doc, type Store } from '../store/api';
import { pageAfter, type PageOf } from './operator/pages';

export interface Site {
  /** Id of its EndDevice: the `:edev` of every path below it, and the `:derp` of its envelope program. */
  readonly edev: string;
  /** 40 upper-case hex digits. */
  readonly lfdi: string;
  readonly sfdi: number;
  readonly name: string;
  readonly role: 'device' | 'aggregator';
  /** LFDI of the aggregator that speaks for it. */
  readonly manager?: string;
  /** Six digits at most, check digit included. */
  readonly pin: number;
  /** What this client understands, when not the server's default. */
  readonly dialect?: DialectId;
  /** Where it hangs: bus of the network file and phases 1, 2, 3. */
  readonly bus?: string;
  readonly phases: readonly (1 | 2 | 3)[];
  /** The most it may ever draw or feed in: service rating and equipment, W. */
  readonly maxImportW: number;
  readonly maxExportW: number;
  /** Contractual floors, W. */
  readonly firmImportW: number;
  readonly firmExportW: number;
  /** The only direction in which it can hold a limit, where it cannot hold both: a plain inverter has no say over load. */
  readonly follows?: 'import' | 'export';
  /** Share weight for engines that weigh; 1 for equal shares. */
  readonly weight: number;
  /** DERType of 2030.5: 4 PV, 83 PV and storage, 82 EVSE, 1 virtual or mixed … */
  readonly derType: number;
  /** Ids of EndDevices beyond its own that it is shown in its EndDeviceList: who they are, and nothing below them. */
  readonly shown?: readonly string[];
}

export const sitesList: Href = '~site';
export const siteHref = (edev: string): Href => `~site/${edev}`;

export async function siteOf(store: Store, edev: string): Promise<Doc<Site> | undefined> {
  return store.get<Site>(siteHref(edev));
}

/** Sites of that name, one at most unless devices that register themselves brought it about. */
export async function sitesNamed(store: Store, name: string): Promise<Site[]> {
  return (await store.find<Site>('name', name)).filter(doc => doc.list === sitesList).map(doc => doc.body);
}

/** All sites, in order of id. Pages through the store, so that it stays right at any number. */
export async function allSites(store: Store): Promise<Site[]> {
  const found: Site[] = [];
  for (let start = 0; ; start += 500) {
    const { docs } = await store.page<Site>(sitesList, { start, limit: 500 });
    found.push(...docs.map(doc => doc.body));
    if (docs.length < 500) return found;
  }
}

/** A page of sites, and what to give as `after` for the one that follows. */
export async function sitePage(store: Store, { limit, after }: PageOf): Promise<{ items: Site[]; next?: string }> {
  const { items, next } = await pageAfter<Site>(store, sitesList, { limit, after });
  return { items: items.map(doc => doc.body), ...(next !== undefined && { next }) };
}
