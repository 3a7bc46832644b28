import {
  GeographicLocationType,
  IdentifiedObject,
  list,
  List,
  RandomizableEvent,
  SubscribableList,
  UnitValueType,
} from './common';
import { ConsumptionTariffInterval, ConsumptionTariffIntervalList } from './consumption-tariff';
import { one, opt, type, type Infer } from './dsl';
import { ausPollRate, ausSubscribable, ausTariffProfile, ausTimeTariffInterval } from './ext/csip-aus-pricing';
import {
  ActiveTimeTariffIntervalListLink,
  ConsumptionTariffIntervalListLink,
  RateComponentListLink,
  ReadingTypeLink,
  TimeTariffIntervalListLink,
} from './links';
import { ReadingType } from './metering';
import { AnyURI, Bool, String20, String42 } from './primitives';
import { resource, resources } from './resource';
import {
  CurrencyCode,
  PowerOfTenMultiplierType,
  PrimacyType,
  RoleFlagsType,
  ServiceKind,
  TimeType,
  TOUType,
} from './types';

export * from './consumption-tariff';

const spec = 'pricing';
const since2023 = { layer: '2023' } as const;

export const TimeTariffInterval = type(
  'TimeTariffInterval',
  { spec, extends: RandomizableEvent },
  {
    ConsumptionTariffIntervalListLink: opt(ConsumptionTariffIntervalListLink),
    touTier: one(TOUType),
    ...ausTimeTariffInterval,
  },
);
export type TimeTariffInterval = Infer<typeof TimeTariffInterval>;

export const TimeTariffIntervalList = list(TimeTariffInterval, { extends: SubscribableList, attributes: ausPollRate });
export type TimeTariffIntervalList = Infer<typeof TimeTariffIntervalList>;

/** Bounds of the flow (kW for electricity) at which it applies. */
export const RateComponent = type(
  'RateComponent',
  { spec, extends: IdentifiedObject },
  {
    ActiveTimeTariffIntervalListLink: opt(ActiveTimeTariffIntervalListLink),
    flowRateEndLimit: opt(UnitValueType),
    flowRateStartLimit: opt(UnitValueType),
    ReadingTypeLink: one(ReadingTypeLink),
    roleFlags: one(RoleFlagsType),
    TimeTariffIntervalListLink: one(TimeTariffIntervalListLink),
  },
);
export type RateComponent = Infer<typeof RateComponent>;

export const RateComponentList = list(RateComponent, { extends: List, attributes: ausSubscribable });
export type RateComponentList = Infer<typeof RateComponentList>;

/** Prices are in `currency` × 10^pricePowerOfTenMultiplier. */
export const TariffProfile = type(
  'TariffProfile',
  { spec, extends: IdentifiedObject },
  {
    bindingPrices: opt(Bool, since2023),
    currency: opt(CurrencyCode),
    dateAnnounced: opt(TimeType, since2023),
    dateEffective: opt(TimeType, since2023),
    localPrice: opt(Bool, since2023),
    location: opt(GeographicLocationType, since2023),
    pricePowerOfTenMultiplier: opt(PowerOfTenMultiplierType),
    primacy: one(PrimacyType),
    rateCode: opt(String20),
    rateCodeLong: opt(String42, since2023),
    RateComponentListLink: opt(RateComponentListLink),
    retailer: opt(String20, since2023),
    retailerLong: opt(String42, since2023),
    serviceCategoryKind: one(ServiceKind),
    tariffDescriptionExternalURI: opt(AnyURI, since2023),
    ...ausTariffProfile,
  },
);
export type TariffProfile = Infer<typeof TariffProfile>;

export const TariffProfileList = list(TariffProfile, { extends: SubscribableList, pollRate: true });
export type TariffProfileList = Infer<typeof TariffProfileList>;

const listed = { methods: { GET: 'M', POST: 'D' }, owner: 'assigned' } as const;
const single = { methods: { GET: 'M', DELETE: 'D' }, owner: 'assigned' } as const;
const intervals = { order: ['interval.start', '-creationTime', '-mRID'], owner: 'assigned', subscribe: true } as const;
const tti = '/tp/:tp/rc/:rc/tti';

export const pricing = resources('pricing', {
  profiles: resource('/tp', TariffProfileList, { ...listed, order: ['-mRID'], subscribe: true, poll: 900 }),
  profile: resource('/tp/:tp', TariffProfile, single),
  components: resource('/tp/:tp/rc', RateComponentList, { ...listed, order: ['-mRID'] }),
  component: resource('/tp/:tp/rc/:rc', RateComponent, single),
  /** What its prices are for. The schema demands the link; a tariff many devices share has no usage point to borrow one from. */
  componentType: resource('/tp/:tp/rc/:rc/rt', ReadingType, { methods: { GET: 'M', PUT: 'D' }, owner: 'assigned' }),
  activeIntervals: resource('/tp/:tp/rc/:rc/acttti', TimeTariffIntervalList, { methods: { GET: 'M' }, ...intervals }),
  intervals: resource(tti, TimeTariffIntervalList, { methods: { GET: 'M', POST: 'D' }, ...intervals }),
  interval: resource(`${tti}/:tti`, TimeTariffInterval, { ...single, subscribe: true }),
  steps: resource(`${tti}/:tti/cti`, ConsumptionTariffIntervalList, { ...listed, order: ['startValue'] }),
  step: resource(`${tti}/:tti/cti/:cti`, ConsumptionTariffInterval, single),
});
