import { governing, type RankedEvent } from './precedence';
import { type EventFacts } from './timeline';

const event = (
  mrid: string,
  { modes = ['W'], primacy = 5, ...facts }: Partial<EventFacts> & { modes?: string[]; primacy?: number } = {},
): RankedEvent => ({ mrid, modes, primacy, facts: { start: 100, durationS: 100, createdAt: 0, ...facts } });

/** Who governs W and V at some seconds, `-` for nobody. */
const at = (events: readonly RankedEvent[], ...seconds: number[]) =>
  seconds.map(now => {
    const found = governing(events, now);
    return `${found.get('W')?.mrid ?? '-'}${found.get('V')?.mrid ?? '-'}`;
  });

const system = (more = {}) => event('Y', { primacy: 10, ...more });
const point = (more = {}) => event('P', { primacy: 4, ...more });

it.each<[string, readonly RankedEvent[], readonly number[], readonly string[]]>([
  ['nobody before and after, the event between', [event('A')], [99, 100, 199, 200], ['--', 'A-', 'A-', '--']],
  ['the lower primacy wins', [system(), point()], [100, 150], ['P-', 'P-']],
  ['whichever was made first', [point({ createdAt: 9 }), system()], [100, 150], ['P-', 'P-']],
  ['of the same primacy the later one', [event('A'), event('B', { createdAt: 1 })], [100], ['B-']],
  ['of the same second the higher mRID', [event('A'), event('B')], [100], ['B-']],
  [
    'what gave way does not resume',
    [system(), point({ start: 120, durationS: 20 })],
    [110, 130, 150],
    ['Y-', 'P-', '--'],
  ],
  ['nor what began beside a stronger one', [system(), point({ start: 50, durationS: 80 })], [120, 150], ['P-', '--']],
  ['what follows the stronger one runs', [system(), point({ start: 0 })], [50, 100], ['P-', 'Y-']],
  ['other modes run on', [system({ modes: ['W', 'V'] }), point({ start: 150 })], [120, 170], ['YY', 'PY']],
  [
    'a cancelled one governs no more, and gives nothing back',
    [system(), point({ start: 120, cancelledAt: 130 })],
    [125, 130, 150],
    ['P-', '--', '--'],
  ],
  [
    'one cancelled before it began never stood in the way',
    [system(), point({ start: 120, cancelledAt: 110 })],
    [150],
    ['Y-'],
  ],
  ['one superseded in its own program governs no more', [event('A', { supersededAt: 140 })], [139, 140], ['A-', '--']],
  ['one issued late governs from then on', [event('A', { createdAt: 150 })], [149, 150], ['--', 'A-']],
  [
    'what lost the mode is in nobody’s way any more',
    [
      event('A', { start: 160, durationS: 90, primacy: 9 }),
      event('B', { primacy: 5 }),
      event('C', { start: 120, durationS: 10, primacy: 1 }),
    ],
    [110, 125, 150, 170],
    ['B-', 'C-', '--', 'A-'],
  ],
])('%s', (_, events, seconds, governs) => {
  expect(at(events, ...seconds)).toEqual(governs);
  expect(at([...events].reverse(), ...seconds)).toEqual(governs);
});
