import { z } from 'zod';
import { numberedPage, paged, stretch } from '../paging';
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

export const auditRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'read the audit trail, oldest first',
    role: 'admin',
    query: z.strictObject({
      ...numberedPage,
      ...stretch,
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
