/**
 * Random histories of events of every kind beside DERControls, played against the function sets and against the oracle of
 * DERControls, which shares no code with them, compared at every second: lists, active lists, counts, and each event by itself.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { behaviours } from '..';
import { ManualClock } from '../../base/clock';
import { countingIds } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { type Event } from '../../model/common';
import { href, paramsOf, type Href } from '../../model/href';
import { type Resource } from '../../model/resource';
import { observed } from '../../services/changes';
import { memoryStore } from '../../store/memory/store';
import { apply, type Context } from '../behaviour';
import { envelopeViews } from '../envelope-views';
import { Answers, askOf } from '../flow-answers';
import { makeDocuments, makeProgram } from '../operator/documents/documents';
import { cancelEvent } from '../operator/documents/events';
import { type DocumentDeps, type DocumentSpec } from '../operator/documents/making';
import { programNodes, withBelow, type DocumentNode } from '../operator/documents/nodes';
import { EventOracle, type Shown } from './event-oracle';

const pen = 4711;
const t0 = 1_000_000;
const span = 20;

interface Issue {
  readonly start: number;
  readonly durationS: number;
  readonly randomizeStart: number;
  readonly randomizeDuration: number;
  readonly categories: number;
}

/** One kind: where its events stand, how one is issued and cancelled, and what its rules are, said once more. */
interface Kind {
  readonly name: string;
  readonly lists: readonly [Resource, Resource];
  /** Sorted by start downwards. */
  readonly latestFirst?: true;
  readonly randomized: boolean;
  readonly categorized: boolean;
  /** What an event must not share with a newer one to stand; `n` is its number. */
  readonly modes: (n: number, which: number) => readonly string[];
  readonly begin: (deps: DocumentDeps) => Promise<Play>;
}
interface Play {
  /** Two places events stand in. */
  readonly lists: readonly Href[];
  /** Links with counts in a resource of this path: to the whole list, to the active one. */
  readonly parent?: (list: Href) => {
    readonly resource: Resource;
    readonly at: Href;
    readonly links: readonly [string, string];
  };
  readonly issue: (
    which: number,
    issue: Issue,
    n: number,
  ) => Promise<{ mRID: string; href: Href; cancels?: readonly string[] }>;
  readonly cancel: (href: Href, randomized: boolean) => Promise<void>;
}

const nodeOf = (resource: Resource): DocumentNode => {
  const found = programNodes.flatMap(withBelow).find(node => node.resource === resource);
  if (!found) throw new Error(resource.name);
  return found;
};
const idsIn = (at: Href): string[] => at.split('/').filter((_, i) => i > 0 && i % 2 === 0);

/** A kind whose events an operator makes, in lists below two documents made beforehand. */
function provisioned(
  item: Resource,
  { root, above, value }: { root: Resource; above: (n: number) => Promise<DocumentSpec> | DocumentSpec; value: object },
  links: readonly [string, string],
): Kind['begin'] {
  return async deps => {
    const node = nodeOf(item);
    const parents: Href[] = [];
    for (const n of [0, 1]) {
      const { href: at } = await makeProgram(deps, nodeOf(root), await above(n));
      const parent = node.list?.path.split('/').slice(0, -1).join('/') ?? '';
      if (parent === root.path) parents.push(at);
      else {
        const { docs } = await deps.store.page(`${at}/rc`, { start: 0, limit: 9 });
        parents.push(docs[0]?.href ?? '');
      }
    }
    const segment = node.list?.path.split('/').at(-1) ?? '';
    return {
      lists: parents.map(parent => `${parent}/${segment}`),
      parent: list => {
        const at = list.slice(0, list.lastIndexOf('/'));
        const resource = [model.pricing.component, root].find(each => paramsOf(each, at)) ?? root;
        return { resource, at, links };
      },
      issue: async (which, { start, durationS, randomizeStart, randomizeDuration, categories }) => {
        const spec: DocumentSpec = {
          value: {
            ...value,
            interval: { start, duration: durationS },
            ...(randomizeStart !== 0 && { randomizeStart }),
            ...(randomizeDuration !== 0 && { randomizeDuration }),
            ...(item === model.drlc.control && { deviceCategory: `0${categories}` }),
          },
        };
        const [made] = await makeDocuments(deps, node, idsIn(parents[which] ?? ''), [spec]);
        if (!made) throw new Error('made nothing');
        return { mRID: made.mRID ?? '', href: made.href };
      },
      cancel: (at, randomized) => cancelEvent(deps, node, idsIn(at), { randomized }),
    };
  };
}

/** Answers to two requests of one device, each of which is answered anew again and again. */
const reserved: Kind['begin'] = async deps => {
  const list = href(model.flowReservation.responses, { edev: '1' });
  const commit = async (change: (answers: Answers) => void) => {
    await apply(deps.store, async () => {
      const answers = await Answers.begin(deps, '1', deps.clock.now());
      change(answers);
      return { status: 201, plan: await answers.plan() };
    });
  };
  const request = (which: number) => ({
    mRID: `0${which}`,
    creationTime: t0,
    energyRequested: { multiplier: 0, value: 100 },
    powerRequested: { multiplier: 0, value: 100 },
    intervalRequested: { start: t0, duration: 100 },
    RequestStatus: { dateTime: t0, requestStatus: 0 },
  });
  const made: { mRID: string; which: number; start: number; end: number }[] = [];
  return {
    lists: [list],
    issue: async (which, { start, durationS }) => {
      const now = deps.clock.now();
      if (start + durationS <= now) throw new Problem('BAD_VALUE', { at: 'start' });
      let mRID = '';
      await commit(answers => {
        const body = request(which);
        mRID = answers.grant(body, askOf(body, now), { start, durationS, powerW: 5, energyWh: 5 });
      });
      // Those to the same request that it does not take over at once are cancelled.
      const cancels = made
        .filter(old => old.which === which && now < old.end)
        .filter(old => !(old.start <= now && start <= now && start < old.end && start + durationS > old.start))
        .map(old => old.mRID);
      made.push({ mRID, which, start, end: start + durationS });
      const [doc] = await deps.store.find('mrid', mRID);
      return { mRID, href: doc?.href ?? '', cancels };
    },
    cancel: async at => {
      const known = (await deps.store.get<{ subject: string }>(at))?.body;
      if (!known) throw new Error(at);
      await commit(answers => void answers.withdraw(known.subject));
    },
  };
};

export const kinds: readonly Kind[] = [
  {
    name: 'EndDeviceControl',
    lists: [model.drlc.controls, model.drlc.activeControls],
    randomized: true,
    categorized: true,
    modes: () => ['any'],
    begin: provisioned(
      model.drlc.control,
      {
        root: model.drlc.program,
        above: n => ({ value: { primacy: n } }),
        value: { drProgramMandatory: true, loadShiftForward: false },
      },
      ['EndDeviceControlListLink', 'ActiveEndDeviceControlListLink'],
    ),
  },
  {
    name: 'TimeTariffInterval',
    lists: [model.pricing.intervals, model.pricing.activeIntervals],
    randomized: true,
    categorized: false,
    modes: () => ['any'],
    begin: provisioned(
      model.pricing.interval,
      {
        root: model.pricing.profile,
        above: n => ({
          value: { primacy: n, serviceCategoryKind: 0 },
          components: [{ value: { roleFlags: '00' }, componentType: {} }],
        }),
        value: { touTier: 1 },
      },
      ['TimeTariffIntervalListLink', 'ActiveTimeTariffIntervalListLink'],
    ),
  },
  {
    name: 'TextMessage',
    lists: [model.messaging.messages, model.messaging.activeMessages],
    latestFirst: true,
    randomized: false,
    categorized: false,
    modes: n => [`message ${n}`],
    begin: provisioned(
      model.messaging.message,
      {
        root: model.messaging.program,
        above: n => ({ value: { primacy: n, locale: 'en-US' } }),
        value: { priority: 1, textMessage: 'x' },
      },
      ['TextMessageListLink', 'ActiveTextMessageListLink'],
    ),
  },
  {
    name: 'FlowReservationResponse',
    lists: [model.flowReservation.responses, model.flowReservation.responses],
    randomized: false,
    categorized: false,
    modes: (_n, which) => [`request ${which}`],
    begin: reserved,
  },
];

const shift = (most: number) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -most, max: most }));
const histories = fc.record({
  edition: fc.constantFrom(2018 as const, 2023 as const),
  acts: fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({
            act: fc.constant('issue' as const),
            at: fc.nat(span),
            which: fc.nat(1),
            lead: fc.integer({ min: -6, max: 12 }),
            durationS: fc.integer({ min: 1, max: 12 }),
            randomizeStart: shift(7),
            randomizeDuration: shift(5),
            categories: fc.constantFrom(1, 2, 3),
          }),
        },
        fc.record({
          act: fc.constant('cancel' as const),
          at: fc.nat(span),
          which: fc.nat(9),
          randomized: fc.boolean(),
        }),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map(acts => acts.sort((a, b) => a.at - b.at)),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

const behaviourOf = (resource: Resource) => {
  const found = behaviours.find(each => each.resource === resource);
  if (!found) throw new Error(resource.name);
  return found;
};

interface Issued {
  readonly mRID: string;
  readonly href: Href;
  readonly which: number;
  readonly list: Href;
  readonly start: number;
  readonly created: number;
  readonly order: number;
}

async function play(kind: Kind, { edition, acts }: History): Promise<void> {
  const changes = observed(memoryStore());
  const clock = new ManualClock(t0);
  const deps: DocumentDeps = { store: changes.store, clock, pen, ids: countingIds(), fits: () => undefined };
  const { lists, parent, issue, cancel } = await kind.begin(deps);
  const oracle = new EventOracle(edition);
  const envelopes = envelopeViews(clock, pen);
  const issued: Issued[] = [];
  const kept = new Map<Href, { picture: object; until: number; reads: { unchanged(): boolean } }>();
  const [whole, active] = kind.lists;

  const seen = async (list: Href): Promise<object> => {
    const known = kept.get(list);
    if (known && clock.now() < known.until && known.reads.unchanged()) return known.picture;
    const view = changes.reading();
    let until = Infinity;
    const ctx = {
      store: view.store,
      clock,
      envelopes,
      scope: { dialect: String(edition), programs: [], assigned: {} },
      house: { pen },
      nowUntil: (next: (now: number) => number | undefined) => {
        until = Math.min(until, next(clock.now()) ?? Infinity);
        return clock.now();
      },
      get now(): number {
        until = clock.now() + 1;
        return clock.now();
      },
    } as unknown as Context;
    const page = { start: 0, limit: 100 };
    const above = list.slice(0, list.lastIndexOf('/'));
    const last = active.path.slice(active.path.lastIndexOf('/'));
    const all = (await behaviourOf(whole).list?.(ctx, paramsOf(whole, list) ?? {}, page))?.items as Event[];
    const on = (await behaviourOf(active).list?.(ctx, paramsOf(active, `${above}${last}`) ?? {}, page))
      ?.items as Event[];
    const item = behaviours.find(each => each.resource.type === whole.type.item)?.resource ?? whole;
    const alone = await Promise.all(
      issued
        .filter(each => each.list === list)
        .map(async each => (await behaviourOf(item).item?.(ctx, paramsOf(item, each.href) ?? {})) as Event | undefined),
    );
    const hung = parent?.(list);
    const program = (hung && (await behaviourOf(hung.resource).item?.(ctx, paramsOf(hung.resource, hung.at) ?? {}))) as
      Record<string, { all?: number } | undefined> | undefined;
    const picture = {
      list: all.map(shownOf),
      active: active === whole ? undefined : on.map(({ mRID }) => mRID),
      alone: alone.flatMap(each => (each ? [shownOf(each)] : [])).sort(byMrid),
      counts: hung?.links.map(link => program?.[link]?.all ?? 0),
    };
    kept.set(list, { picture, until, reads: view.reads });
    return picture;
  };

  const wanted = (list: Href): object => {
    const now = clock.now();
    const place = (mrid: string) => issued.find(each => each.mRID === mrid) ?? { start: 0, created: 0, order: 0 };
    const inOrder = <T>(entries: readonly T[], mridOf: (entry: T) => string): T[] =>
      [...entries].sort((x, y) => {
        const [a, b] = [place(mridOf(x)), place(mridOf(y))];
        const byStart = kind.latestFirst ? b.start - a.start : a.start - b.start;
        return byStart || b.created - a.created || b.order - a.order;
      });
    const all = inOrder(oracle.list(list, now), ([mrid]) => mrid);
    const on = inOrder(oracle.active(list, now), mrid => mrid);
    return {
      list: all,
      active: active === whole ? undefined : on,
      alone: [...all].sort(byMrid),
      counts: parent && [all.length, on.length],
    };
  };

  const waiting = [...acts];
  let end = span;
  for (let second = 0; second <= end; second++) {
    const now = clock.now();
    oracle.tick(now);
    for (let act = waiting[0]; act?.at === second; act = waiting[0]) {
      waiting.shift();
      if (act.act === 'issue') {
        const { lead, durationS } = act;
        const randomizeStart = kind.randomized ? act.randomizeStart : 0;
        const randomizeDuration = kind.randomized ? act.randomizeDuration : 0;
        const start = now + lead;
        const asked = { start, durationS, randomizeStart, randomizeDuration, categories: act.categories };
        const made = await issue(act.which, asked, issued.length).catch((refused: unknown) => {
          if (refused instanceof Problem && refused.code === 'BAD_VALUE' && start + durationS <= now) return undefined;
          throw refused;
        });
        if (!made) continue;
        const list = lists[act.which] ?? lists[0] ?? '';
        for (const old of made.cancels ?? []) oracle.cancel(old, false, now);
        const modes = kind.modes(issued.length, act.which);
        const categories = kind.categorized ? act.categories : -1;
        oracle.issue({ ...asked, program: list, primacy: 0, mrid: made.mRID, created: now, modes, categories }, now);
        issued.push({ ...made, which: act.which, list, start, created: now, order: issued.length });
        const longest = Math.max(0, randomizeStart) + Math.max(0, randomizeDuration);
        end = Math.max(end, second + lead + durationS + longest + 31);
      } else {
        const which = issued[act.which % Math.max(1, issued.length)];
        if (!which) continue;
        await takeBack(oracle, kind, which, act.randomized, { cancel, now, issued });
      }
    }
    oracle.settle(now);
    for (const list of lists) {
      const [got, want] = [await seen(list), wanted(list)];
      if (!isDeepStrictEqual(got, want)) expect([second, got]).toEqual([second, want]);
    }
    if (waiting.length === 0 && lists.every(list => oracle.list(list, now).length === 0)) break;
    clock.advance(1);
  }
}

/** A cancellation; of a reservation, of all that stands for its request. */
async function takeBack(
  oracle: EventOracle,
  kind: Kind,
  which: Issued,
  randomized: boolean,
  { cancel, now, issued }: { cancel: Play['cancel']; now: number; issued: readonly Issued[] },
): Promise<void> {
  if (kind.name === 'FlowReservationResponse') {
    for (const each of issued) if (each.which === which.which) oracle.cancel(each.mRID, false, now);
    await cancel(which.href, false);
    return;
  }
  const want = oracle.cancel(which.mRID, randomized, now);
  const got = await cancel(which.href, randomized).then(
    () => true,
    (refused: unknown) => {
      if (refused instanceof Problem && refused.code === 'CONFLICT') return false;
      throw refused;
    },
  );
  if (got !== want) expect(['cancelled', got]).toEqual(['cancelled', want]);
}

const shownOf = ({ mRID, EventStatus, version }: Event): Shown => {
  const { currentStatus, dateTime, potentiallySuperseded, potentiallySupersededTime } = EventStatus;
  return [mRID, currentStatus, dateTime, potentiallySuperseded, potentiallySupersededTime, version ?? 0];
};
const byMrid = (a: Shown, b: Shown): number => (a[0] < b[0] ? -1 : 1);

export function kindProperties(numRuns: number): void {
  it.each(kinds.map(kind => [kind.name, kind] as const))(
    `says of every %s what the oracle says, at every second of ${numRuns} histories`,
    async (_name, kind) => {
      await fc.assert(
        fc.asyncProperty(histories, history => play(kind, history)),
        { numRuns },
      );
    },
  );
}
