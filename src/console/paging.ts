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

/** A page of entries that are numbered as they come, such as lines of a log. */
export const numberedPage = {
  limit: z.coerce.number().int().min(1).max(mostInPage).default(1000),
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('`next` of the page before'),
};

const second = z.coerce.number().int().min(0).max(8_640_000_000_000);

/** A stretch of time that is asked about. */
export const stretch = {
  from: second.optional().describe('Seconds since 1970, this one included'),
  to: second.optional().describe('Seconds since 1970, this one not included'),
};
