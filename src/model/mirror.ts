import { list, List, SubscribableList } from './common';
import { many, one, opt, type, type Infer } from './dsl';
import { MeterReadingBase, Reading, ReadingSetBase, ReadingType, UsagePointBase } from './metering';
import { UsagePointLink } from './links';
import { HexBinary160, SubscribableType, UInt32 } from './primitives';
import { resource, resources } from './resource';
import { TimeType } from './types';

const spec = 'mirror';
const since2023 = { layer: '2023' } as const;

export const MirrorReadingSet = type(
  'MirrorReadingSet',
  { spec, part: true, extends: ReadingSetBase },
  { Reading: many(Reading) },
);
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
  {
    spec,
    extends: UsagePointBase,
    attributes: { subscribable: opt(SubscribableType, { ...since2023, default: '0' }) },
  },
  {
    deviceLFDI: one(HexBinary160),
    MirrorMeterReading: many(MirrorMeterReading),
    postRate: opt(UInt32),
    UsagePointLink: opt(UsagePointLink, since2023),
  },
);
export type MirrorUsagePoint = Infer<typeof MirrorUsagePoint>;

export const MirrorUsagePointList = list(MirrorUsagePoint, {
  extends: SubscribableList,
  extended: List,
  pollRate: true,
});
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
