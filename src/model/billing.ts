import { DateTimeInterval, IdentifiedObject, list, List, Resource, SubscribableList } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import {
  ActiveBillingPeriodListLink,
  ActiveProjectionReadingListLink,
  ActiveTargetReadingListLink,
  BillingPeriodListLink,
  BillingReadingListLink,
  BillingReadingSetListLink,
  CustomerAgreementListLink,
  HistoricalReadingListLink,
  PrepaymentLink,
  ProjectionReadingListLink,
  ReadingTypeLink,
  ServiceSupplierLink,
  TargetReadingListLink,
  TariffProfileLink,
  UsagePointLink,
} from './links';
import { MeterReadingBase, ReadingBase, ReadingSetBase, ReadingType } from './metering';
import { Int32, Int48, rename, String20, String32, String42, UInt16, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { PowerOfTenMultiplierType, TimeType } from './types';

const spec = 'billing';

/** 0 consumption, 1 rebate, 2 auxiliary, 3 demand, 4 tax. */
export const ChargeKind = rename('ChargeKind', UInt8);

export const BillingPeriod = type(
  'BillingPeriod',
  { spec, extends: Resource },
  {
    billLastPeriod: opt(Int48),
    billToDate: opt(Int48),
    interval: one(DateTimeInterval),
    statusTimeStamp: opt(TimeType),
  },
);
export type BillingPeriod = Infer<typeof BillingPeriod>;

export const BillingPeriodList = list(BillingPeriod, { extends: SubscribableList });
export type BillingPeriodList = Infer<typeof BillingPeriodList>;

export const BillingMeterReadingBase = type(
  'BillingMeterReadingBase',
  { spec, part: true, extends: MeterReadingBase },
  { BillingReadingSetListLink: opt(BillingReadingSetListLink), ReadingTypeLink: opt(ReadingTypeLink) },
);
export type BillingMeterReadingBase = Infer<typeof BillingMeterReadingBase>;

export const Charge = type(
  'Charge',
  { spec },
  { description: opt(String20), kind: opt(ChargeKind), value: one(Int32) },
);
export type Charge = Infer<typeof Charge>;

export const BillingReading = type('BillingReading', { spec, extends: ReadingBase }, { Charge: many(Charge) });
export type BillingReading = Infer<typeof BillingReading>;

export const BillingReadingList = list(BillingReading, { extends: List });
export type BillingReadingList = Infer<typeof BillingReadingList>;

export const BillingReadingSet = type(
  'BillingReadingSet',
  { spec, extends: ReadingSetBase },
  { BillingReadingListLink: opt(BillingReadingListLink) },
);
export type BillingReadingSet = Infer<typeof BillingReadingSet>;

export const BillingReadingSetList = list(BillingReadingSet, { extends: SubscribableList });
export type BillingReadingSetList = Infer<typeof BillingReadingSetList>;

export const HistoricalReading = type('HistoricalReading', { spec, extends: BillingMeterReadingBase }, {});
export type HistoricalReading = Infer<typeof HistoricalReading>;
export const HistoricalReadingList = list(HistoricalReading, { extends: List });
export type HistoricalReadingList = Infer<typeof HistoricalReadingList>;

export const ProjectionReading = type('ProjectionReading', { spec, extends: BillingMeterReadingBase }, {});
export type ProjectionReading = Infer<typeof ProjectionReading>;
export const ProjectionReadingList = list(ProjectionReading, { extends: List });
export type ProjectionReadingList = Infer<typeof ProjectionReadingList>;

export const TargetReading = type('TargetReading', { spec, extends: BillingMeterReadingBase }, {});
export type TargetReading = Infer<typeof TargetReading>;
export const TargetReadingList = list(TargetReading, { extends: List });
export type TargetReadingList = Infer<typeof TargetReadingList>;

export const CustomerAgreement = type(
  'CustomerAgreement',
  { spec, extends: IdentifiedObject },
  {
    ActiveBillingPeriodListLink: opt(ActiveBillingPeriodListLink),
    ActiveProjectionReadingListLink: opt(ActiveProjectionReadingListLink),
    ActiveTargetReadingListLink: opt(ActiveTargetReadingListLink),
    BillingPeriodListLink: opt(BillingPeriodListLink),
    HistoricalReadingListLink: opt(HistoricalReadingListLink),
    PrepaymentLink: opt(PrepaymentLink),
    ProjectionReadingListLink: opt(ProjectionReadingListLink),
    serviceAccount: opt(String42),
    serviceLocation: opt(String42),
    TargetReadingListLink: opt(TargetReadingListLink),
    TariffProfileLink: opt(TariffProfileLink),
    UsagePointLink: opt(UsagePointLink),
  },
);
export type CustomerAgreement = Infer<typeof CustomerAgreement>;

export const CustomerAgreementList = list(CustomerAgreement, { extends: SubscribableList });
export type CustomerAgreementList = Infer<typeof CustomerAgreementList>;

/** currency: ISO 4217 numeric; amounts × 10^pricePowerOfTenMultiplier. */
export const CustomerAccount = type(
  'CustomerAccount',
  { spec, extends: IdentifiedObject },
  {
    currency: one(UInt16),
    customerAccount: opt(String42),
    CustomerAgreementListLink: opt(CustomerAgreementListLink),
    customerName: opt(String42),
    pricePowerOfTenMultiplier: one(PowerOfTenMultiplierType),
    ServiceSupplierLink: opt(ServiceSupplierLink),
  },
);
export type CustomerAccount = Infer<typeof CustomerAccount>;

export const CustomerAccountList = list(CustomerAccount, { extends: SubscribableList, pollRate: true });
export type CustomerAccountList = Infer<typeof CustomerAccountList>;

/** providerID: IANA enterprise number. */
export const ServiceSupplier = type(
  'ServiceSupplier',
  { spec, extends: IdentifiedObject },
  { email: opt(String32), phone: opt(String20), providerID: opt(UInt32), web: opt(String42) },
);
export type ServiceSupplier = Infer<typeof ServiceSupplier>;

export const ServiceSupplierList = list(ServiceSupplier, { extends: List, dropped: '2023' });
export type ServiceSupplierList = Infer<typeof ServiceSupplierList>;

const listed = { methods: { GET: 'M', POST: 'D' }, owner: 'assigned' } as const;
const single = { methods: { GET: 'M', DELETE: 'D' }, owner: 'assigned' } as const;
const writable = { methods: { GET: 'M', PUT: 'D', DELETE: 'D' }, owner: 'assigned' } as const;
const byName = ['description', '-mRID'] as const;
const sets = { ...listed, order: ['-timePeriod.start', '-mRID'], subscribe: true } as const;
const ofSet = { ...listed, order: ['timePeriod.start', 'consumptionBlock', 'touTier'] } as const;
const readingType = { methods: { GET: 'M', PUT: 'D' }, owner: 'assigned' } as const;
/** Paths below one reading of an agreement. The WADL has all sets in one list, /brs, in which none says of which reading it is. */
const belowReading = (at: string) => [`${at}/rt`, `${at}/brs`, `${at}/brs/:brs`, `${at}/brs/:brs/br`] as const;
const ca = '/bill/:bill/ca/:ca';
const [proType, proSets, proSet, proReadings] = belowReading(`${ca}/pro/:pro`);
const [tarType, tarSets, tarSet, tarReadings] = belowReading(`${ca}/tar/:tar`);
const [verType, verSets, verSet, verReadings] = belowReading(`${ca}/ver/:ver`);

export const billing = resources('billing', {
  accounts: resource('/bill', CustomerAccountList, {
    ...listed,
    order: ['customerName', '-mRID'],
    subscribe: true,
    poll: 900,
  }),
  account: resource('/bill/:bill', CustomerAccount, single),
  supplier: resource('/bill/:bill/ss', ServiceSupplier, single),
  agreements: resource('/bill/:bill/ca', CustomerAgreementList, {
    ...listed,
    order: ['serviceLocation', '-mRID'],
    subscribe: true,
  }),
  agreement: resource(ca, CustomerAgreement, single),
  activePeriods: resource(`${ca}/actbp`, BillingPeriodList, {
    methods: { GET: 'M' },
    order: ['-interval.start', 'href'],
    owner: 'assigned',
    subscribe: true,
  }),
  periods: resource(`${ca}/bp`, BillingPeriodList, { ...listed, order: ['-interval.start', 'href'], subscribe: true }),
  period: resource(`${ca}/bp/:bp`, BillingPeriod, writable),
  projections: resource(`${ca}/pro`, ProjectionReadingList, { ...listed, order: byName }),
  projection: resource(`${ca}/pro/:pro`, ProjectionReading, writable),
  projectionType: resource(proType, ReadingType, readingType),
  projectionSets: resource(proSets, BillingReadingSetList, sets),
  projectionSet: resource(proSet, BillingReadingSet, single),
  projectionReadings: resource(proReadings, BillingReadingList, ofSet),
  projectionReading: resource(`${proReadings}/:br`, BillingReading, writable),
  targets: resource(`${ca}/tar`, TargetReadingList, { ...listed, order: byName }),
  target: resource(`${ca}/tar/:tar`, TargetReading, single),
  targetType: resource(tarType, ReadingType, readingType),
  targetSets: resource(tarSets, BillingReadingSetList, sets),
  targetSet: resource(tarSet, BillingReadingSet, single),
  targetReadings: resource(tarReadings, BillingReadingList, ofSet),
  targetReading: resource(`${tarReadings}/:br`, BillingReading, writable),
  histories: resource(`${ca}/ver`, HistoricalReadingList, { ...listed, order: byName }),
  history: resource(`${ca}/ver/:ver`, HistoricalReading, single),
  historyType: resource(verType, ReadingType, readingType),
  historySets: resource(verSets, BillingReadingSetList, sets),
  historySet: resource(verSet, BillingReadingSet, single),
  historyReadings: resource(verReadings, BillingReadingList, ofSet),
  historyReading: resource(`${verReadings}/:br`, BillingReading, writable),
  readingSets: resource('/brs', BillingReadingSetList, sets),
  readingSet: resource('/brs/:brs', BillingReadingSet, single),
  readings: resource('/brs/:brs/br', BillingReadingList, ofSet),
  reading: resource('/brs/:brs/br/:br', BillingReading, writable),
});
