import { one, type, type Infer } from './dsl';
import { Bool, Int16, UInt16 } from './primitives';
import { PowerOfTenMultiplierType } from './types';

/** Quantities of the DER function set: the unit's amount is value × 10^multiplier. */
const spec = 'der';
const signed = { multiplier: one(PowerOfTenMultiplierType), value: one(Int16) };
const unsigned = { multiplier: one(PowerOfTenMultiplierType), value: one(UInt16) };

/** W. */
export const ActivePower = type('ActivePower', { spec }, signed);
export type ActivePower = Infer<typeof ActivePower>;
/** W, never negative. */
export const UnsignedActivePower = type('UnsignedActivePower', { spec, layer: '2023' }, unsigned);
export type UnsignedActivePower = Infer<typeof UnsignedActivePower>;
/** var. */
export const ReactivePower = type('ReactivePower', { spec }, signed);
export type ReactivePower = Infer<typeof ReactivePower>;
/** var, never negative. */
export const UnsignedReactivePower = type('UnsignedReactivePower', { spec, layer: '2023' }, unsigned);
export type UnsignedReactivePower = Infer<typeof UnsignedReactivePower>;
/** VA. */
export const ApparentPower = type('ApparentPower', { spec }, unsigned);
export type ApparentPower = Infer<typeof ApparentPower>;
/** Wh. */
export const WattHour = type('WattHour', { spec }, unsigned);
export type WattHour = Infer<typeof WattHour>;
/** Ah. */
export const AmpereHour = type('AmpereHour', { spec }, unsigned);
export type AmpereHour = Infer<typeof AmpereHour>;
/** A, effective. */
export const CurrentRMS = type('CurrentRMS', { spec }, unsigned);
export type CurrentRMS = Infer<typeof CurrentRMS>;
/** V, effective. */
export const VoltageRMS = type('VoltageRMS', { spec }, unsigned);
export type VoltageRMS = Infer<typeof VoltageRMS>;
/** S. */
export const ReactiveSusceptance = type('ReactiveSusceptance', { spec }, unsigned);
export type ReactiveSusceptance = Infer<typeof ReactiveSusceptance>;
/** A number without unit. */
export const FixedPointType = type('FixedPointType', { spec }, signed);
export type FixedPointType = Infer<typeof FixedPointType>;
export const UnsignedFixedPointType = type('UnsignedFixedPointType', { spec }, unsigned);
export type UnsignedFixedPointType = Infer<typeof UnsignedFixedPointType>;

/** cos φ = displacement × 10^multiplier. */
export const PowerFactor = type(
  'PowerFactor',
  { spec },
  { displacement: one(UInt16), multiplier: one(PowerOfTenMultiplierType) },
);
export type PowerFactor = Infer<typeof PowerFactor>;

/** `excitation` true: absorbing reactive power, under-excited. */
export const PowerFactorWithExcitation = type(
  'PowerFactorWithExcitation',
  { spec },
  { displacement: one(UInt16), excitation: one(Bool), multiplier: one(PowerOfTenMultiplierType) },
);
export type PowerFactorWithExcitation = Infer<typeof PowerFactorWithExcitation>;
