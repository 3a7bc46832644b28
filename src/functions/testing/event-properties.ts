/**
 * Random histories of what operators do, played against the server's function sets and against an oracle, compared at every
 * second: lists, active lists, counts, and what governs a device. A short share in every run, a long one in `npm run test:fuzz`.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ManualClock } from '../../base/clock';
import { countingIds } from '../../base/ids';
import { Problem } from '../../base/problem';
import { type DERControl, type DERControlBase, type DERProgram } from '../../model/der';
import { governing, type RankedEvent } from '../../services/precedence';
import { observed } from '../../services/changes';
import { memoryStore } from '../../store/memory/store';
import { type Behaviour, type Context } from '../behaviour';
import { controlBehaviours } from '../der-control';
import { programBehaviours } from '../der-program';
import { envelopeViews } from '../envelope-views';
import { addControl, addProgram, cancelControl } from '../operator/programs';
import { eventOf } from '../stored-control';
import { EventOracle, type Shown } from './event-oracle';

const pen = 4711;
const t0 = 1_000_000;
const span = 25;

const bases: Readonly<Record<string, DERControlBase>> = {
  opModMaxLimW: { opModMaxLimW: 5000 },
  opModConnect: { opModConnect: true },
  opModFixedW: { opModFixedW: -100 },
};

const issue = fc.record({
  act: fc.constant('issue' as const),
  at: fc.nat(span),
  program: fc.nat(1),
  lead: fc.integer({ min: -8, max: 15 }),
  durationS: fc.integer({ min: 1, max: 15 }),
  modes: fc.subarray(Object.keys(bases), { minLength: 1 }),
  randomizeStart: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 })),
  randomizeDuration: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -6, max: 6 })),
  categories: fc.oneof({ weight: 5, arbitrary: fc.constant(-1) }, fc.constantFrom(1, 2, 3)),
});
const cancel = fc.record({
  act: fc.constant('cancel' as const),
  at: fc.nat(span),
  which: fc.nat(9),
  randomized: fc.boolean(),
});
const histories = fc.record({
  edition: fc.constantFrom(2018 as const, 2023 as const),
  primacies: fc.constantFrom([1, 2], [2, 1], [3, 3]),
  acts: fc
    .array(fc.oneof({ weight: 3, arbitrary: issue }, cancel), { minLength: 1, maxLength: 9 })
    .map(acts => acts.sort((a, b) => a.at - b.at)),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

const behaviourOf = (name: string): Behaviour => {
  const found = [...controlBehaviours, ...programBehaviours].find(({ resource }) => resource.name === name);
  if (!found) throw new Error(name);
  return found;
};

/** What a client may go on believing: an answer, what it was read from, and until when. */
interface Kept {
  readonly picture: object;
  readonly until: number;
  readonly reads: { unchanged(): boolean };
}

async function play({ edition, primacies, acts }: History): Promise<void> {
  const changes = observed(memoryStore());
  const { store } = changes;
  const clock = new ManualClock(t0);
  const ids = countingIds();
  const deps = { store, clock, pen, ids };
  const envelopes = envelopeViews(clock, pen);
  const derps: string[] = [];
  for (const primacy of primacies) derps.push((await addProgram(deps, { description: 'p', primacy, sites: [] })).derp);
  const oracle = new EventOracle(edition);
  const issued: string[] = [];
  const kept = new Map<string, Kept>();

  const seen = async (derp: string): Promise<object> => {
    const now = clock.now();
    const known = kept.get(derp);
    if (known && now < known.until && known.reads.unchanged()) return known.picture;
    const view = changes.reading();
    let until = Infinity;
    const ctx = {
      store: view.store,
      clock,
      envelopes,
      scope: { dialect: String(edition), programs: [derp] },
      house: { pen, controlWindow: 24 },
      nowUntil: (next: (now: number) => number | undefined) => {
        until = Math.min(until, next(now) ?? Infinity);
        return now;
      },
      get now(): number {
        until = now + 1;
        return now;
      },
    } as unknown as Context;
    const page = { start: 0, limit: 100 };
    const list = await behaviourOf('der.controls').list?.(ctx, { derp }, page);
    const active = await behaviourOf('der.activeControls').list?.(ctx, { derp }, page);
    const programs = await behaviourOf('der.programs').list?.(ctx, {}, page);
    const program = programs?.items[0] as DERProgram | undefined;
    const picture = {
      all: list?.all,
      list: (list?.items as DERControl[]).map(({ mRID, EventStatus, version }): Shown => {
        const { currentStatus, dateTime, potentiallySuperseded, potentiallySupersededTime } = EventStatus;
        return [mRID, currentStatus, dateTime, potentiallySuperseded, potentiallySupersededTime, version ?? 0];
      }),
      active: (active?.items as DERControl[]).map(({ mRID }) => mRID),
      counts: [program?.DERControlListLink?.all, program?.ActiveDERControlListLink?.all],
    };
    kept.set(derp, { picture, until, reads: view.reads });
    return picture;
  };

  const waiting = [...acts];
  let end = span; // of what is worth looking at
  let ranked: RankedEvent[] | undefined;
  for (let second = 0; second <= end; second++) {
    const now = clock.now();
    oracle.tick(now);
    while (waiting[0]?.at === second) {
      const act = waiting.shift();
      ranked = undefined;
      if (act?.act === 'issue') {
        const { lead, durationS, modes, randomizeStart, randomizeDuration, categories } = act;
        const derp = derps[act.program] ?? '';
        const start = now + lead;
        const made = await addControl(deps, derp, {
          start,
          durationS,
          base: Object.assign({}, ...modes.map(mode => bases[mode])) as DERControlBase,
          randomizeStart,
          randomizeDuration,
          ...(categories !== -1 && { deviceCategory: `0${categories}` }),
        }).catch((refused: unknown) => {
          if (refused instanceof Problem && refused.code === 'BAD_VALUE' && start + durationS <= now) return undefined;
          throw refused;
        });
        if (!made) continue;
        issued.push(made.mRID);
        end = Math.max(
          end,
          second + lead + durationS + Math.max(0, randomizeStart) + Math.max(0, randomizeDuration) + 31,
        );
        const primacy = primacies[act.program] ?? 0;
        const common = { start, durationS, modes, randomizeStart, randomizeDuration, categories };
        oracle.issue({ ...common, program: derp, primacy, mrid: made.mRID, created: now }, now);
      } else if (act && issued.length > 0) {
        const mrid = issued[act.which % issued.length] ?? '';
        const want = oracle.cancel(mrid, act.randomized, now);
        const got = await cancelControl(deps, mrid, act.randomized).then(
          () => true,
          (refused: unknown) => {
            if (refused instanceof Problem && refused.code === 'CONFLICT') return false;
            throw refused;
          },
        );
        if (got !== want) expect([second, 'cancelled', got]).toEqual([second, 'cancelled', want]);
      }
    }
    oracle.settle(now);
    for (const derp of derps) {
      const got = await seen(derp);
      const list = oracle.list(derp, now);
      const active = oracle.active(derp, now);
      const want = { all: list.length, list, active, counts: [list.length, active.length] };
      if (!isDeepStrictEqual(got, want)) expect([second, got]).toEqual([second, want]);
    }
    ranked ??= (
      await Promise.all(
        derps.map(async (derp, i) =>
          (await envelopes.issued.ofProgram(store, derp)).map(({ stored, facts }) => ({
            ...eventOf(stored),
            facts,
            primacy: primacies[i] ?? 0,
          })),
        ),
      )
    ).flat();
    const rules = Object.fromEntries([...governing(ranked, now)].map(([mode, { mrid }]) => [mode, mrid]));
    const want = oracle.governing(now);
    if (!isDeepStrictEqual(rules, want)) expect([second, rules]).toEqual([second, want]);
    if (waiting.length === 0 && derps.every(derp => oracle.list(derp, now).length === 0)) break;
    clock.advance(1);
  }
}

export function eventProperties(numRuns: number): void {
  it(`says what the oracle says at every second of ${numRuns} histories`, async () => {
    await fc.assert(fc.asyncProperty(histories, play), { numRuns });
  });
}
