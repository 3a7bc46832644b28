/** Thousands of sites at once: every row is judged and every bad one told, before anything is written. */
import { asProblem, Problem } from '../../base/problem';
import { checkSite, type NewSite } from '../provision';
import { sitesNamed, type Site } from '../site';
import { addSites, type OperatorDeps } from './sites';

export interface Refused {
  /** Place of the row in what was sent, from 0. */
  readonly index: number;
  readonly reason: string;
}

export interface Bulk {
  readonly added: readonly Site[];
  readonly refused: readonly Refused[];
}

export interface BulkOptions {
  /** Registers the good rows though there are bad ones; otherwise all or none. */
  readonly skipBad: boolean;
  /** Only judges. */
  readonly dryRun: boolean;
}

/** @param rows each a site, or what is wrong with it already */
export async function addMany(
  deps: OperatorDeps,
  rows: readonly (NewSite | Problem)[],
  { skipBad, dryRun }: BulkOptions,
): Promise<Bulk> {
  const refused: Refused[] = [];
  const good: NewSite[] = [];
  const names = new Map<string, number>();
  const lfdis = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const reason = row instanceof Problem ? about(row) : await faultOf(deps, row, index, names, lfdis);
    if (reason !== undefined) refused.push({ index, reason });
    else if (!(row instanceof Problem)) good.push(row);
  }
  if (dryRun || good.length === 0 || (refused.length > 0 && !skipBad)) return { added: [], refused };
  return { added: await addSites(deps, good), refused };
}

async function faultOf(
  { store }: OperatorDeps,
  site: NewSite,
  index: number,
  names: Map<string, number>,
  lfdis: Map<string, number>,
): Promise<string | undefined> {
  try {
    checkSite(site, site.name);
  } catch (thrown) {
    return about(asProblem(thrown));
  }
  const [sameName, sameLfdi] = [names.get(site.name), lfdis.get(site.lfdi)];
  names.set(site.name, sameName ?? index);
  lfdis.set(site.lfdi, sameLfdi ?? index);
  if (sameName !== undefined) return `row ${sameName + 1} has the name ${site.name} too`;
  if (sameLfdi !== undefined) return `row ${sameLfdi + 1} has the LFDI ${site.lfdi} too`;
  if ((await sitesNamed(store, site.name)).length > 0) return `a site ${site.name} is registered already`;
  if ((await store.find('lfdi', site.lfdi)).length > 0) return `LFDI ${site.lfdi} is registered already`;
  return undefined;
}

function about({ detail: { at, note, want, got } }: Problem): string {
  const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    at,
    note,
    ...(want === undefined ? [] : [`want ${show(want)}`]),
    ...(got === undefined ? [] : [`got ${show(got)}`]),
  ]
    .filter(part => part !== undefined && part !== '')
    .join(', ');
}
