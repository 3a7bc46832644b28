/**
 * An aggregator: one certificate, many devices. Each device it manages is a client of its own on the aggregator's connection;
 * what changes is told by notifications, and polled rarely besides (CSIP 5.2.2, G16).
 */
import { type Cancel, type Seconds } from '../base/clock';
import { DeviceCapability } from '../model/dcap';
import { dialects } from '../model/dialect';
import { EndDeviceList, type EndDevice } from '../model/edev';
import { type Notification } from '../model/subscription';
import { type Lfdi, sameLfdi, canonicalLfdi } from '../tls';
import { Activity } from './activity';
import { Api } from './api';
import { Backoff } from './backoff';
import { type Client, type ClientOptions } from './client';
import { createClient } from './device-client';
import { defaultPollRateS } from './discovery';
import { SharedGets } from './shared-gets';
import { pathOf, Subscriber } from './subscriber';

export interface AggregatorOptions extends Omit<ClientOptions, 'register' | 'pin'> {
  /** Where notifications come in; what comes in is handed to `notified`. Without one it polls alone. */
  readonly notificationURI?: string;
  /** What is told and measured of each device, where the aggregator knows it. */
  readonly device?: (lfdi: Lfdi) => Partial<ClientOptions>;
}

/** What clients of one aggregator have in common, to begin with. */
type Shared = Omit<ClientOptions, 'lfdi' | 'random'>;

const retryS = 300;
/** How often a device of ours looks by itself at what we are told of anyway, s. */
const structureRateS = 3600;

export class Aggregator {
  /** By LFDI in upper case. */
  readonly devices = new Map<Lfdi, Client>();
  /** Follows what its own EndDevice is assigned, such as a limit for the sum of its devices; none while nothing is. */
  together: Client | undefined;
  private readonly api: Api;
  private readonly listing: Activity;
  private readonly subscriber: Subscriber | undefined;
  private readonly backoff: Backoff;
  private readonly unhear = new Map<Lfdi, Cancel>();
  private readonly shared: SharedGets;
  private list: string | undefined;
  private own: EndDevice | undefined;
  private stopped = false;

  constructor(private readonly options: AggregatorOptions) {
    const { transport, clock, tasks, random, log, notificationURI } = options;
    const deps = { clock, tasks, log };
    this.shared = new SharedGets(transport);
    this.api = new Api({ transport: this.shared.transport, clock, dialect: dialects[options.dialect ?? '2018'] });
    this.backoff = new Backoff(random.fork('devices'));
    this.listing = new Activity(deps, 'devices', () => this.find());
    if (notificationURI !== undefined)
      this.subscriber = new Subscriber(
        { ...deps, api: this.api, backoff: new Backoff(random.fork('subscriptions')) },
        notificationURI,
        resource => this.look(resource),
      );
  }

  start(): void {
    this.subscriber?.start();
    this.listing.soon();
  }

  stop(): void {
    this.stopped = true;
    this.listing.stop();
    this.subscriber?.stop();
    this.leave();
    for (const lfdi of [...this.devices.keys()]) this.forget(lfdi);
    this.options.transport.close?.();
  }

  /** A notification came in. Answers whether it is of a subscription of ours. */
  notified(notification: Notification): boolean {
    if (this.subscriber?.hears(notification) !== true) return false;
    this.shared.forget();
    if (notification.status === 0) this.look(pathOf(notification.subscribedResource));
    return true;
  }

  private look(resource: string): void {
    if (resource === this.list) return this.listing.soon();
    for (const client of this.clients()) {
      const { found } = client;
      if (found?.assignments?.href === resource) client.look('structure');
      else if (watchedBy(client).includes(resource)) client.look('programs');
    }
  }

  private async find(): Promise<Seconds | undefined> {
    const { clock, lfdi, dcap: entry = '/dcap' } = this.options;
    const failed = (retryAfterS?: Seconds) => clock.now() + this.backoff.next(retryS, retryAfterS);
    let href = this.list;
    if (href === undefined) {
      const dcap = await this.api.get(DeviceCapability, entry);
      if (!dcap.ok) return failed(dcap.retryAfterS);
      href = dcap.value.EndDeviceListLink?.href;
    }
    if (href === undefined) return failed();
    const devices = await this.api.list(EndDeviceList, href);
    if (!devices.ok) {
      // It may be elsewhere now: the way is found anew.
      if (devices.reason === 'missing' || devices.reason === 'refused') this.list = undefined;
      return failed(devices.retryAfterS);
    }
    if (this.stopped) return undefined;
    this.backoff.reset();
    this.list = href;
    const others = new Set<Lfdi>();
    for (const device of devices.items) {
      if (device.lFDI === undefined) continue;
      if (sameLfdi(device.lFDI, lfdi)) this.own = device;
      else others.add(canonicalLfdi(device.lFDI));
    }
    for (const each of others) if (!this.devices.has(each)) this.take(each);
    for (const each of [...this.devices.keys()]) if (!others.has(each)) this.forget(each);
    if ((this.own?.FunctionSetAssignmentsListLink?.all ?? 0) === 0) this.leave();
    // It is no device: nothing of one is told or measured there.
    else this.together ??= this.follow(lfdi, ({ der: _der, mirror: _mirror, ...rest }) => rest);
    this.want();
    return clock.now() + (devices.pollRate ?? defaultPollRateS);
  }

  private take(lfdi: Lfdi): void {
    const { device } = this.options;
    this.devices.set(
      lfdi,
      this.follow(lfdi, rest => ({ ...rest, ...device?.(lfdi) })),
    );
  }

  /** All that follow programs. */
  private clients(): Client[] {
    return [...this.devices.values(), ...(this.together ? [this.together] : [])];
  }

  private follow(lfdi: Lfdi, own: (options: Shared) => Shared): Client {
    const { random, device: _device, notificationURI, lfdi: _lfdi, ...rest } = this.options;
    const client = createClient({
      // The list of devices is ours to poll, and of the rest we are told where we can be.
      ...(notificationURI !== undefined && { structureRateS }),
      ...own(rest),
      transport: this.shared.transport,
      random: random.fork(lfdi),
      lfdi,
    });
    this.unhear.set(
      lfdi,
      client.onRead(() => this.want()),
    );
    client.start();
    return client;
  }

  /** There is nothing to follow on our own EndDevice. */
  private leave(): void {
    const { lfdi } = this.options;
    this.unhear.get(lfdi)?.();
    this.unhear.delete(lfdi);
    this.together?.stop();
    this.together = undefined;
  }

  private forget(lfdi: Lfdi): void {
    this.unhear.get(lfdi)?.();
    this.unhear.delete(lfdi);
    this.devices.get(lfdi)?.stop();
    this.devices.delete(lfdi);
  }

  /** A resource that several devices share is subscribed to once. */
  private want(): void {
    const resources = this.clients().flatMap(watchedBy);
    this.subscriber?.want(this.own?.SubscriptionListLink?.href, [
      ...(this.list === undefined ? [] : [this.list]),
      ...resources,
    ]);
  }
}

/** What a client reads that can be subscribed to. */
export function watchedBy(client: Client): string[] {
  const { found } = client;
  const programs = client
    .programs()
    .flatMap(({ program }) => [
      ...(program.DERControlListLink ? [program.DERControlListLink.href] : []),
      ...(program.DefaultDERControlLink ? [program.DefaultDERControlLink.href] : []),
    ]);
  return [...(found?.assignments ? [found.assignments.href] : []), ...(found?.programLists ?? []), ...programs];
}
