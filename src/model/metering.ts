import { DateTimeInterval, IdentifiedObject, list, Resource, SubscribableList, UnitValueType } from './common';
import { one, opt, type, type Infer } from './dsl';
import {
  MeterReadingListLink,
  RateComponentListLink,
  ReadingLink,
  ReadingListLink,
  ReadingSetListLink,
  ReadingTypeLink,
} from './links';
import { Bool, HexBinary16, HexBinary160, Int48, SubscribableType, UInt32, UInt48, UInt8 } from './primitives';
import { resource, resources } from './resource';
import {
  AccumulationBehaviourType,
  CommodityType,
  ConsumptionBlockType,
  DataQualifierType,
  FlowDirectionType,
  KindType,
  PhaseCode,
  PowerOfTenMultiplierType,
  RoleFlagsType,
  ServiceKind,
  TOUType,
  UomType,
} from './types';

const spec = 'metering';
const zero = { whenEmpty: '0' } as const;

/** status: 0 off, 1 on. */
export const UsagePointBase = type(
  'UsagePointBase',
  { spec, part: true, extends: IdentifiedObject },
  { roleFlags: one(RoleFlagsType), serviceCategoryKind: one(ServiceKind), status: one(UInt8) },
);
export type UsagePointBase = Infer<typeof UsagePointBase>;

export const MeterReadingBase = type('MeterReadingBase', { spec, part: true, extends: IdentifiedObject }, {});
export type MeterReadingBase = Infer<typeof MeterReadingBase>;

export const ReadingSetBase = type(
  'ReadingSetBase',
  { spec, part: true, extends: IdentifiedObject },
  { timePeriod: one(DateTimeInterval) },
);
export type ReadingSetBase = Infer<typeof ReadingSetBase>;

/** The amount is value × 10^powerOfTenMultiplier in the unit of its ReadingType. */
export const ReadingBase = type(
  'ReadingBase',
  { spec, part: true, extends: Resource },
  {
    consumptionBlock: opt(ConsumptionBlockType, zero),
    qualityFlags: opt(HexBinary16, { whenEmpty: '00' }),
    timePeriod: opt(DateTimeInterval),
    touTier: opt(TOUType, zero),
    value: opt(Int48),
  },
);
export type ReadingBase = Infer<typeof ReadingBase>;

export const Reading = type(
  'Reading',
  { spec, extends: ReadingBase, attributes: { subscribable: opt(SubscribableType, { default: '0' }) } },
  { localID: opt(HexBinary16) },
);
export type Reading = Infer<typeof Reading>;

export const ReadingList = list(Reading, { extends: SubscribableList });
export type ReadingList = Infer<typeof ReadingList>;

export const ReadingSet = type(
  'ReadingSet',
  { spec, extends: ReadingSetBase },
  { ReadingListLink: opt(ReadingListLink) },
);
export type ReadingSet = Infer<typeof ReadingSet>;

export const ReadingSetList = list(ReadingSet, { extends: SubscribableList });
export type ReadingSetList = Infer<typeof ReadingSetList>;

/** intervalLength and subIntervalLength in seconds. */
export const ReadingType = type(
  'ReadingType',
  { spec, extends: Resource },
  {
    accumulationBehaviour: opt(AccumulationBehaviourType, zero),
    calorificValue: opt(UnitValueType),
    commodity: opt(CommodityType, zero),
    conversionFactor: opt(UnitValueType),
    dataQualifier: opt(DataQualifierType, zero),
    flowDirection: opt(FlowDirectionType, zero),
    intervalLength: opt(UInt32),
    kind: opt(KindType, zero),
    maxNumberOfIntervals: opt(UInt8),
    numberOfConsumptionBlocks: opt(UInt8, zero),
    numberOfTouTiers: opt(UInt8, zero),
    phase: opt(PhaseCode, zero),
    powerOfTenMultiplier: opt(PowerOfTenMultiplierType, zero),
    subIntervalLength: opt(UInt32),
    supplyLimit: opt(UInt48),
    tieredConsumptionBlocks: opt(Bool, { whenEmpty: 'false' }),
    uom: opt(UomType, zero),
  },
);
export type ReadingType = Infer<typeof ReadingType>;

export const MeterReading = type(
  'MeterReading',
  { spec, extends: MeterReadingBase },
  {
    RateComponentListLink: opt(RateComponentListLink),
    ReadingLink: opt(ReadingLink),
    ReadingSetListLink: opt(ReadingSetListLink),
    ReadingTypeLink: one(ReadingTypeLink),
  },
);
export type MeterReading = Infer<typeof MeterReading>;

export const MeterReadingList = list(MeterReading, { extends: SubscribableList });
export type MeterReadingList = Infer<typeof MeterReadingList>;

export const UsagePoint = type(
  'UsagePoint',
  { spec, extends: UsagePointBase },
  { deviceLFDI: opt(HexBinary160), MeterReadingListLink: opt(MeterReadingListLink) },
);
export type UsagePoint = Infer<typeof UsagePoint>;

export const UsagePointList = list(UsagePoint, { extends: SubscribableList, pollRate: true });
export type UsagePointList = Infer<typeof UsagePointList>;

const listed = { methods: { GET: 'M', POST: 'O' }, owner: 'upt', subscribe: true } as const;
const readingMethods = { GET: 'M', PUT: 'O', DELETE: 'O' } as const;

export const metering = resources('metering', {
  usagePoints: resource('/upt', UsagePointList, { ...listed, order: ['-mRID'], owner: 'public', poll: 900 }),
  usagePoint: resource('/upt/:upt', UsagePoint, { methods: { GET: 'M', DELETE: 'O' }, owner: 'upt' }),
  meterReadings: resource('/upt/:upt/mr', MeterReadingList, { ...listed, order: ['-mRID'] }),
  meterReading: resource('/upt/:upt/mr/:mr', MeterReading, { methods: { GET: 'M', DELETE: 'O' }, owner: 'upt' }),
  readingType: resource('/upt/:upt/mr/:mr/rt', ReadingType, { methods: { GET: 'M', PUT: 'O' }, owner: 'upt' }),
  /** The latest single reading; the WADL has Reading only below a set. */
  reading: resource('/upt/:upt/mr/:mr/r', Reading, { methods: { GET: 'M' }, owner: 'upt', subscribe: true }),
  readingSets: resource('/upt/:upt/mr/:mr/rs', ReadingSetList, { ...listed, order: ['-timePeriod.start', '-mRID'] }),
  readingSet: resource('/upt/:upt/mr/:mr/rs/:rs', ReadingSet, { methods: { GET: 'M', DELETE: 'O' }, owner: 'upt' }),
  readings: resource('/upt/:upt/mr/:mr/rs/:rs/r', ReadingList, {
    ...listed,
    order: ['localID', 'consumptionBlock', 'touTier'],
  }),
  readingOfSet: resource('/upt/:upt/mr/:mr/rs/:rs/r/:r', Reading, {
    methods: readingMethods,
    owner: 'upt',
    subscribe: true,
  }),
});
