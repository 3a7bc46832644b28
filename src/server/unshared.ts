import { type Site } from '../functions/site';
import { type Unshared } from '../services/rated';
import { holds } from './snapshot';

/** Directions in which a site cannot hold a limit: nobody shares anything out there, and its rating is what it may. */
export const unsharedOf = (sites: readonly Site[]): Unshared =>
  new Map(
    sites
      .filter(site => site.follows !== undefined)
      .map(site => [
        site.edev,
        {
          ...(!holds(site, 'import') && { importW: site.maxImportW }),
          ...(!holds(site, 'export') && { exportW: site.maxExportW }),
        },
      ]),
  );
