import { Event, list, SubscribableIdentifiedObject, SubscribableList } from './common';
import { one, opt, type, type Infer } from './dsl';
import { ActiveTextMessageListLink, TextMessageListLink } from './links';
import { rename, String20, Text, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { LocaleType, PrimacyType } from './types';

const spec = 'messaging';

/** 0 low, 1 normal, 2 high, 3 critical. */
export const PriorityType = rename('PriorityType', UInt8);

export const TextMessage = type(
  'TextMessage',
  { spec, extends: Event },
  { originator: opt(String20), priority: one(PriorityType), textMessage: one(Text) },
);
export type TextMessage = Infer<typeof TextMessage>;

export const TextMessageList = list(TextMessage, { extends: SubscribableList });
export type TextMessageList = Infer<typeof TextMessageList>;

export const MessagingProgram = type(
  'MessagingProgram',
  { spec, extends: SubscribableIdentifiedObject },
  {
    ActiveTextMessageListLink: opt(ActiveTextMessageListLink),
    locale: one(LocaleType),
    primacy: one(PrimacyType),
    TextMessageListLink: opt(TextMessageListLink),
  },
);
export type MessagingProgram = Infer<typeof MessagingProgram>;

export const MessagingProgramList = list(MessagingProgram, { extends: SubscribableList, pollRate: true });
export type MessagingProgramList = Infer<typeof MessagingProgramList>;

const messages = { order: ['-interval.start', '-creationTime', '-mRID'], owner: 'assigned', subscribe: true } as const;
const single = { methods: { GET: 'M', DELETE: 'D' }, owner: 'assigned', subscribe: true } as const;

export const messaging = resources('messaging', {
  programs: resource('/msg', MessagingProgramList, {
    methods: { GET: 'M', POST: 'D' },
    order: ['-mRID'],
    owner: 'assigned',
    subscribe: true,
    poll: 900,
  }),
  program: resource('/msg/:msg', MessagingProgram, single),
  activeMessages: resource('/msg/:msg/acttxt', TextMessageList, { methods: { GET: 'M' }, ...messages }),
  messages: resource('/msg/:msg/txt', TextMessageList, { methods: { GET: 'M', POST: 'D' }, ...messages }),
  message: resource('/msg/:msg/txt/:txt', TextMessage, single),
});
