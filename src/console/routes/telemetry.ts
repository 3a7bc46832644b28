import { z } from 'zod';
import { beyondRatingsOf } from '../../functions/operator/beyond-ratings';
import { findSite } from '../../functions/operator/sites';
import {
  alarmsPast,
  alarmsStanding,
  currentOf,
  metersOf,
  pastOf,
  readingsOf,
  told,
  type Told,
} from '../../functions/operator/telemetry';
import { csvOf } from '../csv';
import { type RouteDeps } from '../deps';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';

const tag = 'Telemetry';

const seconds = z.coerce.number().int().min(-4e12).max(4e12);
const what = z.strictObject({
  site: z.string().min(1).max(200),
  what: z.enum(Object.keys(told) as [Told, ...Told[]]),
});
const asked = pageQuery.extend({
  meter: z.string().max(300).describe('`meter` of one of the meters of the site'),
  from: seconds.default(0).describe('First second wanted'),
  to: seconds.default(4e12).describe('First second not wanted'),
  coarse: z.enum(['true', 'false']).default('false').describe('Whether the rows that old readings became are wanted'),
});
const optional = z.number().optional();
const row = z.strictObject({
  set: z.string(),
  start: z.number(),
  place: z.string(),
  durationS: optional,
  value: optional,
  localID: z.string().optional(),
  consumptionBlock: optional,
  touTier: optional,
  qualityFlags: z.string().optional(),
});
const coarseRow = z.strictObject({
  start: z.number(),
  stepS: z.number(),
  n: z.number(),
  sum: z.number(),
  least: z.number(),
  most: z.number(),
  last: z.number(),
  lastStart: z.number(),
});
const meter = z.strictObject({
  meter: z.string(),
  mRID: z.string(),
  description: z.string().optional(),
  usagePoint: z.strictObject({ href: z.string(), mRID: z.string(), roleFlags: z.string(), status: z.number() }),
  readingType: z.looseObject({}),
  readings: z.number(),
  latest: row.optional(),
});
const alarm = z.strictObject({
  edev: z.string(),
  kind: z.string(),
  raisedAt: z.number().optional(),
  raisedBy: z.string().optional(),
  clearedAt: z.number().optional(),
  clearedBy: z.string().optional(),
});
const bound = z.union([z.number(), z.string()]);
const beyond = z.strictObject({ setting: z.string(), rating: z.string(), set: bound, rated: bound });
const pastValue = z.strictObject({ from: z.number(), until: z.number(), value: z.looseObject({}) });

const idOf = async ({ store }: RouteDeps, site = '') => (await findSite(store, site)).edev;

async function rowsOf(deps: RouteDeps, site: string | undefined, query: z.output<typeof asked>) {
  const { meter: name, coarse, ...page } = query;
  return readingsOf(deps.store, await idOf(deps, site), name, { ...page, coarse: coarse === 'true' });
}

const named = <T>(name: string, { items, next }: { items: T[]; next?: string }) => ({
  [name]: items,
  ...(next !== undefined && { next }),
});

export const telemetryRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/sites/{site}/meters',
    tag,
    summary: 'list the meters of a site, with what they measure and their newest reading',
    role: 'viewer',
    answer: z.strictObject({ meters: z.array(meter) }),
    handle: async (deps, { params }) => ({ meters: await metersOf(deps.store, await idOf(deps, params['site'])) }),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/readings',
    tag,
    summary: 'export readings of a meter in order of time, page by page',
    role: 'viewer',
    query: asked,
    answer: z.strictObject({ rows: z.array(z.union([row, coarseRow])), next: z.string().optional() }),
    handle: async (deps, { params, query }) => rowsOf(deps, params['site'], query),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/readings.csv',
    tag,
    summary: 'export readings of a meter as CSV, page by page: the last row says what to give as `after`',
    role: 'viewer',
    query: asked,
    media: 'text/csv',
    answer: z.string(),
    handle: async (deps, { params, query }) => {
      const { rows, next } = await rowsOf(deps, params['site'], query);
      const shape = query.coarse === 'true' ? coarseRow : row;
      return csvOf(Object.keys(shape.shape), rows as Record<string, unknown>[], next);
    },
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/told/{what}',
    tag,
    summary: 'show what a device says of itself now',
    role: 'viewer',
    params: what,
    answer: z.strictObject({
      value: z.looseObject({}).optional(),
      beyond: z.array(beyond).optional().describe('with der-settings: those that its ratings do not allow'),
    }),
    handle: async (deps, { params }) => {
      const edev = await idOf(deps, params.site);
      const value = await currentOf(deps.store, edev, params.what);
      return { value, ...(params.what === 'der-settings' && { beyond: await beyondRatingsOf(deps.store, edev) }) };
    },
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/told/{what}/past',
    tag,
    summary: 'list what it said before, newest first',
    role: 'viewer',
    params: what,
    query: pageQuery,
    answer: paged('past', pastValue),
    handle: async (deps, { params, query }) =>
      named('past', await pastOf(deps.store, await idOf(deps, params.site), params.what, query)),
  }),
  route({
    method: 'get',
    path: '/api/alarms',
    tag,
    summary: 'list alarms that stand at any site, the oldest first',
    role: 'viewer',
    query: pageQuery,
    answer: paged('alarms', alarm),
    handle: async ({ store }, { query }) => named('alarms', await alarmsStanding(store, query)),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/alarms/past',
    tag,
    summary: 'list alarms of a site that ended, the latest first',
    role: 'viewer',
    query: pageQuery,
    answer: paged('alarms', alarm),
    handle: async (deps, { params, query }) =>
      named('alarms', await alarmsPast(deps.store, await idOf(deps, params['site']), query)),
  }),
];
