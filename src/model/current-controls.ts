import { SubscribableResource } from './common';
import {
  ActivePowerControlType,
  ActivePowerDeltaControlType,
  DERCurve,
  FixedVarControlType,
  FreqDroopType,
  PerCentControlType,
  PowerFactorWithExcitationControlType,
  ReactivePowerControlType,
  ReactivePowerDeltaControlType,
  SignedPerCentControlType,
  UnsignedActivePowerControlType,
  UnsignedFixedVarControlType,
  UnsignedReactivePowerControlType,
  VoltageRMSControlType,
} from './der';
import { one, opt, type, type Infer } from './dsl';
import { Bool } from './primitives';
import { TimeType } from './types';

/** A resource of the 2023 edition. */
const spec = 'der';
const since2023 = { layer: '2023' } as const;

/** A curve inside CurrentDERControls, where a DERControl has only a link. */
export const DERCurveControlType = type(
  'DERCurveControlType',
  {
    spec,
    ...since2023,
    part: true,
    extends: DERCurve,
    attributes: { disabled: opt(Bool, { ...since2023, default: 'false' }) },
  },
  {},
);
export type DERCurveControlType = Infer<typeof DERCurveControlType>;

/** What is in force at a DER now, said by itself. */
export const CurrentDERControls = type(
  'CurrentDERControls',
  { spec, ...since2023, extends: SubscribableResource, disabling: true },
  {
    opModConnect: opt(Bool),
    opModDeltaVar: opt(ReactivePowerDeltaControlType),
    opModDeltaW: opt(ActivePowerDeltaControlType),
    opModEnergize: opt(Bool),
    opModFixedPFAbsorbW: opt(PowerFactorWithExcitationControlType),
    opModFixedPFInjectW: opt(PowerFactorWithExcitationControlType),
    opModFixedV: opt(SignedPerCentControlType),
    opModFixedVar: opt(FixedVarControlType),
    opModFixedW: opt(SignedPerCentControlType),
    opModFreqDroop: opt(FreqDroopType),
    opModFreqWatt: opt(DERCurveControlType),
    opModGridConnectPermit: opt(Bool),
    opModHFRTMayTrip: opt(DERCurveControlType),
    opModHFRTMustTrip: opt(DERCurveControlType),
    opModHVRTMayTrip: opt(DERCurveControlType),
    opModHVRTMomentaryCessation: opt(DERCurveControlType),
    opModHVRTMustTrip: opt(DERCurveControlType),
    opModIslandPermit: opt(Bool),
    opModLFRTMayTrip: opt(DERCurveControlType),
    opModLFRTMustTrip: opt(DERCurveControlType),
    opModLVRTMayTrip: opt(DERCurveControlType),
    opModLVRTMomentaryCessation: opt(DERCurveControlType),
    opModLVRTMustTrip: opt(DERCurveControlType),
    opModMaxLimPctVAAbsorb: opt(PerCentControlType),
    opModMaxLimPctVAInject: opt(PerCentControlType),
    opModMaxLimPctVarAbsorb: opt(UnsignedFixedVarControlType),
    opModMaxLimPctVarInject: opt(UnsignedFixedVarControlType),
    opModMaxLimPctWAbsorb: opt(PerCentControlType),
    opModMaxLimVarAbsorb: opt(UnsignedReactivePowerControlType),
    opModMaxLimVarInject: opt(UnsignedReactivePowerControlType),
    opModMaxLimW: opt(PerCentControlType),
    opModMaxLimWAbsorb: opt(UnsignedActivePowerControlType),
    opModMaxLimWInject: opt(UnsignedActivePowerControlType),
    opModTargetV: opt(VoltageRMSControlType),
    opModTargetVar: opt(ReactivePowerControlType),
    opModTargetW: opt(ActivePowerControlType),
    opModVoltVar: opt(DERCurveControlType),
    opModVoltWatt: opt(DERCurveControlType),
    opModWattPF: opt(DERCurveControlType),
    opModWattVar: opt(DERCurveControlType),
    updatedTime: one(TimeType),
  },
);
export type CurrentDERControls = Infer<typeof CurrentDERControls>;
