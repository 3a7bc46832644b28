/** What a scenario has at hand while it runs: the lab's operator, the front, the clock, and who is who. */
import { createHash } from 'node:crypto';
import { sfdiOf, type Credentials, type Pki } from '../../src/tls';
import { type EventFacts } from '../event-facts';
import { type Operator, type ProgramRef } from '../operator';
import { makeControl, makePrograms, type MadeProgram } from '../scenario-fixture';
import { type EventSpec, type Scenario } from '../scenario-spec';
import { type ControlRef } from '../operator';
import { type Topology } from '../aggregator';
import { type WireIdentity } from '../wire';
import { type Request, type Role } from './claims';
import { type Front } from './front';
import { type LabClock } from './lab-clock';
import { type Told } from './heard';

export interface ClientUnderTest {
  readonly name: string;
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: number;
}

/** The lab, the same for every scenario of a run. */
export interface Bench {
  readonly operator: Operator;
  readonly front: Front;
  readonly clock: LabClock;
  readonly client: ClientUnderTest;
  readonly role: Role;
  /** Devices an aggregator knows; made up where it knows none. */
  readonly managed?: readonly string[];
  /** Makes the server's certificates of COMM-004. */
  readonly pki: Pki;
  readonly credentials: Credentials;
  /** Asks whoever has the device in hand; resolves when it has been done or said. */
  readonly ask: (request: Request, text: string) => Promise<void>;
  /** Notifications the server sent; it is emptied when a scenario begins. */
  readonly told: Told[];
  /** Seconds to wait for the first request. */
  readonly patienceS: number;
}

export interface StagedEvent {
  readonly spec: EventSpec;
  readonly ref: ControlRef;
  facts: EventFacts;
}

export interface Stage extends Bench {
  readonly id: string;
  /** By name: the client itself as `DER`, or the devices of an aggregator. */
  readonly devices: Map<string, ClientUnderTest>;
  readonly programs: Map<string, MadeProgram>;
  readonly events: Map<string, StagedEvent>;
  topology?: Topology;
  /** The first request, or the start of a client that may send none; steady clock and server's clock. */
  beganAt: number;
  serverBeganAt: number;
  /** How soon the client must have learned of a change, seconds: its pollRate, or the spacing of notifications. */
  learnsWithinS: number;
  managedIdentity(name: string): WireIdentity;
}

/** Time a client is given for its own work, seconds. */
export const graceS = 20;

/** Always the same for an aggregator and a name, so that its devices stay the same from scenario to scenario. */
export function managedLfdi({ client, managed = [] }: Bench, name: string, index: number): string {
  return (
    managed[index] ?? createHash('sha256').update(`${client.lfdi} ${name}`).digest('hex').slice(0, 40).toUpperCase()
  );
}

export async function addDevice(stage: Stage, name: string): Promise<ClientUnderTest> {
  const device = stage.managedIdentity(name);
  await stage.operator.registerDevice({ ...device, manager: stage.client.lfdi });
  stage.devices.set(name, device);
  return device;
}

export function identityFor(bench: Bench, index: number, name: string): WireIdentity {
  const lfdi = managedLfdi(bench, name, index);
  return {
    name: `${name} of ${bench.client.name}`,
    lfdi,
    sfdi: sfdiOf(lfdi),
    pin: bench.client.pin,
    keyPem: '',
    chainPem: '',
  };
}

export async function stagePrograms(stage: Stage, spec: Pick<Scenario, 'id' | 'programs'>): Promise<void> {
  for (const [key, made] of await makePrograms(stage.operator, spec, stage.devices)) stage.programs.set(key, made);
}

export const programRef = (stage: Stage, key: string): ProgramRef => {
  const made = stage.programs.get(key);
  if (!made) throw new RangeError(`scenario ${stage.id} has no program ${key}`);
  return made.ref;
};

/** Creates an event whose times count from now, or from `origin` by the server's clock. */
export async function stageEvent(stage: Stage, spec: EventSpec, origin = stage.clock.now()): Promise<StagedEvent> {
  const { operator, clock, events } = stage;
  const ref = programRef(stage, spec.program);
  const made = await makeControl(operator, ref, spec);
  const timing = {
    start: origin + spec.startS,
    durationS: spec.durationS,
    ...(spec.randomizeStart !== undefined && { randomizeStart: spec.randomizeStart }),
    ...(spec.randomizeDuration !== undefined && { randomizeDuration: spec.randomizeDuration }),
  };
  const from = clock.now();
  const control = await operator.createEvent(ref, { ...timing, base: made.base, responseRequired: '07' });
  const event: StagedEvent = { spec, ref: control, facts: { ...timing, created: { from, to: clock.now() } } };
  events.set(spec.name, event);
  return event;
}

export async function stageCancel(stage: Stage, name: string): Promise<void> {
  const event = stage.events.get(name);
  if (!event) throw new RangeError(`scenario ${stage.id} has no event ${name}`);
  const { spread = false } = event.spec;
  const from = stage.clock.now();
  await stage.operator.cancelEvent(event.ref, spread);
  event.facts = { ...event.facts, spread, cancelled: { from, to: stage.clock.now() } };
}
