import { DateTimeInterval, IdentifiedObject, list, List, RealEnergy, Resource, SubscribableList } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import {
  AccountBalanceLink,
  ActiveCreditRegisterListLink,
  ActiveSupplyInterruptionOverrideListLink,
  CreditRegisterListLink,
  PrepayOperationStatusLink,
  SupplyInterruptionOverrideListLink,
  UsagePointLink,
} from './links';
import { UsagePoint } from './metering';
import { Int32, rename, String32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { CurrencyCode, PowerOfTenMultiplierType, TimeType } from './types';

const spec = 'prepayment';

/** 0 central wallet, 1 at the energy services interface, 2 local, 3 credit. */
export const PrepayModeType = rename('PrepayModeType', UInt8);
/** 0 enough, 1 low, 2 used up, 3 negative. */
export const CreditStatusType = rename('CreditStatusType', UInt8);
/** 0 regular, 1 emergency, 2 both. */
export const CreditTypeType = rename('CreditTypeType', UInt8);
/** 0 connected, 1 disconnected, 2 armed to connect, 3 armed to disconnect … */
export const ServiceStatusType = rename('ServiceStatusType', UInt8);

/** value × 10^multiplier of the energy unit or of the currency. */
export const AccountingUnit = type(
  'AccountingUnit',
  { spec },
  {
    energyUnit: opt(RealEnergy),
    monetaryUnit: one(CurrencyCode),
    multiplier: one(PowerOfTenMultiplierType),
    value: one(Int32),
  },
);
export type AccountingUnit = Infer<typeof AccountingUnit>;

export const AccountBalance = type(
  'AccountBalance',
  { spec, extends: Resource },
  {
    availableCredit: one(AccountingUnit),
    creditStatus: opt(CreditStatusType),
    emergencyCredit: opt(AccountingUnit),
    emergencyCreditStatus: opt(CreditStatusType),
  },
);
export type AccountBalance = Infer<typeof AccountBalance>;

export const CreditRegister = type(
  'CreditRegister',
  { spec, extends: IdentifiedObject },
  {
    creditAmount: one(AccountingUnit),
    creditType: opt(CreditTypeType),
    effectiveTime: one(TimeType),
    token: one(String32),
  },
);
export type CreditRegister = Infer<typeof CreditRegister>;

export const CreditRegisterList = list(CreditRegister, { extends: List });
export type CreditRegisterList = Infer<typeof CreditRegisterList>;

export const ServiceChange = type(
  'ServiceChange',
  { spec },
  { newStatus: one(ServiceStatusType), startTime: one(TimeType) },
);
export type ServiceChange = Infer<typeof ServiceChange>;

export const CreditTypeChange = type(
  'CreditTypeChange',
  { spec },
  { newType: one(CreditTypeType), startTime: one(TimeType) },
);
export type CreditTypeChange = Infer<typeof CreditTypeChange>;

export const PrepayOperationStatus = type(
  'PrepayOperationStatus',
  { spec, extends: Resource },
  {
    creditTypeChange: opt(CreditTypeChange),
    creditTypeInUse: opt(CreditTypeType),
    serviceChange: opt(ServiceChange),
    serviceStatus: one(ServiceStatusType),
  },
);
export type PrepayOperationStatus = Infer<typeof PrepayOperationStatus>;

export const SupplyInterruptionOverride = type(
  'SupplyInterruptionOverride',
  { spec, extends: Resource },
  { description: opt(String32), interval: one(DateTimeInterval) },
);
export type SupplyInterruptionOverride = Infer<typeof SupplyInterruptionOverride>;

export const SupplyInterruptionOverrideList = list(SupplyInterruptionOverride, { extends: List });
export type SupplyInterruptionOverrideList = Infer<typeof SupplyInterruptionOverrideList>;

export const Prepayment = type(
  'Prepayment',
  { spec, extends: IdentifiedObject },
  {
    AccountBalanceLink: one(AccountBalanceLink),
    ActiveCreditRegisterListLink: opt(ActiveCreditRegisterListLink),
    ActiveSupplyInterruptionOverrideListLink: opt(ActiveSupplyInterruptionOverrideListLink),
    creditExpiryLevel: opt(AccountingUnit),
    CreditRegisterListLink: one(CreditRegisterListLink),
    lowCreditWarningLevel: opt(AccountingUnit),
    lowEmergencyCreditWarningLevel: opt(AccountingUnit),
    prepayMode: one(PrepayModeType),
    PrepayOperationStatusLink: one(PrepayOperationStatusLink),
    SupplyInterruptionOverrideListLink: one(SupplyInterruptionOverrideListLink),
    UsagePoint: many(UsagePoint),
    UsagePointLink: opt(UsagePointLink),
  },
);
export type Prepayment = Infer<typeof Prepayment>;

export const PrepaymentList = list(Prepayment, { extends: SubscribableList, pollRate: true });
export type PrepaymentList = Infer<typeof PrepaymentList>;

const single = { methods: { GET: 'M', PUT: 'D' }, owner: 'assigned' } as const;
const overrides = { order: ['interval.start', 'interval.duration', 'href'], owner: 'assigned' } as const;

export const prepayment = resources('prepayment', {
  prepayments: resource('/ppy', PrepaymentList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['-mRID'],
    owner: 'assigned',
    subscribe: true,
    poll: 900,
  }),
  prepayment: resource('/ppy/:ppy', Prepayment, { methods: { GET: 'M', DELETE: 'D' }, owner: 'assigned' }),
  balance: resource('/ppy/:ppy/ab', AccountBalance, single),
  status: resource('/ppy/:ppy/os', PrepayOperationStatus, single),
  activeOverrides: resource('/ppy/:ppy/actsi', SupplyInterruptionOverrideList, { methods: { GET: 'M' }, ...overrides }),
  overrides: resource('/ppy/:ppy/si', SupplyInterruptionOverrideList, {
    methods: { GET: 'M', POST: 'D' },
    ...overrides,
  }),
  override: resource('/ppy/:ppy/si/:si', SupplyInterruptionOverride, {
    methods: { GET: 'M', PUT: 'D', DELETE: 'D' },
    owner: 'assigned',
  }),
  credits: resource('/ppy/:ppy/cr', CreditRegisterList, {
    methods: { GET: 'M', POST: 'O' },
    order: ['-effectiveTime', '-mRID'],
    owner: 'assigned',
  }),
  credit: resource('/ppy/:ppy/cr/:cr', CreditRegister, { methods: { GET: 'M', DELETE: 'O' }, owner: 'assigned' }),
});
