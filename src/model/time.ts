import { pollRate, Resource } from './common';
import { one, opt, type, type Infer } from './dsl';
import { UInt8 } from './primitives';
import { resource, resources } from './resource';
import { TimeOffsetType, TimeType } from './types';

/** quality: 3 from an authoritative source, 4 to 6 at one to three removes, 7 not coordinated on purpose. */
export const Time = type(
  'Time',
  { spec: 'time', extends: Resource, attributes: pollRate },
  {
    currentTime: one(TimeType),
    dstEndTime: one(TimeType),
    dstOffset: one(TimeOffsetType),
    dstStartTime: one(TimeType),
    localTime: opt(TimeType),
    quality: one(UInt8),
    tzOffset: one(TimeOffsetType),
  },
);
export type Time = Infer<typeof Time>;

export const time = resources('time', {
  time: resource('/tm', Time, { methods: { GET: 'M', PUT: 'D' }, owner: 'public', poll: 900 }),
});
