/** CORE-012, 013, 021, 022, 023: programs and their events in the core function set. */
import { responses123, scenario, type EventSpec } from '../scenario';
import { powerFactor, tenPoints, voltVar } from './curves';

const limit = (opModMaxLimW: number) => ({ base: { opModMaxLimW } });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

export const core012 = scenario({
  id: 'CORE-012',
  title: 'Basic DER program and control',
  requirements: ['CTP CORE-012', 'CSIP G10', 'IEEE 2030.5-2018 10.2.3, 10.10'],
  about:
    'One program with a default (opModMaxLimW 50 %, a volt-var curve of ten points), and an event (opModMaxLimW 60 %) that starts in three minutes and lasts two.',
  programs: { P: { primacy: 1, default: { ...limit(5000), curves: { opModVoltVar: tenPoints } } } },
  events: [{ ...limit(6000), name: 'E', program: 'P', startS: 180, durationS: 120, responses: responses123 }],
});

export const core013 = scenario({
  id: 'CORE-013',
  title: 'Advanced DER program and control',
  requirements: ['CTP CORE-013', 'CSIP P24, P27', 'IEEE 2030.5-2018 10.10.2'],
  about: 'Ten programs; program N has primacy N and an event at +N min for 30 s with a fixed power factor.',
  programs: Object.fromEntries(numbers(10).map(n => [`P${n}`, { primacy: n }])),
  events: numbers(10).map(n => ({
    base: { opModFixedPFInjectW: powerFactor(900 + n) },
    name: `E${n}`,
    program: `P${n}`,
    startS: 60 * n,
    durationS: 30,
  })),
});

const randomised = (name: string, startS: number, durationS: number, shift?: number): EventSpec => ({
  ...limit(6000),
  name,
  program: 'P',
  startS,
  durationS,
  ...(shift !== undefined && { randomizeStart: shift, randomizeDuration: shift }),
  responses: responses123,
});

export const core021 = scenario({
  id: 'CORE-021',
  title: 'Randomised events',
  requirements: ['CTP CORE-021', 'IEEE 2030.5-2018 10.2.3.3.2'],
  about:
    'Events at +3 min for two, at +6 min for one and at +9 min for three minutes, with randomizeStart and randomizeDuration 0, 30 and -30 s.',
  programs: { P: { primacy: 1, default: limit(5000) } },
  events: [randomised('E1', 180, 120, 0), randomised('E2', 360, 60, 30), randomised('E3', 540, 180, -30)],
});

export const core022 = scenario({
  id: 'CORE-022',
  title: 'Responses',
  requirements: ['CTP CORE-022', 'IEEE 2030.5-2018 10.2.4'],
  about:
    'Two events, at +2 min for two minutes and at +5 min for one; the first is cancelled while it runs, 30 s after its start.',
  programs: { P: { primacy: 1, default: limit(5000) } },
  events: [
    { ...limit(6000), name: 'E1', program: 'P', startS: 120, durationS: 120, cancelledS: 150, responses: [1, 2, 6] },
    { ...limit(7000), name: 'E2', program: 'P', startS: 300, durationS: 60, responses: responses123 },
  ],
});

export const core023 = scenario({
  id: 'CORE-023',
  title: 'Superseding events',
  requirements: ['CTP CORE-023', 'IEEE 2030.5-2018 12.1.3'],
  about:
    'Two FunctionSetAssignments with seven programs; three of them have an event of the same start, with MaxLimW and a volt-var curve. The strongest wins; the others are told as superseded (7) or aborted for another program (14).',
  programs: Object.fromEntries(
    numbers(7).map(n => [`P${n}`, { primacy: n, assignment: n <= 4 ? 'CORE-023 A' : 'CORE-023 B' }]),
  ),
  events: [1, 4, 7].map(n => ({
    ...limit(5000 + 100 * n),
    curves: { opModVoltVar: voltVar.event },
    name: `E${n}`,
    program: `P${n}`,
    startS: 120,
    durationS: 60,
    responses: n === 1 ? responses123 : n === 4 ? [1, 7] : [1, 14],
  })),
});

/** Rules of the standard that no CSIP procedure reaches, since a server shows them only within one program. */
export const event001 = scenario({
  id: 'EVENT-001',
  title: 'Supersession within a program',
  requirements: ['IEEE 2030.5-2018 10.2.3.3, 12.1.3'],
  about:
    'One program; an event from +2 to +6 min, and a newer one of the same mode from +3 to +4 min, made while the first runs.',
  programs: { P: { primacy: 1, default: limit(5000) } },
  events: [
    {
      ...limit(6000),
      name: 'OLD',
      program: 'P',
      startS: 120,
      durationS: 240,
      supersededBy: 'NEW',
      responses: [1, 2, 7],
    },
    { ...limit(7000), name: 'NEW', program: 'P', startS: 180, durationS: 60, createdS: 150, responses: responses123 },
  ],
});

export const event002 = scenario({
  id: 'EVENT-002',
  title: 'Cancellation with randomisation',
  requirements: ['IEEE 2030.5-2018 10.2.3.3.3', 'CSIP 5.3.3'],
  about: 'One program; a randomised event at +2 min for three minutes, cancelled with randomisation at +3 min.',
  programs: { P: { primacy: 1 } },
  events: [
    {
      ...limit(6000),
      name: 'E',
      program: 'P',
      startS: 120,
      durationS: 180,
      randomizeStart: 10,
      randomizeDuration: 10,
      cancelledS: 180,
      spread: true,
      responses: [1, 2, 6],
    },
  ],
});

export const event003 = scenario({
  id: 'EVENT-003',
  title: 'Independent modes in one program',
  requirements: ['IEEE 2030.5-2018 12.1.3'],
  about: 'One program; a newer event of another mode runs beside an older one, which stays active.',
  programs: { P: { primacy: 1 } },
  events: [
    { ...limit(6000), name: 'OLD', program: 'P', startS: 60, durationS: 180, responses: responses123 },
    {
      base: { opModFixedPFInjectW: powerFactor(950) },
      name: 'NEW',
      program: 'P',
      startS: 120,
      durationS: 60,
      responses: responses123,
    },
  ],
});
