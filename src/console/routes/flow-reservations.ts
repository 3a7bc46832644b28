import { z } from 'zod';
import {
  answerFlow,
  flowRequestsOf,
  flowRequestsWaiting,
  withdrawFlow,
} from '../../functions/operator/flow-reservations';
import { findSite } from '../../functions/operator/sites';
import { type RouteDeps } from '../deps';
import { watt } from '../input';
import { route, type Route } from '../route';

const tag = 'Flow reservations';

const flowRequest = z.strictObject({
  site: z.string(),
  request: z.string(),
  mRID: z.string(),
  description: z.string().optional(),
  at: z.number(),
  from: z.number(),
  to: z.number(),
  durationS: z.number().optional(),
  powerW: z.number().describe('positive for charging'),
  energyWh: z.number(),
  cancelled: z.boolean(),
  answers: z.array(
    z.strictObject({
      mRID: z.string(),
      start: z.number(),
      durationS: z.number(),
      powerW: z.number(),
      energyWh: z.number(),
      status: z.number().describe('0 scheduled, 1 active, 2 and 3 cancelled, 4 superseded, 5 completed'),
      since: z.number(),
    }),
  ),
});
const requests = z.strictObject({ requests: z.array(flowRequest) });

const siteAt = async ({ store }: RouteDeps, params: Readonly<Record<string, string>>): Promise<string> =>
  (await findSite(store, params['site'] ?? '')).edev;

export const flowReservationRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/flow-reservations',
    tag,
    summary: 'list requests that wait for an answer of the operator, of all sites',
    role: 'viewer',
    answer: requests,
    handle: async deps => ({ requests: await flowRequestsWaiting(deps) }),
  }),
  route({
    method: 'get',
    path: '/api/sites/{site}/flow-reservations',
    tag,
    summary: 'list requests of a site with what was answered',
    role: 'viewer',
    answer: requests,
    handle: async (deps, { params }) => ({ requests: await flowRequestsOf(deps, await siteAt(deps, params)) }),
  }),
  route({
    method: 'post',
    path: '/api/sites/{site}/flow-reservations/{request}/answer',
    tag,
    summary: 'answer a request, or answer it anew; no power refuses it',
    role: 'operator',
    body: z.strictObject({
      start: z.number().int(),
      durationS: z.number().int().min(1).max(4_294_967_295),
      powerW: watt.max(1e12).describe('0 or above, in the direction that was asked for'),
      energyWh: watt.max(1e14),
    }),
    answer: z.strictObject({ mRID: z.string() }),
    status: 201,
    handle: async (deps, { params, body }) =>
      answerFlow(deps, await siteAt(deps, params), params['request'] ?? '', body),
  }),
  route({
    method: 'post',
    path: '/api/sites/{site}/flow-reservations/{request}/withdraw',
    tag,
    summary: 'cancel what was granted to a request',
    role: 'operator',
    body: z.strictObject({ reason: z.string().max(192).optional() }),
    bodyOptional: true,
    handle: async (deps, { params, body }) =>
      withdrawFlow(deps, await siteAt(deps, params), params['request'] ?? '', body.reason),
  }),
];
