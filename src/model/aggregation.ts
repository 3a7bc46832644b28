import { IdentifiedObject, list, Resource, SubscribableList } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import { ExternalDevice } from './edev';
import { Bool, HexBinary160 } from './primitives';
import { DeviceCategoryType, SFDIType, TimeType } from './types';

/** Devices behind a device, by the 2023 edition. */
const spec = 'edev';
const since2023 = { layer: '2023' } as const;

/** A device that another one speaks for, under its own certificate. */
export const ProxiedDevice = type('ProxiedDevice', { spec, ...since2023, extends: ExternalDevice }, {});
export type ProxiedDevice = Infer<typeof ProxiedDevice>;

export const ProxiedDeviceList = list(ProxiedDevice, { extends: SubscribableList, pollRate: true });
export type ProxiedDeviceList = Infer<typeof ProxiedDeviceList>;

/** A member of an aggregation. */
export const AggregatedDevice = type(
  'AggregatedDevice',
  { spec, ...since2023, extends: Resource },
  {
    changedTime: one(TimeType),
    deviceCategory: opt(DeviceCategoryType),
    enabled: opt(Bool),
    lFDI: one(HexBinary160),
    sFDI: one(SFDIType),
  },
);
export type AggregatedDevice = Infer<typeof AggregatedDevice>;

export const AggregatedDeviceList = list(AggregatedDevice, { extends: SubscribableList, pollRate: true });
export type AggregatedDeviceList = Infer<typeof AggregatedDeviceList>;

export const PriorityData = type('PriorityData', { spec, ...since2023 }, { lFDI: one(HexBinary160) });
export type PriorityData = Infer<typeof PriorityData>;

/** The members in the order in which they are called on. */
export const AggregationPriority = type(
  'AggregationPriority',
  { spec, ...since2023, extends: IdentifiedObject },
  { PriorityData: many(PriorityData, { min: 1 }) },
);
export type AggregationPriority = Infer<typeof AggregationPriority>;
