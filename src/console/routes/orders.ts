import { z } from 'zod';
import { orderOf, orderPage } from '../../functions/operator/orders';
import { shareReleased, stateOf, type Order } from '../../services/orders/order';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { pathId } from '../shapes';

const tag = 'Orders and switching';

const limits = z.strictObject({ importW: z.number().optional(), exportW: z.number().optional() });
const order = z.strictObject({
  id: z.string(),
  state: z.enum(['scheduled', 'active', 'releasing', 'over', 'cancelled']),
  released: z.number().describe('share of the way back to what was agreed'),
  origin: z.enum(['operator', 'constraint', 'switching']),
  target: z.strictObject({ kind: z.enum(['site', 'group', 'asset', 'bus']), id: z.string() }),
  ask: z.strictObject({ kind: z.string(), importW: z.number().optional(), exportW: z.number().optional() }),
  reason: z.string(),
  belowFirm: z.boolean(),
  note: z.string().optional(),
  start: z.number(),
  end: z.number().optional(),
  releaseS: z.number(),
  createdAt: z.number(),
  createdBy: z.string(),
  limits: z.record(z.string(), limits).describe('by id of the site'),
  releasedAt: z.number().optional(),
  cancelledAt: z.number().optional(),
});
const event = z.strictObject({
  id: z.string(),
  changes: z.array(z.strictObject({ name: z.string(), to: z.enum(['open', 'closed']) })),
  at: z.number(),
  reason: z.string(),
  note: z.string().optional(),
  createdAt: z.number(),
  createdBy: z.string(),
  confirmedAt: z.number().optional(),
  cancelledAt: z.number().optional(),
});
const measured = z.strictObject({
  what: z.string(),
  verdict: z.enum(['reduce', 'release', 'wait', 'ignore']),
  order: z.string().optional(),
  controlsPublished: z.number(),
});

const shown = (one: Order, now: number) => ({ ...one, state: stateOf(one, now), released: shareReleased(one, now) });
const byId = z.strictObject({ order: pathId });
const byEvent = z.strictObject({ event: pathId });

export const orderRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/orders',
    tag,
    summary: 'order sites, a group or all below an asset to do less, for a time and a reason; published at once',
    role: 'operator',
    body: input.newOrder,
    answer: z.strictObject({
      order,
      controlsPublished: z.number(),
      shortW: z.strictObject({ import: z.number(), export: z.number() }),
      unmeasured: z.number(),
      seconds: z.number(),
    }),
    status: 201,
    handle: async ({ clock, envelopes }, { body, caller }) => {
      const made = await envelopes.abnormal.order({ ...body, ask: watts(body.ask) }, `key ${caller.name}`);
      return { ...made, order: shown(made.order, clock.now()) };
    },
  }),
  route({
    method: 'get',
    path: '/api/orders',
    tag,
    summary: 'list orders that stand, or those that are over, oldest first',
    role: 'viewer',
    query: pageQuery.extend({ which: z.enum(['standing', 'past']).default('standing') }),
    answer: paged('orders', order),
    handle: async ({ clock, store }, { query: { which, ...page } }) => {
      const { items, next } = await orderPage(store, which, page);
      return { orders: items.map(one => shown(one, clock.now())), ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'get',
    path: '/api/orders/{order}',
    tag,
    summary: 'show an order and what it allows each site',
    role: 'viewer',
    params: byId,
    answer: order,
    handle: async ({ clock, store }, { params }) => shown(await orderOf(store, params.order), clock.now()),
  }),
  route({
    method: 'post',
    path: '/api/orders/{order}/release',
    tag,
    summary: 'let go of an order: limits come back in stages',
    role: 'operator',
    params: byId,
    answer: order,
    handle: async ({ clock, envelopes }, { params }) =>
      shown(await envelopes.abnormal.release(params.order), clock.now()),
  }),
  route({
    method: 'post',
    path: '/api/orders/{order}/cancel',
    tag,
    summary: 'take an order back: limits come back at once',
    role: 'operator',
    params: byId,
    answer: order,
    handle: async ({ clock, envelopes }, { params }) =>
      shown(await envelopes.abnormal.cancelOrder(params.order), clock.now()),
  }),
  route({
    method: 'post',
    path: '/api/switchings',
    tag,
    summary:
      'tell of switching, planned or just done: reductions go out at once, what there is more room for once it is confirmed',
    role: 'operator',
    body: input.newSwitching,
    answer: z.strictObject({
      event,
      islands: z.array(z.strictObject({ buses: z.array(z.string()), loads: z.array(z.string()) })),
      controlsPublished: z.number(),
      seconds: z.number(),
    }),
    status: 201,
    handle: async ({ clock, envelopes }, { body: { at, note, ...rest }, caller }) =>
      envelopes.abnormal.switch(
        { ...rest, at: at ?? clock.now(), ...(note !== undefined && { note }) },
        `key ${caller.name}`,
      ),
  }),
  route({
    method: 'get',
    path: '/api/switchings',
    tag,
    summary: 'list switching events, oldest first',
    role: 'viewer',
    answer: z.strictObject({ events: z.array(event) }),
    handle: async ({ envelopes }) => ({ events: await envelopes.abnormal.switchings() }),
  }),
  route({
    method: 'post',
    path: '/api/switchings/{event}/confirm',
    tag,
    summary: 'say that the network is as the event says: limits rise in stages where there is more room',
    role: 'operator',
    params: byEvent,
    answer: event,
    handle: async ({ envelopes }, { params }) => envelopes.abnormal.confirm(params.event),
  }),
  route({
    method: 'post',
    path: '/api/switchings/{event}/cancel',
    tag,
    summary: 'take a switching event back: it did not happen and will not',
    role: 'operator',
    params: byEvent,
    answer: event,
    handle: async ({ envelopes }, { params }) => envelopes.abnormal.cancelSwitching(params.event),
  }),
  route({
    method: 'put',
    path: '/api/switches/{name}/state',
    tag,
    summary: 'tell what telemetry says of a switch; events whose switches all stand as they say are confirmed',
    role: 'operator',
    body: z.strictObject({ state: z.enum(['open', 'closed']) }),
    answer: z.strictObject({ confirmed: z.array(z.string()) }),
    handle: async ({ envelopes }, { body, params }) => ({
      confirmed: await envelopes.abnormal.switchIs(params['name'] ?? '', body.state),
    }),
  }),
  route({
    method: 'put',
    path: '/api/assets/{name}/loading',
    tag,
    summary:
      'tell the loading of a transformer or line; sites below it are ordered to do less where it is over its rating',
    role: 'operator',
    body: input.loading,
    answer: measured,
    handle: async ({ clock, envelopes }, { body: { at, ...rest }, params }) =>
      envelopes.abnormal.loading(params['name'] ?? '', { ...rest, at: at ?? clock.now() }),
  }),
  route({
    method: 'put',
    path: '/api/buses/{name}/voltage',
    tag,
    summary:
      'tell the voltage at a bus; the sites that move it most are ordered to do less where it is outside its band',
    role: 'operator',
    body: input.voltage,
    answer: measured,
    handle: async ({ clock, envelopes }, { body: { at, ...rest }, params }) =>
      envelopes.abnormal.voltage(params['name'] ?? '', { ...rest, at: at ?? clock.now() }),
  }),
];

const watts = <K>({
  exportW,
  importW,
  kind,
}: {
  kind: K;
  importW?: number | undefined;
  exportW?: number | undefined;
}) => ({
  kind,
  ...(importW !== undefined && { importW }),
  ...(exportW !== undefined && { exportW }),
});
