/**
 * Asks the engine for what it proposes, scene by scene: a scene is a stretch of time with the networks that may be the real one in it. While a
 * switching event is not confirmed these are two, and limits must be safe in both; the least of both answers is taken.
 */
import { asProblem, type Problem } from '../base/problem';
import { type Notice, type Snapshot } from '../engines/api';
import { type EngineHost } from './engine-host';
import { type Members, joinedGroups, withinCaps } from './group-net';
import { deepFreeze } from './inputs-hash';
import { type NetEvent } from './net-rules';
import { type ReasonCode } from './reasons';
import { type NetResult, safetyNet } from './safety-net';
import { type TermsByDevice, cut, joined, leastOf, stretchesOf } from './segments';
import { type Verify, withVerdict } from './verified';

/** A network that may be the real one: a snapshot of the whole horizon on it, and who judges limits on it. */
export interface View {
  readonly snapshot: Snapshot;
  readonly verify?: Verify | undefined;
}

export interface Scene {
  /** Steps of the horizon. */
  readonly first: number;
  readonly steps: number;
  readonly views: readonly View[];
  /** Why limits may be lower in it than what was published, and by what: `switching S-1`. */
  readonly reason?: ReasonCode;
  readonly by?: string;
}

export type Judged = NetResult & { readonly notices: readonly Notice[] };

export interface Proposed {
  readonly judged: Judged;
  /** Answers of the engine as they came, for their notices. */
  readonly said: readonly unknown[];
  readonly problem?: Problem;
  readonly failure?: 'late' | 'broke';
}

export async function proposed(
  snapshot: Snapshot,
  scenes: readonly Scene[],
  { host, terms }: { readonly host: EngineHost; readonly terms: TermsByDevice },
): Promise<Proposed> {
  const said: unknown[] = [];
  const parts: (Judged & { readonly steps: number })[] = [];
  const members: Members = new Map();
  let problem: Problem | undefined;
  for (const scene of scenes)
    for (const stretch of stretchesOf(terms, scene.first, scene.steps)) {
      const answers: Judged[] = [];
      for (const view of scene.views) {
        // Who has a limit for a sum stays the same over the horizon: on a network that is not the one known now, each has his own limit alone.
        const known = scene.views.length === 1 && view.snapshot === snapshot;
        const seen = cut(view.snapshot, stretch, terms);
        const asked = deepFreeze(known ? seen : eachAlone(seen));
        let proposal: unknown;
        try {
          // An engine that failed is not asked again in this run: every stretch would wait for its deadline.
          if (!problem) said.push((proposal = await host.compute(asked)));
        } catch (thrown) {
          problem = asProblem(thrown);
        }
        const safe = safetyNet(asked, problem ? undefined : proposal, members);
        answers.push(
          view.verify && !problem
            ? withVerdict(asked, safe, await view.verify(asked, safe.envelopes, safe.groups))
            : { ...safe, notices: [] },
        );
      }
      const [only] = answers;
      const same = answers.length === 1 && scene.views[0]?.snapshot.devices.length === snapshot.devices.length;
      const { devices } = cut({ ...snapshot, assets: [] }, stretch, terms);
      const unfed = `firm, no supply${scene.by === undefined ? '' : ` by ${scene.by}`}`;
      parts.push({
        steps: stretch.steps,
        groups: answers.length === 1 ? (only?.groups ?? []) : [],
        envelopes:
          same && only
            ? only.envelopes
            : leastOf(
                devices,
                answers.map(({ envelopes }) => envelopes),
                { steps: stretch.steps, unfed },
              ),
        events: answers.flatMap(({ events }) => events),
        shortfalls: answers.flatMap(({ shortfalls }) => shortfalls),
        notices: answers.flatMap(({ notices }) => notices),
      });
    }
  const failure = problem && (problem.code === 'ENGINE_LATE' ? 'late' : 'broke');
  return { judged: together(parts), said, ...(problem && { problem }), ...(failure && { failure }) };
}

/** The snapshot without aggregators: for whoever cannot publish a limit for a sum. */
export function eachAlone(snapshot: Snapshot): Snapshot {
  if (!snapshot.devices.some(({ aggregator }) => aggregator !== undefined)) return snapshot;
  return { ...snapshot, devices: snapshot.devices.map(({ aggregator: _, ...device }) => device) };
}

function together(parts: readonly (Judged & { readonly steps: number })[]): Judged {
  const [only] = parts;
  if (only && parts.length === 1) {
    const { steps: _, ...one } = only;
    return { ...one, groups: withinCaps(only.groups, only.envelopes) };
  }
  const envelopes = joined(parts.map(part => part.envelopes));
  return {
    envelopes,
    groups: withinCaps(joinedGroups(parts), envelopes),
    events: addedUp(parts.flatMap(({ events }) => events)),
    shortfalls: worstOf(parts.flatMap(({ shortfalls }) => shortfalls)),
    notices: parts.flatMap(({ notices }) => notices),
  };
}

function addedUp(events: readonly NetEvent[]): NetEvent[] {
  const by = new Map<string, NetEvent>();
  for (const event of events) {
    const known = by.get(event.rule);
    by.set(event.rule, known ? { ...known, count: known.count + event.count } : event);
  }
  return [...by.values()];
}

/** One for each asset or device and direction, as it is at its worst, from its first moment to its last. */
export function worstOf(shortfalls: readonly Notice[]): Notice[] {
  const by = new Map<string, Notice>();
  for (const notice of shortfalls) {
    const key = `${notice.asset ?? ''} ${notice.device ?? ''} ${notice.direction ?? ''} ${notice.text.includes(' phase ') ? notice.text.replace(/.* phase (\d).*/, '$1') : ''}`;
    const known = by.get(key);
    const worse = (notice.shortW ?? 0) > (known?.shortW ?? -1) ? notice : (known as Notice);
    by.set(key, {
      ...worse,
      ...(notice.from !== undefined && { from: Math.min(notice.from, known?.from ?? Infinity) }),
      ...(notice.to !== undefined && { to: Math.max(notice.to, known?.to ?? -Infinity) }),
    });
  }
  return [...by.values()];
}
