/** What a device tells of its DER (protocol facts 3.7): ratings and settings when they change, status at the DERList's rate. */
import { type Seconds } from '../base/clock';
import { type Log } from '../base/log';
import { DERAvailability, DERCapability, DERSettings, DERStatus, type DER } from '../model/der';
import { type Complex, type Infer } from '../model/dsl';
import { type Failure } from './answer';
import { Activity, type ActivityDeps } from './activity';
import { type Api } from './api';
import { type Backoff } from './backoff';
import { type Place } from './discovery';
import { type ServerTime } from './server-time';

/** Times are added when a document is sent, in the server's time. */
export interface DerInfo {
  readonly capability?: Omit<DERCapability, 'href'>;
  readonly settings?: Omit<DERSettings, 'href' | 'updatedTime'>;
  /** Asked each time it is sent. */
  status?(now: Seconds): Omit<DERStatus, 'href' | 'readingTime'>;
  availability?(now: Seconds): Omit<DERAvailability, 'href' | 'readingTime'>;
}

export interface DerReporterDeps extends ActivityDeps {
  readonly api: Api;
  readonly log: Log;
  readonly time: ServerTime;
  readonly backoff: Backoff;
}

export class DerReporter {
  private place: (Place & { readonly list: readonly DER[] }) | undefined;
  private sent: { capability?: unknown; settings?: unknown; at?: DER } = {};
  private settingsAt: Seconds | undefined;
  private activity: Activity | undefined;

  constructor(
    private readonly deps: DerReporterDeps,
    private info: DerInfo,
  ) {}

  get settings(): DerInfo['settings'] {
    return this.info.settings;
  }

  /** New ratings or settings are sent at once. */
  change(info: Partial<DerInfo>): void {
    this.info = { ...this.info, ...info };
    if (info.settings) this.settingsAt = this.deps.time.now();
    if (this.place) this.activity?.soon();
  }

  start(): void {
    this.activity = new Activity(this.deps, 'DER information', () => this.report());
  }

  stop(): void {
    this.activity?.stop();
  }

  /** Where the DER are; nothing is sent before. */
  found(place: (Place & { readonly list: readonly DER[] }) | undefined): void {
    const known = this.place !== undefined;
    this.place = place;
    if (place && !known) this.activity?.soon();
  }

  private async report(): Promise<Seconds | undefined> {
    const { place, info, sent } = this;
    const der = place?.list[0];
    if (!place || !der) return undefined;
    if (sent.at?.href !== der.href) this.sent = { at: der };
    const { backoff, clock, time } = this.deps;
    const now = time.now();
    this.settingsAt ??= now;
    const failure =
      (await this.once('capability', DERCapability, der.DERCapabilityLink?.href, info.capability, info.capability)) ??
      (await this.once(
        'settings',
        DERSettings,
        der.DERSettingsLink?.href,
        info.settings,
        info.settings && { ...info.settings, updatedTime: this.settingsAt },
      )) ??
      (await this.put(DERStatus, der.DERStatusLink?.href, info.status && { ...info.status(now), readingTime: now })) ??
      (await this.put(
        DERAvailability,
        der.DERAvailabilityLink?.href,
        info.availability && { ...info.availability(now), readingTime: now },
      ));
    if (failure) return clock.now() + backoff.next(place.pollRateS, failure.retryAfterS);
    backoff.reset();
    return info.status || info.availability ? clock.now() + place.pollRateS : undefined;
  }

  private async once<T extends Complex>(
    what: 'capability' | 'settings',
    type: T,
    href: string | undefined,
    source: unknown,
    value: Infer<T> | undefined,
  ): Promise<Failure | undefined> {
    if (source === undefined || this.sent[what] === source) return undefined;
    const failure = await this.put(type, href, value);
    if (!failure) this.sent[what] = source;
    return failure;
  }

  /** Answers with the failure that makes it worth trying again; what the server refuses is logged and left. */
  private async put<T extends Complex>(
    type: T,
    href: string | undefined,
    value: Infer<T> | undefined,
  ): Promise<Failure | undefined> {
    if (href === undefined || value === undefined) return undefined;
    const answer = await this.deps.api.put(type, href, value);
    if (answer.ok) return undefined;
    if (answer.reason === 'unreachable' || answer.reason === 'busy' || answer.reason === 'broken') return answer;
    this.deps.log.warn('DER information was refused', { type: type.name, status: answer.status, href });
    return undefined;
  }
}
