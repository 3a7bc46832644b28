/**
 * Engines propose, the runner disposes. One run: take a snapshot, ask the engine under its deadline, put the answer through the
 * safety net, decide for each site which controls change, and publish all of it in one commit. A run that changes nothing writes
 * nothing. A site whose answer cannot be used is put on firm at once (`firmFor`), but for one with variable limits: what was published to
 * it stays in effect.
 */
import { type Cancel, type Seconds } from '../base/clock';
import { asProblem } from '../base/problem';
import { type Tasks } from '../base/tasks';
import { accountOfRun, plannedOf } from './explain/planned';
import { deepFreeze, inputsHash } from './inputs-hash';
import { type Registered } from './products/version';
import { type PublishedPlans, nothingStanding } from './publisher';
import { deviceTerms, withRatings } from './rated';
import { composeAgain, publish } from './run-publishing';
import { allNotices, eventsOf, refusals, reportRun, shortfallsOf } from './run-report';
import { type FallbackReason, type RunResult, siteRun } from './run-result';
import { collectionDue } from './run-turns';
import { type RunAsk, type RunnerParts } from './runner-parts';
import { type SafeEnvelope } from './safety-net';
import { eachAlone, proposed } from './scenes';

export { type RunAsk, type RunnerParts } from './runner-parts';
export { headHref } from './publisher';

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
  const unshared = parts.unshared?.();
  const terms = deviceTerms(snapshot, standing, unshared);
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

  const net = withRatings(judged, unshared);
  const planned = await plannedOf(snapshot, unshared);
  const reasonFor = (envelope: SafeEnvelope): FallbackReason | undefined => envelope.fallback && (failure ?? 'lied');
  const published = await publish(parts, {
    snapshot,
    hash,
    net,
    unshared,
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
    ...(planned.size > 0 && { account: accountOfRun(snapshot, net.envelopes, planned, net.groups) }),
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
