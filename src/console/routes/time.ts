import { z } from 'zod';
import { Problem } from '../../base/problem';
import { timeOf } from '../../functions/time';
import { timeAdjustments } from '../../functions/time-log';
import { route, type Route } from '../route';

const tag = 'Server';

const second = z.number().int().min(0).max(4e12);
const offset = z.number().int().min(-86_400).max(86_400);
const offsets = z.strictObject({ tzOffset: offset, dstOffset: offset, dstStartTime: second, dstEndTime: second });
const shown = z.looseObject({ currentTime: z.number(), quality: z.number(), tzOffset: z.number() });

export const timeRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/time',
    tag,
    summary: 'show Time as clients see it, how far it is set off the clock of the machine, and its latest corrections',
    role: 'viewer',
    answer: z.strictObject({
      time: shown,
      timeZone: z.string(),
      offsetS: z.number(),
      adjustments: z.array(z.looseObject({ createdDateTime: z.number(), details: z.string().optional() })),
    }),
    handle: async ({ house, clock, clockOffset, store }) => ({
      time: timeOf(house, clock.now()),
      timeZone: house.timeZone,
      offsetS: clockOffset?.offsetS ?? 0,
      adjustments: await timeAdjustments(store, 100),
    }),
  }),
  route({
    method: 'put',
    path: '/api/time',
    tag,
    summary: 'set quality, time zone or offsets of Time, and set its clock off that of the machine; kept over restarts',
    role: 'admin',
    body: z.strictObject({
      quality: z.number().int().min(3).max(7).optional(),
      timeZone: z.string().max(64).optional(),
      offsets: offsets.nullable().optional().describe('in place of those of the time zone; null gives them back'),
      offsetS: z.number().int().min(-4e8).max(4e8).optional().describe('less than a minute is slewed, more is a step'),
    }),
    handle: async ({ setTime, clockOffset }, { body: { quality, timeZone, offsets: given, offsetS } }) => {
      if (offsetS !== undefined && !clockOffset)
        throw new Problem('BAD_VALUE', {
          at: 'offsetS',
          note: 'this server is run on a clock that is moved elsewhere',
        });
      await setTime({
        ...(quality !== undefined && { quality }),
        ...(timeZone !== undefined && { timeZone }),
        ...(given !== undefined && { offsets: given ?? undefined }),
      });
      if (offsetS !== undefined) await clockOffset?.setOffset(offsetS);
    },
  }),
  route({
    method: 'put',
    path: '/api/post-rate',
    tag,
    summary: 'set the seconds between posts that mirrors are asked for; kept over restarts',
    role: 'operator',
    body: z.strictObject({ seconds: z.number().int().min(1).max(86_400) }),
    handle: async ({ setPostRate }, { body }) => setPostRate(body.seconds),
  }),
];
