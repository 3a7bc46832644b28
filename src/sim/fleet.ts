/**
 * Many sites, each beside its unlimited twin: the same customer, sun, load and cars with nothing but the service rating to limit
 * it. Advances in steps of a second and keeps a trace of each minute. Compliance is judged by true power.
 */
import { type Seconds } from '../base/clock';
import { seededRandom } from '../base/random';
import { HouseLoad } from './devices/house-load';
import { evSessions } from './ev-day';
import { wantedByCars } from './evse-share';
import { Judge, judgeDefaults, type JudgeSpec } from './judge';
import { constantLimits, type LimitSource } from './limits';
import { type SiteTrace, type SumTrace } from './report/record';
import { Site, type Surroundings } from './site';
import { type SiteSpec, unlimitedTwin } from './site-spec';
import { localHour, type Place, Weather } from './weather';

export interface FleetOptions {
  readonly start: Seconds;
  /** Whole days to plan cars for, from the local midnight before `start` on. */
  readonly days?: number;
  readonly seed: number;
  readonly place?: Place;
  readonly sky?: 'clear' | 'mixed' | 'overcast';
  readonly judge?: JudgeSpec;
}

export class FleetSite {
  readonly site: Site;
  readonly twin: Site;
  readonly judge: Judge;
  readonly trace: SiteTrace;
  /** Means of the last whole minute: net power, and draw of the load for its vars; with limits and without. */
  meanNetW = 0;
  meanLoadW = 0;
  meanTwinNetW = 0;
  meanTwinLoadW = 0;
  /** What the site does not control, in the last second: load less sun, and what the cars would take, W. */
  naturalW = 0;
  private readonly load: HouseLoad;
  private readonly delayS: number;
  private readonly around: Surroundings = { loadW: 0, irradianceWm2: 0, hour: 0 };
  private netJ = 0;
  private loadJ = 0;
  private twinNetJ = 0;
  private twinLoadJ = 0;
  private seconds = 0;

  constructor(
    readonly spec: SiteSpec,
    midnight: Seconds,
    days: number,
    seed: number,
    judge: JudgeSpec,
  ) {
    const random = seededRandom(seed).fork(spec.id);
    const sessions = spec.evses.map((evse, i) =>
      evSessions(spec.evUse, midnight, days, evse.maxA * evse.wattsPerA, random.fork(`cars ${i}`)),
    );
    this.site = new Site(spec, sessions, random.fork('site'));
    const { serviceW } = spec;
    this.twin = new Site(unlimitedTwin(spec), sessions, random.fork('site'), constantLimits(serviceW, serviceW));
    this.load = new HouseLoad(spec.load, random.fork('load'));
    this.delayS = random.integer(0, 90);
    this.judge = new Judge(judge);
    this.trace = {
      id: spec.id,
      name: spec.name,
      kind: spec.kind,
      bus: spec.bus,
      phases: spec.phases,
      firmImportW: spec.firmImportW,
      firmExportW: spec.firmExportW,
      netW: [],
      unlimitedW: [],
      importLimitW: [],
      exportLimitW: [],
      outsideS: [],
      overshootW: [],
      source: [],
      state: [],
      longestExcursionS: 0,
      shortExports: 0,
      longExports: 0,
      shedKWh: 0,
    };
  }

  step(now: Seconds, hour: number, weather: Weather): void {
    const { around, site, twin } = this;
    around.hour = hour;
    around.irradianceWm2 = weather.delayed(this.delayS);
    around.loadW = this.load.step(now, hour);
    const net = site.step(now, around);
    const twinNet = twin.step(now, around);
    // Judged by what it was told, even where it does not obey.
    this.naturalW = around.loadW - (site.devices.pv?.availableW ?? 0) + wantedByCars(site.devices.evses);
    this.judge.step(now, net, site.comms.importW, site.comms.exportW, this.naturalW);
    this.netJ += net;
    this.loadJ += site.loadW;
    this.twinNetJ += twinNet;
    this.twinLoadJ += twin.loadW;
    this.seconds++;
  }

  /** Ends a minute: `now` is the moment after its last second. */
  flush(now: Seconds): void {
    const { judge, seconds, site, trace, twin } = this;
    if (seconds === 0) return;
    this.meanNetW = this.netJ / seconds;
    this.meanLoadW = this.loadJ / seconds;
    this.meanTwinNetW = this.twinNetJ / seconds;
    this.meanTwinLoadW = this.twinLoadJ / seconds;
    trace.netW.push(this.meanNetW);
    trace.unlimitedW.push(this.meanTwinNetW);
    trace.importLimitW.push(site.comms.importW);
    trace.exportLimitW.push(site.comms.exportW);
    trace.outsideS.push(judge.outsideS);
    trace.overshootW.push(judge.overshootW);
    trace.source.push(site.comms.source);
    trace.state?.push(site.comms.state);
    trace.longestExcursionS = judge.longestS;
    trace.shortExports = judge.shortExports;
    trace.longExports = judge.longExports;
    trace.shedKWh = Math.max(0, site.lostWh(now) - twin.lostWh(now)) / 1000;
    judge.take();
    this.netJ = this.loadJ = this.twinNetJ = this.twinLoadJ = this.seconds = 0;
  }
}

/** Somebody who speaks for several sites: acts before each second of theirs, and is judged after it (`sum-share.ts`). */
export interface Together {
  readonly trace: SumTrace;
  share(now: Seconds): void;
  judgeSecond(now: Seconds): void;
  flush(): void;
}

export class Fleet {
  readonly sites: readonly FleetSite[];
  /** Aggregators that share out a limit for the sum of their sites. */
  readonly sums: Together[] = [];
  readonly start: Seconds;
  /** The next second to be lived through. */
  now: Seconds;
  readonly weather: Weather;
  /** Called after each whole minute with its number from 0 on; the sites' means are those of this minute. */
  onMinute: ((minute: number) => void) | undefined;
  private readonly place: Place;
  private readonly byId: ReadonlyMap<string, FleetSite>;

  constructor(specs: readonly SiteSpec[], options: FleetOptions) {
    const { start, seed, days = 2, judge = judgeDefaults } = options;
    this.place = options.place ?? { latitudeDeg: 38, utcOffsetS: 0 };
    const midnight = start - Math.round(localHour(this.place, start) * 3600);
    this.sites = specs.map(spec => new FleetSite(spec, midnight, days, seed, judge));
    this.byId = new Map(this.sites.map(each => [each.spec.id, each]));
    this.weather = new Weather(this.place, seededRandom(seed).fork('weather'), options.sky);
    this.start = start;
    this.now = start;
  }

  /** Gives a site the source of its limits; until then it stays on firm. Undefined when there is no such site. */
  attach(id: string, source: LimitSource): FleetSite | undefined {
    const found = this.byId.get(id);
    if (found) found.site.source = source;
    return found;
  }

  get(id: string): FleetSite | undefined {
    return this.byId.get(id);
  }

  /** Lives through every second before `to`. */
  advance(to: Seconds): void {
    const { sites, sums, weather } = this;
    while (this.now < to) {
      const { now } = this;
      weather.step(now);
      const hour = localHour(this.place, now);
      for (let i = 0; i < sums.length; i++) sums[i]?.share(now);
      for (let i = 0; i < sites.length; i++) sites[i]?.step(now, hour, weather);
      for (let i = 0; i < sums.length; i++) sums[i]?.judgeSecond(now);
      this.now = now + 1;
      const lived = this.now - this.start;
      if (lived % 60 !== 0) continue;
      for (let i = 0; i < sites.length; i++) sites[i]?.flush(this.now);
      for (let i = 0; i < sums.length; i++) sums[i]?.flush();
      this.onMinute?.(lived / 60 - 1);
    }
  }

  traces(): SiteTrace[] {
    return this.sites.map(each => each.trace);
  }
}
