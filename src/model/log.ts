import { list, Resource, SubscribableList } from './common';
import { one, opt, type, type Infer } from './dsl';
import { String32, UInt16, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { PENType, TimeType } from './types';

/** profileID 2 is IEEE 2030.5; functionSet and logEventCode say what happened (protocol facts 3.10). */
export const LogEvent = type(
  'LogEvent',
  { spec: 'log', extends: Resource },
  {
    createdDateTime: one(TimeType),
    details: opt(String32),
    extendedData: opt(UInt32),
    functionSet: one(UInt8),
    logEventCode: one(UInt8),
    logEventID: one(UInt16),
    logEventPEN: one(PENType),
    profileID: one(UInt8),
  },
);
export type LogEvent = Infer<typeof LogEvent>;

export const LogEventList = list(LogEvent, { extends: SubscribableList, pollRate: true });
export type LogEventList = Infer<typeof LogEventList>;

export const log = resources('log', {
  events: resource('/edev/:edev/lel', LogEventList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['-createdDateTime', '-logEventID'],
    owner: 'edev',
    subscribe: true,
    poll: 900,
  }),
  event: resource('/edev/:edev/lel/:le', LogEvent, {
    methods: { GET: 'M', PUT: 'O', DELETE: 'M' },
    owner: 'edev',
  }),
});
