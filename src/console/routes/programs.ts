import { z } from 'zod';
import { addControl, addCurve, addProgram, cancelControl, setDefault } from '../../functions/operator/programs';
import { findSite } from '../../functions/operator/sites';
import { DERControl, DERCurve, DefaultDERControl } from '../../model/der';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { route, type Route } from '../route';
import { storedControl } from '../shapes';

const tag = 'Programs and controls';

/** A control as a client would get it, but for what the operator said of its modes. */
const wireFrame = ({ clock }: RouteDeps, { start, durationS }: { start: number; durationS: number }) => ({
  mRID: '',
  creationTime: clock.now(),
  EventStatus: { currentStatus: 0, dateTime: clock.now(), potentiallySuperseded: false },
  interval: { start, duration: durationS },
});

export const programRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/programs',
    tag,
    summary: 'make a program and assign it to sites',
    role: 'operator',
    body: input.newProgram,
    answer: z.strictObject({ derp: z.string(), mRID: z.string() }),
    status: 201,
    handle: async (deps, { body: { sites, ...program } }) => {
      const found = await Promise.all(sites.map(each => findSite(deps.store, each)));
      return addProgram(deps, { ...program, sites: [...new Set(found.map(site => site.edev))] });
    },
  }),
  route({
    method: 'post',
    path: '/api/programs/{derp}/controls',
    tag,
    summary: 'issue a control',
    role: 'operator',
    body: input.newControl,
    answer: storedControl,
    status: 201,
    handle: async (deps, { params, body }) => {
      deps.fits(DERControl, { ...wireFrame(deps, body), DERControlBase: body.base });
      return addControl(deps, params['derp'] ?? '', body as Parameters<typeof addControl>[2]);
    },
  }),
  route({
    method: 'put',
    path: '/api/programs/{derp}/default',
    tag,
    summary: 'set or replace the default of a program',
    role: 'operator',
    body: input.newDefault,
    handle: async (deps, { params, body: { base } }) => {
      deps.fits(DefaultDERControl, { mRID: '', DERControlBase: base });
      return setDefault(deps, params['derp'] ?? '', base);
    },
  }),
  route({
    method: 'post',
    path: '/api/programs/{derp}/curves',
    tag,
    summary: 'add a curve to a program',
    role: 'operator',
    body: input.newCurve,
    answer: z.strictObject({ href: z.string() }),
    status: 201,
    handle: async (deps, { params, body }) => {
      deps.fits(DERCurve, { mRID: '', creationTime: 0, ...body });
      return addCurve(deps, params['derp'] ?? '', body as unknown as Parameters<typeof addCurve>[2]);
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
];
