import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { seededRandom } from '../../base/random';
import { type ControlEvent, earliestStart } from './event';
import { followEvents } from './follower';
import { event, play, program, type Script, slowly } from './testing/script';

const span = 120;
const keys = ['P', 'Q', 'R'] as const;

interface Life {
  readonly first: ControlEvent;
  readonly created: number;
  readonly cancelledAt: number | undefined;
}

/** An event and what becomes of it; its mRID begins with its program's name. */
const life = (random: boolean): fc.Arbitrary<(key: string, n: number) => Life> =>
  fc
    .record({
      created: fc.integer({ min: 0, max: span }),
      lead: fc.integer({ min: -20, max: 60 }),
      durationS: fc.integer({ min: 0, max: 50 }),
      modes: fc.subarray(['W', 'V', 'C'], { minLength: 1 }),
      cancelAfter: fc.option(fc.nat(60), { freq: 4, nil: undefined }),
      randomizeStart: random ? fc.integer({ min: -20, max: 20 }) : fc.constant(0),
      randomizeDuration: random ? fc.integer({ min: -10, max: 10 }) : fc.constant(0),
    })
    .map(({ created, lead, durationS, modes, cancelAfter, ...random }) => (key, n) => {
      const mrid = `${key}${n}`;
      const values = Object.fromEntries(modes.map(mode => [mode, mrid]));
      return {
        created,
        cancelledAt: cancelAfter === undefined ? undefined : created + cancelAfter,
        first: event(mrid, { start: created + lead, durationS, created, modes: values, ...random }),
      };
    });

/** What a server with these events would have said at several polls; some polls miss some events or a program. */
const script = (random: boolean): fc.Arbitrary<Script> =>
  fc
    .record({
      lives: fc.tuple(...keys.map(() => fc.array(life(random), { maxLength: 5 }))),
      polls: fc.uniqueArray(fc.integer({ min: 1, max: span - 1 }), { maxLength: 6 }),
      primacies: fc.array(fc.tuple(...keys.map(() => fc.integer({ min: 1, max: 4 }))), { minLength: 7, maxLength: 7 }),
      missing: fc.array(fc.option(fc.constantFrom(...keys), { freq: 8, nil: undefined }), {
        minLength: 7,
        maxLength: 7,
      }),
      lost: fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }),
    })
    .map(({ lives, polls, primacies, missing, lost }) => {
      const made = keys.map((key, k) => (lives[k] ?? []).map((make, n) => make(key, n)));
      return [0, ...polls.sort((a, b) => a - b)].map((at, poll) => {
        const programs = keys.flatMap((key, k) => {
          if (missing[poll] === key) return [];
          const controls = (made[k] ?? [])
            .filter(({ created }, n) => created <= at && n !== lost[poll])
            .map(({ first, cancelledAt }) =>
              cancelledAt !== undefined && cancelledAt <= at ? { ...first, status: 2, statusAt: cancelledAt } : first,
            );
          return [program(key, primacies[poll]?.[k] ?? 1, controls)];
        });
        return [at, programs] as const;
      });
    });

const finals = ['completed', 'cancelled', 'superseded', 'abortedProgram', 'expired'];

/** Every event tells its story in order, each part once. */
function checkStories(told: readonly string[]): void {
  const stories = new Map<string, string[]>();
  for (const line of told) {
    const [, outcome = '', mrid = ''] = line.split(' ');
    stories.set(mrid, [...(stories.get(mrid) ?? []), outcome]);
  }
  for (const [mrid, story] of stories) {
    const shape = story.map(outcome => (finals.includes(outcome) ? 'final' : outcome)).join(' ');
    const lone = story.join() === 'expired';
    // A device that comes back to a program begins anew with what it left there.
    const [last = '', ...left] = story
      .join(' ')
      .split(/ ?abortedProgram ?/)
      .reverse();
    const anew = left.length > 0 && left.every(part => /^(received( started)?|expired)$/.test(part));
    const whole = /^(received( started)?( (completed|cancelled|superseded|expired))?|expired)?$/.test(last);
    if (!lone && !(anew && whole) && !/^received( started)?( final)?$/.test(shape))
      throw new Error(`${mrid}: ${story.join(' ')}`);
  }
}

it('agrees with a second-by-second oracle on every mode of every second', () => {
  fc.assert(
    fc.property(script(false), said => {
      const end = span + 120;
      const slow = slowly(said, end);
      const follower = followEvents({ random: seededRandom(1) });
      const told: string[] = [];
      for (let now = 0; now < end; now++) {
        const transitions = follower.advance(now);
        for (const [at, programs] of said) if (at === now) transitions.push(...follower.update(programs, now));
        for (const { at, outcome, event: e } of transitions) told.push(`${at} ${outcome} ${e.mrid}`);
        const fast = Object.fromEntries(
          Object.entries(follower.inForce().modes).map(([mode, { event: e }]) => [mode, e?.mrid]),
        );
        if (!isDeepStrictEqual(fast, slow[now])) expect([now, fast]).toEqual([now, slow[now]]);
      }
      checkStories(told);
      expect(follower.next()).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

it('with randomisation: long steps tell the same as short ones, and nobody begins before the earliest start or before being told', () => {
  fc.assert(
    fc.property(
      script(true),
      fc.nat(1000),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      (said, seed, steps) => {
        const end = span + 200;
        const short = play(said, end, { seed });
        const long = play(said, end, { seed, step: at => steps[at % steps.length] ?? 1 });
        expect(long.told).toEqual(short.told);
        checkStories(short.told);
        const heard = new Map<string, number>();
        for (const line of short.told) {
          const [at = '', outcome = '', mrid = ''] = line.split(' ');
          if (outcome === 'received') heard.set(mrid, Number(at));
          if (outcome !== 'started') continue;
          const e = said.flatMap(([, programs]) => programs.flatMap(p => p.controls ?? [])).find(c => c.mrid === mrid);
          expect(Number(at)).toBeGreaterThanOrEqual(
            Math.max(heard.get(mrid) ?? Infinity, e ? earliestStart(e) : Infinity),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('chains of successive events of one program leave no second without one, whatever is drawn', () => {
  const link = fc.record({
    durationS: fc.integer({ min: 60, max: 200 }),
    randomizeStart: fc.integer({ min: -29, max: 29 }),
    randomizeDuration: fc.integer({ min: -29, max: 29 }),
  });
  fc.assert(
    fc.property(fc.array(link, { minLength: 2, maxLength: 6 }), fc.nat(1000), (links, seed) => {
      let start = 100;
      const chain = links.map((words, n) => {
        const made = event(`E${n}`, { start, created: n % 2 ? 0 : 5, ...words });
        start += words.durationS;
        return made;
      });
      const { spans, told } = play([[0, [program('P', 1, chain)]]], start + 100, { seed });
      const edges = (spans['W'] ?? []).map(text => text.split(/[- ]/));
      for (const [i, edge] of edges.entries()) if (i > 0) expect(edge[0]).toBe(edges[i - 1]?.[1]);
      expect(edges.map(edge => edge[2])).toEqual(chain.map(e => e.mrid));
      expect(told.filter(line => /superseded|expired/.test(line))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
