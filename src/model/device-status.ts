import { pollRate, Resource } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import { TimeLink } from './links';
import { Int16, UInt16, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { PowerOfTenMultiplierType, TimeType } from './types';

const spec = 'device-status';

/** Degrees Celsius = value × 10^multiplier. subject: 0 enclosure, 1 transformer, 2 heat sink. */
export const Temperature = type(
  'Temperature',
  { spec },
  { multiplier: one(PowerOfTenMultiplierType), subject: one(UInt8), value: one(Int16) },
);
export type Temperature = Infer<typeof Temperature>;

/** opTime: seconds of operation. opState: 0 not applicable, 1 not operating, 2 operating, 3 starting up … */
export const DeviceStatus = type(
  'DeviceStatus',
  { spec, extends: Resource, attributes: pollRate },
  {
    changedTime: one(TimeType),
    onCount: opt(UInt16),
    opState: opt(UInt8, { whenEmpty: '0' }),
    opTime: opt(UInt32),
    Temperature: many(Temperature),
    TimeLink: opt(TimeLink),
  },
);
export type DeviceStatus = Infer<typeof DeviceStatus>;

export const deviceStatus = resources('deviceStatus', {
  status: resource('/edev/:edev/dstat', DeviceStatus, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'O' },
    owner: 'edev',
    poll: 900,
  }),
});
