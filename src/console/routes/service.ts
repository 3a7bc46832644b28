import { z } from 'zod';
import { responseCounts } from '../../functions/operator/delivery';
import * as input from '../input';
import { route, type Route } from '../route';

const tag = 'Server';

export const serviceRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/health',
    tag,
    summary: 'say that it answers, and what time it is here',
    role: 'viewer',
    answer: z.strictObject({ ok: z.boolean(), now: z.number() }),
    handle: async ({ clock }) => ({ ok: true, now: clock.now() }),
  }),
  route({
    method: 'get',
    path: '/api/responses/counts',
    tag,
    summary: 'count Responses received by this process, by status',
    role: 'viewer',
    answer: z.strictObject({ byStatus: z.record(z.string(), z.number()) }),
    handle: async ({ metrics }) => ({ byStatus: await responseCounts(metrics) }),
  }),
  route({
    method: 'put',
    path: '/api/poll-rates',
    tag,
    summary: 'set poll rates by resource name, in seconds; kept over restarts',
    role: 'operator',
    body: input.pollRates,
    handle: async ({ setPollRates }, { body }) => setPollRates(body),
  }),
];
