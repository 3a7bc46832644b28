/** Which control modes there are, which curve each wants, and which a client's edition knows. */
import { DERControlBase } from '../model/der';
import { dialects, type DialectId } from '../model/dialect';

/** curveType of 2018 that each mode links to (protocol facts 3.6). */
export const curveTypes: Readonly<Record<string, number>> = {
  opModFreqWatt: 0,
  opModHFRTMayTrip: 1,
  opModHFRTMustTrip: 2,
  opModHVRTMayTrip: 3,
  opModHVRTMomentaryCessation: 4,
  opModHVRTMustTrip: 5,
  opModLFRTMayTrip: 6,
  opModLFRTMustTrip: 7,
  opModLVRTMayTrip: 8,
  opModLVRTMomentaryCessation: 9,
  opModLVRTMustTrip: 10,
  opModVoltVar: 11,
  opModVoltWatt: 12,
  opModWattPF: 13,
  opModWattVar: 14,
};

/** Fields of a base that say how and not what: the ramp, and which elements the 2023 edition has switched off. */
const noModes = new Set(['rampTms', '$disabled']);
export const modesOf = (base: DERControlBase): string[] => Object.keys(base).filter(mode => !noModes.has(mode));

/** Whether a client of this dialect can be told of a mode at all. */
export function knownTo(mode: string, dialect: DialectId): boolean {
  const { layers, draft } = dialects[dialect];
  const { layer } = DERControlBase.fields[mode] ?? {};
  if (layer !== undefined) return layers[layer] !== undefined;
  const drafted = draft?.elements['DERControlBase'];
  return drafted === undefined || drafted.some(field => (typeof field === 'string' ? field : field.key) === mode);
}
