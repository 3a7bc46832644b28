/**
 * Engines propose, the runner disposes. One run: take a snapshot, ask the engine under its deadline, put the answer through the
 * safety net, decide for each site which controls change, and publish all of it in one commit. A run that changes nothing writes
 * nothing. A site whose answer cannot be used is put on firm at once (`firmFor`).
 */
import { type Cancel, type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { Problem, asProblem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { nextTurn } from '../base/turn';
import { wireWatts } from '../base/units';
import { type Notice, type Proposal, type Snapshot, noticesOf } from '../engines/api';
import { type NewSeries, type Store } from '../store/api';
import { basisOf } from './basis';
import { type EngineHost } from './engine-host';
import { type EnvelopeControl, controlsOf, liveControls, packBounds } from './envelopes/controls';
import { type NewEnvelope, ownSteps } from './envelopes/publication';
import { deepFreeze, inputsHash } from './inputs-hash';
import { type FallbackReason, type RunResult, type SiteRun, siteRun } from './run-result';
import { type NetResult, type SafeEnvelope, safetyNet } from './safety-net';
import { scheduledEnd } from './timeline';
import { type Verify, withVerdict } from './verified';
import { type Withdrawal, withWithdrawn } from './withdrawn';

export interface RunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly host: EngineHost;
  /** What the engine is to see. Device ids are ids of sites (`:edev`). */
  readonly snapshot: () => Promise<Snapshot>;
  readonly pen: Pen;
  /** Judges what is to be published, by power flow; a step that fails is published as firm. Absent: nothing is known to judge by. */
  readonly verify?: Verify;
  /**
   * Limits of sites in directions that no engine shares out, because the site cannot hold a limit there: its rating, W. The
   * snapshot has 0 for such a direction and counts the flow as passive.
   */
  readonly unshared?: () => ReadonlyMap<string, { readonly importW?: number; readonly exportW?: number }>;
  /** Sites whose envelopes are withdrawn. Read again with each attempt to publish: a withdrawal during a run counts. */
  readonly withdrawn?: () => Promise<ReadonlyMap<string, Withdrawal>>;
}

export interface EnvelopeRunner {
  /**
   * Runs once. Never two at once: a call during a run waits and then runs, together with all other calls that wait.
   * @throws Problem when the snapshot cannot be made or the store cannot take the result; an engine that fails is a result.
   */
  run(): Promise<RunResult>;
  /** Runs now and then at each whole multiple of `everyS`, until cancelled. A run that takes longer makes the next one late. */
  schedule(everyS: number, tasks: Tasks, done?: (result: RunResult) => void): Cancel;
  /** When the schedule runs next; undefined when there is none. */
  nextRun(): Seconds | undefined;
  readonly last: RunResult | undefined;
}

export function createEnvelopeRunner(parts: RunnerParts): EnvelopeRunner {
  const { clock, log } = parts;
  let running: Promise<RunResult> | undefined;
  let waiting: Promise<RunResult> | undefined;
  let last: RunResult | undefined;
  let next: Seconds | undefined;

  const begin = (): Promise<RunResult> => {
    running = runOnce(parts)
      .then(result => (last = result))
      .finally(() => (running = undefined));
    return running;
  };
  const run = (): Promise<RunResult> => {
    if (!running) return begin();
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return begin();
      });
    return waiting;
  };

  return {
    run,
    schedule(everyS, tasks, done) {
      let stopped = false;
      let cancel: Cancel = () => undefined;
      const turn = () => {
        next = undefined;
        tasks.run(async () => {
          try {
            const result = await run();
            done?.(result);
          } catch (thrown) {
            const { code, message } = asProblem(thrown);
            log.error('envelope run failed', { engine: parts.host.engine, code, message });
          }
          if (stopped) return;
          next = (Math.floor(clock.now() / everyS) + 1) * everyS;
          cancel = clock.at(next, turn);
        });
      };
      turn();
      return () => {
        stopped = true;
        next = undefined;
        cancel();
      };
    },
    nextRun: () => next,
    get last() {
      return last;
    },
  };
}

async function runOnce(parts: RunnerParts): Promise<RunResult> {
  const { clock, metrics, host } = parts;
  const began = clock.monotonicMs();
  const snapshot = deepFreeze(await parts.snapshot());
  const hash = inputsHash(snapshot);

  const asked = clock.monotonicMs();
  let proposal: unknown;
  let problem: Problem | undefined;
  try {
    proposal = await host.compute(snapshot);
  } catch (thrown) {
    problem = asProblem(thrown);
  }
  const engineSeconds = (clock.monotonicMs() - asked) / 1000;
  const failure = problem && (problem.code === 'ENGINE_LATE' ? 'late' : 'broke');
  metrics.observe('headroom_engine_seconds', engineSeconds, { engine: host.engine, outcome: failure ?? 'ok' });

  const safe = safetyNet(snapshot, proposal);
  const judged =
    parts.verify && !problem
      ? withVerdict(snapshot, safe, await parts.verify(snapshot, safe.envelopes))
      : { ...safe, notices: [] };
  const net = withRatings(judged, parts.unshared?.());
  const reasonFor = (envelope: SafeEnvelope): FallbackReason | undefined => envelope.fallback && (failure ?? 'lied');
  const published = await publish(parts, snapshot, hash, net, reasonFor);

  const fallbacks = net.envelopes.flatMap(envelope => {
    const reason = reasonFor(envelope);
    return reason ? [{ site: envelope.device, reason }] : [];
  });
  const everyone = fallbacks.length > 0 && fallbacks.length === net.envelopes.length;
  const notices = [...allNotices(proposal, net), ...judged.notices];
  const result: RunResult = {
    outcome: everyone ? 'fallback' : published.sitesPublished > 0 ? 'published' : 'unchanged',
    engine: host.engine,
    at: snapshot.now,
    seconds: (clock.monotonicMs() - began) / 1000,
    engineSeconds,
    inputsHash: hash,
    ...published,
    fallbacks,
    notices,
    net: net.events,
    ...(problem && { problem }),
    events: eventsOf(host.engine, problem, fallbacks.length, net, notices),
  };
  report(parts, result);
  return result;
}

/** Puts the rating where a direction is not shared out. */
function withRatings(
  net: NetResult,
  unshared: ReturnType<NonNullable<RunnerParts['unshared']>> = new Map(),
): NetResult {
  if (unshared.size === 0) return net;
  const envelopes = net.envelopes.map((envelope): SafeEnvelope => {
    const { importW, exportW } = unshared.get(envelope.device) ?? {};
    if (importW === undefined && exportW === undefined) return envelope;
    const by = 'site rating';
    return {
      ...envelope,
      ...(importW !== undefined && { importW: envelope.importW.map(() => wireWatts(importW)) }),
      ...(exportW !== undefined && { exportW: envelope.exportW.map(() => wireWatts(exportW)) }),
      bound: envelope.bound.map(b => ({
        import: importW === undefined ? b.import : by,
        export: exportW === undefined ? b.export : by,
      })),
    };
  });
  return { ...net, envelopes };
}

type Published = Pick<RunResult, 'controlsPublished' | 'sitesPublished' | 'perSite'>;

/** Written with each publication and each withdrawal, so that no two can both decide on the same state of things. */
export const headHref = '~envelopes';
const tries = 5;
const sitesPerTurn = 100;

/** Decides and commits; when another runner came first, decides again on what is there now. */
async function publish(
  { store, clock, pen, host, withdrawn = async () => new Map() }: RunnerParts,
  snapshot: Snapshot,
  hash: string,
  judged: NetResult,
  reasonFor: (envelope: SafeEnvelope) => FallbackReason | undefined,
): Promise<Published> {
  const basis = basisOf(snapshot);
  let conflict: readonly string[] = [];
  for (let attempt = 0; attempt < tries; attempt++) {
    const head = await store.get(headHref);
    const net = withWithdrawn(snapshot, judged, await withdrawn());
    const now = clock.now();
    const series: NewSeries[] = [];
    const perSite: SiteRun[] = [];
    let controls = 0;
    for (const [k, envelope] of net.envelopes.entries()) {
      if (k % sitesPerTurn === 0) await new Promise<void>(nextTurn); // a server of 10,000 sites answers requests meanwhile
      const site = envelope.device;
      const live = liveControls(controlsOf(await store.series.ofSite(site, now), { pen }), now);
      const reason = reasonFor(envelope);
      const next = reason
        ? firmFor(envelope, reason, live, snapshot, now)
        : { ...envelope, start: snapshot.start, stepS: snapshot.stepS };
      const publication = next && ownSteps(live, next, now);
      perSite.push(siteRun(envelope, publication?.controls ?? 0, reason));
      if (!publication) continue;
      const { bound, controls: made, ...row } = publication;
      controls += made;
      const origin = { engine: host.engine, inputsHash: hash };
      series.push({ site, publishedAt: now, ...row, ...packBounds(bound), ...origin, ...basis(site) });
    }
    const published = { controlsPublished: controls, sitesPublished: series.length, perSite };
    if (series.length === 0) return published;
    const body = { engine: host.engine, publishedAt: now, inputsHash: hash };
    const committed = await store.commit({
      expect: { [headHref]: head?.version ?? 0 },
      put: [{ href: headHref, list: '', kind: headHref, changed: now, sortKey: '', body }],
      series,
    });
    if (committed.ok) return published;
    conflict = committed.conflict;
  }
  throw new Problem('CONFLICT', { at: conflict.join(' '), note: `still moving after ${tries} attempts` });
}

/**
 * Firm for a site, from the step under way to the end of the last control it holds: those are replaced at once, for nobody vouches for
 * them any more. After them, and where it holds none, DefaultDERControl carries firm by itself, so there is nothing to publish.
 */
function firmFor(
  { importW, exportW }: SafeEnvelope,
  reason: FallbackReason,
  live: readonly EnvelopeControl[],
  { start, stepS }: Snapshot,
  now: Seconds,
): NewEnvelope | undefined {
  const end = Math.max(...live.map(scheduledEnd));
  if (live.length === 0 || importW.length === 0) return undefined;
  const first = start + Math.floor((now - start) / stepS) * stepS;
  const steps = Math.ceil((end - first) / stepS);
  const by = `firm, engine ${reason}`;
  return {
    start: first,
    stepS,
    importW: new Int32Array(steps).fill(importW[0] ?? 0),
    exportW: new Int32Array(steps).fill(exportW[0] ?? 0),
    bound: new Array<{ import: string; export: string }>(steps).fill({ import: by, export: by }),
  };
}

/** The engine's notices and the net's own; a shortfall that both report counts once, as the net measured it. */
function allNotices(proposal: unknown, net: NetResult): Notice[] {
  const key = (n: Notice) => `${n.asset} ${n.direction}`;
  const measured = new Set(net.shortfalls.map(key));
  let said: readonly Notice[];
  try {
    said = [...noticesOf(proposal as Proposal)].filter(n => typeof n.text === 'string').slice(0, 1000);
  } catch {
    said = []; // an answer that is no proposal has no notices
  }
  return [...net.shortfalls, ...said.filter(n => !(n.code === 'firm-shortfall' && measured.has(key(n))))];
}

function eventsOf(
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
function report({ metrics, log }: RunnerParts, result: RunResult): void {
  const { engine, outcome, problem, fallbacks, net, controlsPublished: controls, perSite, seconds } = result;
  for (const { rule, count } of net) metrics.count('headroom_safety_net_total', { engine, rule }, count);
  for (const reason of new Set(fallbacks.map(f => f.reason)))
    metrics.count('headroom_engine_fallbacks_total', { engine, reason });
  if (controls > 0) metrics.count('headroom_controls_published_total', { engine }, controls);
  const facts = { engine, outcome, sites: perSite.length, controls, fallbacks: fallbacks.length, seconds };
  const code = problem?.code ?? (net.length > 0 ? 'ENGINE_UNSAFE' : undefined);
  const line = {
    ...facts,
    ...(code && { code }),
    ...(result.events.length > 0 && { events: result.events.slice(0, 8) }),
  };
  if (problem) log.error('engine failed, sites are on firm limits', line);
  else if (net.length > 0 || result.notices.length > 0) log.warn('envelopes need a look', line);
  else log.info('envelopes computed', line);
}
