/** Shapes of what the operator API answers, where several routes answer the same. */
import { z } from 'zod';
import { dialects, type DialectId } from '../model/dialect';

/** An id in a path: anything else could name nothing. */
export const pathId = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'want an id: letters, digits, - and _');

const lfdi = z.string().regex(/^[0-9A-F]{40}$/);

export const site = z.strictObject({
  edev: z.string(),
  lfdi,
  sfdi: z.number(),
  name: z.string(),
  role: z.enum(['device', 'aggregator']),
  manager: lfdi.optional(),
  pin: z.number(),
  dialect: z.enum(Object.keys(dialects) as [DialectId, ...DialectId[]]).optional(),
  bus: z.string().optional(),
  phases: z.array(z.number()),
  maxImportW: z.number(),
  maxExportW: z.number(),
  firmImportW: z.number(),
  firmExportW: z.number(),
  follows: z.enum(['import', 'export']).optional(),
  weight: z.number(),
  derType: z.number(),
  shown: z.array(z.string()).optional(),
});

export const deliveredResponse = z.strictObject({
  subject: z.string(),
  status: z.number().optional(),
  createdDateTime: z.number().optional(),
  receivedAt: z.number(),
});

export const storedControl = z.looseObject({ mRID: z.string(), creationTime: z.number() });

/** What one run of the engine, or an import, did. */
export const runResult = z.looseObject({ outcome: z.string(), controlsPublished: z.number() });
