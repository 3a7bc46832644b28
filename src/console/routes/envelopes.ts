import { z } from 'zod';
import { findSite } from '../../functions/operator/sites';
import { restore, withdraw } from '../../functions/operator/withdrawals';
import { sitePage } from '../../functions/site';
import { type Withdrawal, withdrawalReasons } from '../../services/withdrawn';
import * as input from '../input';
import { mostInPage, paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { runResult } from '../shapes';

const tag = 'Envelopes';

const control = z.strictObject({
  mrid: z.string(),
  from: z.number(),
  to: z.number(),
  importW: z.number(),
  exportW: z.number(),
  bound: z.strictObject({ import: z.string(), export: z.string() }),
  engine: z.string(),
  createdAt: z.number(),
  forecasts: z
    .array(
      z.strictObject({
        asset: z.string(),
        phase: z.number().optional(),
        rung: z.string(),
        trainedUntil: z.number(),
        lowLevel: z.number(),
        highLevel: z.number(),
        pinballW: z.number(),
        ofNaive: z.number(),
        coverage90: z.number(),
      }),
    )
    .optional()
    .describe('forecasts its inputs rest on, of the assets above the site, and how good they were in the back-test'),
});
const withdrawal = z.strictObject({
  site: z.string(),
  reason: z.enum(withdrawalReasons),
  note: z.string().optional(),
  from: z.number(),
  until: z.number().optional(),
  at: z.number(),
});
const standing = z.strictObject({
  site: z.string(),
  name: z.string(),
  inForce: control.optional().describe('none: the firm limits of its DefaultDERControl hold'),
  publishedUntil: z.number().optional(),
  withdrawal: withdrawal.optional(),
});

export const envelopeRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/envelopes/run',
    tag,
    summary: 'run the capacity engine now and publish',
    role: 'operator',
    body: input.envelopeRunAsk,
    bodyOptional: true,
    answer: runResult,
    handle: async ({ envelopes }, { body }) => envelopes.run(body.reason),
  }),
  route({
    method: 'get',
    path: '/api/envelopes/runs',
    tag,
    summary: 'list the latest runs of this process, oldest first',
    role: 'viewer',
    answer: z.strictObject({ runs: z.array(runResult) }),
    handle: async ({ envelopes }) => ({ runs: envelopes.runs() }),
  }),
  route({
    method: 'post',
    path: '/api/envelopes/import',
    tag,
    summary: 'publish limits computed elsewhere, through the same safety net; one site or many',
    role: 'operator',
    body: z.union([input.envelopeImport, input.envelopeList]),
    answer: z.union([runResult, z.strictObject({ results: z.array(runResult) })]),
    status: 201,
    handle: async ({ store, envelopes }, { body }) => {
      const many = 'envelopes' in body;
      const asked = many ? body.envelopes : [body];
      // All are judged before the first is published.
      const found = await Promise.all(asked.map(each => findSite(store, each.site)));
      const results: object[] = [];
      for (const [i, each] of asked.entries())
        results.push(await envelopes.import({ ...each, site: found[i]?.edev ?? '' }));
      return many ? { results } : results[0];
    },
  }),
  route({
    method: 'get',
    path: '/api/envelopes',
    tag,
    summary: 'list what is in force at each site, in order of id',
    role: 'viewer',
    query: pageQuery,
    answer: paged('envelopes', standing),
    handle: async ({ store, envelopes }, { query }) => {
      const { items, next } = await sitePage(store, query);
      const devices = items.filter(({ role }) => role === 'device');
      return { envelopes: await envelopes.now(devices), ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'get',
    path: '/api/envelopes/groups',
    tag,
    summary:
      'list limits for the sum over sites of an aggregator, and what is in force of them; /api/envelopes/{aggregator} has what is to come',
    role: 'viewer',
    answer: z.strictObject({
      groups: z.array(
        z.strictObject({
          aggregator: z.string().describe('id of its EndDevice, whose envelope the limit for the sum is'),
          name: z.string(),
          asset: z.string().describe('above its sites'),
          sites: z.array(z.strictObject({ site: z.string(), name: z.string() })),
          firmImportW: z.number().describe('of all together, where no control holds'),
          firmExportW: z.number(),
          inForce: control.optional(),
          publishedUntil: z.number().optional(),
        }),
      ),
    }),
    handle: async ({ envelopes }) => ({ groups: await envelopes.sums() }),
  }),
  route({
    method: 'get',
    path: '/api/envelopes/{site}',
    tag,
    summary: 'show what is in force and to come at a site, what bound it, and whether it is withdrawn',
    role: 'viewer',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(mostInPage).default(1000).describe('Controls wanted at most'),
      after: z.coerce.number().int().min(0).max(4e12).optional().describe('`next` of the page before'),
    }),
    answer: z.strictObject({
      site: z.string(),
      now: z.number(),
      controls: z.array(control),
      withdrawal: withdrawal.optional(),
      next: z.number().optional(),
    }),
    handle: async ({ store, envelopes }, { params, query }) =>
      envelopes.show((await findSite(store, params['site'] ?? '')).edev, query),
  }),
  route({
    method: 'put',
    path: '/api/envelopes/{site}/withdrawal',
    tag,
    summary: 'withdraw the envelope of a site: it goes to firm from now on, or for a while, whatever an engine says',
    role: 'operator',
    body: input.withdrawal,
    answer: z.strictObject({ withdrawal, controlsPublished: z.number() }),
    handle: async ({ store, clock, envelopes }, { params, body: { from, until, note, reason } }) => {
      const { edev } = await findSite(store, params['site'] ?? '');
      const at = clock.now();
      const made: Withdrawal = {
        site: edev,
        reason,
        from: from ?? at,
        at,
        ...(note !== undefined && { note }),
        ...(until !== undefined && { until }),
      };
      await withdraw(store, made);
      return { withdrawal: made, controlsPublished: await envelopes.enforce(edev) };
    },
  }),
  route({
    method: 'delete',
    path: '/api/envelopes/{site}/withdrawal',
    tag,
    summary: 'end a withdrawal: the next run gives the site what there is room for',
    role: 'operator',
    handle: async ({ store }, { params }) => restore(store, (await findSite(store, params['site'] ?? '')).edev),
  }),
  route({
    method: 'post',
    path: '/api/engine/kill',
    tag,
    summary: 'let the engine answer nothing from now on, for drills',
    role: 'admin',
    handle: async ({ envelopes }) => envelopes.killEngine(),
  }),
];
