/** What a request, or a look for a notification, gives to the function sets. */
import { type Clock, type Seconds } from '../base/clock';
import { type Ids } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Behaviour, type Context, type House } from '../functions/behaviour';
import { type EnvelopeViews } from '../functions/envelope-views';
import { type Scope } from '../functions/scope';
import { digestOf } from './digest';
import { type Exposure, visible } from './exposure';

export interface ContextDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly house: House;
  readonly envelopes: EnvelopeViews;
  readonly behaviours: readonly Behaviour[];
}

/** When a request looked at the clock, and how long what it made of it holds. */
export interface Timing {
  readonly at: Seconds;
  until: Seconds;
}

export function contextOf(
  deps: ContextDeps,
  exposure: Exposure,
  store: Context['store'],
  scope: Scope,
  timing: Timing,
): Context {
  const { clock, ids, log, metrics, house, envelopes } = deps;
  const ctx: Context = {
    store,
    clock,
    ids,
    log,
    metrics,
    house,
    envelopes,
    scope,
    get now() {
      timing.until = Math.min(timing.until, timing.at + 1);
      return timing.at;
    },
    nowUntil: next => {
      timing.until = Math.min(timing.until, next(timing.at) ?? Infinity);
      return timing.at;
    },
    subject: async (path, condition) => {
      const subject = await visible(ctx, exposure, path);
      const seen = subject && (await digestOf(ctx, subject, condition));
      return seen && { resource: subject.resource, digest: seen.digest };
    },
  };
  return ctx;
}
