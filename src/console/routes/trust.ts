import { z } from 'zod';
import { revokedPage, setRevoked } from '../../functions/operator/revoked';
import { setRoot } from '../../functions/operator/roots';
import { type RouteDeps } from '../deps';
import * as input from '../input';
import { paged, pageQuery } from '../paging';
import { route, type Route } from '../route';

const tag = 'Trust';

const certificate = z.strictObject({
  name: z.string(),
  fingerprint: z.string(),
  notBefore: z.number(),
  notAfter: z.number(),
  daysLeft: z.number(),
  endsSoon: z.boolean(),
  from: z.enum(['file', 'operator']).optional(),
  trusted: z.boolean().optional(),
});
const fingerprint = z.strictObject({ fingerprint: z.string() });
const lfdiParam = z.strictObject({ lfdi: input.lfdi });

const changeRevocation = async (deps: RouteDeps, lfdi: string, revoked: boolean): Promise<void> => {
  await setRevoked(deps, lfdi, revoked);
  await deps.trust.changed();
};

export const trustRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/trust/certificates',
    tag,
    summary: "list the server's certificates and the roots, with the days they have left",
    role: 'viewer',
    answer: z.strictObject({ certificates: z.array(certificate) }),
    handle: async ({ trust }) => ({ certificates: await trust.certificates() }),
  }),
  route({
    method: 'post',
    path: '/api/trust/roots',
    tag,
    summary: 'trust one more root',
    role: 'admin',
    body: z.strictObject({ certificate: z.string().max(20_000).describe('PEM of the root') }),
    answer: fingerprint,
    status: 201,
    handle: async (deps, { body }) => {
      const root = deps.trust.readRoot(body.certificate);
      await setRoot(deps, root, true);
      await deps.trust.changed();
      return { fingerprint: root.fingerprint };
    },
  }),
  route({
    method: 'delete',
    path: '/api/trust/roots/{fingerprint}',
    tag,
    summary: 'retire a root: connections that rest on it end, and it lets nobody in any more',
    role: 'admin',
    handle: async (deps, { params }) => {
      await setRoot(deps, await deps.trust.findRoot(params['fingerprint'] ?? ''), false);
      await deps.trust.changed();
    },
  }),
  route({
    method: 'post',
    path: '/api/trust/renew',
    tag,
    summary: "read the server's key and chain from their files again; new connections are served with them",
    role: 'admin',
    answer: z.strictObject({ lfdi: z.string() }),
    handle: async ({ trust }) => trust.renew(),
  }),
  route({
    method: 'get',
    path: '/api/revocations',
    tag,
    summary: 'list revoked LFDIs',
    role: 'viewer',
    query: pageQuery,
    answer: paged('revocations', z.strictObject({ lfdi: z.string(), since: z.number() })),
    handle: async ({ store }, { query }) => {
      const { items, next } = await revokedPage(store, query);
      return { revocations: items, ...(next !== undefined && { next }) };
    },
  }),
  route({
    method: 'put',
    path: '/api/revocations/{lfdi}',
    tag,
    summary: 'revoke an LFDI: its open connections end and it is let in no more',
    role: 'operator',
    params: lfdiParam,
    handle: async (deps, { params }) => changeRevocation(deps, params.lfdi, true),
  }),
  route({
    method: 'delete',
    path: '/api/revocations/{lfdi}',
    tag,
    summary: 'let a revoked LFDI in again',
    role: 'operator',
    params: lfdiParam,
    handle: async (deps, { params }) => changeRevocation(deps, params.lfdi, false),
  }),
  route({
    method: 'post',
    path: '/api/lab/certificates',
    tag,
    summary: 'issue a device certificate from the test PKI of this folder, for labs; key and PIN are told this once',
    role: 'admin',
    body: z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
      role: z.enum(['device', 'aggregator']).default('device'),
    }),
    answer: z.strictObject({
      lfdi: z.string(),
      sfdi: z.number(),
      pin: z.number(),
      keyPem: z.string(),
      chainPem: z.string(),
    }),
    status: 201,
    secret: true,
    handle: async ({ issueForLab }, { body }) => issueForLab(body.name, body.role),
  }),
];
