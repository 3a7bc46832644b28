/**
 * Snapshots cut into stretches of steps, and the answers put together again, for engines whose steps do not depend on each other
 * (`Engine.stepsApart`): stretches can be computed by several threads, and those that were answered before need not be. Put together they
 * are what the engine says of the whole.
 */
import {
  type Envelope,
  type GroupEnvelope,
  type Notice,
  type PassiveFlow,
  type Proposal,
  type Snapshot,
  envelopesOf,
  groupsIn,
  noticesOf,
} from './api';

export interface Stretch {
  readonly first: number;
  readonly steps: number;
}

export function stretchOf(snapshot: Snapshot, { first, steps }: Stretch): Snapshot {
  if (first === 0 && steps === snapshot.steps) return snapshot;
  const part = (values: readonly number[]): readonly number[] => values.slice(first, first + steps);
  const flow = ({ highW, lowW, var: q }: PassiveFlow): PassiveFlow => ({
    highW: part(highW),
    lowW: part(lowW),
    var: part(q),
  });
  // What the steps of the forecasts rest on is told to operators; no engine whose steps are apart reads it.
  const { forecasts, passive, ...rest } = snapshot;
  void forecasts;
  return {
    ...rest,
    start: snapshot.start + first * snapshot.stepS,
    steps,
    assets: snapshot.assets.map(asset => {
      const [a, b, c] = asset.passiveByPhase;
      return { ...asset, passive: flow(asset.passive), passiveByPhase: [flow(a), flow(b), flow(c)] as const };
    }),
    ...(passive && {
      passive: passive.map(draw => ({
        ...draw,
        w: part(draw.w),
        var: part(draw.var),
        ...(draw.highW && { highW: part(draw.highW) }),
        ...(draw.lowW && { lowW: part(draw.lowW) }),
      })),
    }),
  };
}

/** Answers for stretches in order of time as one. A device that is missing in one of them is left out, for the safety net to see. */
export function joinStretches(answers: readonly Proposal[]): Proposal {
  const lists = answers.map(envelopesOf);
  const [first = []] = lists;
  const by = lists.map(list => new Map(list.map(envelope => [envelope.device, envelope])));
  const envelopes = first.flatMap(({ device }): Envelope[] => {
    const parts = by.flatMap(answer => answer.get(device) ?? []);
    return parts.length < answers.length ? [] : [{ device, ...concatenated(parts) }];
  });
  const notices = joinedNotices(answers.flatMap(noticesOf));
  const groups = joinedGroups(answers.map(groupsIn));
  return { envelopes, notices, ...(groups.length > 0 && { groups }) };
}

/** A stretch of each limit and reason: what envelopes and groups have in common. */
function concatenated(parts: readonly Pick<Envelope, 'importW' | 'exportW' | 'bound'>[]) {
  return {
    importW: parts.flatMap(({ importW }) => [...importW]),
    exportW: parts.flatMap(({ exportW }) => [...exportW]),
    bound: parts.flatMap(({ bound }) => [...bound]),
  };
}

function joinedGroups(answers: readonly (readonly GroupEnvelope[])[]): GroupEnvelope[] {
  return (answers[0] ?? []).flatMap((group): GroupEnvelope[] => {
    const parts = answers.flatMap(list => list.find(one => one.aggregator === group.aggregator) ?? []);
    return parts.length < answers.length ? [] : [{ ...group, ...concatenated(parts) }];
  });
}

/** One notice for each thing there is to say, with its worst figure, from its first moment to its last; in an order of its own. */
export function joinedNotices(notices: readonly Notice[]): Notice[] {
  const by = new Map<string, Notice>();
  for (const notice of notices) {
    const key = [notice.code, notice.asset, notice.device, notice.direction, notice.text.replace(/\d+ W/, 'W')].join(
      '\t',
    );
    const known = by.get(key);
    const worse = known && (known.shortW ?? 0) >= (notice.shortW ?? 0) ? known : notice;
    const from = least(known?.from, notice.from, Math.min);
    const to = least(known?.to, notice.to, Math.max);
    by.set(key, { ...worse, ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  }
  return [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice);
}

const least = (a: number | undefined, b: number | undefined, of: (a: number, b: number) => number) =>
  a === undefined ? b : b === undefined ? a : of(a, b);
