import {
  IdentifiedObject,
  list,
  List,
  RandomizableEvent,
  RespondableSubscribableIdentifiedObject,
  SubscribableIdentifiedObject,
  SubscribableList,
} from './common';
import {
  ActivePowerControlType,
  ActivePowerDeltaControlType,
  DERUnitRefType,
  FixedVar,
  FixedVarControlType,
  PerCentControlType,
  PowerFactorWithExcitationControlType,
  ReactivePowerControlType,
  ReactivePowerDeltaControlType,
  SignedPerCentControlType,
  UnsignedActivePowerControlType,
  UnsignedFixedVarControlType,
  UnsignedReactivePowerControlType,
  VoltageRMSControlType,
} from './control-types';
import { DER, DERAvailability, DERCapability, DERList, DERSettings, DERStatus, enterService } from './der-info';
import { many, one, opt, type, type Infer } from './dsl';
import { ausControlBase } from './ext/csip-aus';
import {
  ActiveDERControlListLink,
  DefaultDERControlLink,
  DERControlListLink,
  DERCurveLink,
  DERCurveListLink,
} from './links';
import { UsagePoint } from './metering';
import { Bool, Int32, rename, UInt16, UInt32, UInt8 } from './primitives';
import { ActivePower, PowerFactorWithExcitation, ReactivePower } from './quantities';
import { resource, resources } from './resource';
import { DeviceCategoryType, PerCent, PowerOfTenMultiplierType, PrimacyType, SignedPerCent, TimeType } from './types';

export * from './control-types';
export * from './der-info';
export * from './quantities';

const spec = 'der';
const since2023 = { layer: '2023' } as const;

/** 0 frequency-watt … 11 volt-var, 12 volt-watt, 13 watt-PF, 14 watt-var (protocol facts 3.6). */
export const DERCurveType = rename('DERCurveType', UInt8);

/** Dead bands in mHz, slopes in thousandths, response time in hundredths of a second. */
export const FreqDroopType = type(
  'FreqDroopType',
  { spec, attributes: { disabled: opt(Bool, { ...since2023, default: 'false' }) } },
  {
    dBOF: one(UInt32),
    dBUF: one(UInt32),
    kOF: one(UInt16),
    kUF: one(UInt16),
    openLoopTms: one(UInt16),
    pMin: opt(ActivePower, since2023),
  },
);
export type FreqDroopType = Infer<typeof FreqDroopType>;

const wasPF = { was: PowerFactorWithExcitation };

/** Percentages are hundredths of a per cent of setMaxW, ramp times hundredths of a second. */
export const DERControlBase = type(
  'DERControlBase',
  { spec, disabling: true },
  {
    opModConnect: opt(Bool),
    opModDeltaVar: opt(ReactivePowerDeltaControlType, since2023),
    opModDeltaW: opt(ActivePowerDeltaControlType, since2023),
    opModEnergize: opt(Bool),
    opModFixedPFAbsorbW: opt(PowerFactorWithExcitationControlType, wasPF),
    opModFixedPFInjectW: opt(PowerFactorWithExcitationControlType, wasPF),
    opModFixedV: opt(SignedPerCentControlType, since2023),
    opModFixedVar: opt(FixedVarControlType, { was: FixedVar }),
    opModFixedW: opt(SignedPerCentControlType, { was: SignedPerCent }),
    opModFreqDroop: opt(FreqDroopType),
    opModFreqWatt: opt(DERCurveLink),
    opModGridConnectPermit: opt(Bool, since2023),
    opModHFRTMayTrip: opt(DERCurveLink),
    opModHFRTMustTrip: opt(DERCurveLink),
    opModHVRTMayTrip: opt(DERCurveLink),
    opModHVRTMomentaryCessation: opt(DERCurveLink),
    opModHVRTMustTrip: opt(DERCurveLink),
    opModIslandPermit: opt(Bool, since2023),
    opModLFRTMayTrip: opt(DERCurveLink),
    opModLFRTMustTrip: opt(DERCurveLink),
    opModLVRTMayTrip: opt(DERCurveLink),
    opModLVRTMomentaryCessation: opt(DERCurveLink),
    opModLVRTMustTrip: opt(DERCurveLink),
    opModMaxLimPctVAAbsorb: opt(PerCentControlType, since2023),
    opModMaxLimPctVAInject: opt(PerCentControlType, since2023),
    opModMaxLimPctVarAbsorb: opt(UnsignedFixedVarControlType, since2023),
    opModMaxLimPctVarInject: opt(UnsignedFixedVarControlType, since2023),
    opModMaxLimPctWAbsorb: opt(PerCentControlType, since2023),
    opModMaxLimVarAbsorb: opt(UnsignedReactivePowerControlType, since2023),
    opModMaxLimVarInject: opt(UnsignedReactivePowerControlType, since2023),
    opModMaxLimW: opt(PerCentControlType, { was: PerCent }),
    opModMaxLimWAbsorb: opt(UnsignedActivePowerControlType, since2023),
    opModMaxLimWInject: opt(UnsignedActivePowerControlType, since2023),
    opModTargetV: opt(VoltageRMSControlType, since2023),
    opModTargetVar: opt(ReactivePowerControlType, { was: ReactivePower }),
    opModTargetW: opt(ActivePowerControlType, { was: ActivePower }),
    opModVoltVar: opt(DERCurveLink),
    opModVoltWatt: opt(DERCurveLink),
    opModWattPF: opt(DERCurveLink),
    opModWattVar: opt(DERCurveLink),
    rampTms: opt(UInt16),
    ...ausControlBase,
  },
);
export type DERControlBase = Infer<typeof DERControlBase>;

export const DERControl = type(
  'DERControl',
  { spec, extends: RandomizableEvent },
  { DERControlBase: one(DERControlBase), deviceCategory: opt(DeviceCategoryType) },
);
export type DERControl = Infer<typeof DERControl>;

/** No pollRate: its rate is that of the DERProgramList. */
export const DERControlList = list(DERControl, { extends: SubscribableList });
export type DERControlList = Infer<typeof DERControlList>;

/** In force whenever no event is. */
export const DefaultDERControl = type(
  'DefaultDERControl',
  { spec, extends: RespondableSubscribableIdentifiedObject, extended: SubscribableIdentifiedObject },
  {
    DERControlBase: one(DERControlBase),
    ...enterService,
    setGradW: opt(UInt16),
    setSoftGradW: opt(UInt16),
    updatedTime: opt(TimeType, since2023),
  },
);
export type DefaultDERControl = Infer<typeof DefaultDERControl>;

/** `excitation` only where y is a power factor. */
export const CurveData = type('CurveData', { spec }, { excitation: opt(Bool), xvalue: one(Int32), yvalue: one(Int32) });
export type CurveData = Infer<typeof CurveData>;

export const DERCurve = type(
  'DERCurve',
  { spec, extends: IdentifiedObject },
  {
    autonomousVRefEnable: opt(Bool, { whenEmpty: 'false' }),
    autonomousVRefTimeConstant: opt(UInt32),
    creationTime: one(TimeType),
    CurveData: many(CurveData, { min: 1, max: 10 }),
    curveType: one(DERCurveType),
    openLoopTms: opt(UInt16),
    rampDecTms: opt(UInt16),
    rampIncTms: opt(UInt16),
    rampPT1Tms: opt(UInt16),
    vRef: opt(PerCent),
    xMultiplier: one(PowerOfTenMultiplierType),
    yMultiplier: one(PowerOfTenMultiplierType),
    yRefType: one(DERUnitRefType),
  },
);
export type DERCurve = Infer<typeof DERCurve>;

export const DERCurveList = list(DERCurve, { extends: List });
export type DERCurveList = Infer<typeof DERCurveList>;

export const DERProgram = type(
  'DERProgram',
  { spec, extends: SubscribableIdentifiedObject },
  {
    ActiveDERControlListLink: opt(ActiveDERControlListLink),
    DefaultDERControlLink: opt(DefaultDERControlLink),
    DERControlListLink: opt(DERControlListLink),
    DERCurveListLink: opt(DERCurveListLink),
    primacy: one(PrimacyType),
  },
);
export type DERProgram = Infer<typeof DERProgram>;

export const DERProgramList = list(DERProgram, { extends: SubscribableList, pollRate: true });
export type DERProgramList = Infer<typeof DERProgramList>;

const byClient = { methods: { GET: 'M', PUT: 'M' }, owner: 'edev' } as const;
const eventOrder = ['interval.start', '-creationTime', '-mRID'] as const;

export const der = resources('der', {
  ders: resource('/edev/:edev/der', DERList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['href'],
    owner: 'edev',
    poll: 900,
  }),
  der: resource('/edev/:edev/der/:der', DER, {
    methods: { GET: 'M', PUT: 'O', DELETE: 'O' },
    owner: 'edev',
    subscribe: true,
  }),
  capability: resource('/edev/:edev/der/:der/dercap', DERCapability, byClient),
  settings: resource('/edev/:edev/der/:der/derg', DERSettings, { ...byClient, subscribe: true }),
  status: resource('/edev/:edev/der/:der/ders', DERStatus, { ...byClient, subscribe: true }),
  availability: resource('/edev/:edev/der/:der/dera', DERAvailability, { ...byClient, subscribe: true }),
  usagePoint: resource('/edev/:edev/der/:der/upt', UsagePoint, {
    methods: { GET: 'M', DELETE: 'O' },
    owner: 'edev',
  }),
  associatedPrograms: resource('/edev/:edev/der/:der/derp', DERProgramList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['primacy', '-mRID'],
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
  currentProgram: resource('/edev/:edev/der/:der/cdp', DERProgram, {
    methods: { GET: 'M', DELETE: 'O' },
    owner: 'edev',
    subscribe: true,
  }),
  programs: resource('/derp', DERProgramList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['primacy', '-mRID'],
    owner: 'public',
    subscribe: true,
    poll: 900,
  }),
  program: resource('/derp/:derp', DERProgram, {
    methods: { GET: 'M', DELETE: 'O' },
    owner: 'derp',
    subscribe: true,
  }),
  activeControls: resource('/derp/:derp/actderc', DERControlList, {
    methods: { GET: 'M' },
    order: eventOrder,
    owner: 'derp',
    subscribe: true,
  }),
  controls: resource('/derp/:derp/derc', DERControlList, {
    methods: { GET: 'M', POST: 'O' },
    order: eventOrder,
    owner: 'derp',
    subscribe: true,
  }),
  control: resource('/derp/:derp/derc/:derc', DERControl, {
    methods: { GET: 'M', DELETE: 'O' },
    owner: 'derp',
    subscribe: true,
  }),
  defaultControl: resource('/derp/:derp/dderc', DefaultDERControl, {
    methods: { GET: 'M', PUT: 'O' },
    owner: 'derp',
    subscribe: true,
  }),
  curves: resource('/derp/:derp/dc', DERCurveList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['-creationTime', '-mRID'],
    owner: 'derp',
  }),
  curve: resource('/derp/:derp/dc/:dc', DERCurve, { methods: { GET: 'M', DELETE: 'O' }, owner: 'derp' }),
});
