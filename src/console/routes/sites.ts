import { z } from 'zod';
import { Problem } from '../../base/problem';
import { announce, announcedPage, takeBack } from '../../functions/announced';
import { addMany, type Bulk } from '../../functions/operator/bulk';
import { responsesOfSite } from '../../functions/operator/delivery';
import { rekeySite } from '../../functions/operator/rekey';
import {
  addSites,
  changeSite,
  clearConnectionPoint,
  findSite,
  removeSite,
  type SiteChange,
} from '../../functions/operator/sites';
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

const announced = site.omit({ edev: true, lfdi: true, role: true, manager: true }).extend({ since: z.number() });

/** A row as a site, or what is wrong with it. */
function judged(deps: RouteDeps, row: object): NewSite | Problem {
  try {
    const given = input.parse(input.newSite, row, '');
    if (given.bus !== undefined) deps.envelopes.checkBus(given.bus, given.name);
    return complete(deps, given);
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
}

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
    method: 'post',
    path: '/api/sites/bulk',
    tag,
    summary: 'register up to 10,000 sites, with every bad row told; all or none unless bad ones are to be skipped',
    role: 'operator',
    body: input.siteBulk,
    answer: z.strictObject({
      added: z.array(site),
      refused: z.array(z.strictObject({ index: z.number(), reason: z.string() })),
    }),
    acted: answer => (answer as Bulk).added.length > 0,
    handle: async (deps, { body: { sites, ...options } }) =>
      addMany(
        deps,
        sites.map(row => judged(deps, row)),
        options,
      ),
  }),
  route({
    method: 'post',
    path: '/api/sites/{site}/rekey',
    tag,
    summary: 'give a site the LFDI of its new certificate; all else stays',
    role: 'operator',
    body: input.rekey,
    answer: site,
    handle: async (deps, { params, body: { lfdi, pin } }) =>
      rekeySite(deps, (await findSite(deps.store, params['site'] ?? '')).edev, {
        lfdi,
        sfdi: deps.sfdiOf(lfdi),
        ...(pin !== undefined && { pin }),
      }),
  }),
  route({
    method: 'delete',
    path: '/api/sites/{site}/connection-point',
    tag,
    summary: 'clear the connection point that a device has told, so that it may tell another',
    role: 'operator',
    handle: async (deps, { params }) =>
      clearConnectionPoint(deps, (await findSite(deps.store, params['site'] ?? '')).edev),
  }),
  route({
    method: 'get',
    path: '/api/announced',
    tag,
    summary: 'list devices announced by the registration code on their label',
    role: 'viewer',
    query: pageQuery,
    answer: paged('announced', announced),
    handle: async ({ store }, { query }) => {
      const { items, next } = await announcedPage(store, query);
      return { announced: items, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/announced',
    tag,
    summary: 'announce a device by SFDI and PIN: it may register itself, and becomes this site',
    role: 'operator',
    body: input.announcement,
    answer: announced,
    status: 201,
    handle: async (deps, { body: { pin, dialect, bus, follows, ...rest } }) => {
      if (bus !== undefined) deps.envelopes.checkBus(bus, `announced ${rest.name}`);
      return announce(deps, {
        ...rest,
        pin: pin ?? deps.house.defaultPin,
        ...(dialect !== undefined && { dialect }),
        ...(bus !== undefined && { bus }),
        ...(follows !== undefined && { follows }),
      });
    },
  }),
  route({
    method: 'delete',
    path: '/api/announced/{sfdi}',
    tag,
    summary: 'take an announcement back',
    role: 'operator',
    params: z.strictObject({ sfdi: z.coerce.number().int().min(0).max(687_194_767_359) }),
    handle: async (deps, { params }) => takeBack(deps, params.sfdi),
  }),
  route({
    method: 'put',
    path: '/api/in-band-registration',
    tag,
    summary: 'let good certificates that nobody knows register themselves, or not, until the next start',
    role: 'operator',
    body: z.strictObject({ on: z.boolean() }),
    handle: async ({ setInBand }, { body }) => setInBand(body.on),
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
      const shown = body.shown && (await Promise.all(body.shown.map(each => findSite(deps.store, each))));
      return changeSite(deps, found.edev, {
        ...body,
        ...(shown && { shown: [...new Set(shown.map(each => each.edev))] }),
      } as SiteChange);
    },
  }),
  route({
    method: 'delete',
    path: '/api/sites/{site}',
    tag,
    summary: 'remove a site and all that hangs below it',
    role: 'operator',
    query: z.strictObject({
      managed: z.enum(['keep', 'remove']).default('keep').describe('What becomes of sites it speaks for'),
    }),
    handle: async (deps, { params, query }) =>
      removeSite(deps, (await findSite(deps.store, params['site'] ?? '')).edev, {
        withManaged: query.managed === 'remove',
      }),
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
