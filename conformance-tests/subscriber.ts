/** Subscribing, and holding what comes against a GET (protocol facts 6). */
import { Problem } from '../src/base/problem';
import { read } from '../src/codec/read';
import { complexTypes } from '../src/model';
import { type EndDevice } from '../src/model/edev';
import { Subscription, type Notification } from '../src/model/subscription';
import { linked, ownDevice } from './discover';
import { type Checks, type Lab } from './procedure';
import { type Notified, type Receiver } from './receiver';
import { type Exchange, type Wire } from './wire';

/** At most one notification in 30 s per resource; a server that keeps to it, and a busy machine, need no longer. */
export const notifiedWithinS = 180;

/** A change that came while the first was told is told within the next turn. */
const correctedWithinS = 60;

export const subscriptionList = (device: EndDevice): string =>
  linked(device.SubscriptionListLink, 'EndDevice/SubscriptionListLink');

/** A subscription of the client itself. */
export async function trySubscribe(
  lab: Lab,
  wire: Wire,
  resource: string,
  notificationURI: string,
  limit = 255,
): Promise<Exchange> {
  const own = await ownDevice(wire, lab.dcapPath);
  return wire.post(Subscription, subscriptionList(own), {
    subscribedResource: resource,
    encoding: 0,
    level: '+S1',
    limit,
    notificationURI,
  });
}

/** @returns where the subscription is */
export async function subscribe(
  lab: Lab,
  wire: Wire,
  check: Checks,
  resource: string,
  receiver: Receiver,
  limit = 255,
): Promise<string> {
  const { status, headers } = await trySubscribe(lab, wire, resource, receiver.uri, limit);
  check.equal(`POST Subscription to ${resource}`, status, 201);
  const at = headers['location'];
  if (at === undefined) throw new Problem('CANNOT_REACH', { at: 'Subscription', note: '201 without Location' });
  const own = await wire.get(Subscription, pathOf(at));
  check.equal('subscribedResource', own.subscribedResource, resource);
  check.equal('notificationURI', own.notificationURI, receiver.uri);
  return pathOf(at);
}

export const pathOf = (location: string): string => (location.startsWith('/') ? location : new URL(location).pathname);

const about =
  (resource: string, after: number, status: number) =>
  ({ notification, at }: Notified): boolean =>
    at >= after && notification.status === status && pathOf(notification.subscribedResource) === resource;

/** Waits for a notification that a resource has changed, and holds it against a GET. */
export async function expectChange(
  wire: Wire,
  check: Checks,
  receiver: Receiver,
  {
    resource,
    after,
    subscription,
    fits,
  }: {
    resource: string;
    /** By the suite's clock. */
    after: number;
    subscription: string;
    /** What the final state must show; changes may come in several notifications. */
    fits?: (notification: Notification) => boolean;
  },
): Promise<void> {
  const right = about(resource, after, 0);
  const seen = new Set<Notified>();
  let older: Compared | undefined;
  // What changes while it is looked at is told anew: the newest word must be that of a GET.
  for (;;) {
    const found = await receiver.first(
      each => !seen.has(each) && right(each) && (fits?.(each.notification) ?? true),
      seen.size === 0 ? notifiedWithinS : correctedWithinS,
    );
    if (!found && older) return check.equal('its content is that of a GET', older.told, older.got);
    const compared = found && (await compare(wire, found.notification, resource));
    if (found && compared && !same(compared) && !seen.has(found)) {
      seen.add(found);
      older = compared;
      if (await receiver.first(each => !seen.has(each) && right(each), correctedWithinS)) continue;
    }
    check.that(`a Notification of ${resource} with status 0 comes`, found !== undefined, receiver.received.length);
    if (!found) return;
    check.equal('subscriptionURI', pathOf(found.notification.subscriptionURI), subscription);
    check.that('it carries the resource, with its type', compared !== undefined, found.notification.Resource?.$type);
    if (compared) check.equal('its content is that of a GET', compared.told, compared.got);
    return;
  }
}

interface Compared {
  readonly told: unknown;
  readonly got: unknown;
}
const same = ({ told, got }: Compared): boolean => JSON.stringify(told) === JSON.stringify(got);

/** What a notification carries, beside what a GET shows; undefined where it carries nothing with a type. */
async function compare(
  wire: Wire,
  { Resource: carried }: Notification,
  resource: string,
): Promise<Compared | undefined> {
  const type = complexTypes.get(carried?.$type ?? '');
  if (!type) return undefined;
  const { status, body } = await wire.send('GET', type.item ? `${resource}?s=0&l=255` : resource);
  const { $type: _type, href: _href, ...told } = carried as Record<string, unknown>;
  if (status !== 200) return { told, got: status };
  const { href: _own, ...got } = read(type, body, { mode: 'strict' }).value as Record<string, unknown>;
  return { told, got };
}

/** Waits for the notifications that end subscriptions of a resource. */
export async function expectEnd(
  check: Checks,
  receiver: Receiver,
  resource: string,
  after: number,
  status: number,
  /** How many subscriptions of it are ended. */
  count = 1,
): Promise<void> {
  const fits = about(resource, after, status);
  const all = () => receiver.received.filter(fits).length;
  const found = await receiver.first(() => all() >= count, notifiedWithinS);
  const times = count === 1 ? 'a Notification' : `${count} Notifications`;
  check.that(`${times} of ${resource} with status ${status} come`, found !== undefined, all());
}

/** Nothing comes for so many seconds of the server's clock. */
export async function expectNothing(check: Checks, receiver: Receiver, seconds: number): Promise<void> {
  const before = receiver.received.length;
  await receiver.first((_each: Notified) => receiver.received.length > before, seconds);
  check.equal('further notifications', receiver.received.length - before, 0);
}
