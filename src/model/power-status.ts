import { pollRate, RealEnergy, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { UInt32, UInt8 } from './primitives';
import { ActivePower } from './quantities';
import { resource, resources } from './resource';
import { PerCent, PowerSourceType, TimeType } from './types';

const spec = 'power-status';

/** minimumChargingDuration in seconds. */
export const PEVInfo = type(
  'PEVInfo',
  { spec },
  {
    chargingPowerNow: one(ActivePower),
    energyRequestNow: one(RealEnergy),
    maxForwardPower: one(ActivePower),
    minimumChargingDuration: one(UInt32),
    targetStateOfCharge: one(PerCent),
    timeChargeIsNeeded: one(TimeType),
    timeChargingStatusPEV: one(TimeType),
  },
);
export type PEVInfo = Infer<typeof PEVInfo>;

/** batteryStatus: 0 unknown, 1 normal, 2 low, 3 charging, 4 empty. Times in seconds. */
export const PowerStatus = type(
  'PowerStatus',
  { spec, extends: Resource, attributes: pollRate },
  {
    batteryStatus: one(UInt8),
    changedTime: one(TimeType),
    currentPowerSource: one(PowerSourceType),
    estimatedChargeRemaining: opt(PerCent),
    estimatedTimeRemaining: opt(UInt32),
    PEVInfo: opt(PEVInfo),
    sessionTimeOnBattery: opt(UInt32),
    totalTimeOnBattery: opt(UInt32),
  },
);
export type PowerStatus = Infer<typeof PowerStatus>;

export const powerStatus = resources('powerStatus', {
  status: resource('/edev/:edev/ps', PowerStatus, { methods: { GET: 'M', PUT: 'M' }, owner: 'edev', poll: 900 }),
});
