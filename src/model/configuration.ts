import { list, List, pollRate, Resource, SubscribableResource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { PriceResponseCfgListLink, RateComponentLink } from './links';
import { Int32, String32, UInt32 } from './primitives';
import { resource, resources } from './resource';
import { DstRuleType, LocaleType, TimeOffsetType, TimeType } from './types';

const spec = 'configuration';

/** lowChargeThreshold: seconds of battery left below which it counts as low. */
export const PowerConfiguration = type(
  'PowerConfiguration',
  { spec },
  { batteryInstallTime: opt(TimeType), lowChargeThreshold: opt(UInt32) },
);
export type PowerConfiguration = Infer<typeof PowerConfiguration>;

export const TimeConfiguration = type(
  'TimeConfiguration',
  { spec },
  {
    dstEndRule: one(DstRuleType),
    dstOffset: one(TimeOffsetType),
    dstStartRule: one(DstRuleType),
    tzOffset: one(TimeOffsetType),
  },
);
export type TimeConfiguration = Infer<typeof TimeConfiguration>;

/** Prices below which to consume and above which to cut as far as possible. */
export const PriceResponseCfg = type(
  'PriceResponseCfg',
  { spec, extends: Resource },
  {
    consumeThreshold: one(Int32),
    maxReductionThreshold: one(Int32),
    RateComponentLink: one(RateComponentLink),
  },
);
export type PriceResponseCfg = Infer<typeof PriceResponseCfg>;

export const PriceResponseCfgList = list(PriceResponseCfg, { extends: List });
export type PriceResponseCfgList = Infer<typeof PriceResponseCfgList>;

export const Configuration = type(
  'Configuration',
  { spec, extends: SubscribableResource, attributes: pollRate },
  {
    currentLocale: one(LocaleType),
    PowerConfiguration: opt(PowerConfiguration),
    PriceResponseCfgListLink: opt(PriceResponseCfgListLink),
    TimeConfiguration: opt(TimeConfiguration),
    userDeviceName: one(String32),
  },
);
export type Configuration = Infer<typeof Configuration>;

export const configuration = resources('configuration', {
  configuration: resource('/edev/:edev/cfg', Configuration, {
    methods: { GET: 'M', PUT: 'M' },
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
  priceResponses: resource('/edev/:edev/cfg/prcfg', PriceResponseCfgList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['href'],
    owner: 'edev',
  }),
  priceResponse: resource('/edev/:edev/cfg/prcfg/:prcfg', PriceResponseCfg, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'M' },
    owner: 'edev',
  }),
});
