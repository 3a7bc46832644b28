/**
 * Procedures about events are one story with different values: programs with their defaults, devices, events that are created,
 * cancelled and superseded at their times, and responses. A scenario is the values; this file tells the story once.
 */
import { type DERControlBase } from '../src/model/der';
import { type NewCurve } from './operator';
import { type Claim, type Procedure, procedure } from './procedure';
import { arrangeScenario, clearScenario } from './scenario-fixture';
import { checkDefaults, checkPrograms, checkScheduled, followEvents, lastSeen, respond } from './scenario-steps';

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

export const responses123 = [1, 2, 3] as const;

export function scenario(spec: Scenario): Procedure {
  const { id, title, requirements, needs = [], about, events = [] } = spec;
  const responds = events.some(each => each.responses ?? each.responsesOf);
  const manySees = spec.devices ? 'Each device' : 'The device';
  const fsa = Object.values(spec.programs).some(each => each.assignment);
  return procedure({
    id,
    title,
    requirements,
    needs: [
      'csip',
      'out-of-band-registration',
      'der-control',
      ...(responds ? (['responses'] as const) : []),
      ...(spec.devices ? (['aggregators'] as const) : []),
      ...(fsa ? (['several-fsa'] as const) : []),
      ...needs,
    ],
    fixture: about,
    lastsS: lastSeen(events),
    arrange: lab => arrangeScenario(lab, spec),
    clear: clearScenario,
    steps: [
      {
        action: 'GET the FunctionSetAssignments of each device and their DERProgramLists.',
        expect: `${manySees} is given its programs and no other, with their primacy, the strongest first.`,
        run: checkPrograms,
      },
      {
        action: 'GET the DefaultDERControl and the curves of each program.',
        expect: 'Values and points are as configured; a program without default has no link to one.',
        run: checkDefaults,
      },
      ...(events.length === 0
        ? []
        : [
            {
              action: 'Create the events, and GET each before it starts.',
              expect:
                'Status 0, interval, values and randomisation as configured, replyTo with responseRequired 07, readable by itself.',
              run: checkScheduled,
            },
            {
              action: 'GET the DERControlLists and ActiveDERControlLists at every turn of the story.',
              expect:
                'Each event is active from its earliest start, cancelled and superseded ones stay readable, and what has ended is active in no list.',
              run: followEvents,
            },
          ]),
      ...(responds
        ? [
            {
              action: 'POST to replyTo the Responses of each device.',
              expect: '201 with a Location for each, whether the event still runs, was cancelled or has ended.',
              run: respond,
            },
          ]
        : []),
      ...(events.length === 0
        ? []
        : [
            {
              action: 'GET the defaults again.',
              expect: 'They stand as before.',
              run: checkDefaults,
            },
          ]),
    ],
  });
}
