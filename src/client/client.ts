/** What a device's client is given, shows and tells. */
import { type Cancel, type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Problem } from '../base/problem';
import { type Random } from '../base/random';
import { type Tasks } from '../base/tasks';
import { type DERControlBase, type DERCurve } from '../model/der';
import { type DialectId } from '../model/dialect';
import { type Lfdi } from '../tls';
import { type DerInfo } from './der-info';
import { type Discovery } from './discovery';
import { type InForce, type LimitSegment, type Outcome, type Transition } from './follow';
import { type Limits } from './limit-view';
import { type NewLogEvent } from './log-events';
import { type MirrorSpec } from './mirror';
import { type ProgramState } from './programs';
import { type Transport } from './transport';

export interface ClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly random: Random;
  readonly log: Log;
  /** LFDI of the device's certificate. */
  readonly lfdi: Lfdi;
  /** The device's PIN, six digits. A server that has another is not used. Not checked where absent. */
  readonly pin?: number;
  /** How we write, and whether an event that leaves its list is cancelled (2023). `2018` unless given. */
  readonly dialect?: DialectId;
  /** Path of DeviceCapability: the only path a client is told. `/dcap` unless given. */
  readonly dcap?: string;
  readonly der?: DerInfo;
  readonly mirror?: MirrorSpec;
  /** What the device is, a bit map of DeviceCategoryType; controls for other devices are left alone. */
  readonly deviceCategory?: number;
  /** Register in band where the server has no EndDevice of ours. */
  readonly register?: boolean;
  /** The first request comes at a random moment within so many seconds of the start. 0 unless given. */
  readonly startSpreadS?: Seconds;
  /** DERPrograms are polled at this rate instead of their list's pollRate. */
  readonly pollRateS?: Seconds;
  /** DefaultDERControls are read with every so-manieth poll of the programs; 1 unless given. */
  readonly defaultsEvery?: number;
  /** What rarely changes (DeviceCapability, EndDevices, assignments, Registration) is read again no more often than this, s. */
  readonly structureRateS?: Seconds;
  /** How far apart polls are, given what is asked for; as it is unless given. */
  readonly pace?: (pollRateS: Seconds) => Seconds;
  /** Enterprise number in the mRIDs of our mirror. */
  readonly pen?: Pen;
}

/**
 * `idle` not started; `discovering`; `following` the server was found and its events are followed, whether or not it can be
 * reached at the moment; `refused` the server must not be used (wrong PIN); `stopped`.
 */
export type Phase = 'idle' | 'discovering' | 'following' | 'refused' | 'stopped';

export interface ClientStatus {
  readonly phase: Phase;
  /** Why it is not following, or why the last poll failed. */
  readonly problem?: Problem;
  readonly lastContact?: Seconds;
  /** How far the server's clock is ahead of ours, s. */
  readonly serverAheadS: number;
  readonly responses: Readonly<Record<Outcome, number>>;
  readonly responsesWaiting: number;
  readonly responsesRefused: number;
  readonly intervalsPosted: number;
  readonly intervalsLost: number;
}

export interface Client {
  start(): void;
  /** Ends all activity and the connection. What is known stays: limits go on by the schedule, and `start` continues. */
  stop(): void;
  /** The limits at `now`, which must not lie ahead of the clock. The same object as long as nothing changed. */
  limits(now: Seconds): Limits;
  /** What the known schedule says for a later moment. */
  limitsAt(when: Seconds): Limits;
  /** All that is known of the limits to come, in order of time. */
  schedule(): readonly LimitSegment[];
  /** Every control mode in force, typed, defaults included. */
  modes(): DERControlBase;
  inForce(): InForce;
  /** The programs as last read, whole: what the server was heard to say. */
  programs(): readonly ProgramState[];
  /** The curve a mode in force refers to. */
  curve(href: string): DERCurve | undefined;
  /** Called when the limits have become others. */
  onChange(listener: (limits: Limits) => void): Cancel;
  onTransition(listener: (transition: Transition) => void): Cancel;
  /** New ratings, settings or sources of status. */
  report(info: Partial<DerInfo>): void;
  /** Tells the server that something went wrong, or is right again. */
  tell(event: NewLogEvent): void;
  /** Somebody has said that something changed: reads the programs now, or finds the whole way anew. */
  look(at: 'programs' | 'structure'): void;
  /** Called when the programs have been read, changed or not. */
  onRead(listener: () => void): Cancel;
  readonly status: ClientStatus;
  readonly found: Discovery | undefined;
}
