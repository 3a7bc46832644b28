import { z } from 'zod';
import { addCurve, changeCurve, curvesOf, removeCurve, type NewCurve } from '../../functions/operator/curves';
import { defaultOf, removeDefault, setDefault } from '../../functions/operator/defaults';
import { pageAfter } from '../../functions/operator/pages';
import { programAt } from '../../functions/operator/program-at';
import { addProgram, changePrograms, placeProgram, placesOf, removeProgram } from '../../functions/operator/programs';
import { type StoredProgram } from '../../functions/provision';
import { model } from '../../model';
import { DERCurve, DefaultDERControl } from '../../model/der';
import { href } from '../../model/href';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';
import { placesAt } from './places-at';

const tag = 'Programs and controls';

const program = z.strictObject({
  derp: z.string(),
  mRID: z.string(),
  description: z.string(),
  version: z.number(),
  primacy: z.number(),
  envelopeOf: z.string().optional().describe('the site whose envelopes are its controls'),
});
const curve = z.looseObject({ href: z.string(), mRID: z.string(), curveType: z.number() });
const fallback = z.looseObject({ mRID: z.string(), version: z.number() });

/** A default split into what it orders and how it is set. */
function checkedDefault({ fits }: RouteDeps, { base, description, ...given }: z.output<typeof input.newDefault>) {
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  fits(DefaultDERControl, { mRID: '', DERControlBase: base, ...settings });
  return { base, more: { settings, ...(description !== undefined && { description }) } };
}

function checkedCurve({ fits }: RouteDeps, body: z.output<typeof input.newCurve>): NewCurve {
  fits(DERCurve, { mRID: '', creationTime: 0, ...body });
  const { href: _href, mRID: _mRID, creationTime: _time, version: _version, ...rest } = body;
  return rest as unknown as NewCurve;
}

export const programRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/programs',
    tag,
    summary: 'list programs, the strongest first, those of envelopes included',
    role: 'viewer',
    query: pageQuery,
    answer: paged('programs', program),
    handle: async ({ store }, { query }) => {
      const { items, next } = await pageAfter<StoredProgram>(store, href(model.der.programs), query);
      const programs = items.map(doc => ({ derp: doc.href.split('/')[2] ?? '', ...doc.body }));
      return { programs, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'post',
    path: '/api/programs',
    tag,
    summary: 'make a program and assign it to sites and groups',
    role: 'operator',
    body: input.newProgram,
    answer: z.strictObject({ derp: z.string(), mRID: z.string() }),
    status: 201,
    handle: async (deps, { body: { sites, groups, description, primacy } }) =>
      addProgram(deps, {
        description,
        ...(primacy !== undefined && { primacy }),
        ...(await placesAt(deps, { sites, groups })),
      }),
  }),
  route({
    method: 'patch',
    path: '/api/programs',
    tag,
    summary: 'change primacies and descriptions of several programs in one step',
    role: 'operator',
    body: input.programChanges,
    handle: async (deps, { body }) => changePrograms(deps, body.programs as Parameters<typeof changePrograms>[1]),
  }),
  route({
    method: 'get',
    path: '/api/programs/{derp}',
    tag,
    summary: 'show a program and where it is assigned',
    role: 'viewer',
    answer: program.extend({ groups: z.array(z.string()), sites: z.array(z.string()) }),
    handle: async (deps, { params: { derp = '' } }) => ({
      derp,
      ...(await programAt(deps, derp)),
      ...(await placesOf(deps.store, derp)),
    }),
  }),
  route({
    method: 'patch',
    path: '/api/programs/{derp}',
    tag,
    summary: 'change the primacy or description of a program',
    role: 'operator',
    body: input.programChange,
    handle: async (deps, { params: { derp = '' }, body }) =>
      changePrograms(deps, { [derp]: body } as Parameters<typeof changePrograms>[1]),
  }),
  route({
    method: 'delete',
    path: '/api/programs/{derp}',
    tag,
    summary: 'remove a program whose controls are over',
    role: 'operator',
    handle: async (deps, { params }) => removeProgram(deps, params['derp'] ?? ''),
  }),
  route({
    method: 'put',
    path: '/api/programs/{derp}/places',
    tag,
    summary: 'assign a program to these groups and sites and no others',
    role: 'operator',
    body: input.places,
    handle: async (deps, { params, body }) => placeProgram(deps, params['derp'] ?? '', await placesAt(deps, body)),
  }),
  route({
    method: 'get',
    path: '/api/programs/{derp}/default',
    tag,
    summary: 'show the default of a program',
    role: 'viewer',
    answer: fallback,
    handle: async (deps, { params }) => defaultOf(deps, params['derp'] ?? ''),
  }),
  route({
    method: 'put',
    path: '/api/programs/{derp}/default',
    tag,
    summary: 'set or replace the default of a program',
    role: 'operator',
    body: input.newDefault,
    handle: async (deps, { params, body }) => {
      const { base, more } = checkedDefault(deps, body);
      return setDefault(deps, params['derp'] ?? '', base, more);
    },
  }),
  route({
    method: 'delete',
    path: '/api/programs/{derp}/default',
    tag,
    summary: 'take the default of a program away',
    role: 'operator',
    handle: async (deps, { params }) => removeDefault(deps, params['derp'] ?? ''),
  }),
  route({
    method: 'get',
    path: '/api/programs/{derp}/curves',
    tag,
    summary: 'list the curves of a program',
    role: 'viewer',
    answer: z.strictObject({ curves: z.array(curve) }),
    handle: async (deps, { params }) => ({ curves: await curvesOf(deps, params['derp'] ?? '') }),
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
    handle: async (deps, { params, body }) => addCurve(deps, params['derp'] ?? '', checkedCurve(deps, body)),
  }),
  route({
    method: 'put',
    path: '/api/programs/{derp}/curves/{curve}',
    tag,
    summary: 'change a curve that no standing control uses',
    role: 'operator',
    body: input.newCurve,
    handle: async (deps, { params, body }) =>
      changeCurve(deps, params['derp'] ?? '', params['curve'] ?? '', checkedCurve(deps, body)),
  }),
  route({
    method: 'delete',
    path: '/api/programs/{derp}/curves/{curve}',
    tag,
    summary: 'remove a curve that nothing uses',
    role: 'operator',
    handle: async (deps, { params }) => removeCurve(deps, params['derp'] ?? '', params['curve'] ?? ''),
  }),
];
