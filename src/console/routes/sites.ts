import { z } from 'zod';
import { responsesOfSite } from '../../functions/operator/delivery';
import { addSites, changeSite, findSite, removeSite, type SiteChange } from '../../functions/operator/sites';
import { type NewSite } from '../../functions/provision';
import { sitePage } from '../../functions/site';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { deliveredResponse, site } from '../shapes';

const tag = 'Sites';

const complete = (
  { house, sfdiOf }: RouteDeps,
  { pin, manager, dialect, bus, follows, ...rest }: input.NewSiteInput,
): NewSite => ({
  ...rest,
  sfdi: sfdiOf(rest.lfdi),
  pin: pin ?? house.defaultPin,
  ...(manager !== undefined && { manager }),
  ...(dialect !== undefined && { dialect }),
  ...(bus !== undefined && { bus }),
  ...(follows !== undefined && { follows }),
});

export const siteRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/sites',
    tag,
    summary: 'list sites, in order of id',
    role: 'viewer',
    query: pageQuery,
    answer: paged('sites', site),
    handle: async ({ store }, { query }) => {
      const { items, next } = await sitePage(store, query);
      return { sites: items, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/sites',
    tag,
    summary: 'register a site, or up to 10,000 of them, all or none',
    role: 'operator',
    body: z.union([input.newSite, input.siteList]),
    answer: z.union([site, z.strictObject({ sites: z.array(site) })]),
    status: 201,
    handle: async (deps, { body }) => {
      const many = 'sites' in body;
      const sites = many ? body.sites : [body];
      for (const { name, bus } of sites) if (bus !== undefined) deps.envelopes.checkBus(bus, `site ${name}`);
      const made = await addSites(
        deps,
        sites.map(each => complete(deps, each)),
      );
      return many ? { sites: made } : made[0];
    },
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}',
    tag,
    summary: 'show a site, by id, name or LFDI',
    role: 'viewer',
    answer: site,
    handle: async ({ store }, { params }) => findSite(store, params['site'] ?? ''),
  }),
  route({
    method: 'patch',
    path: '/api/sites/{site}',
    tag,
    summary: 'change name, limits, place or dialect of a site',
    role: 'operator',
    body: input.siteChange,
    answer: site,
    handle: async (deps, { params, body }) => {
      const found = await findSite(deps.store, params['site'] ?? '');
      if (body.bus !== undefined) deps.envelopes.checkBus(body.bus, `site ${found.name}`);
      return changeSite(deps, found.edev, body as SiteChange);
    },
  }),
  route({
    method: 'delete',
    path: '/api/sites/{site}',
    tag,
    summary: 'remove a site and all that hangs below it',
    role: 'operator',
    handle: async (deps, { params }) => removeSite(deps, (await findSite(deps.store, params['site'] ?? '')).edev),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/responses',
    tag,
    summary: 'list every Response a site has sent, oldest first',
    role: 'viewer',
    answer: z.strictObject({ responses: z.array(deliveredResponse) }),
    handle: async ({ store }, { params }) => ({
      responses: await responsesOfSite(store, (await findSite(store, params['site'] ?? '')).edev),
    }),
  }),
];
