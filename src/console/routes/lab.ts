import { z } from 'zod';
import * as input from '../input';
import { route, type Route } from '../route';

const tag = 'Test campaigns';

const message = z.strictObject({
  time: z.number(),
  type: z.enum(['req', 'resp']),
  method: z.string(),
  uri: z.string(),
  vers: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  code: z.number().optional(),
  reason: z.string().optional(),
});
const redirect = z.strictObject({
  path: z
    .string()
    .max(255)
    .regex(/^\/[\x21-\x3e\x40-\x7e]*$/, 'want a path without a query'),
  to: z
    .string()
    .max(255)
    .regex(/^(\/|https:\/\/)[\x21-\x7e]*$/, 'want a path or an https URI'),
  status: z.union([z.literal(301), z.literal(302)]).default(301),
  lfdi: input.lfdi.optional().describe('Only this identity'),
  once: z.boolean().default(false).describe('Only the next request'),
});
const shown = redirect.extend({ lfdi: z.string().optional() });

export const labRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/redirects',
    tag,
    summary: 'list paths that clients are sent elsewhere from',
    role: 'viewer',
    answer: z.strictObject({ redirects: z.array(shown) }),
    handle: async ({ redirects }) => ({ redirects: redirects.list() }),
  }),
  route({
    method: 'put',
    path: '/api/redirects',
    tag,
    summary: 'send clients that GET a path, such as /dcap, elsewhere, until it is cleared or the server ends',
    role: 'admin',
    body: redirect,
    handle: async ({ redirects }, { body: { lfdi, ...rest } }) =>
      redirects.set({ ...rest, ...(lfdi !== undefined && { lfdi }) }),
  }),
  route({
    method: 'delete',
    path: '/api/redirects',
    tag,
    summary: 'send clients nowhere else any more',
    role: 'admin',
    handle: async ({ redirects }) => redirects.clear(),
  }),
  route({
    method: 'post',
    path: '/api/http-log',
    tag,
    summary: 'record every message of the device port from now on, decrypted and whole, for the log of a test',
    role: 'admin',
    body: z.strictObject({
      tests: z.array(z.string().min(1).max(64)).max(100).default([]).describe('Such as CORE-001'),
      lfdi: input.lfdi.optional().describe('Only this identity'),
    }),
    bodyOptional: true,
    handle: async ({ httpLog }, { body: { tests, lfdi } }) => httpLog.start(tests, lfdi),
  }),
  route({
    method: 'get',
    path: '/api/http-log',
    tag,
    summary: 'export what was recorded, as TestLogs',
    role: 'admin',
    answer: z.strictObject({
      logs: z.array(z.strictObject({ tests: z.array(z.string()), messages: z.array(message) })),
      left: z.number().describe('messages for which there was no room'),
    }),
    handle: async ({ httpLog }) => httpLog.export(),
  }),
  route({
    method: 'delete',
    path: '/api/http-log',
    tag,
    summary: 'end the recording and forget it',
    role: 'admin',
    handle: async ({ httpLog }) => httpLog.stop(),
  }),
];
