/**
 * Procedures about events are one story with different values: programs with their defaults, devices, events that are created,
 * cancelled and superseded at their times, and responses. `scenario-spec.ts` has the values; this file tells the story once.
 */
export { responses123, type ControlSpec, type EventSpec, type ProgramSpec } from './scenario-spec';
import { type Procedure, procedure } from './procedure';
import { type Scenario } from './scenario-spec';
import { arrangeScenario, clearScenario } from './scenario-fixture';
import { checkDefaults, checkPrograms, checkScheduled, followEvents, lastSeen, respond } from './scenario-steps';

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
    story: spec,
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
