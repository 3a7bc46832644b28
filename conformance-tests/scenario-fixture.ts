/** What the lab arranges for a scenario: devices, programs with defaults and curves, and events as their time comes. */
import { type DERControlBase } from '../src/model/der';
import { type EventFacts } from './event-facts';
import { type ControlRef, type NewCurve, type Operator, type ProgramRef } from './operator';
import { type Lab } from './procedure';
import { type ControlSpec, type EventSpec, type Scenario } from './scenario-spec';
import { type Wire, type WireIdentity } from './wire';

export interface MadeProgram {
  readonly key: string;
  readonly ref: ProgramRef;
  readonly description: string;
  readonly primacy: number;
  readonly devices: readonly string[];
  readonly default?: MadeControl;
}

/** A control as the lab made it: its base with links to the curves, and what the links should lead to. */
export interface MadeControl {
  readonly base: DERControlBase;
  readonly curves: readonly { readonly href: string; readonly curve: NewCurve }[];
  readonly setGradW?: number;
  readonly setSoftGradW?: number;
}

export interface MadeEvent {
  readonly spec: EventSpec;
  readonly ref: ControlRef;
  readonly made: MadeControl;
  facts: EventFacts;
}

export interface ScenarioFixture {
  readonly spec: Scenario;
  /** The direct device, or the aggregator. */
  readonly identity: WireIdentity;
  readonly wire: Wire;
  /** By name; a direct device is `DER`. */
  readonly devices: ReadonlyMap<string, WireIdentity>;
  readonly programs: ReadonlyMap<string, MadeProgram>;
  readonly events: Map<string, MadeEvent>;
  /** Beginning of the story by the server's clock; set when the first event is made. */
  begin: number;
  /** Where Responses to each event go, by its mRID, as the event said. */
  readonly replies: Map<string, string>;
}

export async function arrangeScenario(lab: Lab, spec: Scenario): Promise<ScenarioFixture> {
  const { operator } = lab;
  const identity = lab.newIdentity(spec.id, spec.devices ? 'aggregator' : 'device');
  await operator.registerDevice({ ...identity, ...(spec.devices && { role: 'aggregator' as const }) });
  const devices = new Map<string, WireIdentity>();
  const programs = new Map<string, MadeProgram>();
  const wire = await lab.wire(identity);
  const fixture: ScenarioFixture = {
    spec,
    identity,
    wire,
    devices,
    programs,
    events: new Map(),
    begin: 0,
    replies: new Map(),
  };
  if (!spec.devices) devices.set('DER', identity);
  for (const name of spec.devices ?? []) {
    const managed = lab.managedIdentity(`${spec.id} ${name}`);
    await operator.registerDevice({ ...managed, manager: identity.lfdi });
    devices.set(name, managed);
  }
  for (const [key, made] of await makePrograms(operator, spec, devices)) programs.set(key, made);
  return fixture;
}

/** Programs with their defaults and curves, each for the devices it names. */
export async function makePrograms(
  operator: Operator,
  spec: Pick<Scenario, 'id' | 'programs'>,
  devices: ReadonlyMap<string, { readonly lfdi: string }>,
): Promise<Map<string, MadeProgram>> {
  const programs = new Map<string, MadeProgram>();
  for (const [key, program] of Object.entries(spec.programs)) {
    const description = `${spec.id} ${key}`;
    const names = program.devices ?? [...devices.keys()];
    const ref = await operator.createProgram({
      description,
      primacy: program.primacy,
      devices: names.map(name => devices.get(name)?.lfdi ?? name),
      ...(program.assignment !== undefined && { assignment: program.assignment }),
    });
    const fallback = program.default && (await makeControl(operator, ref, program.default));
    if (fallback) {
      const { base, setGradW, setSoftGradW } = fallback;
      await operator.setDefault(ref, {
        DERControlBase: base,
        ...(setGradW !== undefined && { setGradW }),
        ...(setSoftGradW !== undefined && { setSoftGradW }),
      });
    }
    programs.set(key, {
      key,
      ref,
      description,
      primacy: program.primacy,
      devices: names,
      ...(fallback && { default: fallback }),
    });
  }
  return programs;
}

export async function makeControl(operator: Operator, program: ProgramRef, spec: ControlSpec): Promise<MadeControl> {
  const links: Record<string, { href: string }> = {};
  const curves: { href: string; curve: NewCurve }[] = [];
  for (const [mode, curve] of Object.entries(spec.curves ?? {})) {
    const { href } = await operator.addCurve(program, curve);
    links[mode] = { href };
    curves.push({ href, curve });
  }
  return {
    base: { ...spec.base, ...links },
    curves,
    ...(spec.setGradW !== undefined && { setGradW: spec.setGradW }),
    ...(spec.setSoftGradW !== undefined && { setSoftGradW: spec.setSoftGradW }),
  };
}

/** Creates one event; the story begins with the first. */
export async function makeEvent(lab: Lab, fixture: ScenarioFixture, spec: EventSpec): Promise<MadeEvent> {
  const { wire, programs, events } = fixture;
  const program = programs.get(spec.program);
  if (!program) throw new RangeError(`scenario ${fixture.spec.id} has no program ${spec.program}`);
  const made = await makeControl(lab.operator, program.ref, spec);
  if (fixture.begin === 0) fixture.begin = await lab.serverTime(wire);
  const shifts = {
    ...(spec.randomizeStart !== undefined && { randomizeStart: spec.randomizeStart }),
    ...(spec.randomizeDuration !== undefined && { randomizeDuration: spec.randomizeDuration }),
  };
  const timing = { start: fixture.begin + spec.startS, durationS: spec.durationS, ...shifts };
  const from = await lab.serverTime(wire);
  const ref = await lab.operator.createEvent(program.ref, { ...timing, base: made.base, responseRequired: '07' });
  const created = { from, to: await lab.serverTime(wire) };
  const event: MadeEvent = { spec, ref, made, facts: { ...timing, created } };
  events.set(spec.name, event);
  for (const older of events.values())
    if (older.spec.supersededBy === spec.name) {
      // Made after its own earliest start, it supersedes when it is made.
      const start = event.facts.start + Math.min(0, spec.randomizeStart ?? 0);
      older.facts = {
        ...older.facts,
        superseded: { from: Math.max(start, created.from), to: Math.max(start, created.to) },
      };
    }
  return event;
}

export async function cancel(lab: Lab, { wire }: ScenarioFixture, event: MadeEvent): Promise<void> {
  const from = await lab.serverTime(wire);
  const { spread = false } = event.spec;
  await lab.operator.cancelEvent(event.ref, spread);
  event.facts = { ...event.facts, spread, cancelled: { from, to: await lab.serverTime(wire) } };
}

export async function clearScenario(lab: Lab, fixture: ScenarioFixture | undefined): Promise<void> {
  if (!fixture) return;
  const { devices, identity } = fixture;
  for (const lfdi of new Set([...[...devices.values()].map(each => each.lfdi), identity.lfdi]))
    await lab.operator.removeDevice(lfdi);
}
