/** Our aggregator as a client under test. */
import { silentLog } from '../../../src/base/log';
import { Aggregator, receiveNotifications, type NotificationReceiver } from '../../../src/client';
import { type Notification } from '../../../src/model/subscription';
import { derOptions, sixEvents, transportOf, type Twist } from './our-client';
import { type Driven, type Make } from './virtual-bench';

export interface AggregatorTwist extends Twist {
  /** How it takes a notification, instead of heeding it. */
  readonly take?: (aggregator: Aggregator, notification: Notification) => boolean;
}

export const ourAggregator =
  ({ transport, options, take = (to, notification) => to.notified(notification) }: AggregatorTwist = {}): Make =>
  (seat): Driven => {
    const { clock, tasks, random, device, rootsPem } = seat;
    let aggregator: Aggregator | undefined;
    let receiver: NotificationReceiver | undefined;
    return {
      start: async () => {
        receiver = await receiveNotifications({
          ...device,
          rootsPem,
          clock,
          log: silentLog,
          take: notification => aggregator !== undefined && take(aggregator, notification),
        });
        const right = transportOf(seat);
        aggregator = new Aggregator({
          transport: transport?.(right, seat) ?? right,
          clock,
          tasks,
          random,
          log: silentLog,
          lfdi: device.lfdi,
          dialect: 'csipaus-1.2',
          notificationURI: receiver.uri,
          ...derOptions,
          ...options,
        });
        aggregator.start();
      },
      stop: () => {
        aggregator?.stop();
        receiver?.close();
        aggregator = undefined;
      },
      alarms: () => {
        for (const client of aggregator?.devices.values() ?? []) sixEvents.forEach(event => client.tell(event));
      },
    };
  };
