/**
 * A device's whole life with its server: discovery, polls, events, Responses, DER information and readings. Nothing here waits
 * inside a task; whoever owns clock and tasks sees every moment settled before the next.
 */
import { type Cancel, type Seconds } from '../base/clock';
import { examplePen } from '../base/ids';
import { type Log } from '../base/log';
import { type Problem } from '../base/problem';
import { watts } from '../base/units';
import { type DERControlBase, type DERCurve } from '../model/der';
import { type Dialect, dialects } from '../model/dialect';
import { sfdiOf } from '../tls';
import { Activity } from './activity';
import { type Failure, problemOf } from './answer';
import { Api } from './api';
import { Backoff } from './backoff';
import { type Client, type ClientOptions, type ClientStatus, type Phase } from './client';
import { type DerInfo, DerReporter } from './der-info';
import { discover, type Discovery } from './discovery';
import { followEvents, type InForce, type LimitSegment, programFrom, type Transition } from './follow';
import { type Limits, LimitView } from './limit-view';
import { LogEvents, type NewLogEvent } from './log-events';
import { Mirror } from './mirror';
import { type ProgramState, readPrograms } from './programs';
import { Responses } from './responses';
import { ServerTime } from './server-time';
import { Watches } from './watches';

export function createClient(options: ClientOptions): Client {
  return new DeviceClient(options);
}

/** Usual distance of attempts to find a server, s. */
const rediscoverS = 300;
/** Links that lead to redirects, or to nothing, send us to find the way anew no more often than this, s. */
const refindS = 3600;

class DeviceClient implements Client {
  found: Discovery | undefined;
  private phase: Phase = 'idle';
  private problem: Problem | undefined;
  private lost = false;
  private known: readonly ProgramState[] = [];
  private polls = 0;
  private foundAt: Seconds = -Infinity;
  private readonly api: Api;
  private readonly time: ServerTime;
  private readonly view: LimitView;
  private readonly follower;
  private readonly responses: Responses;
  private readonly reporter: DerReporter;
  private readonly mirror: Mirror | undefined;
  private readonly logEvents: LogEvents;
  private readonly watches: Watches;
  private readonly log: Log;
  private readonly backoff: Backoff;
  private discovery: Activity | undefined;
  private polling: Activity | undefined;
  private cancelTick: Cancel | undefined;
  private readonly changeListeners = new Set<(limits: Limits) => void>();
  private readonly readListeners = new Set<() => void>();
  private readonly transitionListeners = new Set<(transition: Transition) => void>();

  constructor(private readonly options: ClientOptions) {
    const { transport, clock, tasks, random, lfdi, der = {}, mirror, pen = examplePen } = options;
    const dialect: Dialect = dialects[options.dialect ?? '2018'];
    const log = options.log.with({ client: sfdiOf(lfdi) });
    this.log = log;
    this.backoff = new Backoff(random.fork('poll'));
    this.time = new ServerTime(clock);
    this.api = new Api({ transport, clock, dialect });
    this.follower = followEvents({ random: random.fork('events'), edition: options.dialect === '2023' ? 2023 : 2018 });
    this.view = new LimitView(this.follower, this.time, () => this.setMaxW());
    const shared = { clock, tasks, log, api: this.api, time: this.time, random, lfdi, pen };
    const backoff = (name: string) => new Backoff(random.fork(name));
    this.responses = new Responses({ ...shared, backoff: backoff('responses') });
    this.reporter = new DerReporter({ ...shared, backoff: backoff('der') }, der);
    this.logEvents = new LogEvents({ ...shared, backoff: backoff('log events') });
    if (mirror)
      this.mirror = new Mirror({ ...shared, random: random.fork('readings'), backoff: backoff('readings') }, mirror);
    this.watches = new Watches(
      { ...shared, backoff: backoff('structure') },
      options.structureRateS ?? 0,
      () => this.discovery?.soon(),
      () => this.clockChanged(),
    );
  }

  start(): void {
    if (this.phase !== 'idle' && this.phase !== 'stopped') return;
    const { clock, tasks, random, startSpreadS = 0 } = this.options;
    const deps = { clock, tasks, log: this.log };
    this.phase = 'discovering';
    this.discovery = new Activity(deps, 'discovery', () => this.discover());
    this.polling = new Activity(deps, 'programs', () => this.poll());
    this.watches.start();
    this.responses.start();
    this.reporter.start();
    this.mirror?.start();
    this.logEvents.start();
    const spread = startSpreadS * random.fork('start').next();
    if (spread > 0) this.discovery.at(clock.now() + spread);
    else this.discovery.soon();
    this.armTick();
  }

  stop(): void {
    if (this.phase !== 'refused') this.phase = 'stopped';
    for (const each of [
      this.discovery,
      this.polling,
      this.watches,
      this.responses,
      this.reporter,
      this.mirror,
      this.logEvents,
    ])
      each?.stop();
    this.cancelTick?.();
    this.cancelTick = undefined;
    this.found = undefined;
    this.reporter.found(undefined);
    this.mirror?.found(undefined);
    this.logEvents.found(undefined);
    this.options.transport.close?.();
  }

  limits(now: Seconds): Limits {
    if (now >= this.view.next) this.tick(now);
    return this.view.current;
  }

  limitsAt(when: Seconds): Limits {
    return this.view.at(when);
  }

  schedule(): readonly LimitSegment[] {
    return this.view.ahead();
  }

  inForce(): InForce {
    return this.follower.inForce();
  }

  programs(): readonly ProgramState[] {
    return this.known;
  }

  modes(): DERControlBase {
    return Object.fromEntries(Object.entries(this.inForce().modes).map(([mode, { value }]) => [mode, value]));
  }

  curve(href: string): DERCurve | undefined {
    for (const { curves } of this.known) {
      const found = curves.find(curve => curve.href === href);
      if (found) return found;
    }
    return undefined;
  }

  onChange(listener: (limits: Limits) => void): Cancel {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  onTransition(listener: (transition: Transition) => void): Cancel {
    this.transitionListeners.add(listener);
    return () => this.transitionListeners.delete(listener);
  }

  onRead(listener: () => void): Cancel {
    this.readListeners.add(listener);
    return () => this.readListeners.delete(listener);
  }

  tell(event: NewLogEvent): void {
    this.logEvents.push(event);
  }

  look(at: 'programs' | 'structure'): void {
    if (at === 'structure' || !this.found) this.discovery?.soon();
    else this.polling?.soon();
  }

  report(info: Partial<DerInfo>): void {
    this.reporter.change(info);
    if (info.settings) this.changed(this.view.refresh(this.options.clock.now()));
  }

  get status(): ClientStatus {
    const { lastContact } = this.view.current;
    return {
      phase: this.phase,
      ...(this.problem && { problem: this.problem }),
      ...(lastContact !== undefined && { lastContact }),
      serverAheadS: this.time.offsetS,
      responses: this.responses.posted,
      responsesWaiting: this.responses.waiting,
      responsesRefused: this.responses.refused,
      intervalsPosted: this.mirror?.posted ?? 0,
      intervalsLost: this.mirror?.lost ?? 0,
    };
  }

  private setMaxW(): number {
    const { settings } = this.reporter;
    return settings ? watts(settings.setMaxW) : 0;
  }

  private async discover(): Promise<Seconds | undefined> {
    const { clock, lfdi, dcap, pin, register } = this.options;
    const result = await discover(this.api, {
      clock,
      lfdi,
      time: this.time,
      ...(dcap !== undefined && { dcap }),
      ...(pin !== undefined && { pin }),
      ...(register !== undefined && { register }),
    });
    if (this.phase === 'stopped') return undefined;
    if (!result.ok) {
      if (result.final) return this.refuse(result.problem);
      this.failed(result.problem);
      return clock.now() + this.backoff.next(rediscoverS, result.retryAfterS);
    }
    const { found } = result;
    this.backoff.reset();
    this.found = found;
    this.phase = 'following';
    this.foundAt = clock.now();
    this.clockChanged();
    this.watches.watch(found);
    this.reporter.found(found.ders);
    this.mirror?.found(found.mirrors);
    this.logEvents.found(found.device.LogEventListLink?.href);
    this.polling?.soon();
    return undefined;
  }

  /** Reads the programs. The only thing that counts as contact: a server that tells the time but not its controls is lost. */
  private async poll(): Promise<Seconds | undefined> {
    const { clock, deviceCategory, defaultsEvery = 1 } = this.options;
    const { found } = this;
    if (!found) return undefined;
    const began = clock.now();
    const keepDefaults = this.polls % defaultsEvery !== 0;
    const read = await readPrograms(this.api, found.programLists, { before: this.known, keepDefaults });
    const now = clock.now();
    if (this.phase !== 'following') return undefined;
    if (!read.ok) return this.pollFailed(read);
    this.polls++;
    for (const { href, text } of read.faults) this.log.warn('a program could not be read whole', { href, text });
    this.backoff.reset();
    if (!read.unchanged || this.view.current.lastContact === undefined) {
      this.known = read.programs;
      const programs = read.programs.map(({ program, standing, controls }) =>
        programFrom(program, standing, controls, deviceCategory),
      );
      const transitions = this.follower.update(programs, this.time.at(now));
      this.told(transitions, this.view.refresh(now));
    }
    if (read.complete) {
      this.view.heard(now);
      this.heard();
    }
    for (const listener of this.readListeners) listener();
    const stale = this.api.moved || read.faults.some(({ reason }) => reason === 'missing');
    if (stale) this.discovery?.at(Math.max(now + 1, this.foundAt + refindS));
    const rate = this.options.pollRateS ?? read.pollRateS;
    return Math.max(now + 1, began + (this.options.pace?.(rate) ?? rate));
  }

  private pollFailed(failure: Failure): Seconds {
    const { clock, pollRateS = rediscoverS } = this.options;
    this.failed(problemOf(failure));
    const next = clock.now() + this.backoff.next(pollRateS, failure.retryAfterS);
    // The server knows our links no more, or another answers in its place: find the way anew.
    if (failure.reason === 'missing' || failure.reason === 'refused' || this.api.moved) this.discovery?.at(next);
    return next;
  }

  private clockChanged(): void {
    this.tick(this.options.clock.now());
  }

  private tick(now: Seconds): void {
    const { transitions, changed } = this.view.advance(now);
    this.told(transitions, changed);
  }

  private told(transitions: readonly Transition[], changed: boolean): void {
    for (const transition of transitions) {
      this.responses.push(transition);
      for (const listener of this.transitionListeners) listener(transition);
    }
    this.changed(changed);
  }

  private changed(changed: boolean): void {
    this.armTick();
    if (changed) for (const listener of this.changeListeners) listener(this.view.current);
  }

  private armTick(): void {
    this.cancelTick?.();
    this.cancelTick = undefined;
    if (this.phase === 'idle' || this.phase === 'stopped' || this.view.next === Infinity) return;
    this.cancelTick = this.options.clock.at(this.view.next, () => this.tick(this.options.clock.now()));
  }

  private refuse(problem: Problem): undefined {
    this.phase = 'refused';
    this.problem = problem;
    this.log.error('this server is not used', { problem: problem.advice });
    this.stop();
    // What it said before does not count either; nothing is answered any more.
    const now = this.options.clock.now();
    this.follower.update([], this.time.at(now));
    this.changed(this.view.refresh(now));
    return undefined;
  }

  private failed(problem: Problem): void {
    this.problem = problem;
    if (!this.lost) this.log.warn('the server cannot be used; what is known is followed', { problem: problem.message });
    this.lost = true;
  }

  private heard(): void {
    if (this.lost) this.log.info('the server is back');
    this.lost = false;
    this.problem = undefined;
  }
}
