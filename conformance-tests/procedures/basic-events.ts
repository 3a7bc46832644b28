/** BASIC-015 to BASIC-026: a direct device, programs SY (system) and SP (service point), and events that meet. */
import { scenario, type EventSpec, type ProgramSpec } from '../scenario';
import { event, limit, overlapping, type Overlap } from './event-stories';

const [sy, sp, tf] = [10, 4, 5];

const story = (
  number: number,
  title: string,
  about: string,
  programs: Readonly<Record<string, ProgramSpec>>,
  events: readonly EventSpec[] = [],
) => {
  const id = `BASIC-0${number}`;
  return scenario({
    id,
    title,
    requirements: [`CTP ${id}`, 'CSIP 5.3.3', 'IEEE 2030.5-2018 12.1.3'],
    about,
    programs,
    events,
  });
};
const plainly = { SY: { primacy: sy, default: limit(9000) }, SP: { primacy: sp, default: limit(8000) } };
const one = (fallback?: object) => ({ SP: { primacy: sp, ...(fallback && { default: fallback }) } });

const stack = Array.from({ length: 24 }, (_, i) =>
  event(`SP${i + 1}`, 'SP', 120 * (i + 1), 60, i === 0 ? {} : { cancelledS: 190, responses: [1, 6] }),
);

const overlaps = (first: number, kind: Overlap, about: string) => {
  const inFlight = kind === 'similar' ? { responses: [1, 2, 7] } : {};
  return overlapping(kind, 'SP', [inFlight, inFlight, inFlight]).map(({ how, events }, i) =>
    story(first + i, `Two programs, overlapping ${kind} events, ${how}`, `${about} ${how}.`, plainly, events),
  );
};

export const basicEvents = [
  story(
    15,
    'Control stack',
    'One program with 24 events of a minute, every two minutes, and a transformer program with one; after the first has ended all others are cancelled.',
    { ...one(limit(8000)), TF: { primacy: tf } },
    [...stack, event('TF', 'TF', 3000, 60, { cancelledS: 190, responses: [1, 6] })],
  ),
  story(16, 'Two programs, two defaults', 'Two programs with a default each, and no event.', plainly),
  story(17, 'One event, no default', 'One program without default, and an event.', one(), [event('SP', 'SP', 120, 60)]),
  story(18, 'One default, one event', 'One program with a default, and an event.', one(limit(8000)), [
    event('SP', 'SP', 120, 60),
  ]),
  story(19, 'Two events that do not overlap', 'One program with two events, one after the other.', one(limit(8000)), [
    event('SP1', 'SP', 120, 60),
    event('SP2', 'SP', 240, 60),
  ]),
  story(20, 'Two programs, events that do not overlap', 'SY runs at +2 min, SP at +4 min, a minute each.', plainly, [
    event('SY', 'SY', 120, 60),
    event('SP', 'SP', 240, 60),
  ]),
  ...overlaps(21, 'similar', 'SY runs from +2 to +4 min and SP from +3 to +4 min, with the same mode.'),
  ...overlaps(24, 'independent', 'SY runs from +2 to +4 min and SP from +3 to +4 min, with different modes.'),
];
