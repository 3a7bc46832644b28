/** What a run tells: its notices, the firm limits that could not be given, counts, and one line in the log. */
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Problem } from '../base/problem';
import { type Notice, type Proposal, noticesOf } from '../engines/api';
import { type PublishedPlans } from './publisher';
import { type FirmShortfall, type RunResult } from './run-result';
import { type NetResult } from './safety-net';

export const shortfallsOf = (notices: readonly Notice[]): FirmShortfall[] =>
  notices.flatMap(({ asset, code, device, direction, from = 0, shortW = 0, text, to = 0 }) =>
    code === 'firm-shortfall' && direction
      ? [
          {
            ...(asset !== undefined && { asset }),
            ...(device !== undefined && { site: device }),
            direction,
            shortW,
            from,
            to,
            text,
          },
        ]
      : [],
  );

export function refusals({ sites, steps }: PublishedPlans['refused']): Notice[] {
  if (steps === 0) return [];
  const text = `${sites} sites would now be given less than was published, in ${steps} steps; what was published stays, for no reason was given or its notice is too short`;
  return [{ code: 'remark', text }];
}

/** The engine's notices and the net's own; a shortfall that both report counts once, as the net measured it. */
export function allNotices(proposals: readonly unknown[], net: NetResult): Notice[] {
  const key = (n: Notice) => `${n.asset} ${n.direction}`;
  const measured = new Set(net.shortfalls.filter(n => n.asset !== undefined).map(key));
  const said = proposals.flatMap(proposal => {
    try {
      return [...noticesOf(proposal as Proposal)].filter(n => typeof n.text === 'string').slice(0, 1000);
    } catch {
      return []; // an answer that is no proposal has no notices
    }
  });
  const once = new Map(said.map(notice => [`${notice.code} ${notice.text}`, notice]));
  return [...net.shortfalls, ...[...once.values()].filter(n => !(n.code === 'firm-shortfall' && measured.has(key(n))))];
}

export function eventsOf(
  engine: string,
  problem: Problem | undefined,
  fallbacks: number,
  net: NetResult,
  notices: readonly Notice[],
): string[] {
  return [
    ...(problem ? [`engine ${engine}: ${problem.message}`] : []),
    ...(fallbacks > 0 ? [`${fallbacks} of ${net.envelopes.length} sites are on their firm limits`] : []),
    ...net.events.map(event => `safety net, engine ${engine}: ${event.text}`),
    ...notices.map(notice => notice.text),
  ];
}

/** Counts, and one line in the log. */
export function reportRun({ metrics, log }: { readonly metrics: Metrics; readonly log: Log }, result: RunResult): void {
  const {
    engine,
    outcome,
    problem,
    fallbacks,
    net,
    controlsPublished: controls,
    perSite,
    seconds,
    shortfalls,
  } = result;
  for (const { rule, count } of net) metrics.count('headroom_safety_net_total', { engine, rule }, count);
  for (const reason of new Set(fallbacks.map(f => f.reason)))
    metrics.count('headroom_engine_fallbacks_total', { engine, reason });
  if (controls > 0) metrics.count('headroom_controls_published_total', { engine }, controls);
  for (const direction of ['import', 'export'] as const) {
    const own = shortfalls.filter(shortfall => shortfall.direction === direction);
    metrics.set('headroom_firm_shortfall_watts', Math.max(0, ...own.map(({ shortW }) => shortW)), { direction });
    if (own.length > 0) metrics.count('headroom_firm_shortfalls_total', { direction }, own.length);
  }
  countReductions(metrics, result);
  const facts = { engine, outcome, sites: perSite.length, controls, fallbacks: fallbacks.length, seconds };
  const code = problem?.code ?? (net.length > 0 ? 'ENGINE_UNSAFE' : undefined);
  const line = {
    ...facts,
    ...(code && { code }),
    ...(shortfalls.length > 0 && { firmShortfalls: shortfalls.length }),
    ...(result.events.length > 0 && { events: result.events.slice(0, 8) }),
  };
  if (problem) log.error('engine failed, sites are on firm limits', line);
  else if (net.length > 0 || result.notices.length > 0) log.warn('envelopes need a look', line);
  else log.info('envelopes computed', line);
}

export function countReductions(
  metrics: Metrics,
  { reductions, refused }: Pick<PublishedPlans, 'reductions' | 'refused'>,
): void {
  for (const { noticeS, reason, sites } of reductions) {
    metrics.count('headroom_reductions_total', { reason }, sites);
    metrics.observe('headroom_reduction_notice_seconds', noticeS.least, { reason });
  }
  if (refused.sites > 0) metrics.count('headroom_reductions_refused_total', {}, refused.sites);
}
