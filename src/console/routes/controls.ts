import { z } from 'zod';
import { addControls, cancelControl, changeControl, type NewControl } from '../../functions/operator/controls';
import { controlAt, controlsOf, pastControlsOf } from '../../functions/operator/control-states';
import { deliveryOf } from '../../functions/operator/delivery';
import { DERControl } from '../../model/der';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { storedControl } from '../shapes';

const tag = 'Programs and controls';

const state = z.strictObject({
  mRID: z.string(),
  program: z.string(),
  description: z.string().optional(),
  creationTime: z.number(),
  start: z.number(),
  durationS: z.number(),
  randomizeStart: z.number().optional(),
  randomizeDuration: z.number().optional(),
  deviceCategory: z.string().optional(),
  base: z.record(z.string(), z.unknown()),
  responseRequired: z.string(),
  status: z.number().describe('0 scheduled, 1 active, 2 and 3 cancelled, 4 superseded, 5 completed'),
  since: z.number(),
  version: z.number(),
  potentiallySuperseded: z.boolean(),
  listed: z.boolean().describe('whether clients of the 2018 edition still see it'),
});

const told = z.strictObject({ status: z.number(), name: z.string(), at: z.number() });
const count = z.number();
const delivery = z.strictObject({
  sites: z.array(
    z.strictObject({
      site: z.string(),
      name: z.string().optional(),
      assigned: z.boolean(),
      received: z.number().optional(),
      started: z.number().optional(),
      completed: z.number().optional(),
      cannotComply: told.optional(),
      ended: told.optional(),
      silentSince: z.number().optional(),
    }),
  ),
  counts: z.strictObject({
    sites: count,
    received: count,
    started: count,
    completed: count,
    cannotComply: count,
    ended: count,
    silent: count,
  }),
  next: z.string().optional(),
});

/** A control as a client would get it, but for what the operator said of its modes. */
function checkFits(
  { clock, fits }: RouteDeps,
  { start = 0, durationS = 1, base = {} }: z.output<typeof input.controlChange>,
) {
  fits(DERControl, {
    mRID: '',
    creationTime: clock.now(),
    EventStatus: { currentStatus: 0, dateTime: clock.now(), potentiallySuperseded: false },
    interval: { start, duration: durationS },
    DERControlBase: base,
  });
}

export const controlRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/programs/{derp}/controls',
    tag,
    summary: 'list the controls of a program that stand or lately stood, with their state',
    role: 'viewer',
    answer: z.strictObject({ controls: z.array(state) }),
    handle: async (deps, { params }) => ({ controls: await controlsOf(deps, params['derp'] ?? '') }),
  }),
  route({
    method: 'get',
    path: '/api/programs/{derp}/controls/past',
    tag,
    summary: 'list controls of a program that are long over',
    role: 'viewer',
    query: pageQuery,
    answer: paged('controls', state),
    handle: async (deps, { params, query }) => {
      const { controls, next } = await pastControlsOf(deps, params['derp'] ?? '', query);
      return { controls, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/programs/{derp}/controls',
    tag,
    summary: 'issue a control, or up to 10,000 of them, all or none',
    role: 'operator',
    body: z.union([input.newControl, input.controlList]),
    answer: z.union([storedControl, z.strictObject({ controls: z.array(storedControl) })]),
    status: 201,
    handle: async (deps, { params, body }) => {
      const many = 'controls' in body;
      const controls = many ? body.controls : [body];
      for (const control of controls) checkFits(deps, control);
      const made = await addControls(deps, params['derp'] ?? '', controls as readonly NewControl[]);
      return many ? { controls: made } : made[0];
    },
  }),
  route({
    method: 'get',
    path: '/api/controls/{mrid}',
    tag,
    summary: 'show a control and its state',
    role: 'viewer',
    answer: state,
    handle: async (deps, { params }) => controlAt(deps, params['mrid'] ?? ''),
  }),
  route({
    method: 'patch',
    path: '/api/controls/{mrid}',
    tag,
    summary: 'put another control in its place',
    role: 'operator',
    body: input.controlChange,
    answer: storedControl,
    handle: async (deps, { params, body }) => {
      checkFits(deps, body);
      return changeControl(deps, params['mrid'] ?? '', body as Partial<NewControl>);
    },
  }),
  route({
    method: 'post',
    path: '/api/controls/{mrid}/cancel',
    tag,
    summary: 'cancel a control, at once or spread by its randomisation',
    role: 'operator',
    body: input.cancellation,
    bodyOptional: true,
    handle: async (deps, { params, body }) => cancelControl(deps, params['mrid'] ?? '', body.randomized),
  }),
  route({
    method: 'get',
    path: '/api/controls/{mrid}/delivery',
    tag,
    summary:
      'show what became of a control at each site: received, started, completed, refused, or silent and since when',
    role: 'viewer',
    query: pageQuery,
    answer: delivery,
    handle: async (deps, { params, query }) => deliveryOf(deps, params['mrid'] ?? '', query),
  }),
];
