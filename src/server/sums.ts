import { type EnvelopeNow, type ShownSum } from '../console/envelope-service';
import { sumRecords } from '../functions/sum-programs';
import { type Site, siteOf } from '../functions/site';
import { type Store } from '../store/api';

/** Limits for sums over sites of aggregators as operators see them; `standing` tells what is in force at an EndDevice. */
export async function shownSums(
  store: Store,
  standing: (sites: readonly Site[]) => Promise<EnvelopeNow[]>,
): Promise<ShownSum[]> {
  const found: ShownSum[] = [];
  for (const { aggregator, asset, firmExportW, firmImportW, sites } of await sumRecords(store)) {
    const own = await siteOf(store, aggregator);
    const members = await Promise.all(sites.map(edev => siteOf(store, edev)));
    const [now] = own ? await standing([own.body]) : [];
    if (!now) continue;
    const { inForce, name, publishedUntil } = now;
    found.push({
      aggregator,
      name,
      asset,
      firmImportW,
      firmExportW,
      sites: members.flatMap(site => (site ? [{ site: site.body.edev, name: site.body.name }] : [])),
      ...(inForce && { inForce }),
      ...(publishedUntil !== undefined && { publishedUntil }),
    });
  }
  return found;
}
