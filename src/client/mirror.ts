/**
 * Readings (protocol facts 3.8, 3.9): one MirrorUsagePoint with a meter reading for each quantity, and what was measured since
 * the last post, in one request each time. What could not be posted waits; nothing is invented for what was not measured.
 */
import { type Seconds } from '../base/clock';
import { mridOf, type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Random } from '../base/random';
import { type ReadingType } from '../model/metering';
import {
  MirrorMeterReadingList,
  MirrorUsagePoint,
  type MirrorMeterReading,
  type MirrorReadingSet,
} from '../model/mirror';
import { type Lfdi } from '../tls';
import { Activity, type ActivityDeps } from './activity';
import { type Failure } from './answer';
import { type Api } from './api';
import { type Backoff } from './backoff';
import { type ServerTime } from './server-time';

export interface Quantity {
  /** Unique within the mirror; mRID and description come from it. */
  readonly name: string;
  /** What it is: `uom` 38 W, 63 var, 29 V …; `powerOfTenMultiplier` scales what is sent. */
  readonly type: ReadingType;
  /** Value over [from, to) of the client's clock, in units of `uom`; undefined when there is none, and then none is sent. */
  read(from: Seconds, to: Seconds): number | undefined;
}

export interface MirrorSpec {
  readonly description?: string;
  /** HexBinary16: bit 0 mirror, 1 premises aggregation point, 3 DER, 6 submeter. 0003 unless given: a whole site. */
  readonly roleFlags?: string;
  readonly quantities: readonly Quantity[];
  /** Seconds between posts; the server's postRate unless given, 300 where it names none. */
  readonly postRateS?: Seconds;
}

export interface MirrorDeps extends ActivityDeps {
  readonly api: Api;
  readonly log: Log;
  readonly time: ServerTime;
  readonly backoff: Backoff;
  readonly random: Random;
  readonly lfdi: Lfdi;
  readonly pen: Pen;
}

/** Usual values of an average of electric power or voltage; spread into a Quantity's `type`. */
export const averageOf = (uom: number, more: Partial<ReadingType> = {}): ReadingType => ({
  accumulationBehaviour: 12,
  commodity: 1,
  dataQualifier: 2,
  flowDirection: 1,
  kind: 37,
  phase: 0,
  powerOfTenMultiplier: 0,
  uom,
  ...more,
});

const usualPostRateS = 300;
/** Intervals kept while the server is away; a day at the usual rate. */
const mostKept = 288;
const mostInOnePost = 48;

interface Interval {
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly values: readonly (number | undefined)[];
}

export class Mirror {
  /** Intervals posted, and those given up because the server was away too long or refused them. */
  posted = 0;
  lost = 0;
  private list: string | undefined;
  private href: string | undefined;
  private postRateS: Seconds;
  private readonly kept: Interval[] = [];
  private since: Seconds | undefined;
  private dueAt: Seconds = -Infinity;
  private activity: Activity | undefined;

  constructor(
    private readonly deps: MirrorDeps,
    private readonly spec: MirrorSpec,
  ) {
    this.postRateS = spec.postRateS ?? usualPostRateS;
  }

  start(): void {
    this.activity = new Activity(this.deps, 'readings', () => this.post());
  }

  stop(): void {
    this.activity?.stop();
  }

  /** Where mirrors are made; nothing is measured or sent before. */
  found(list: string | undefined): void {
    const known = this.list;
    this.list = list;
    if (list !== known) this.href = undefined;
    if (list !== undefined && known === undefined) this.activity?.soon();
  }

  private async post(): Promise<Seconds | undefined> {
    const { clock, backoff } = this.deps;
    if (this.list === undefined) return undefined;
    this.measure();
    const failure = (this.href === undefined ? await this.create(this.list) : undefined) ?? (await this.send());
    if (!failure) {
      backoff.reset();
      return this.dueAt;
    }
    return Math.min(this.dueAt, clock.now() + backoff.next(this.postRateS, failure.retryAfterS));
  }

  /** Closes the interval that is due, if one is. The first begins when the mirror does. */
  private measure(): void {
    const now = this.deps.clock.now();
    if (this.since === undefined) {
      // Spread over the period, so that a fleet that started together does not post together.
      this.since = now;
      this.dueAt = now + Math.ceil(this.postRateS * (0.5 + this.deps.random.next() / 2));
      return;
    }
    if (now < this.dueAt) return;
    const from = this.since;
    const values = this.spec.quantities.map(quantity => {
      const value = quantity.read(from, now);
      const scale = 10 ** (quantity.type.powerOfTenMultiplier ?? 0);
      return value === undefined || !Number.isFinite(value) ? undefined : Math.round(value / scale);
    });
    if (now > from && values.some(value => value !== undefined))
      this.kept.push({ start: this.deps.time.at(from), durationS: now - from, values });
    for (; this.kept.length > mostKept; this.lost++) this.kept.shift();
    this.since = now;
    this.dueAt = now + this.postRateS;
  }

  private async create(list: string): Promise<Failure | undefined> {
    const { api, lfdi, log } = this.deps;
    const { description, roleFlags = '0003', quantities } = this.spec;
    const point: MirrorUsagePoint = {
      mRID: this.mrid(''),
      ...(description !== undefined && { description }),
      roleFlags,
      serviceCategoryKind: 0,
      status: 1,
      deviceLFDI: lfdi,
      MirrorMeterReading: quantities.map(({ name, type }) => ({ ...this.reading(name, []), ReadingType: type })),
    };
    const made = await api.post(MirrorUsagePoint, list, point);
    if (!made.ok) {
      if (made.reason === 'refused' || made.reason === 'missing')
        log.warn('the server refused our mirror', { status: made.status, href: list });
      return made;
    }
    if (made.location === undefined)
      return {
        ok: false,
        reason: 'broken',
        status: made.status,
        href: list,
        text: 'made a mirror without saying where',
      };
    this.href = made.location;
    if (this.spec.postRateS !== undefined) return undefined;
    const answer = await api.get(MirrorUsagePoint, made.location); // optional in the WADL: without it the usual rate holds
    const asked = answer.ok ? answer.value.postRate : undefined;
    if (asked !== undefined && asked > 0 && asked !== this.postRateS) {
      this.postRateS = asked;
      if (this.since !== undefined) this.dueAt = Math.min(this.dueAt, this.since + asked);
    }
    return undefined;
  }

  private async send(): Promise<Failure | undefined> {
    let remade = false;
    while (this.kept.length > 0 && this.href !== undefined) {
      const part = this.kept.slice(0, mostInOnePost);
      const answer = await this.deps.api.post(MirrorMeterReadingList, this.href, this.document(part));
      if (answer.ok) {
        this.posted += part.length;
        this.kept.splice(0, part.length);
      } else if (answer.reason === 'missing') {
        this.href = undefined; // expired, or the server began anew: make it again, the readings wait
        const failure = remade || this.list === undefined ? answer : await this.create(this.list);
        if (failure) return failure;
        remade = true;
      } else if (answer.reason === 'refused') {
        this.lost += part.length;
        this.kept.splice(0, part.length);
        this.deps.log.warn('readings were refused', { status: answer.status, href: this.href });
        this.href = undefined; // perhaps it no longer knows our meter readings: they are described again next time
      } else return answer;
    }
    return undefined;
  }

  private document(intervals: readonly Interval[]): MirrorMeterReadingList {
    const readings: MirrorMeterReading[] = this.spec.quantities.flatMap(({ name }, i) => {
      const sets = intervals.flatMap(({ start, durationS, values }): MirrorReadingSet[] => {
        const value = values[i];
        if (value === undefined) return [];
        const timePeriod = { duration: durationS, start };
        return [{ mRID: this.mrid(`${name}/${start}`), timePeriod, Reading: [{ timePeriod, value }] }];
      });
      return sets.length === 0 ? [] : [this.reading(name, sets)];
    });
    return { all: readings.length, results: readings.length, MirrorMeterReading: readings };
  }

  private reading(name: string, sets: MirrorReadingSet[]): MirrorMeterReading {
    return { mRID: this.mrid(name), description: name.slice(0, 31), MirrorReadingSet: sets };
  }

  private mrid(name: string): string {
    return mridOf(`mirror/${this.deps.lfdi}/${name}`, this.deps.pen);
  }
}
