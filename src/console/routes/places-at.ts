import { findGroup } from '../../functions/operator/groups';
import { type Places } from '../../functions/operator/programs';
import { findSite } from '../../functions/operator/sites';
import { type RouteDeps } from '../deps';

/** Sites and groups by whatever name an operator gives them, each once. */
export async function placesAt(deps: RouteDeps, { sites, groups }: Places): Promise<Places> {
  const found = await Promise.all(sites.map(each => findSite(deps.store, each)));
  const known = await Promise.all(groups.map(each => findGroup(deps.store, each)));
  return { sites: [...new Set(found.map(({ edev }) => edev))], groups: [...new Set(known.map(({ id }) => id))] };
}
