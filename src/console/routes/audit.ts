import { z } from 'zod';
import { paged } from '../paging';
import { route, type Route } from '../route';

const row = z.strictObject({
  id: z.number(),
  at: z.number(),
  who: z.string(),
  from: z.string(),
  what: z.string(),
  subject: z.string(),
  outcome: z.enum(['done', 'refused']),
  detail: z.record(z.string(), z.unknown()),
});

const second = z.coerce.number().int().min(0).max(8_640_000_000_000);

export const auditRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'read the audit trail, oldest first',
    role: 'admin',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .default(0)
        .describe('`next` of the page before'),
      from: second.optional().describe('Seconds since 1970, this one included'),
      to: second.optional().describe('Seconds since 1970, this one not included'),
      who: z.string().max(200).optional(),
      what: z.string().max(200).optional(),
      subject: z.string().max(200).optional(),
    }),
    answer: paged('rows', row),
    handle: async ({ store }, { query: { limit, after, ...only } }) => {
      const asked = Object.fromEntries(Object.entries(only).filter(([, value]) => value !== undefined));
      const rows = await store.audit.page({ after, limit: limit + 1, ...asked });
      const shown = rows.slice(0, limit);
      return { rows: shown, ...(rows.length > limit && { next: String(shown.at(-1)?.id ?? 0) }) };
    },
  }),
];
