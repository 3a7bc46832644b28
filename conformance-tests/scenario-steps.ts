/** The steps of a scenario. */
import { DERControl, DERCurve, type DERControlBase, type DERProgram } from '../src/model/der';
import { DERControlResponse } from '../src/model/response';
import { activeControlsOf, controlsOf, defaultOf, linked, ownDevice, programNamed, programsOf } from './discover';
import { allowed, since, type Window } from './event-facts';
import { type Checks, type Lab } from './procedure';
import { type EventSpec } from './scenario-spec';
import { cancel, makeEvent, type MadeControl, type MadeProgram, type ScenarioFixture } from './scenario-fixture';

/** Seconds after the beginning when nothing happens any more. */
export const lastSeen = (events: readonly EventSpec[]): number =>
  Math.max(0, ...events.map(({ startS, durationS, cancelledS }) => (cancelledS ?? startS + durationS) + 5));

export async function checkPrograms(lab: Lab, fixture: ScenarioFixture, check: Checks): Promise<void> {
  const { wire, devices, programs, spec } = fixture;
  for (const [name, { lfdi }] of devices) {
    const seen = (await programsOf(wire, await ownDevice(wire, lab.dcapPath, lfdi))).programs;
    const ours = seen.filter(({ description = '' }) => description.startsWith(`${spec.id} `));
    const want = [...programs.values()].filter(program => program.devices.includes(name));
    check.equal(
      `programs of ${name}`,
      ours.map(({ description }) => description).sort(),
      want.map(({ description }) => description).sort(),
    );
    for (const program of want) {
      const found = ours.find(({ description }) => description === program.description);
      check.equal(`primacy of ${program.key} for ${name}`, found?.primacy, program.primacy);
      check.that(`mRID of ${program.key}`, /^[0-9A-F]{32}$/.test(found?.mRID ?? ''), found?.mRID);
    }
  }
}

/** One program as the first of its devices sees it. */
function seenBy(lab: Lab, { wire, devices }: ScenarioFixture, program: MadeProgram): Promise<DERProgram> {
  return programNamed(lab, wire, program.description, devices.get(program.devices[0] ?? '')?.lfdi);
}

export async function checkDefaults(lab: Lab, fixture: ScenarioFixture, check: Checks): Promise<void> {
  for (const made of fixture.programs.values()) {
    const program = await seenBy(lab, fixture, made);
    if (!made.default) {
      check.that(
        `${made.key} has no default`,
        program.DefaultDERControlLink === undefined,
        program.DefaultDERControlLink,
      );
      continue;
    }
    const found = await defaultOf(fixture.wire, program);
    await checkControl(fixture, `default of ${made.key}`, found.DERControlBase, made.default, check);
    if (made.default.setGradW !== undefined) check.equal('setGradW', found.setGradW, made.default.setGradW);
    if (made.default.setSoftGradW !== undefined)
      check.equal('setSoftGradW', found.setSoftGradW, made.default.setSoftGradW);
  }
}

/** Every mode that was asked for and no other; behind each curve link the curve that was asked for. */
async function checkControl(
  { wire }: ScenarioFixture,
  what: string,
  found: DERControlBase,
  made: MadeControl,
  check: Checks,
): Promise<void> {
  const sorted = (base: object) => Object.fromEntries(Object.entries(base).sort(([a], [b]) => (a < b ? -1 : 1)));
  check.equal(what, sorted(found), sorted(made.base));
  for (const { href, curve } of made.curves) {
    const seen = await wire.get(DERCurve, href);
    for (const [field, want] of Object.entries(curve))
      check.equal(`${what}: ${field} of the curve of type ${curve.curveType}`, seen[field as keyof DERCurve], want);
  }
}

export async function checkScheduled(lab: Lab, fixture: ScenarioFixture, check: Checks): Promise<void> {
  for (const spec of fixture.spec.events ?? []) if (spec.createdS === undefined) await makeEvent(lab, fixture, spec);
  for (const { spec, ref, made, facts } of fixture.events.values()) {
    const program = fixture.programs.get(spec.program);
    const listed = program && (await controlsOf(fixture.wire, await seenBy(lab, fixture, program)));
    const event = listed?.find(({ mRID }) => mRID === ref.mRID);
    check.that(`${spec.name} is listed`, event !== undefined);
    if (!event) continue;
    const now = await lab.serverTime(fixture.wire);
    const shown = allowed(facts, { from: facts.created.from, to: now });
    check.that(`status of ${spec.name}`, shown.has(event.EventStatus.currentStatus as 0), event.EventStatus);
    check.equal(`interval of ${spec.name}`, event.interval, { duration: spec.durationS, start: facts.start });
    check.equal(`randomizeStart of ${spec.name}`, event.randomizeStart, spec.randomizeStart);
    check.equal(`randomizeDuration of ${spec.name}`, event.randomizeDuration, spec.randomizeDuration);
    check.equal(`responseRequired of ${spec.name}`, event.responseRequired, '07');
    check.that(`replyTo of ${spec.name}`, event.replyTo !== undefined, event.replyTo);
    check.that(`mRID of ${spec.name}`, /^[0-9A-F]{32}$/.test(event.mRID), event.mRID);
    await checkControl(fixture, `values of ${spec.name}`, event.DERControlBase, made, check);
    const alone = await fixture.wire.get(DERControl, linked(event, `DERControl ${spec.name}/@href`));
    check.equal(`${spec.name} by itself`, [alone.mRID, alone.interval], [event.mRID, event.interval]);
  }
}

/** Goes through the story: creates and cancels when it is time, and looks at everything after each turn. */
export async function followEvents(lab: Lab, fixture: ScenarioFixture, check: Checks): Promise<void> {
  const { wire, events, spec } = fixture;
  const looked = new Map<string, number>();
  const agenda = new Map<number, Turn>();
  for (const each of spec.events ?? []) {
    const { startS, durationS, createdS, cancelledS, randomizeStart = 0, randomizeDuration = 0, program } = each;
    const at = (offset: number, ...acts: (() => Promise<unknown>)[]) => {
      const turn = agenda.get(offset) ?? { acts: [], programs: new Set<string>() };
      agenda.set(offset, { acts: [...turn.acts, ...acts], programs: new Set([...turn.programs, program]) });
    };
    if (createdS !== undefined) at(createdS, () => makeEvent(lab, fixture, each));
    if (cancelledS !== undefined)
      at(cancelledS, async () => {
        const made = events.get(each.name);
        if (made) await cancel(lab, fixture, made);
      });
    const begins = startS + Math.min(0, randomizeStart);
    for (const offset of [begins - 3, begins, begins + durationS / 2])
      if (offset >= 0 && (cancelledS === undefined || offset < lastSeen(spec.events ?? []))) at(offset);
    if (cancelledS === undefined)
      at(startS + durationS + Math.max(0, randomizeStart) + Math.max(0, randomizeDuration) + 2);
  }
  const seen = new Map<string, DERProgram>();
  for (const made of fixture.programs.values()) seen.set(made.key, await seenBy(lab, fixture, made));
  for (const [offset, { acts, programs }] of [...agenda].sort(([a], [b]) => a - b)) {
    await lab.untilServerTime(wire, fixture.begin + offset);
    for (const act of acts) await act();
    // Of a few programs all are looked at, of many those whose turn it is.
    const keys = seen.size <= fewPrograms ? [...seen.keys()] : [...programs];
    for (const key of keys) {
      const program = seen.get(key);
      if (program) await look(lab, fixture, check, key, program, looked);
    }
  }
  for (const [name, { facts }] of events)
    if (!facts.cancelled)
      check.that(
        `${name} was looked at while it was active`,
        looked.has(name),
        'the suite was too slow for this clock',
      );
}

/** What happens at a moment of the story, and whose controls are looked at then. */
interface Turn {
  readonly acts: readonly (() => Promise<unknown>)[];
  readonly programs: ReadonlySet<string>;
}
const fewPrograms = 3;

async function look(
  lab: Lab,
  { wire, events, begin, replies }: ScenarioFixture,
  check: Checks,
  key: string,
  program: DERProgram,
  looked: Map<string, number>,
): Promise<void> {
  const ours = [...events.values()].filter(each => each.spec.program === key);
  const before = await lab.serverTime(wire);
  const listed = await controlsOf(wire, program);
  const active = await activeControlsOf(wire, program);
  const window: Window = { from: before, to: await lab.serverTime(wire) };
  const when = `at +${before - begin} s`;
  for (const { spec, ref, facts } of ours) {
    const event = listed.find(({ mRID }) => mRID === ref.mRID);
    if (event?.replyTo !== undefined) replies.set(ref.mRID, event.replyTo);
    const status = (event?.EventStatus.currentStatus ?? 'absent') as 1 | 'absent';
    const may = allowed(facts, window);
    check.that(`${spec.name} ${when} shows ${[...may].join(' or ')}`, may.has(status), status);
    if (may.size === 1 && may.has(1)) looked.set(spec.name, before);
    if (active && may.size === 1) {
      const stands = active.some(({ mRID }) => mRID === ref.mRID);
      check.equal(`${spec.name} in the active list ${when}`, stands, may.has(1));
    }
    const began = event && since(facts, status);
    const { dateTime = 0 } = event?.EventStatus ?? {};
    if (began)
      check.that(
        `dateTime of ${spec.name} ${when} is when status ${status} began`,
        dateTime >= began.from && dateTime <= began.to,
        { dateTime, began },
      );
  }
  const known = new Set(ours.map(({ ref }) => ref.mRID));
  check.that(
    `nothing else is listed in ${key} ${when}`,
    listed.every(({ mRID }) => known.has(mRID)),
  );
}

/** Responses go where the event said, however long ago it said so. */
export async function respond(lab: Lab, fixture: ScenarioFixture, check: Checks): Promise<void> {
  const { wire, devices, programs, events } = fixture;
  for (const { spec, ref } of events.values()) {
    const program = programs.get(spec.program);
    const names = spec.responsesOf ? Object.keys(spec.responsesOf) : (program?.devices ?? []);
    for (const name of names) {
      const replyTo = fixture.replies.get(ref.mRID);
      for (const status of spec.responsesOf?.[name] ?? spec.responses ?? []) {
        const answer = await wire.post(
          DERControlResponse,
          linked({ ...(replyTo !== undefined && { href: replyTo }) }, 'DERControl/@replyTo'),
          {
            createdDateTime: await lab.serverTime(wire),
            endDeviceLFDI: devices.get(name)?.lfdi ?? '',
            status,
            subject: ref.mRID,
          },
        );
        check.equal(`Response ${status} of ${name} to ${spec.name}`, answer.status, 201);
        check.that('Location', answer.headers['location'] !== undefined, answer.headers);
      }
    }
  }
}
