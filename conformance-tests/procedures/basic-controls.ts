/** BASIC-004 to BASIC-014: one program with a default, and an event with other values of the same mode that takes over. */
import { type Claim } from '../procedure';
import { responses123, scenario, type ControlSpec } from '../scenario';
import * as curves from './curves';

/** Event two minutes from now, for one minute, as in every BASIC procedure. */
const takesOver = (
  id: string,
  title: string,
  requirements: readonly string[],
  fallback: ControlSpec,
  event: ControlSpec | undefined,
  needs: readonly Claim[] = [],
) =>
  scenario({
    id,
    title,
    requirements: [`CTP ${id}`, ...requirements],
    needs,
    about: `One program of primacy 1 with a default${event ? '; an event of other values starts in two minutes and lasts one' : ''}.`,
    programs: { SP: { primacy: 1, default: fallback } },
    ...(event && {
      events: [{ ...event, name: 'E1', program: 'SP', startS: 120, durationS: 60, responses: responses123 }],
    }),
  });

const both = (mode: string, pair: { default: object; event: object }): [ControlSpec, ControlSpec] => [
  { curves: { [mode]: pair.default } },
  { curves: { [mode]: pair.event } },
];
const merged = (...pairs: [ControlSpec, ControlSpec][]): [ControlSpec, ControlSpec] => [
  { curves: Object.assign({}, ...pairs.map(([fallback]) => fallback.curves)) as NonNullable<ControlSpec['curves']> },
  { curves: Object.assign({}, ...pairs.map(([, event]) => event.curves)) as NonNullable<ControlSpec['curves']> },
];

export const basicControls = [
  takesOver(
    'BASIC-004',
    'Low and high voltage ride-through',
    ['CSIP Table 9', 'IEEE 2030.5-2018 10.10.4'],
    ...merged(
      both('opModHVRTMustTrip', curves.hvrtMust),
      both('opModHVRTMomentaryCessation', curves.hvrtCessation),
      both('opModLVRTMustTrip', curves.lvrtMust),
      both('opModLVRTMomentaryCessation', curves.lvrtCessation),
    ),
  ),
  takesOver(
    'BASIC-005',
    'Low and high frequency ride-through',
    ['CSIP Table 9', 'IEEE 2030.5-2018 10.10.4'],
    ...merged(both('opModHFRTMustTrip', curves.hfrtMust), both('opModLFRTMustTrip', curves.lfrtMust)),
  ),
  takesOver('BASIC-006', 'Volt-VAr', ['CSIP Table 9'], ...both('opModVoltVar', curves.voltVar)),
  takesOver(
    'BASIC-007',
    'Ramp rates',
    ['CSIP Table 9'],
    { setGradW: 9000, setSoftGradW: 400 },
    undefined, // ramp rates are settings of the default alone
  ),
  takesOver(
    'BASIC-008',
    'Fixed power factor',
    ['CSIP Table 9'],
    { base: { opModFixedPFInjectW: curves.powerFactor(950) } },
    { base: { opModFixedPFInjectW: curves.powerFactor(900) } },
  ),
  takesOver(
    'BASIC-009',
    'Connect and disconnect',
    ['CSIP Table 9'],
    { base: { opModEnergize: true } },
    { base: { opModEnergize: false } },
  ),
  takesOver(
    'BASIC-010',
    'Limit active power',
    ['CSIP Table 9'],
    { base: { opModMaxLimW: 5000 } },
    { base: { opModMaxLimW: 6000 } },
  ),
  takesOver('BASIC-011', 'Volt-Watt', ['CSIP Table 9'], ...both('opModVoltWatt', curves.voltWatt)),
  takesOver(
    'BASIC-012',
    'Frequency-Watt and frequency droop',
    ['CSIP Table 9', 'CTP erratum 43'],
    { base: { opModFreqDroop: curves.droop.default } },
    { base: { opModFreqDroop: curves.droop.event }, curves: { opModFreqWatt: curves.freqWatt } },
  ),
  takesOver(
    'BASIC-013',
    'Fixed active power',
    ['CSIP Table 9'],
    { base: { opModFixedW: 5000 } },
    { base: { opModFixedW: 6000 } },
  ),
  takesOver(
    'BASIC-014',
    'Target active power',
    ['CSIP Table 9'],
    { base: { opModTargetW: { multiplier: 0, value: 2000 } } },
    { base: { opModTargetW: { multiplier: 0, value: 3000 } } },
  ),
];
