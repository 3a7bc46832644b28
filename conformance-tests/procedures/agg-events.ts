/** AGG-002 to AGG-012: an aggregator with four devices; SY is for all of them, TFA for those of transformer A alone. */
import { responses123, scenario, type EventSpec, type ProgramSpec } from '../scenario';
import { powerFactor } from './curves';

const devices = ['EDA1', 'EDA2', 'EDB1', 'EDB2'];
const [onA, onB] = [devices.slice(0, 2), devices.slice(2)];
const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });
const pf = { base: { opModFixedPFInjectW: powerFactor(950) } };
const TFA: ProgramSpec = { primacy: 5, devices: onA, default: limit(8000) };
const SY: ProgramSpec = { primacy: 10, default: limit(9000) };
const each = (names: readonly string[], statuses: readonly number[]) =>
  Object.fromEntries(names.map(name => [name, statuses]));

const event = (
  name: string,
  program: 'SY' | 'TFA',
  startS: number,
  durationS: number,
  more: Partial<EventSpec> = {},
): EventSpec => ({
  ...limit(program === 'SY' ? 6000 : 5000),
  name,
  program,
  startS,
  durationS,
  responses: responses123,
  ...more,
});

const story = (
  number: number,
  title: string,
  about: string,
  programs: Readonly<Record<string, ProgramSpec>>,
  events: readonly EventSpec[] = [],
) => {
  const id = `AGG-${String(number).padStart(3, '0')}`;
  return scenario({
    id,
    title,
    requirements: [`CTP ${id}`, 'CSIP 5.2.2, G16, G22', 'IEEE 2030.5-2018 12.1.3'],
    about: `${about} One aggregator speaks for EDA1, EDA2 (transformer A), EDB1 and EDB2 (transformer B).`,
    devices,
    programs,
    events,
  });
};

const overlaps = (first: number, kind: 'similar' | 'independent') => {
  const similar = kind === 'similar';
  const about = `SY runs from +2 to +4 min and TFA from +3 to +4 min, with ${similar ? 'the same mode' : 'different modes'}.`;
  const weak = (lost: number): EventSpec =>
    event('SY', 'SY', 120, 120, {
      responsesOf: { ...each(onA, similar ? [1, 2, lost] : responses123), ...each(onB, responses123) },
    });
  const strong = (more: Partial<EventSpec> = {}) => event('TFA', 'TFA', 180, 60, { ...(similar ? {} : pf), ...more });
  const title = (how: string) => `Overlapping ${kind} events, ${how}`;
  return [
    // 14: aborted for another program, as the errata 5 and 6 ask; 7 where SY is in flight.
    story(first, title('SY made first'), about, { SY, TFA }, [weak(14), strong()]),
    story(first + 1, title('TFA made first'), about, { SY, TFA }, [strong(), weak(14)]),
    story(first + 2, title('TFA made while SY runs'), about, { SY, TFA }, [weak(7), strong({ createdS: 140 })]),
  ];
};

export const aggEvents = [
  story(2, 'Two programs, two defaults', 'SY and TFA have a default each, and no event.', { SY, TFA }),
  story(3, 'One program, one event', 'TFA has an event and no default.', { TFA: { primacy: 5, devices: onA } }, [
    event('TFA', 'TFA', 120, 60),
  ]),
  story(4, 'One program, one default, one event', 'TFA has a default and an event.', { TFA }, [
    event('TFA', 'TFA', 120, 60),
  ]),
  story(5, 'Two events that do not overlap', 'TFA has two events, one after the other.', { TFA }, [
    event('TFA1', 'TFA', 120, 60),
    event('TFA2', 'TFA', 240, 60),
  ]),
  story(6, 'Two programs, events that do not overlap', 'TFA runs at +2 min and SY at +4 min.', { SY, TFA }, [
    event('TFA', 'TFA', 120, 60),
    event('SY', 'SY', 240, 60),
  ]),
  ...overlaps(7, 'similar'),
  ...overlaps(10, 'independent'),
];
