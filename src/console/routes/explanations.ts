import { z } from 'zod';
import { findSite } from '../../functions/operator/sites';
import { sitePage } from '../../functions/site';
import { boundKinds } from '../../services/explain/kinds';
import { mostInPage, paged, pageQuery } from '../paging';
import { route, type Route } from '../route';

const tag = 'Envelopes';

const moment = z.coerce.number().int().min(0).max(4e12).optional();
const time = {
  from: moment.describe('Begin of the time to explain, seconds UTC; now when left out'),
  to: moment.describe('Its end; the end of what the latest run looked ahead when left out'),
};
const bound = z.strictObject({ import: z.string(), export: z.string() });
const unlocked = z
  .strictObject({
    plannedW: z.number(),
    meanW: z.number(),
    kWh: z.number(),
    mostW: z.number(),
    leastW: z.number(),
  })
  .describe('capacity beyond planning for the worst hour; below 0 where more was planned than is safe or contracted');
const share = z.strictObject({
  by: z.string(),
  kind: z.enum(boundKinds),
  share: z.number(),
  siteHours: z.number(),
});
const sideFields = { limitW: z.number(), unlocked: unlocked.optional(), bound: z.array(share) };
const side = z.strictObject(sideFields);
const fleetSide = z.strictObject({
  ...sideFields,
  kinds: z.array(share),
  jain: z.number().describe('1 where all sites have the same'),
  leastOverMean: z.number(),
});
const explained = { from: z.number(), to: z.number(), plannedAt: z.number().optional() };

export const explanationRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/envelopes/account',
    tag,
    summary:
      'tell what the limits of all sites amount to: capacity unlocked, what bound them, how evenly they are shared',
    role: 'viewer',
    query: z.strictObject(time),
    answer: z.strictObject({
      ...explained,
      sites: z.number(),
      import: fleetSide,
      export: fleetSide,
    }),
    handle: async ({ envelopes }, { query }) => envelopes.explain.fleet(query),
  }),
  route({
    method: 'get',
    path: '/api/envelopes/accounts',
    tag,
    summary: 'tell the same of each site, in order of id',
    role: 'viewer',
    query: pageQuery.extend(time),
    answer: paged('accounts', z.strictObject({ site: z.string(), name: z.string(), import: side, export: side })),
    handle: async ({ store, envelopes }, { query: { from, to, ...page } }) => {
      const { items, next } = await sitePage(store, page);
      const devices = items.filter(({ role }) => role === 'device');
      return {
        accounts: await envelopes.explain.each(devices, { from, to }),
        ...(next !== undefined && { next }),
      };
    },
  }),
  route({
    method: 'get',
    path: '/api/envelopes/plan',
    tag,
    summary:
      'judge by power flow whether what is planned for the worst hour, the baseline of capacity unlocked, is safe itself',
    role: 'viewer',
    answer: z.strictObject({
      judged: z
        .strictObject({ steps: z.number(), unsafe: z.number(), notLookedAt: z.number(), why: z.string().optional() })
        .optional()
        .describe('missing without a network, or where nothing is verified'),
    }),
    handle: async ({ envelopes }) => {
      const judged = await envelopes.explain.judgePlan();
      return judged ? { judged } : {};
    },
  }),
  route({
    method: 'get',
    path: '/api/envelopes/{site}/explanation',
    tag,
    summary: 'tell interval by interval what bound the limits of a site, and what is unlocked by them',
    role: 'viewer',
    query: z.strictObject({
      ...time,
      limit: z.coerce.number().int().min(1).max(mostInPage).default(1000).describe('Intervals wanted at most'),
      after: z.coerce.number().int().min(0).max(4e12).optional().describe('`next` of the page before'),
    }),
    answer: z.strictObject({
      ...explained,
      site: z.string(),
      name: z.string(),
      planned: z.strictObject({ importW: z.number(), exportW: z.number(), bound }).optional(),
      import: side,
      export: side,
      intervals: z.array(
        z.strictObject({
          from: z.number(),
          to: z.number(),
          importW: z.number(),
          exportW: z.number(),
          bound,
          engine: z.string(),
          unlocked: z
            .strictObject({
              importW: z.number(),
              exportW: z.number(),
              importKWh: z.number(),
              exportKWh: z.number(),
            })
            .optional(),
        }),
      ),
      next: z.number().optional(),
    }),
    handle: async ({ store, envelopes }, { params, query: { after = -Infinity, limit, ...ask } }) => {
      const site = await findSite(store, params['site'] ?? '');
      const { intervals, ...rest } = await envelopes.explain.site(site, ask);
      const asked = intervals.filter(({ from }) => from > after);
      const last = asked[limit - 1];
      return { ...rest, intervals: asked.slice(0, limit), ...(asked.length > limit && last && { next: last.from }) };
    },
  }),
];
