import { withSupersession, type IssuedEvent } from './supersession';
import { type EventFacts } from './timeline';

type Words = Partial<EventFacts> & { readonly modes?: readonly string[]; readonly categories?: number };

/** An event from 100 to 200, issued at 0, mode W, unless said otherwise. */
function event(mrid: string, { modes = ['W'], categories, ...facts }: Words = {}): IssuedEvent {
  return {
    mrid,
    facts: { start: 100, durationS: 100, createdAt: 0, ...facts },
    modes,
    ...(categories !== undefined && { categories }),
  };
}

/** What becomes of the first: when superseded, and in which spans flagged. */
function fate(...events: readonly IssuedEvent[]): [number | undefined, (number | undefined)[][]] {
  const [first] = withSupersession(events);
  return [first?.supersededAt, (first?.flagged ?? []).map(({ from, to }) => [from, to])];
}

const a = event('A');
const both = ['W', 'V'];
const never = undefined;

it.each<[string, readonly IssuedEvent[], number | undefined, (number | undefined)[][]]>([
  ['an event alone stands', [a], never, []],
  ['a newer one takes over at its start', [a, event('B', { start: 150, createdAt: 10 })], 150, []],
  ['an older one does not', [event('A', { createdAt: 20 }), event('B', { createdAt: 10 })], never, []],
  ['of one second the higher mRID is newer', [a, event('B', { start: 150 })], 150, []],
  ['and the lower is not', [event('B'), event('A', { start: 150 })], never, []],
  ['one issued while it is on takes over at once', [a, event('B', { start: 50, createdAt: 130 })], 130, []],
  [
    'nested: the newer ends first, the older never resumes',
    [a, event('B', { start: 120, durationS: 9, createdAt: 1 })],
    120,
    [],
  ],
  ['one that began earlier takes it before it starts', [a, event('B', { start: 50, createdAt: 10 })], 50, []],
  [
    'one that ends where it starts leaves it alone',
    [a, event('B', { start: 50, durationS: 50, createdAt: 10 })],
    never,
    [],
  ],
  ['one that starts where it ends too', [a, event('B', { start: 200, createdAt: 10 })], never, []],
  [
    'successive ones stay so whatever their randomisation',
    [event('A', { randomizeDuration: 30 }), event('B', { start: 200, randomizeStart: -60, createdAt: 10 })],
    never,
    [],
  ],
  [
    'it is the earliest effective start that counts',
    [a, event('B', { start: 150, randomizeStart: -20, createdAt: 9 })],
    130,
    [],
  ],
  ['a later random start does not wait', [a, event('B', { start: 150, randomizeStart: 20, createdAt: 9 })], 150, []],
  ['other modes run beside it', [a, event('B', { createdAt: 10, modes: ['V'] })], never, []],
  ['one with more modes takes over', [a, event('B', { start: 150, createdAt: 10, modes: both })], 150, []],
  [
    'one with some of its modes only flags it, from its creation on',
    [event('A', { modes: both }), event('B', { start: 150, createdAt: 10 })],
    never,
    [[10, never]],
  ],
  [
    'two that take all its modes between them supersede it when the second begins',
    [
      event('A', { modes: both }),
      event('B', { start: 120, createdAt: 10, modes: ['W'] }),
      event('C', { start: 150, createdAt: 20, modes: ['V'] }),
    ],
    150,
    [[10, never]],
  ],
  [
    'cancelled before it began it takes nothing',
    [a, event('B', { start: 150, createdAt: 10, cancelledAt: 149 })],
    never,
    [],
  ],
  ['cancelled once it began it has taken', [a, event('B', { start: 150, createdAt: 10, cancelledAt: 150 })], 150, []],
  [
    'the flag goes when who raised it is cancelled in time',
    [event('A', { modes: both }), event('B', { start: 150, createdAt: 10, cancelledAt: 40 })],
    never,
    [[10, 40]],
  ],
  [
    'and stays while another holds it up',
    [
      event('A', { modes: both }),
      event('B', { start: 150, createdAt: 10, cancelledAt: 40 }),
      event('C', { start: 150, createdAt: 30, cancelledAt: 60 }),
    ],
    never,
    [[10, 60]],
  ],
  [
    'and comes back with a later one',
    [
      event('A', { modes: both }),
      event('B', { start: 150, createdAt: 10, cancelledAt: 40 }),
      event('C', { start: 150, createdAt: 50 }),
    ],
    never,
    [
      [10, 40],
      [50, never],
    ],
  ],
  [
    'what lost the mode before it began takes it from nobody',
    [
      event('A', { start: 152 }),
      event('B', { start: 150, durationS: 10, createdAt: 10 }),
      event('C', { start: 140, durationS: 11, createdAt: 20 }),
    ],
    never,
    [],
  ],
  [
    'what lost it at the very second it began still takes it',
    [
      event('A', { start: 152 }),
      event('B', { start: 150, durationS: 10, createdAt: 10 }),
      event('C', { start: 150, durationS: 1, createdAt: 20 }),
    ],
    150,
    [],
  ],
  [
    'one for other devices leaves it alone',
    [event('A', { categories: 1 }), event('B', { createdAt: 9, categories: 2 })],
    never,
    [],
  ],
  [
    'one for some of its devices flags it',
    [event('A', { categories: 3 }), event('B', { createdAt: 9, categories: 2 })],
    never,
    [[9, never]],
  ],
  ['one for all devices takes over', [event('A', { categories: 3 }), event('B', { createdAt: 9 })], 100, []],
  ['one for some of all devices flags it', [a, event('B', { createdAt: 9, categories: 2 })], never, [[9, never]]],
  [
    'issued when it was over already, it takes nothing',
    [a, event('B', { start: 100, durationS: 50, createdAt: 160 })],
    never,
    [],
  ],
])('%s', (_, events, supersededAt, flags) => {
  expect(fate(...events)).toEqual([supersededAt, flags]);
  // whatever the order in which they are read
  const [first] = events;
  const reversed = [...events].reverse();
  const facts = withSupersession(reversed)[first ? reversed.indexOf(first) : 0];
  expect(facts?.supersededAt).toBe(supersededAt);
});

it('works out 20,000 successive events at once', () => {
  const events = Array.from({ length: 20_000 }, (_, n) =>
    event(String(n).padStart(8, '0'), { start: n * 60, durationS: 60, createdAt: n % 7 }),
  );
  expect(withSupersession(events).some(facts => facts.supersededAt !== undefined)).toBe(false);
});
