/** Pages of a long answer: at most `limit` entries, and in `next` what to give as `after` to have the following ones. */
import { z } from 'zod';

export const mostInPage = 10_000;

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostInPage).default(1000).describe('Entries wanted at most'),
  after: z.string().max(500).optional().describe('`next` of the page before; nothing for the first'),
});

/** The shape of a page whose entries stand under `name`. */
export const paged = (name: string, item: z.ZodType): z.ZodType =>
  z.strictObject({ [name]: z.array(item), next: z.string().optional() });
