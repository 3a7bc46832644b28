import { one, opt, type, type Infer } from './dsl';
import { Bool, rename, restrict, UInt8 } from './primitives';
import {
  ActivePower,
  PowerFactorWithExcitation,
  ReactivePower,
  UnsignedActivePower,
  UnsignedReactivePower,
  VoltageRMS,
} from './quantities';
import { PerCent, SignedPerCent } from './types';

/**
 * What the 2023 edition makes of the values in a control: each may be `disabled`, which switches the mode off whatever its
 * value says. Without that attribute they are what they were before.
 */
const spec = 'der';
const since2023 = { layer: '2023' } as const;
const disabled = { disabled: opt(Bool, { ...since2023, default: 'false' }) };

/** 0 none, 1 % of setMaxW, 2 % of setMaxVar, 3 % of statVarAvail, 4 % of effective voltage … (protocol facts 3.6). */
export const DERUnitRefType = rename('DERUnitRefType', UInt8);

export const FixedVar = type('FixedVar', { spec }, { refType: one(DERUnitRefType), value: one(SignedPerCent) });
export type FixedVar = Infer<typeof FixedVar>;
export const UnsignedFixedVar = type(
  'UnsignedFixedVar',
  { spec, ...since2023 },
  { refType: one(DERUnitRefType), value: one(PerCent) },
);
export type UnsignedFixedVar = Infer<typeof UnsignedFixedVar>;

/** Whether a delta counts for both directions of flow. */
export const DeltaBidirectionalType = restrict('DeltaBidirectionalType', UInt8, since2023);
const delta = { bidirectional: opt(DeltaBidirectionalType, { ...since2023, default: '0' }), ...disabled };

export const PerCentControlType = rename('PerCentControlType', PerCent, { ...since2023, disables: true });
export const SignedPerCentControlType = rename('SignedPerCentControlType', SignedPerCent, {
  ...since2023,
  disables: true,
});

export const ActivePowerControlType = type(
  'ActivePowerControlType',
  { spec, ...since2023, extends: ActivePower, attributes: disabled },
  {},
);
export type ActivePowerControlType = Infer<typeof ActivePowerControlType>;
export const ActivePowerDeltaControlType = type(
  'ActivePowerDeltaControlType',
  { spec, ...since2023, extends: ActivePower, attributes: delta },
  {},
);
export type ActivePowerDeltaControlType = Infer<typeof ActivePowerDeltaControlType>;
export const UnsignedActivePowerControlType = type(
  'UnsignedActivePowerControlType',
  { spec, ...since2023, extends: UnsignedActivePower, attributes: disabled },
  {},
);
export type UnsignedActivePowerControlType = Infer<typeof UnsignedActivePowerControlType>;

export const ReactivePowerControlType = type(
  'ReactivePowerControlType',
  { spec, ...since2023, extends: ReactivePower, attributes: disabled },
  {},
);
export type ReactivePowerControlType = Infer<typeof ReactivePowerControlType>;
export const ReactivePowerDeltaControlType = type(
  'ReactivePowerDeltaControlType',
  { spec, ...since2023, extends: ReactivePower, attributes: delta },
  {},
);
export type ReactivePowerDeltaControlType = Infer<typeof ReactivePowerDeltaControlType>;
export const UnsignedReactivePowerControlType = type(
  'UnsignedReactivePowerControlType',
  { spec, ...since2023, extends: UnsignedReactivePower, attributes: disabled },
  {},
);
export type UnsignedReactivePowerControlType = Infer<typeof UnsignedReactivePowerControlType>;

export const FixedVarControlType = type(
  'FixedVarControlType',
  { spec, ...since2023, extends: FixedVar, attributes: disabled },
  {},
);
export type FixedVarControlType = Infer<typeof FixedVarControlType>;
export const UnsignedFixedVarControlType = type(
  'UnsignedFixedVarControlType',
  { spec, ...since2023, extends: UnsignedFixedVar, attributes: disabled },
  {},
);
export type UnsignedFixedVarControlType = Infer<typeof UnsignedFixedVarControlType>;

export const PowerFactorWithExcitationControlType = type(
  'PowerFactorWithExcitationControlType',
  { spec, ...since2023, extends: PowerFactorWithExcitation, attributes: disabled },
  {},
);
export type PowerFactorWithExcitationControlType = Infer<typeof PowerFactorWithExcitationControlType>;
export const VoltageRMSControlType = type(
  'VoltageRMSControlType',
  { spec, ...since2023, extends: VoltageRMS, attributes: disabled },
  {},
);
export type VoltageRMSControlType = Infer<typeof VoltageRMSControlType>;
