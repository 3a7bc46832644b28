import { z } from 'zod';
import { addContract, contractHead, contractNow, contractsOf } from '../../functions/operator/contracts';
import { pageAfter } from '../../functions/operator/pages';
import { findSite } from '../../functions/operator/sites';
import { collectionsList, type Collection } from '../../services/collections';
import { reductionsList, type ReductionReport } from '../../services/reductions';
import { reasons } from '../../services/reasons';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';

const tag = 'Contracts and products';

const version = z.looseObject({
  version: z.number(),
  contract: z.string(),
  format: z.enum(['LLL', 'LGP', 'figures']),
  product: z.enum(['static', 'variable', 'dynamic']),
  purpose: z.enum(['bridging', 'non-bridging']),
  effectiveAt: z.number(),
  endsAt: z.number().optional(),
  timeZone: z.string(),
  noticeS: z.number(),
  enteredAt: z.number(),
  enteredBy: z.string(),
});
const inForce = z.looseObject({
  version: z.number(),
  contract: z.string(),
  product: z.string(),
  purpose: z.string(),
  label: z.string(),
});
const collection = z.strictObject({
  number: z.number(),
  publishedAt: z.number(),
  effectiveAt: z.number(),
  until: z.number(),
  sites: z.number(),
  controls: z.number(),
  engine: z.string(),
  inputsHash: z.string(),
});
const reduction = z.strictObject({
  at: z.number(),
  reason: z.string(),
  order: z.string().optional(),
  sites: z.number(),
  some: z.array(z.string()).describe('ids of the first of them'),
  noticeS: z.strictObject({ least: z.number(), median: z.number(), most: z.number() }),
  worstW: z.number(),
  wh: z.number(),
});
const shortfall = z.strictObject({
  asset: z.string().optional(),
  site: z.string().optional(),
  direction: z.enum(['import', 'export']),
  shortW: z.number(),
  from: z.number(),
  to: z.number(),
  text: z.string(),
});

export const contractRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/sites/{site}/contracts',
    tag,
    summary: 'show the contract versions of a site, oldest first, and the one in force',
    role: 'viewer',
    answer: z.strictObject({ versions: z.array(version), inForce: inForce.optional() }),
    handle: async ({ clock, store }, { params }) => {
      const { edev } = await findSite(store, params['site'] ?? '');
      const now = contractNow(await contractHead(store, edev), clock.now());
      return { versions: await contractsOf(store, edev), ...(now && { inForce: now }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/sites/{site}/contracts',
    tag,
    summary:
      'enter the next contract version of a site: firm floors, LLL, LGP, product, notice; it holds from its date on',
    role: 'operator',
    body: input.newContract,
    answer: z.strictObject({ version, controlsPublished: z.number() }),
    status: 201,
    handle: async (deps, { body, caller, params }) => {
      const { edev } = await findSite(deps.store, params['site'] ?? '');
      const by = { by: `key ${caller.name}`, timeZone: deps.house.timeZone };
      const made = await addContract(deps, edev, body, by);
      return { version: made, controlsPublished: await deps.envelopes.abnormal.tell([edev]) };
    },
  }),
  route({
    method: 'get',
    path: '/api/envelope-collections',
    tag,
    summary: 'list the collections of variable limits, oldest first',
    role: 'viewer',
    query: pageQuery,
    answer: paged('collections', collection),
    handle: async ({ store }, { query }) =>
      bodies('collections', await pageAfter<Collection>(store, collectionsList, query)),
  }),
  route({
    method: 'get',
    path: '/api/reductions',
    tag,
    summary: 'list reductions of what was published, by reason, with their notice, oldest first',
    role: 'viewer',
    query: pageQuery,
    answer: paged('reductions', reduction),
    handle: async ({ store }, { query }) =>
      bodies('reductions', await pageAfter<ReductionReport>(store, reductionsList, query)),
  }),
  route({
    method: 'get',
    path: '/api/reduction-reasons',
    tag,
    summary: 'list the reason codes of reductions, and what each allows',
    role: 'viewer',
    answer: z.strictObject({
      reasons: z.record(
        z.string(),
        z.strictObject({
          means: z.string(),
          by: z.enum(['operator', 'server']),
          belowFirm: z.boolean(),
          atOnce: z.boolean(),
        }),
      ),
    }),
    handle: async () => ({ reasons }),
  }),
  route({
    method: 'get',
    path: '/api/firm-shortfalls',
    tag,
    summary: 'list the firm limits that the latest run could not give; they were kept all the same',
    role: 'viewer',
    answer: z.strictObject({ shortfalls: z.array(shortfall) }),
    handle: async ({ envelopes }) => ({ shortfalls: envelopes.shortfalls() }),
  }),
];

const bodies = <T>(name: string, { items, next }: { items: readonly { body: T }[]; next?: string }) => ({
  [name]: items.map(({ body }) => body),
  ...(next !== undefined && { next }),
});
