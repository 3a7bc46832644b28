import { list, List, Resource, SubscribableResource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { ausCapability, ausSettings } from './ext/csip-aus';
import {
  AssociatedDERProgramListLink,
  AssociatedUsagePointLink,
  CurrentDERControlsLink,
  CurrentDERProgramLink,
  DERAvailabilityLink,
  DERCapabilityLink,
  DERComponentListLink,
  DERSettingsLink,
  DERStatusLink,
} from './links';
import { HexBinary160, HexBinary32, HexBinary8, Int16, rename, String6, UInt16, UInt32, UInt8 } from './primitives';
import {
  ActivePower,
  AmpereHour,
  ApparentPower,
  CurrentRMS,
  PowerFactor,
  ReactivePower,
  ReactiveSusceptance,
  UnsignedActivePower,
  UnsignedReactivePower,
  VoltageRMS,
  WattHour,
} from './quantities';
import { PerCent, TimeType } from './types';

/** What a client says of its DER (protocol facts 3.7). */
const spec = 'der';
const since2023 = { layer: '2023' } as const;

/** Bitmap of control modes, bit 0 charge … bit 26 watt-var (protocol facts 3.6). */
export const DERControlType = rename('DERControlType', HexBinary32);
/** The modes that came with the 2023 edition: bits 0 MaxLimPctVAAbsorb … 9 TargetV. */
export const DERControlType2 = rename('DERControlType2', HexBinary32, since2023);
/** Bitmap of the settings of a DefaultDERControl. */
export const DefaultDERControlType = rename('DefaultDERControlType', HexBinary32, since2023);
/** 4 PV, 80 other storage, 81 EV, 82 EVSE, 83 PV and storage … */
export const DERType = rename('DERType', UInt8);

export const DER = type(
  'DER',
  { spec, extends: SubscribableResource },
  {
    AssociatedDERProgramListLink: opt(AssociatedDERProgramListLink),
    AssociatedUsagePointLink: opt(AssociatedUsagePointLink),
    CurrentDERControlsLink: opt(CurrentDERControlsLink, since2023),
    CurrentDERProgramLink: opt(CurrentDERProgramLink),
    DERAvailabilityLink: opt(DERAvailabilityLink),
    DERCapabilityLink: opt(DERCapabilityLink),
    DERComponentListLink: opt(DERComponentListLink, since2023),
    DERSettingsLink: opt(DERSettingsLink),
    DERStatusLink: opt(DERStatusLink),
  },
);
export type DER = Infer<typeof DER>;

/** A part of a DER that has a certificate of its own. */
export const DERComponentBase = type(
  'DERComponentBase',
  { spec, ...since2023, part: true, extends: SubscribableResource },
  {
    AssociatedUsagePointLink: opt(AssociatedUsagePointLink),
    DERAvailabilityLink: opt(DERAvailabilityLink),
    DERCapabilityLink: opt(DERCapabilityLink),
    DERSettingsLink: opt(DERSettingsLink),
    DERStatusLink: opt(DERStatusLink),
  },
);
export type DERComponentBase = Infer<typeof DERComponentBase>;

export const DERComponent = type(
  'DERComponent',
  { spec, ...since2023, extends: DERComponentBase },
  { lFDI: one(HexBinary160) },
);
export type DERComponent = Infer<typeof DERComponent>;

export const DERComponentList = list(DERComponent, { extends: List });
export type DERComponentList = Infer<typeof DERComponentList>;

export const DERList = list(DER, { extends: List, pollRate: true });
export type DERList = Infer<typeof DERList>;

/** Nameplate ratings. */
export const DERCapability = type(
  'DERCapability',
  { spec, extends: Resource },
  {
    modesSupported: one(DERControlType),
    modesSupported2: opt(DERControlType2, since2023),
    rtgAbnormalCategory: opt(UInt8),
    rtgMaxA: opt(CurrentRMS),
    rtgMaxAh: opt(AmpereHour),
    rtgMaxChargeRateVA: opt(ApparentPower),
    rtgMaxChargeRateW: opt(ActivePower),
    rtgMaxDischargeRateVA: opt(ApparentPower),
    rtgMaxDischargeRateW: opt(ActivePower),
    rtgMaxV: opt(VoltageRMS),
    rtgMaxVA: opt(ApparentPower),
    rtgMaxVar: opt(ReactivePower),
    rtgMaxVarNeg: opt(ReactivePower),
    rtgMaxW: one(ActivePower),
    rtgMaxWh: opt(WattHour),
    rtgMinPFOverExcited: opt(PowerFactor),
    rtgMinPFUnderExcited: opt(PowerFactor),
    rtgMinV: opt(VoltageRMS),
    rtgNormalCategory: opt(UInt8),
    rtgOverExcitedPF: opt(PowerFactor),
    rtgOverExcitedW: opt(ActivePower),
    rtgReactiveSusceptance: opt(ReactiveSusceptance),
    rtgUnderExcitedPF: opt(PowerFactor),
    rtgUnderExcitedW: opt(ActivePower),
    rtgVNom: opt(VoltageRMS),
    type: one(DERType),
    ...ausCapability,
  },
);
export type DERCapability = Infer<typeof DERCapability>;

/**
 * Settings shared with DefaultDERControl. Enter-service delays and ramps in hundredths of seconds, frequencies in hundredths
 * of Hz, voltages in hundredths of a per cent, gradients in hundredths of a per cent of setMaxW a second (0: no limit).
 */
export const enterService = {
  setESDelay: opt(UInt32),
  setESHighFreq: opt(UInt16),
  setESHighVolt: opt(Int16),
  setESLowFreq: opt(UInt16),
  setESLowVolt: opt(Int16),
  setESRampTms: opt(UInt32),
  setESRandomDelay: opt(UInt32),
};

export const DERSettings = type(
  'DERSettings',
  { spec, extends: SubscribableResource },
  {
    modesEnabled: opt(DERControlType),
    modesEnabled2: opt(DERControlType2, since2023),
    ...enterService,
    setGradW: one(UInt16),
    setMaxA: opt(CurrentRMS),
    setMaxAh: opt(AmpereHour),
    setMaxChargeRateVA: opt(ApparentPower),
    setMaxChargeRateW: opt(ActivePower),
    setMaxDischargeRateVA: opt(ApparentPower),
    setMaxDischargeRateW: opt(ActivePower),
    setMaxV: opt(VoltageRMS),
    setMaxVA: opt(ApparentPower),
    setMaxVar: opt(ReactivePower),
    setMaxVarNeg: opt(ReactivePower),
    setMaxW: one(ActivePower),
    setMaxWh: opt(WattHour),
    setMinPFOverExcited: opt(PowerFactor),
    setMinPFUnderExcited: opt(PowerFactor),
    setMinV: opt(VoltageRMS),
    setSoftGradW: opt(UInt16),
    setVNom: opt(VoltageRMS),
    setVRef: opt(VoltageRMS),
    setVRefOfs: opt(VoltageRMS),
    updatedTime: one(TimeType),
    ...ausSettings,
  },
);
export type DERSettings = Infer<typeof DERSettings>;

/** Bits of value: 0 connected, 1 available, 2 operating, 3 test, 4 fault. */
export const ConnectStatusType = type(
  'ConnectStatusType',
  { spec },
  { dateTime: one(TimeType), value: one(HexBinary8) },
);
export type ConnectStatusType = Infer<typeof ConnectStatusType>;

/** Bits of value: 0 connected, 1 energized. */
export const ConnectStatusType2 = type(
  'ConnectStatusType2',
  { spec, ...since2023 },
  { dateTime: one(TimeType), value: one(HexBinary8) },
);
export type ConnectStatusType2 = Infer<typeof ConnectStatusType2>;

const coded = { dateTime: one(TimeType), value: one(UInt8) };

/** 1 off, 2 sleeping, 3 starting, 4 tracking, 5 throttled, 6 shutting down, 7 fault, 8 standby, 9 test, 10 maker's own. */
export const InverterStatusType = type('InverterStatusType', { spec }, coded);
export type InverterStatusType = Infer<typeof InverterStatusType>;
/** 0 local, 1 remote. */
export const LocalControlModeStatusType = type('LocalControlModeStatusType', { spec }, coded);
export type LocalControlModeStatusType = Infer<typeof LocalControlModeStatusType>;
/** 0 unknown, 1 off, 2 operational, 3 test. */
export const OperationalModeStatusType = type('OperationalModeStatusType', { spec }, coded);
export type OperationalModeStatusType = Infer<typeof OperationalModeStatusType>;
/** 0 charging, 1 discharging, 2 holding. */
export const StorageModeStatusType = type('StorageModeStatusType', { spec }, coded);
export type StorageModeStatusType = Infer<typeof StorageModeStatusType>;

export const ManufacturerStatusType = type(
  'ManufacturerStatusType',
  { spec },
  { dateTime: one(TimeType), value: one(String6) },
);
export type ManufacturerStatusType = Infer<typeof ManufacturerStatusType>;

export const StateOfChargeStatusType = type(
  'StateOfChargeStatusType',
  { spec },
  { dateTime: one(TimeType), value: one(PerCent) },
);
export type StateOfChargeStatusType = Infer<typeof StateOfChargeStatusType>;

export const DERStatus = type(
  'DERStatus',
  { spec, extends: SubscribableResource },
  {
    alarmStatus: opt(HexBinary32),
    connectStatus: opt(ConnectStatusType2, since2023),
    genConnectStatus: opt(ConnectStatusType),
    inverterStatus: opt(InverterStatusType),
    localControlModeStatus: opt(LocalControlModeStatusType),
    manufacturerStatus: opt(ManufacturerStatusType),
    operationalModeStatus: opt(OperationalModeStatusType),
    readingTime: one(TimeType),
    stateOfChargeStatus: opt(StateOfChargeStatusType),
    storageModeStatus: opt(StorageModeStatusType),
    storConnectStatus: opt(ConnectStatusType),
  },
);
export type DERStatus = Infer<typeof DERStatus>;

/** Durations in seconds. */
export const DERAvailability = type(
  'DERAvailability',
  { spec, extends: SubscribableResource },
  {
    availabilityDuration: opt(UInt32),
    maxChargeDuration: opt(UInt32),
    readingTime: one(TimeType),
    reserveChargePercent: opt(PerCent),
    reservePercent: opt(PerCent),
    statVarAbsorbAvail: opt(UnsignedReactivePower, since2023),
    statVarAvail: opt(ReactivePower),
    statWAbsorbAvail: opt(UnsignedActivePower, since2023),
    statWAvail: opt(ActivePower),
  },
);
export type DERAvailability = Infer<typeof DERAvailability>;
