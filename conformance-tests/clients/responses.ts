/** Which Responses a client owes to an event, and when (protocol facts 4.2, 4.3); from the story, not from what the server shows. */
import { effectiveStart, type Window } from '../event-facts';
import { responses123, type EventSpec } from '../scenario-spec';
import { expectation } from './expectations';
import { type Expectation } from './client-scenario';
import { type Said, type Seen } from './seen';
import { graceS, type Stage, type StagedEvent } from './stage';

/** Lost to another event of the same modes. CSIP, its errata and the field use both (docs/choices.md). */
const lost: readonly number[] = [7, 14];
const same = (want: number, got: number): boolean => want === got || (lost.includes(want) && lost.includes(got));
const clockDoubtS = 5;

/** Each device answers each event of its programs as the story says, once, in order and in time, and no other event. */
export const respondsAsTold: Expectation = expectation(
  'It answers each event for each device concerned: with these Responses in this order, each once and in time, and no others.',
  (seen, check) => {
    const { stage } = seen;
    for (const [name, event] of stage.events)
      for (const [device, { lfdi }] of stage.devices) {
        const concerned = stage.programs.get(event.spec.program)?.devices.includes(device) ?? false;
        const owed = concerned ? owedBy(event.spec, device) : [];
        const said = seen.responsesOf(name, lfdi);
        const statuses = said.map(({ status }) => status);
        check.that(
          `${device} answers ${name}: ${owed.length === 0 ? 'nothing' : owed.map(show).join(', ')}`,
          statuses.length === owed.length && owed.every((want, i) => same(want, statuses[i] ?? 0)),
          statuses,
        );
        for (const each of said) inTime(stage, device, event, each, check);
      }
  },
);

const show = (status: number): string => (lost.includes(status) ? '7 or 14' : String(status));
const owedBy = (spec: EventSpec, device: string): readonly number[] =>
  spec.responsesOf?.[device] ?? spec.responses ?? responses123;

function inTime(
  stage: Stage,
  device: string,
  event: StagedEvent,
  { status, at, createdDateTime }: Said,
  check: Parameters<Expectation['judge']>[1],
): void {
  const window = dueAt(stage, event, status);
  if (!window) return;
  const { name } = event.spec;
  const since = (t: number) => Math.round(t - event.facts.start);
  check.that(
    `${status} of ${device} to ${name} comes between ${since(window.from)} and ${since(window.to)} s after its start`,
    at >= window.from && at <= window.to,
    since(at),
  );
  if (createdDateTime !== undefined)
    check.that(
      `createdDateTime of ${status} of ${device} to ${name} is in the server's time`,
      createdDateTime >= window.from - clockDoubtS && createdDateTime <= Math.min(at, window.to) + clockDoubtS,
      since(createdDateTime),
    );
}

/** When a Response of this status may come, by the server's clock. */
export function dueAt(stage: Stage, { spec, facts }: StagedEvent, status: number): Window | undefined {
  const { start, durationS, randomizeStart = 0, randomizeDuration = 0, created, cancelled } = facts;
  const learns = stage.learnsWithinS + graceS;
  const known = created.to + learns;
  const begins = effectiveStart(facts);
  const latest = start + Math.max(0, randomizeStart);
  if (status === 1) return { from: created.from, to: known };
  if (status === 2) return { from: begins, to: Math.max(latest, known + Math.abs(randomizeStart)) + graceS };
  if (status === 3)
    return {
      from: begins + durationS + Math.min(0, randomizeDuration),
      to: latest + durationS + Math.max(0, randomizeDuration) + graceS,
    };
  if (status === 6 && cancelled) {
    const spreadS = spec.spread ? Math.max(Math.abs(randomizeStart), Math.abs(randomizeDuration)) : 0;
    return { from: cancelled.from, to: cancelled.to + learns + spreadS };
  }
  if (lost.includes(status)) {
    const winner = Math.min(...rivals(stage, spec).map(each => Math.max(each.facts.start, each.facts.created.to)));
    return { from: created.from, to: winner + learns };
  }
  return undefined;
}

/** Events that beat this one: of a stronger program, or newer ones of its own. */
function rivals({ events, programs }: Stage, spec: EventSpec): StagedEvent[] {
  const primacy = programs.get(spec.program)?.primacy ?? Infinity;
  return [...events.values()].filter(
    other => other.spec.name === spec.supersededBy || (programs.get(other.spec.program)?.primacy ?? Infinity) < primacy,
  );
}

/** Responses with this status to an event, whoever sent them. */
export const responded = (seen: Seen, event: string, status: number): Said[] => {
  const subject = seen.stage.events.get(event)?.ref.mRID.toUpperCase();
  return seen.responses().filter(each => each.subject === subject && each.status === status);
};
