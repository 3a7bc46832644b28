import { list, List, Resource } from './common';
import { any, one, opt, type, type Infer } from './dsl';
import { AnyURI, Int48, String16, UInt32, UInt8 } from './primitives';
import { resource, resources } from './resource';
import { TimeType } from './types';

const spec = 'subscription';

/** attributeIdentifier 0: value of a reading. Notify when it leaves the band between the two. */
export const Condition = type(
  'Condition',
  { spec },
  { attributeIdentifier: one(UInt8), lowerThreshold: one(Int48), upperThreshold: one(Int48) },
);
export type Condition = Infer<typeof Condition>;

export const SubscriptionBase = type(
  'SubscriptionBase',
  { spec, part: true, extends: Resource },
  { subscribedResource: one(AnyURI) },
);
export type SubscriptionBase = Infer<typeof SubscriptionBase>;

/** encoding: 0 XML, 1 EXI. limit: entries of a list to send, 0 for the bare list (protocol facts 6). */
export const Subscription = type(
  'Subscription',
  { spec, extends: SubscriptionBase },
  {
    Condition: opt(Condition),
    encoding: one(UInt8),
    level: one(String16),
    limit: one(UInt32),
    notificationURI: one(AnyURI),
  },
);
export type Subscription = Infer<typeof Subscription>;

export const SubscriptionList = list(Subscription, { extends: List, pollRate: true });
export type SubscriptionList = Infer<typeof SubscriptionList>;

/** status: 0 changed, 1 cancelled, 2 moved to newResourceURI, 3 defined anew, 4 deleted. */
export const Notification = type(
  'Notification',
  { spec, extends: SubscriptionBase },
  {
    createdDateTime: opt(TimeType, { layer: '2023' }),
    newResourceURI: opt(AnyURI),
    /** Any resource, with its type's name in `$type`. */
    Resource: any(Resource),
    status: one(UInt8),
    subscriptionURI: one(AnyURI),
  },
);
export type Notification = Infer<typeof Notification>;

export const NotificationList = list(Notification, { extends: List });
export type NotificationList = Infer<typeof NotificationList>;

export const subscription = resources('subscription', {
  subscriptions: resource('/edev/:edev/sub', SubscriptionList, {
    methods: { GET: 'M', POST: 'M' },
    order: ['href'],
    owner: 'edev',
    poll: 900,
  }),
  subscription: resource('/edev/:edev/sub/:sub', Subscription, {
    methods: { GET: 'M', PUT: 'M', DELETE: 'M' },
    owner: 'edev',
  }),
  /** Resources of the client, at whatever path it named: the server POSTs to it and never serves it. */
  notifications: resource('/ntfy', NotificationList, {
    methods: { GET: 'D', POST: 'M' },
    order: ['href'],
    owner: 'assigned',
  }),
  notification: resource('/ntfy/:ntfy', Notification, { methods: { GET: 'D' }, owner: 'assigned' }),
});
