/**
 * Engines put together. `min-of`: of several answers the lowest limit in every step, so that each engine's reasons hold. `first-of`: the
 * answer of the first engine that gives one, for an engine that may fail with a plainer one behind it.
 *
 *     { "engines": ["equal-share", { "engine": "static", "options": { "file": "profile.json" } }] }
 */
import { Problem } from '../base/problem';
import {
  type Engine,
  type EngineFactory,
  type Envelope,
  type GroupEnvelope,
  type Notice,
  type Place,
  type Proposal,
  type Snapshot,
  envelopesOf,
  groupsIn,
  noticesOf,
} from './api';
import { readOptions } from './options';

export const minOf: EngineFactory = (options, place) => {
  const parts = partsOf('min-of', options, place);
  return {
    name: 'min-of',
    api: 1,
    moreRoom: 'least',
    stepsApart: parts.every(({ stepsApart = false }) => stepsApart),
    slow: parts.some(({ slow = false }) => slow),
    // One that keeps assets within limits is enough: the others only lower.
    guards: strictest.find(kind => parts.some(({ guards = 'assets' }) => guards === kind)) ?? 'sites',
    async compute(snapshot, signal) {
      const answers: Proposal[] = [];
      for (const part of parts) {
        signal.throwIfAborted();
        answers.push(await part.compute(snapshot, signal));
      }
      const groups = new Map(answers.flatMap(groupsIn).map(group => [group.aggregator, group]));
      return {
        envelopes: lowest(snapshot, answers),
        notices: answers.flatMap(noticesOf),
        ...withGroups([...groups.values()]),
      };
    },
  } satisfies Engine;
};

export const firstOf: EngineFactory = (options, place) => {
  const parts = partsOf('first-of', options, place);
  return {
    name: 'first-of',
    api: 1,
    moreRoom: 'least',
    slow: parts.some(({ slow = false }) => slow),
    guards: strictest.findLast(kind => parts.some(({ guards = 'assets' }) => guards === kind)) ?? 'sites',
    async compute(snapshot, signal) {
      const notices: Notice[] = [];
      for (const [i, part] of parts.entries()) {
        signal.throwIfAborted();
        try {
          const answer = await part.compute(snapshot, signal);
          const envelopes = envelopesOf(answer);
          return { envelopes, notices: [...notices, ...noticesOf(answer)], ...withGroups(groupsIn(answer)) };
        } catch (thrown) {
          signal.throwIfAborted();
          if (i === parts.length - 1) throw thrown;
          const why = thrown instanceof Error ? thrown.message : String(thrown);
          notices.push({
            code: 'remark',
            text: `engine ${part.name} gave no answer, the next one is asked: ${why}`.slice(0, 500),
          });
        }
      }
      throw new Problem('ENGINE_BROKE', { at: 'first-of', note: 'there is no engine to ask' });
    },
  } satisfies Engine;
};

const strictest = ['assets', 'groups', 'sites'] as const;
const withGroups = (groups: readonly GroupEnvelope[]) => (groups.length > 0 ? { groups } : {});

/** The lowest limit of each device and step; a device that one of them leaves out gets nothing from the others either. */
function lowest(snapshot: Snapshot, answers: readonly Proposal[]): Envelope[] {
  const byDevice = answers.map(answer => new Map(envelopesOf(answer).map(envelope => [envelope.device, envelope])));
  return snapshot.devices.flatMap(({ id }): Envelope[] => {
    const all = byDevice.flatMap(answer => answer.get(id) ?? []);
    const [first, ...rest] = all;
    if (!first || all.length < answers.length) return [];
    const bound = first.bound.map(by => ({ ...by }));
    const side = (way: 'importW' | 'exportW', direction: 'import' | 'export'): number[] =>
      first[way].map((w, step) => {
        let least = w;
        for (const other of rest) {
          const limit = other[way][step] ?? 0;
          const by = bound[step];
          if (limit >= least) continue;
          least = limit;
          if (by) by[direction] = other.bound[step]?.[direction] ?? '';
        }
        return least;
      });
    return [{ device: id, importW: side('importW', 'import'), exportW: side('exportW', 'export'), bound }];
  });
}

function partsOf(name: string, options: unknown, place: Place | undefined): Engine[] {
  const read = readOptions(name, options);
  const given = read.value('engines');
  read.done();
  const bad = (at: string, got: unknown) =>
    new Problem('BAD_CONFIG', { at: `engineOptions.${at}`, want: 'a name, or {"engine": NAME, "options": {…}}', got });
  if (!Array.isArray(given) || given.length === 0)
    throw new Problem('BAD_CONFIG', { at: 'engineOptions.engines', want: 'a list of one or more engines', got: given });
  const load = place?.load;
  if (!load) throw new Problem('BAD_CONFIG', { at: 'engine', note: `${name} is made by loadEngine only` });
  return given.map((item: unknown, i) => {
    if (typeof item === 'string') return load(item, undefined);
    if (typeof item !== 'object' || item === null) throw bad(`engines[${i}]`, item);
    const { engine, options: own, ...others } = item as Record<string, unknown>;
    if (typeof engine !== 'string' || Object.keys(others).length > 0) throw bad(`engines[${i}]`, item);
    return load(engine, own);
  });
}
