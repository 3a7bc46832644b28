import { z } from 'zod';
import { endSubscription, subscribedPage } from '../../functions/operator/subscriptions';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { pathId } from '../shapes';

const tag = 'Subscriptions';

const subscribed = z.strictObject({
  lfdi: z.string(),
  resource: z.string(),
  toldAt: z.number().optional(),
  subscriptions: z.array(
    z.strictObject({ href: z.string(), notificationURI: z.string(), since: z.number(), waiting: z.boolean() }),
  ),
});

const ending = z.strictObject({
  status: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
    .default(1)
    .describe('1 cancelled, 2 moved, 3 defined anew, 4 deleted'),
  newResourceURI: z.string().max(255).optional().describe('Where it moved to; with status 2, and only with that'),
});

export const subscriptionRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/subscriptions',
    tag,
    summary: 'list what clients have subscribed to, and whether they have been told',
    role: 'viewer',
    query: pageQuery,
    answer: paged('subscribed', subscribed),
    handle: async ({ store }, { query }) => {
      const { items, next } = await subscribedPage(store, query);
      return { subscribed: items, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/subscriptions/{edev}/{sub}/end',
    tag,
    summary: 'end a subscription; its client is told with this status',
    role: 'operator',
    params: z.strictObject({ edev: pathId, sub: pathId }),
    body: ending,
    bodyOptional: true,
    handle: async (deps, { params, body: { status, newResourceURI } }) =>
      endSubscription(deps, params, status, newResourceURI),
  }),
];
