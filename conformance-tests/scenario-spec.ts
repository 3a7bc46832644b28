/** The values of a scenario: what a procedure about programs and events says that another does not. */
import { type DERControlBase } from '../src/model/der';
import { type NewCurve } from './operator';
import { type Claim } from './claims';

/** What a default or an event asks for. Curves are made in the program first, and linked by mode. */
export interface ControlSpec {
  readonly base?: DERControlBase;
  readonly curves?: Readonly<Partial<Record<keyof DERControlBase & `opMod${string}`, NewCurve>>>;
  readonly setGradW?: number;
  readonly setSoftGradW?: number;
}

export interface ProgramSpec {
  readonly primacy: number;
  /** Devices it is for; all unless given. */
  readonly devices?: readonly string[];
  readonly default?: ControlSpec;
  readonly assignment?: string;
}

export interface EventSpec extends ControlSpec {
  readonly name: string;
  readonly program: string;
  /** Seconds after the beginning of the story. */
  readonly startS: number;
  readonly durationS: number;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  /** Seconds after the beginning at which it is created; at once unless given. */
  readonly createdS?: number;
  /** Seconds after the beginning at which it is cancelled. */
  readonly cancelledS?: number;
  readonly spread?: boolean;
  /** Name of the event of the same program that supersedes it on the server. */
  readonly supersededBy?: string;
  /** Statuses that devices respond with, in order; each device of its program unless it is named. */
  readonly responses?: readonly number[];
  readonly responsesOf?: Readonly<Record<string, readonly number[]>>;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly needs?: readonly Claim[];
  readonly about: string;
  /** One direct device, or devices that an aggregator speaks for. */
  readonly devices?: readonly string[];
  readonly programs: Readonly<Record<string, ProgramSpec>>;
  readonly events?: readonly EventSpec[];
}

/** Received, started, completed. */
export const responses123 = [1, 2, 3] as const;
