import { z } from 'zod';
import { flowQuantities } from '../../functions/operator/flow-readings';
import { route, type Route } from '../route';

const tag = 'Forecasts';

const asset = z.string().min(1).max(200);
const rungScore = z.strictObject({
  rung: z.string(),
  readings: z.number(),
  pinballW: z.number(),
  ofNaive: z.number(),
  coverage90: z.number(),
  maeW: z.number(),
  maeOfPeak: z.number(),
  aboveHigh: z.number(),
  belowLow: z.number(),
  importLostKWhPerDay: z.number(),
  exportLostKWhPerDay: z.number(),
});
const optional = z.number().optional();
const summary = {
  asset,
  phase: z.number().optional().describe('Missing: over all phases'),
  note: z.string().optional().describe('Why there is no forecast'),
  rung: z.string().optional().describe('The forecaster that the back-test chose'),
  score: rungScore.optional().describe('Its score'),
  scores: z.array(rungScore).optional().describe('Of every rung; those without readings had no answer'),
  trainedUntil: optional,
  lowLevel: optional,
  highLevel: optional,
  origins: optional,
};
const watts = z.array(z.number()).optional();

const reading = z.strictObject({
  asset,
  quantity: z.enum(flowQuantities).default('w').describe('w: watts over all phases, import positive'),
  start: z.number().int().min(0).max(4e12),
  durationS: z.number().int().min(0).max(3600).default(900).describe('0: the value of a moment'),
  value: z.number().min(-3e13).max(3e13).describe('Mean over that time'),
});

export const forecastRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/forecasts',
    tag,
    summary: 'list forecasts of assets: the rung chosen, its scores and those of the others',
    role: 'viewer',
    answer: z.strictObject({ forecasts: z.array(z.strictObject(summary)) }),
    handle: async ({ envelopes }) => envelopes.forecasts.list(),
  }),
  route({
    method: 'post',
    path: '/api/forecasts/readings',
    tag,
    summary: 'take in readings of meters at assets, which forecasts learn from',
    role: 'operator',
    body: z.strictObject({ readings: z.array(reading).min(1).max(10_000) }),
    answer: z.strictObject({ stored: z.number() }),
    status: 201,
    handle: async ({ envelopes }, { body }) => ({ stored: await envelopes.forecasts.add(body.readings) }),
  }),
  route({
    method: 'get',
    path: '/api/forecasts/{asset}',
    tag,
    summary: 'show the forecast of an asset step by step, and the scores of all rungs',
    role: 'viewer',
    params: z.strictObject({ asset }),
    answer: z.strictObject({
      asset,
      forecasts: z.array(
        z.strictObject({ ...summary, start: optional, stepS: optional, lowW: watts, pointW: watts, highW: watts }),
      ),
    }),
    handle: async ({ envelopes }, { params }) => envelopes.forecasts.show(params.asset),
  }),
];
