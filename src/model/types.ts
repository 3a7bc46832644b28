import {
  HexBinary128,
  HexBinary16,
  HexBinary32,
  Int16,
  Int32,
  Int64,
  Int8,
  rename,
  String42,
  UInt16,
  UInt32,
  UInt40,
  UInt8,
} from './primitives';

/** Named simple types used by more than one function set. What their values mean is in protocol facts 3.4 to 3.8. */

/** Seconds since 1970-01-01 UTC, leap seconds not counted. */
export const TimeType = rename('TimeType', Int64);
/** Seconds, west of Greenwich negative. */
export const TimeOffsetType = rename('TimeOffsetType', Int32);
/** Seconds from -3600 to 3600, by the text of the standard; the schema does not narrow it. */
export const OneHourRangeType = rename('OneHourRangeType', Int16);
/** Rule for the hour at which daylight saving begins or ends, bit-packed. */
export const DstRuleType = rename('DstRuleType', HexBinary32);

/** 128 bits, the maker's enterprise number in the last 32. */
export const mRIDType = rename('mRIDType', HexBinary128);
/** From 0, plus one for each change of the object. */
export const VersionType = rename('VersionType', UInt16);
/** IANA private enterprise number. */
export const PENType = rename('PENType', UInt32);
/** Short device identifier with its check digit, at most 12 decimal digits. */
export const SFDIType = rename('SFDIType', UInt40);
/** Six decimal digits at most, the last a check digit. */
export const PINType = rename('PINType', UInt32);
/** RFC 4646 language tag. */
export const LocaleType = rename('LocaleType', String42);

/** Lower is stronger: 0 in-home energy management, 1 contracted premises provider, 2 other provider. */
export const PrimacyType = rename('PrimacyType', UInt8);
/** Bitmap of device kinds. */
export const DeviceCategoryType = rename('DeviceCategoryType', HexBinary32);
/** 0 none, 1 mains, 2 battery, 3 local generation, 4 emergency, 5 unknown. */
export const PowerSourceType = rename('PowerSourceType', UInt8);

/** Hundredths of a per cent, 0 to 10000. */
export const PerCent = rename('PerCent', UInt16);
/** Hundredths of a per cent, -10000 to 10000. */
export const SignedPerCent = rename('SignedPerCent', Int16);
/** Exponent of ten, -9 to 9. */
export const PowerOfTenMultiplierType = rename('PowerOfTenMultiplierType', Int8);
/** What a percentage of a target or reduction is of. */
export const UnitType = rename('UnitType', UInt8);
/** ISO 4217 numeric code. */
export const CurrencyCode = rename('CurrencyCode', UInt16);

/** How a reading accumulates: 4 delta, 12 instantaneous, 9 summation … */
export const AccumulationBehaviourType = rename('AccumulationBehaviourType', UInt8);
/** 0 not said, 1 secondary metered electricity, 2 primary metered … */
export const CommodityType = rename('CommodityType', UInt8);
export const ConsumptionBlockType = rename('ConsumptionBlockType', UInt8);
/** 0 none, 2 average, 8 maximum, 9 minimum. */
export const DataQualifierType = rename('DataQualifierType', UInt8);
/** 1 delivered to the customer, 19 received from. */
export const FlowDirectionType = rename('FlowDirectionType', UInt8);
/** 3 currency, 8 demand, 12 energy, 37 power. */
export const KindType = rename('KindType', UInt8);
/** 128 A, 64 B, 32 C; plus 1 each to neutral; 224 all three. */
export const PhaseCode = rename('PhaseCode', UInt8);
/** Bits: 0 mirror, 1 premises aggregation point, 2 PEV, 3 DER, 4 revenue quality, 5 DC, 6 submeter. */
export const RoleFlagsType = rename('RoleFlagsType', HexBinary16);
/** 0 electricity, 1 gas, 2 water … */
export const ServiceKind = rename('ServiceKind', UInt8);
export const TOUType = rename('TOUType', UInt8);
/** Unit of measure: 38 W, 63 var, 61 VA, 72 Wh, 29 V, 33 Hz, 5 A. */
export const UomType = rename('UomType', UInt8);
export const ApplianceLoadReductionType = rename('ApplianceLoadReductionType', UInt8);
