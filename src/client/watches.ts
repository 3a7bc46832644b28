/**
 * What a client reads again although it rarely changes: Time, and what discovery found, each at its own pollRate. A change
 * sends the client to find its way anew.
 */
import { type Seconds } from '../base/clock';
import { type Complex } from '../model/dsl';
import { DeviceCapability } from '../model/dcap';
import { EndDeviceList, Registration } from '../model/edev';
import { FunctionSetAssignmentsList } from '../model/fsa';
import { Activity, type ActivityDeps } from './activity';
import { type Api } from './api';
import { type Backoff } from './backoff';
import { type Discovery, type Place, readTime } from './discovery';
import { type ServerTime } from './server-time';

export interface WatchDeps extends ActivityDeps {
  readonly api: Api;
  readonly time: ServerTime;
  readonly backoff: Backoff;
}

interface Watch {
  place: Place;
  activity: Activity;
}

export class Watches {
  private readonly watches = new Map<string, Watch>();
  private running = false;

  constructor(
    private readonly deps: WatchDeps,
    /** Structure is read no more often than this, s; Time has its own rate. */
    private readonly slowestS: Seconds,
    private readonly changed: () => void,
    private readonly clockChanged: () => void,
  ) {}

  start(): void {
    this.running = true;
  }

  stop(): void {
    this.running = false;
    for (const { activity } of this.watches.values()) activity.stop();
    this.watches.clear();
  }

  watch({ dcap, time, devices, registration, assignments }: Discovery): void {
    if (!this.running) return;
    this.set('time', time, 0, place => this.readTime(place));
    this.set('dcap', dcap, this.slowestS, place => this.look(DeviceCapability, place, false));
    this.set('devices', devices, this.slowestS, place => this.look(EndDeviceList, place, true));
    this.set('registration', registration, this.slowestS, place => this.look(Registration, place, false));
    this.set('assignments', assignments, this.slowestS, place => this.look(FunctionSetAssignmentsList, place, true));
  }

  private set(
    name: string,
    place: Place | undefined,
    slowestS: Seconds,
    look: (place: Place) => Promise<Seconds | undefined>,
  ): void {
    const known = this.watches.get(name);
    if (!place) {
      known?.activity.stop();
      this.watches.delete(name);
      return;
    }
    const spaced = { ...place, pollRateS: Math.max(place.pollRateS, slowestS, 1) };
    const next = this.deps.clock.now() + spaced.pollRateS;
    if (known) {
      known.place = spaced;
      known.activity.at(next);
      return;
    }
    const watch: Watch = { place: spaced, activity: new Activity(this.deps, name, () => look(watch.place)) };
    this.watches.set(name, watch);
    watch.activity.at(next);
  }

  private async look<T extends Complex>(type: T, { href, pollRateS }: Place, isList: boolean): Promise<Seconds> {
    const { api, backoff, clock } = this.deps;
    const answer = isList ? await api.list(type, href) : await api.get(type, href);
    if (answer.ok) {
      backoff.reset();
      if (!answer.unchanged) this.changed();
    } else if (answer.reason === 'missing' || answer.reason === 'refused') this.changed();
    else return clock.now() + backoff.next(pollRateS, answer.retryAfterS);
    return clock.now() + pollRateS;
  }

  private async readTime({ href, pollRateS }: Place): Promise<Seconds> {
    const { api, backoff, clock, time } = this.deps;
    const answer = await readTime(api, href, clock, time);
    if (!answer.ok) {
      if (answer.reason === 'missing' || answer.reason === 'refused') this.changed();
      return clock.now() + backoff.next(pollRateS, answer.retryAfterS);
    }
    backoff.reset();
    if (answer.changed) this.clockChanged();
    return clock.now() + answer.pollRateS;
  }
}
