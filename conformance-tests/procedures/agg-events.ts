/** AGG-002 to AGG-012: an aggregator with four devices; SY is for all of them, TFA for those of transformer A alone. */
import { responses123, scenario, type EventSpec, type ProgramSpec } from '../scenario';
import { event, limit, overlapping, type Overlap } from './event-stories';

const devices = ['EDA1', 'EDA2', 'EDB1', 'EDB2'];
const [onA, onB] = [devices.slice(0, 2), devices.slice(2)];
const TFA: ProgramSpec = { primacy: 5, devices: onA, default: limit(8000) };
const SY: ProgramSpec = { primacy: 10, default: limit(9000) };
const each = (names: readonly string[], statuses: readonly number[]) =>
  Object.fromEntries(names.map(name => [name, statuses]));

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

const overlaps = (first: number, kind: Overlap) => {
  const about = `SY runs from +2 to +4 min and TFA from +3 to +4 min, with ${kind === 'similar' ? 'the same mode' : 'different modes'}.`;
  const weak = (lost: number) => ({
    responsesOf: { ...each(onA, kind === 'similar' ? [1, 2, lost] : responses123), ...each(onB, responses123) },
  });
  // 14: aborted for another program, as the errata 5 and 6 ask; 7 where SY is in flight.
  return overlapping(kind, 'TFA', [weak(14), weak(14), weak(7)]).map(({ how, events }, i) =>
    story(first + i, `Overlapping ${kind} events, ${how}`, about, { SY, TFA }, events),
  );
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
