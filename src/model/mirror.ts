import { list, List } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import { MeterReadingBase, Reading, ReadingSetBase, ReadingType, UsagePointBase } from './metering';
import { HexBinary160, UInt32 } from './primitives';
import { resource, resources } from './resource';
import { TimeType } from './types';

const spec = 'mirror';

export const MirrorReadingSet = type('MirrorReadingSet', { spec, extends: ReadingSetBase }, { Reading: many(Reading) });
export type MirrorReadingSet = Infer<typeof MirrorReadingSet>;

export const MirrorMeterReading = type(
  'MirrorMeterReading',
  { spec, extends: MeterReadingBase },
  {
    lastUpdateTime: opt(TimeType),
    MirrorReadingSet: many(MirrorReadingSet),
    nextUpdateTime: opt(TimeType),
    Reading: opt(Reading),
    ReadingType: opt(ReadingType),
  },
);
export type MirrorMeterReading = Infer<typeof MirrorMeterReading>;

export const MirrorMeterReadingList = list(MirrorMeterReading, { extends: List });
export type MirrorMeterReadingList = Infer<typeof MirrorMeterReadingList>;

/** postRate: seconds between posts that the server would like. */
export const MirrorUsagePoint = type(
  'MirrorUsagePoint',
  { spec, extends: UsagePointBase },
  { deviceLFDI: one(HexBinary160), MirrorMeterReading: many(MirrorMeterReading), postRate: opt(UInt32) },
);
export type MirrorUsagePoint = Infer<typeof MirrorUsagePoint>;

export const MirrorUsagePointList = list(MirrorUsagePoint, { extends: List, pollRate: true });
export type MirrorUsagePointList = Infer<typeof MirrorUsagePointList>;

export const mirror = resources('mirror', {
  mirrors: resource('/mup', MirrorUsagePointList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['-mRID'],
    owner: 'public',
    poll: 900,
  }),
  mirror: resource('/mup/:mup', MirrorUsagePoint, {
    methods: { GET: 'O', PUT: 'M', POST: 'M', DELETE: 'M' },
    owner: 'mup',
    accepts: [MirrorMeterReading, MirrorMeterReadingList],
  }),
});
