/**
 * Event following (protocol facts 4.2): which DERControl is in force for each control mode. A state machine without clock or
 * network: it is told what the server says and what time it is there, and answers with what that set off.
 *
 * Rules, each with a table of cases in follower.test.ts:
 * - modes are independent; of two events that claim one mode at the same time `beats` decides, and the loser never resumes;
 * - an event that has lost all its modes is superseded, one whose time is over is completed;
 * - where one event ends by schedule before the next begins by schedule, randomisation makes neither gap nor overlap: the first
 *   hands over when the second begins, but a program of weaker primacy waits until the stronger one's event has ended;
 * - an event that disappears is not cancelled (2018); in 2023 it is;
 * - an event aborted because the device left its program is met anew when the device comes back while it is on.
 */
import { type Seconds } from '../../base/clock';
import { type Random } from '../../base/random';
import { eventStatus } from '../../model/common';
import {
  beats,
  cancelSpreadS,
  type ControlEvent,
  drawsOf,
  type Draws,
  earliestStart,
  type FollowedProgram,
  modesOf,
  noMode,
  planOf,
  scheduledEnd,
} from './event';

/** Response status values this client sends (protocol facts 4.3). */
export const outcomes = {
  received: 1,
  started: 2,
  completed: 3,
  cancelled: 6,
  superseded: 7,
  abortedProgram: 14,
  expired: 254,
} as const;
export type Outcome = keyof typeof outcomes;

/** Something that happened to an event, told once. */
export interface Transition {
  readonly outcome: Outcome;
  readonly event: ControlEvent;
  /** Server time at which it happened. */
  readonly at: Seconds;
}

export interface ModeInForce {
  readonly value: unknown;
  /** The event, or nothing where a DefaultDERControl applies. */
  readonly event?: ControlEvent;
}

/** What is in force: control modes, and the settings of the strongest DefaultDERControl that names each. */
export interface InForce {
  readonly modes: Readonly<Record<string, ModeInForce>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Tracked {
  readonly program: string;
  primacy: number;
  event: ControlEvent;
  readonly draws: Draws;
  from: Seconds;
  to: Seconds;
  phase: 'waiting' | 'running' | 'done';
  /** Modes it still claims. */
  live: string[];
  /** The server says it is superseded. */
  told: boolean;
  /** Where in a randomised cancellation it stops. */
  stopAt: Seconds | undefined;
  doneAt: Seconds;
  /** It is over only because the device is no longer assigned to its program. */
  aborted: boolean;
}

export interface FollowOptions {
  readonly random: Random;
  /** From 2023 on an event that leaves its list is cancelled. */
  readonly edition?: 2018 | 2023;
}

/** How far the server's clock may be from ours when it says that an event was superseded by one we do not see begin yet, s. */
const clockDoubtS = 60;

/** How long an event that is over and not listed is remembered: a list read badly once shall not bring it back to life, s. */
const rememberS = 86_400;

const isGoing = ({ status }: ControlEvent): boolean =>
  status === eventStatus.scheduled || status === eventStatus.active;

export function followEvents(options: FollowOptions): Follower {
  return new Follower(options);
}

export class Follower {
  private readonly events = new Map<string, Tracked>();
  /** Those of them that are not done: after a day few of hundreds, and asked for all the time. */
  private readonly going = new Map<string, Tracked>();
  private programs: readonly FollowedProgram[] = [];
  private clock: Seconds = -Infinity;

  constructor(private readonly options: FollowOptions) {}

  /** What the server said, read at `now`: all programs of the device, or those that could be read. */
  update(programs: readonly FollowedProgram[], now: Seconds): Transition[] {
    const out = this.advance(now);
    this.programs = [...programs].sort((a, b) => a.primacy - b.primacy);
    const listed = new Set<string>();
    const whole = new Set<string>();
    const primacies = new Map<string, number>();
    for (const program of this.programs) {
      primacies.set(program.key, program.primacy);
      if (!program.controls) continue;
      whole.add(program.key);
      for (const event of program.controls) {
        if (listed.has(event.mrid)) continue; // by two ways: the stronger program counts
        listed.add(event.mrid);
        this.take(event, program, now, out);
      }
    }
    for (const [mrid, tracked] of this.events) {
      const primacy = primacies.get(tracked.program);
      if (primacy === undefined) this.finish(tracked, 'abortedProgram', now, out);
      else tracked.primacy = primacy;
      if (listed.has(mrid) || (primacy !== undefined && !whole.has(tracked.program))) continue;
      if (this.options.edition === 2023) this.finish(tracked, 'cancelled', now, out);
      if (tracked.phase === 'done' && now > tracked.doneAt + rememberS) this.events.delete(mrid);
    }
    this.settle(now, out);
    return out;
  }

  /** Lets time pass to `now`. Long steps give the same as short ones. */
  advance(now: Seconds): Transition[] {
    const out: Transition[] = [];
    for (let due = this.next(); due !== undefined && due <= now; due = this.next()) this.settle(due, out);
    this.clock = Math.max(this.clock, now);
    return out;
  }

  /** When something changes next by the passing of time, as far as is known. */
  next(): Seconds | undefined {
    let next = Infinity;
    for (const tracked of this.going.values()) {
      if (tracked.phase === 'waiting') {
        if (tracked.from < next && !(tracked.from <= this.clock && this.blocked(tracked))) next = tracked.from;
      } else if (tracked.phase === 'running') {
        if (tracked.stopAt !== undefined) next = Math.min(next, tracked.stopAt);
        for (const mode of tracked.live) next = Math.min(next, this.endOf(tracked, mode));
      }
    }
    return next === Infinity ? undefined : next;
  }

  /** What is in force at the time last told. */
  inForce(): InForce {
    const modes: Record<string, ModeInForce> = this.defaults();
    const settings: Record<string, unknown> = {};
    for (const { settings: more = {} } of this.programs)
      for (const [name, value] of Object.entries(more)) settings[name] ??= value;
    for (const { phase, live, event } of this.going.values()) {
      if (phase !== 'running') continue;
      for (const mode of live) if (mode !== noMode) modes[mode] = { value: event.modes[mode], event };
    }
    return { modes, settings };
  }

  /** What would be in force without any event. */
  defaults(): Record<string, ModeInForce> {
    const modes: Record<string, ModeInForce> = {};
    for (const { defaults = {} } of this.programs)
      for (const [mode, value] of Object.entries(defaults)) modes[mode] ??= { value };
    return modes;
  }

  /** End of the last event that is not over, by its schedule. */
  scheduleEnd(): Seconds | undefined {
    let end: Seconds | undefined;
    for (const { phase, event } of this.going.values())
      if (phase !== 'done') end = Math.max(end ?? -Infinity, scheduledEnd(event));
    return end;
  }

  /** A copy that can be advanced into the future to see what is known of it. */
  fork(): Follower {
    const copy = new Follower(this.options);
    copy.programs = this.programs;
    copy.clock = this.clock;
    for (const [mrid, tracked] of this.going) {
      const own = { ...tracked, live: [...tracked.live] };
      copy.events.set(mrid, own);
      copy.going.set(mrid, own);
    }
    return copy;
  }

  private take(event: ControlEvent, program: FollowedProgram, now: Seconds, out: Transition[]): void {
    let tracked = this.events.get(event.mrid);
    if (tracked?.aborted && isGoing(event) && now < scheduledEnd(event)) tracked = undefined;
    if (tracked && tracked.program !== program.key && tracked.phase !== 'done') {
      // The same event under another program now: it goes on as it was.
      tracked = { ...tracked, program: program.key, primacy: program.primacy };
      this.events.set(event.mrid, tracked);
      this.going.set(event.mrid, tracked);
    }
    if (!tracked) {
      tracked = this.meet(event, program, now, out);
      if (tracked.phase === 'done') return;
    } else if (tracked.phase === 'done') return;
    else {
      this.amend(tracked, event, now);
      tracked.event = event;
    }
    if (event.status === eventStatus.cancelled) this.finish(tracked, 'cancelled', now, out);
    else if (event.status === eventStatus.cancelledRandomized) {
      const stopAt = event.statusAt + Math.floor(tracked.draws.cancel * cancelSpreadS(event));
      if (tracked.phase === 'waiting' || stopAt <= now) this.finish(tracked, 'cancelled', now, out);
      else tracked.stopAt ??= stopAt;
    } else if (event.status === eventStatus.superseded) {
      if (tracked.phase === 'waiting') this.finish(tracked, 'superseded', now, out);
      else tracked.told = true;
    } else if (event.status === eventStatus.completed) {
      this.finish(tracked, tracked.phase === 'running' ? 'completed' : 'expired', now, out);
    }
  }

  /** An event seen for the first time. */
  private meet(event: ControlEvent, program: FollowedProgram, now: Seconds, out: Transition[]): Tracked {
    const draws = drawsOf(event, this.options.random);
    const tracked: Tracked = {
      program: program.key,
      primacy: program.primacy,
      event,
      draws,
      ...planOf(event, draws, now),
      phase: 'waiting',
      live: modesOf(event),
      told: false,
      stopAt: undefined,
      doneAt: now,
      aborted: false,
    };
    this.events.set(event.mrid, tracked);
    this.going.set(event.mrid, tracked);
    const over = now >= scheduledEnd(event);
    const going = isGoing(event);
    if (!going && (over || event.status === eventStatus.completed))
      this.over(tracked); // history: nothing to follow or to say
    else if (going && (over || tracked.to <= tracked.from)) this.finish(tracked, 'expired', now, out);
    else out.push({ outcome: 'received', event, at: now });
    return tracked;
  }

  /** Events are immutable but for their status; a server that edits one all the same is taken at its word. */
  private amend(tracked: Tracked, event: ControlEvent, now: Seconds): void {
    const old = tracked.event;
    if (old.start !== event.start || old.durationS !== event.durationS) {
      if (tracked.phase === 'waiting') Object.assign(tracked, planOf(event, tracked.draws, now));
      else tracked.to += scheduledEnd(event) - scheduledEnd(old);
    }
    const had = modesOf(old);
    const has = modesOf(event);
    if (had.length !== has.length || had.some(mode => !has.includes(mode)))
      tracked.live = has.filter(mode => tracked.live.includes(mode) || !had.includes(mode));
  }

  private finish(tracked: Tracked, outcome: Outcome, at: Seconds, out: Transition[]): void {
    if (tracked.phase === 'done') return;
    this.over(tracked);
    tracked.live = [];
    tracked.doneAt = at;
    tracked.aborted = outcome === 'abortedProgram';
    out.push({ outcome, event: tracked.event, at });
  }

  private over(tracked: Tracked): void {
    tracked.phase = 'done';
    this.going.delete(tracked.event.mrid);
  }

  /** Applies everything that is due at `now`: ends, then starts, then conflicts. */
  private settle(now: Seconds, out: Transition[]): void {
    this.clock = Math.max(this.clock, now);
    for (const tracked of this.of('running')) this.end(tracked, now, out);
    const fresh: Tracked[] = [];
    for (const tracked of this.of('waiting').sort((a, b) => a.event.start - b.event.start)) {
      if (tracked.from > now) continue;
      if (tracked.to <= now)
        this.finish(tracked, 'superseded', now, out); // a stronger one took all its time
      else if (!this.blocked(tracked)) fresh.push(this.start(tracked, now, out));
    }
    const losers = this.resolve();
    for (const starter of fresh)
      if (starter.live.length > 0) out.push({ outcome: 'started', event: starter.event, at: now });
    for (const loser of losers) if (loser.live.length === 0) this.finish(loser, 'superseded', now, out);
  }

  private end(tracked: Tracked, now: Seconds, out: Transition[]): void {
    const stopped = tracked.stopAt !== undefined;
    if (stopped && (tracked.stopAt ?? now) <= now) this.finish(tracked, 'cancelled', now, out);
    if (tracked.told) this.drop(tracked, mode => !this.heir(tracked, mode, now), 'superseded', now, out);
    const over = (mode: string) => this.endOf(tracked, mode) <= now;
    this.drop(tracked, over, stopped ? 'cancelled' : 'completed', now, out);
  }

  /** Begins an event; what is over by schedule hands its modes over. */
  private start(starter: Tracked, now: Seconds, out: Transition[]): Tracked {
    for (const tracked of this.of('running'))
      if (follows(starter, tracked)) this.drop(tracked, mode => starter.live.includes(mode), 'completed', now, out);
    starter.phase = 'running';
    return starter;
  }

  private drop(
    tracked: Tracked,
    gone: (mode: string) => boolean,
    outcome: Outcome,
    now: Seconds,
    out: Transition[],
  ): void {
    const left = tracked.live.filter(mode => !gone(mode));
    if (left.length === tracked.live.length) return;
    tracked.live = left;
    if (left.length === 0) this.finish(tracked, outcome, now, out);
  }

  /** Of all that run, leaves each mode to the strongest; the others lose it for ever. */
  private resolve(): Set<Tracked> {
    const holders = new Map<string, Tracked>();
    const losers = new Set<Tracked>();
    for (const tracked of this.of('running')) {
      for (const mode of tracked.live) {
        const holder = holders.get(mode);
        if (!holder || beats(tracked, holder)) holders.set(mode, tracked);
      }
    }
    for (const tracked of this.of('running')) {
      const kept = tracked.live.filter(mode => holders.get(mode) === tracked);
      if (kept.length === tracked.live.length) continue;
      tracked.live = kept;
      losers.add(tracked);
    }
    return losers;
  }

  /** When a running event leaves a mode: at its own end, or later when the event that follows it begins later. */
  private endOf(tracked: Tracked, mode: string): Seconds {
    let successor = Infinity;
    const end = scheduledEnd(tracked.event);
    for (const other of this.going.values())
      if (other.phase === 'waiting' && other.event.start === end && other.from < successor && other.live.includes(mode))
        successor = other.from;
    return successor === Infinity ? tracked.to : Math.max(tracked.to, successor);
  }

  /** A stronger program's event that is over by schedule but, by its randomisation, not in fact. */
  private blocked(waiting: Tracked): boolean {
    for (const other of this.going.values())
      if (
        other.phase === 'running' &&
        other.primacy < waiting.primacy &&
        follows(waiting, other) &&
        other.live.some(mode => waiting.live.includes(mode))
      )
        return true;
    return false;
  }

  /** The event that took over by the server's word and begins here, by its randomisation, a little later. */
  private heir(tracked: Tracked, mode: string, now: Seconds): Tracked | undefined {
    for (const other of this.going.values())
      if (
        other.phase === 'waiting' &&
        other.from > now &&
        other.live.includes(mode) &&
        beats(other, tracked) &&
        earliestStart(other.event) <= now + clockDoubtS
      )
        return other;
    return undefined;
  }

  private of(phase: Tracked['phase']): Tracked[] {
    const found: Tracked[] = [];
    for (const tracked of this.going.values()) if (tracked.phase === phase) found.push(tracked);
    return found;
  }
}

/** Whether `later` begins by schedule when `earlier` is over by schedule. */
const follows = (later: Tracked, earlier: Tracked): boolean => later.event.start >= scheduledEnd(earlier.event);
