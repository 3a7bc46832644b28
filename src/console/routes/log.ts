import { z } from 'zod';
import { securityEvents } from '../../functions/security-log';
import { logLevels } from '../../services/log-lines';
import { numberedPage, paged, pageQuery, stretch } from '../paging';
import { route, type Route } from '../route';

const tag = 'Log';

const line = z.strictObject({
  id: z.number(),
  at: z.number(),
  level: z.enum(logLevels),
  room: z.string(),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
const event = z.strictObject({
  event: z.looseObject({
    createdDateTime: z.number(),
    details: z.string(),
    logEventCode: z.number(),
    logEventID: z.number(),
  }),
  lfdi: z.string(),
  from: z.string(),
  text: z.string(),
});

export const logRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/log',
    tag,
    summary: 'read the latest lines of the log of this process, oldest first; secrets are taken out',
    role: 'operator',
    query: z.strictObject({
      ...numberedPage,
      level: z.enum(logLevels).default('debug').describe('The least level wanted'),
      ...stretch,
      room: z.string().max(64).optional().describe('Part of the server, such as `tls` or `envelopes`'),
    }),
    answer: paged('lines', line),
    handle: async ({ log }, { query }) => {
      const { lines, more } = log.page(query);
      return { lines, ...(more && { next: String(lines.at(-1)?.id ?? 0) }) };
    },
  }),
  route({
    method: 'get',
    path: '/api/security-events',
    tag,
    summary: 'list security LogEvents of the server, the latest first: refused connections, registrations and requests',
    role: 'operator',
    query: pageQuery,
    answer: paged('events', event),
    handle: async ({ store }, { query }) => {
      const { items, next } = await securityEvents(store, query);
      return { events: items, ...(next !== undefined && { next }) };
    },
  }),
];
