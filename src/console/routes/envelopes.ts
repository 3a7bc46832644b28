import { z } from 'zod';
import { findSite } from '../../functions/operator/sites';
import * as input from '../input';
import { route, type Route } from '../route';
import { runResult } from '../shapes';

const tag = 'Envelopes';

export const envelopeRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/envelopes/run',
    tag,
    summary: 'run the capacity engine now and publish',
    role: 'operator',
    answer: runResult,
    handle: async ({ envelopes }) => envelopes.run(),
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
    path: '/api/envelopes/{site}',
    tag,
    summary: 'show what is in force and to come at a site, and what bound it',
    role: 'viewer',
    answer: z.looseObject({ site: z.string(), now: z.number(), controls: z.array(z.looseObject({})) }),
    handle: async ({ store, envelopes }, { params }) =>
      envelopes.show((await findSite(store, params['site'] ?? '')).edev),
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
