/**
 * Engines propose, the runner disposes. One run: take a snapshot, ask the engine under its deadline, put the answer through the
 * safety net, decide for each site which controls change, and publish all of it in one commit. A run that changes nothing writes
 * nothing. A site whose answer cannot be used is put on firm at once (`firmFor`), but for one with variable limits: what was published to
 * it stays in effect.
 */
import { type Cancel, type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { asProblem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { wireWatts } from '../base/units';
import { type Snapshot } from '../engines/api';
import { type Store } from '../store/api';
import { basisOf } from './basis';
import { type Collection, type VariableTimes, collectionDocs, collectionHead, dueCollection } from './collections';
import { type EngineHost } from './engine-host';
import { controlsOf, liveControls } from './envelopes/controls';
import { type NewEnvelope } from './envelopes/publication';
import { overlay } from './envelopes/record';
import { accountOfRun, plannedOf } from './explain/planned';
import { deepFreeze, inputsHash } from './inputs-hash';
import { type Product, type Registered, calendar, termsOf, versionAt } from './products/version';
import { type Decision, type PublishedPlans, type Standing, nothingStanding, publishPlans } from './publisher';
import { type ReasonCode, isReason } from './reasons';
import { type FallbackReason, type RunResult, siteRun } from './run-result';
import { type NetResult, type SafeEnvelope } from './safety-net';
import { type Scene, eachAlone, proposed } from './scenes';
import { allNotices, countReductions, eventsOf, refusals, reportRun, shortfallsOf } from './run-report';
import { type Turn } from './site-plan';
import { type SumBook, sumsOf } from './sums';
import { scheduledEnd } from './timeline';
import { type Verify } from './verified';
import { type Withdrawal, boundByWithdrawal, withWithdrawn } from './withdrawn';

export { headHref } from './publisher';

export interface RunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly host: EngineHost;
  /** What the engine is to see, up to that moment at least. Device ids are ids of sites (`:edev`). */
  readonly snapshot: (until?: Seconds) => Promise<Snapshot>;
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
  /** Contracts and orders. Read again with each attempt to publish. */
  readonly standing?: () => Promise<Standing>;
  /** What the network will be, stretch by stretch; as in the snapshot all the time unless given. */
  readonly scenes?: (snapshot: Snapshot) => Promise<readonly Scene[]>;
  /** Where limits for sums over sites of an aggregator are kept; without it nobody is given any. */
  readonly sums?: SumBook;
  /** When collections of variable limits are published. Without it they are published with each run. */
  readonly variable?: VariableTimes;
  /** Length of steps and horizon for sites that have nothing published yet; those of the snapshot unless given. */
  readonly stepS?: Seconds;
  readonly horizonS?: Seconds;
  /** Whether limits lower than those published refuse the whole run where no reason is given, as for imports. */
  readonly strict?: boolean;
}

export interface RunAsk {
  /** Why limits may be lower than what was published. */
  readonly reason?: ReasonCode;
  /** Whether limits may only be lowered in this run, never raised. */
  readonly lowerOnly?: boolean;
}

export interface EnvelopeRunner {
  /**
   * Runs once. Never two at once: a call during a run waits and then runs, together with all other calls that wait.
   * @throws Problem when the snapshot cannot be made or the store cannot take the result; an engine that fails is a result.
   */
  run(ask?: RunAsk): Promise<RunResult>;
  /** Composes what is agreed with these sites with the orders that stand now, and publishes what changes; asks no engine. */
  compose(sites: readonly string[], registered: (site: string) => Registered | undefined): Promise<PublishedPlans>;
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
  let wanted: RunAsk = {};
  let last: RunResult | undefined;
  let next: Seconds | undefined;

  const begin = (ask: RunAsk): Promise<RunResult> => {
    running = runOnce(parts, ask)
      .then(result => (last = result))
      .finally(() => (running = undefined));
    return running;
  };
  const run = (ask: RunAsk = {}): Promise<RunResult> => {
    if (!running) return begin(ask);
    wanted = { ...wanted, ...ask };
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        const all = wanted;
        wanted = {};
        return begin(all);
      });
    return waiting;
  };

  return {
    run,
    compose: (sites, registered) => composeAgain(parts, sites, registered),
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

async function runOnce(parts: RunnerParts, ask: RunAsk): Promise<RunResult> {
  const { clock, metrics, host } = parts;
  const began = clock.monotonicMs();
  const standing = (await parts.standing?.()) ?? nothingStanding;
  const collection = await collectionDue(parts, standing);
  const seen = await parts.snapshot(collection.due?.until);
  const snapshot = deepFreeze(parts.sums ? seen : eachAlone(seen));
  const hash = inputsHash(snapshot);
  const terms = deviceTerms(snapshot, standing, parts);
  const scenes = (await parts.scenes?.(snapshot)) ?? [
    { first: 0, steps: snapshot.steps, views: [{ snapshot, verify: parts.verify }] },
  ];

  const asked = clock.monotonicMs();
  const before = host.work();
  const { failure, judged, problem, said } = await proposed(snapshot, scenes, { host, terms });
  const engineSeconds = (clock.monotonicMs() - asked) / 1000;
  metrics.observe('headroom_engine_seconds', engineSeconds, { engine: host.engine, outcome: failure ?? 'ok' });
  const { computed, steps } = host.work();
  const worked = { computed: computed - before.computed, skipped: steps - computed - before.steps + before.computed };
  for (const [outcome, count] of Object.entries(worked))
    if (count > 0) metrics.count('headroom_engine_steps_total', { engine: host.engine, outcome }, count);

  const net = withRatings(judged, parts.unshared?.());
  const planned = await plannedOf(snapshot, parts.unshared?.());
  const reasonFor = (envelope: SafeEnvelope): FallbackReason | undefined => envelope.fallback && (failure ?? 'lied');
  const published = await publish(parts, {
    snapshot,
    hash,
    net,
    reasonFor,
    ask,
    scenes,
    collection,
    failed: problem !== undefined,
  });

  const fallbacks = net.envelopes.flatMap(envelope => {
    const reason = reasonFor(envelope);
    return reason ? [{ site: envelope.device, reason }] : [];
  });
  const everyone = fallbacks.length > 0 && fallbacks.length === net.envelopes.length;
  const notices = [...allNotices(said, net), ...judged.notices, ...refusals(published.refused)];
  const { controls, ...counts } = published;
  const result: RunResult = {
    outcome: everyone ? 'fallback' : published.sitesPublished > 0 ? 'published' : 'unchanged',
    engine: host.engine,
    at: snapshot.now,
    seconds: (clock.monotonicMs() - began) / 1000,
    engineSeconds,
    inputsHash: hash,
    ...counts,
    ...(planned.size > 0 && { account: accountOfRun(snapshot, net.envelopes, planned) }),
    perSite: net.envelopes.map(envelope =>
      siteRun(envelope, controls.get(envelope.device) ?? 0, reasonFor(envelope), planned.get(envelope.device)),
    ),
    fallbacks,
    notices,
    shortfalls: shortfallsOf(notices),
    net: net.events,
    ...(problem && { problem }),
    events: eventsOf(host.engine, problem, fallbacks.length, net, notices),
  };
  reportRun(parts, result);
  return result;
}

interface CollectionState {
  readonly due: Pick<Collection, 'number' | 'effectiveAt' | 'until'> | undefined;
  readonly last: Collection | undefined;
}

/** Whether a collection of variable limits is due: only where any site has such. */
async function collectionDue(
  { clock, store, variable }: RunnerParts,
  { versions }: Standing,
): Promise<CollectionState> {
  const now = clock.now();
  const any = [...versions.values()].some(list => versionAt(list, now)?.product === 'variable');
  const head = variable && any ? await store.get<Collection>(collectionHead) : undefined;
  const due = variable && any ? dueCollection(head?.body, variable, now) : undefined;
  return { due, last: head?.body };
}

/** Step by step, for devices with a contract. */
function deviceTerms(snapshot: Snapshot, { versions }: Standing, parts: RunnerParts) {
  const momentsAt = calendar();
  const unshared = parts.unshared?.() ?? new Map<string, { importW?: number; exportW?: number }>();
  return new Map(
    snapshot.devices.flatMap(device => {
      const own = versions.get(device.id);
      return own
        ? [
            [
              device.id,
              termsOf(
                registeredOf(device, unshared.get(device.id)),
                own,
                { ...snapshot, notBefore: snapshot.now },
                momentsAt,
              ),
            ] as const,
          ]
        : [];
    }),
  );
}

const registeredOf = (
  { firmExportW, firmImportW, maxExportW, maxImportW }: Registered,
  unshared: { readonly importW?: number; readonly exportW?: number } = {},
): Registered => ({
  maxImportW: unshared.importW ?? maxImportW,
  maxExportW: unshared.exportW ?? maxExportW,
  firmImportW,
  firmExportW,
});

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

interface Publishing {
  readonly snapshot: Snapshot;
  readonly hash: string;
  readonly net: NetResult;
  readonly reasonFor: (envelope: SafeEnvelope) => FallbackReason | undefined;
  readonly ask: RunAsk;
  readonly scenes: readonly Scene[];
  readonly collection: CollectionState;
  /** Whether the engine gave nothing: then no collection is published, and those published stay. */
  readonly failed: boolean;
}

function publish(parts: RunnerParts, run: Publishing): Promise<PublishedPlans> {
  const { snapshot, hash, collection } = run;
  const { host } = parts;
  const basis = basisOf(snapshot);
  const head = { engine: host.engine, inputsHash: hash };
  const unshared = parts.unshared?.() ?? new Map<string, { importW?: number; exportW?: number }>();
  const devices = new Map(snapshot.devices.map(device => [device.id, device]));
  const { due } = collection;
  return publishPlans(publisherOf(parts, snapshot), async (): Promise<Decision> => {
    const standing = (await parts.standing?.()) ?? nothingStanding;
    const withdrawn = (await parts.withdrawn?.()) ?? new Map<string, Withdrawal>();
    const net = withWithdrawn(snapshot, run.net, withdrawn);
    const now = parts.clock.now();
    const stands = run.failed ? await parts.sums?.standing() : [];
    const sums = sumsOf({ ...net, snapshot, versions: standing.versions, now }, stands ?? []);
    const summed = new Map(sums.map(sum => [sum.record.aggregator, sum]));
    const all = [...net.envelopes, ...sums.map(({ envelope }) => envelope)];
    const envelopes = new Map(all.map(envelope => [envelope.device, envelope]));
    const also = await parts.sums?.plan(
      sums.map(({ record }) => record),
      now,
    );
    return {
      sites: all.map(({ device }) => device),
      standing,
      head,
      ...(also && { also }),
      ...(parts.strict !== undefined && { strict: parts.strict }),
      ...(due &&
        !run.failed && { with: (now, counts) => collectionDocs({ ...due, ...counts, ...head, publishedAt: now }) }),
      wanted: (site, rows, now) => {
        const envelope = envelopes.get(site);
        const sum = summed.get(site);
        const device = sum ? { ...sum, firmImportW: 0, firmExportW: 0 } : devices.get(site);
        if (!envelope || !device) return undefined;
        const registered = registeredOf(device, unshared.get(site));
        const versions = standing.versions.get(site) ?? [];
        const kind: Product = versionAt(versions, now)?.product ?? 'dynamic';
        const fallback = run.reasonFor(envelope);
        const origin = { ...head, ...basis(site) };
        if (fallback && kind === 'variable') return { registered };
        const next = fallback
          ? firmFor(envelope, fallback, {
              live: liveControls(controlsOf(rows, { pen: parts.pen }), now),
              now,
              snapshot,
            })
          : cutTo(envelope, snapshot, reachOf(parts, kind, run));
        if (!next) return { registered };
        const turn = fallback
          ? failedTurn
          : turnOf(kind, { ...run, plain: versions.length === 0, strict: parts.strict === true });
        return { registered, product: { envelope: next, origin, turn } };
      },
    };
  });
}

const publisherOf = (parts: RunnerParts, snapshot?: Snapshot) => ({
  ...parts,
  stepS: parts.stepS ?? snapshot?.stepS ?? 900,
  horizonS: parts.horizonS ?? (snapshot ? snapshot.steps * snapshot.stepS : 72 * 3600),
});

const failedTurn: Turn = { lowerFor: () => 'engine-failure', raises: true };

/**
 * How limits of that kind may change in this run. Dynamic ones follow conditions; static ones change with the contract alone; variable ones
 * at the turn of a collection, and in between only downwards and for a reason.
 */
function turnOf(
  kind: Product,
  {
    ask,
    collection,
    plain,
    scenes,
    snapshot,
    strict,
  }: Publishing & { readonly plain: boolean; readonly strict: boolean },
): Turn {
  const switching = (from: Seconds): ReasonCode | undefined => {
    const scene = scenes.find(({ first, steps }) => from < snapshot.start + (first + steps) * snapshot.stepS);
    return scene?.reason;
  };
  const always = (by: string): ReasonCode | undefined => {
    const [, withdrawn = ''] = withdrawal.exec(by) ?? [];
    return isReason(withdrawn) ? withdrawn : by.startsWith('firm, verification') ? 'verification' : undefined;
  };
  const { due } = collection;
  const asked = (from: Seconds, by: string) => always(by) ?? switching(from) ?? ask.reason;
  if (ask.lowerOnly === true) return { lowerFor: asked, raises: false };
  if (strict) return { lowerFor: asked, raises: true };
  if (kind === 'static') return { lowerFor: (from, by) => asked(from, by) ?? 'contract', raises: true };
  if (kind === 'variable' && !due) return { lowerFor: asked, raises: false };
  if (kind === 'variable' && due)
    return {
      lowerFor: (from, by) => asked(from, by) ?? (from >= due.effectiveAt ? 'forecast' : undefined),
      raises: true,
      from: due.effectiveAt,
    };
  return { lowerFor: (from, by) => asked(from, by) ?? 'forecast', raises: true, free: plain };
}

const withdrawal = new RegExp(`^${boundByWithdrawal({ reason: 'test' }).replace('test', '([a-z-]+)')}$`);

/** How far a site's limits are published in this run. */
function reachOf(parts: RunnerParts, kind: Product, { collection, snapshot }: Publishing): Seconds {
  const { due, last } = collection;
  const end = snapshot.start + snapshot.steps * snapshot.stepS;
  if (kind === 'variable') return due?.until ?? last?.until ?? end;
  return due && parts.horizonS !== undefined ? Math.min(end, snapshot.now + parts.horizonS) : end;
}

function cutTo(envelope: SafeEnvelope, { start, stepS }: Snapshot, until: Seconds): NewEnvelope | undefined {
  const steps = Math.min(envelope.importW.length, Math.ceil((until - start) / stepS));
  if (steps <= 0) return undefined;
  const { bound, exportW, importW } = envelope;
  return {
    start,
    stepS,
    importW: importW.subarray(0, steps),
    exportW: exportW.subarray(0, steps),
    bound: bound.slice(0, steps),
  };
}

async function composeAgain(
  parts: RunnerParts,
  sites: readonly string[],
  registered: (site: string) => Registered | undefined,
): Promise<PublishedPlans> {
  const published = await publishPlans(publisherOf(parts), async (): Promise<Decision> => ({
    sites,
    standing: (await parts.standing?.()) ?? nothingStanding,
    head: { engine: overlay, inputsHash: '' },
    wanted: site => {
      const known = registered(site);
      return known && { registered: known };
    },
  }));
  countReductions(parts.metrics, published);
  if (published.controlsPublished > 0)
    parts.metrics.count('headroom_controls_published_total', { engine: overlay }, published.controlsPublished);
  return published;
}

/**
 * Firm for a site, from the step under way to the end of the last control it holds: those are replaced at once, for nobody vouches for
 * them any more. After them, and where it holds none, DefaultDERControl carries firm by itself, so there is nothing to publish.
 */
function firmFor(
  envelope: SafeEnvelope,
  reason: FallbackReason,
  {
    live,
    now,
    snapshot: { start, stepS },
  }: { live: ReturnType<typeof liveControls>; now: Seconds; snapshot: Snapshot },
): NewEnvelope | undefined {
  const end = Math.max(...live.map(scheduledEnd));
  if (live.length === 0 || envelope.importW.length === 0) return undefined;
  const first = start + Math.floor((now - start) / stepS) * stepS;
  const steps = Math.ceil((end - first) / stepS);
  const by = `firm, engine ${reason}`;
  return {
    start: first,
    stepS,
    // Where a contract has other figures hour by hour, the plan for the site raises the least of them to those of the hour.
    importW: new Int32Array(steps).fill(Math.min(...envelope.importW)),
    exportW: new Int32Array(steps).fill(Math.min(...envelope.exportW)),
    bound: new Array<{ import: string; export: string }>(steps).fill({ import: by, export: by }),
  };
}
