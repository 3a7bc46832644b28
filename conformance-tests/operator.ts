/**
 * What a lab must be able to arrange on the server under test, in plain verbs. Adapters: Headroom's operator API, an HTTP hook
 * for any other, and a person at a prompt. The suite never reaches into a server any other way.
 */
import { type DERControlBase, type DERCurve, type DefaultDERControl } from '../src/model/der';

export interface DeviceEntry {
  readonly name: string;
  /** 40 upper-case hex digits. */
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: number;
  /** An aggregator comes with a certificate of its own and speaks for the devices that name it as manager. */
  readonly role?: 'device' | 'aggregator';
  /** LFDI of the aggregator that speaks for it. */
  readonly manager?: string;
  /** What it understands; what the server takes its clients to understand where nothing is said. */
  readonly dialect?: 'csipaus-1.2' | '2018';
}

export interface GroupRef {
  readonly id: string;
}
export interface ProgramRef {
  readonly id: string;
}
export interface CurveRef {
  readonly href: string;
}
export interface ControlRef {
  readonly mRID: string;
}

/** Levels of the topology (protocol facts 5.1), and groups beside it. */
export type Level =
  | 'system'
  | 'sub-transmission'
  | 'substation'
  | 'feeder'
  | 'segment'
  | 'service-transformer'
  | 'service-point'
  | 'other';

export interface NewProgram {
  /** At most 32 characters, by which the suite finds it again. */
  readonly description: string;
  readonly primacy: number;
  /** LFDIs of the devices it is for. */
  readonly devices: readonly string[];
  /** Programs of one assignment stand in one FunctionSetAssignments; those without in that of the topology. */
  readonly assignment?: string;
  /** The group it hangs on; then its devices are those below the group, now and later. */
  readonly group?: GroupRef;
}

export type NewDefault = Pick<DefaultDERControl, 'DERControlBase' | 'setGradW' | 'setSoftGradW' | 'setESDelay'>;
export type NewCurve = Omit<DERCurve, 'href' | 'mRID' | 'creationTime'>;

export interface NewEvent {
  /** Server time, seconds. */
  readonly start: number;
  readonly durationS: number;
  readonly base: DERControlBase;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  /** HexBinary8; the CSIP tests use 07. */
  readonly responseRequired?: string;
}

export interface Operator {
  readonly name: string;
  registerDevice(device: DeviceEntry): Promise<void>;
  removeDevice(lfdi: string): Promise<void>;
  /** A node of the topology below another, or a group beside it. */
  createGroup(group: { readonly name: string; readonly level: Level; readonly parent?: GroupRef }): Promise<GroupRef>;
  removeGroup(group: GroupRef): Promise<void>;
  /** Puts a device under a node; it leaves the node it was under. */
  placeDevice(lfdi: string, group: GroupRef): Promise<void>;
  /** Puts a node and all below it under another one. */
  moveGroup(group: GroupRef, parent: GroupRef): Promise<void>;
  createProgram(program: NewProgram): Promise<ProgramRef>;
  removeProgram(program: ProgramRef): Promise<void>;
  setPrimacy(program: ProgramRef, primacy: number): Promise<void>;
  setDefault(program: ProgramRef, fallback: NewDefault): Promise<void>;
  addCurve(program: ProgramRef, curve: NewCurve): Promise<CurveRef>;
  createEvent(program: ProgramRef, event: NewEvent): Promise<ControlRef>;
  cancelEvent(control: ControlRef, randomized?: boolean): Promise<void>;
  /** Envelopes of a site, W, one value a step. */
  publishEnvelope(
    lfdi: string,
    envelope: {
      readonly start: number;
      readonly stepS: number;
      readonly importW: readonly number[];
      readonly exportW: readonly number[];
    },
  ): Promise<void>;
  /** By the element name of the resource, such as `DERProgramList`. */
  setPollRate(resource: string, seconds: number): Promise<void>;
  allowInBandRegistration(allowed: boolean): Promise<void>;
  /** Moves the server's clock by so many seconds against what it would show. */
  shiftClock(offsetS: number): Promise<void>;
  /** Ends the subscriptions of a client with a Notification of this status. */
  endSubscriptions(lfdi: string, status: 1 | 2 | 3 | 4): Promise<void>;
  /** The next GET of this path by the client is answered 301 or 302 with this Location. */
  redirectOnce(lfdi: string, path: string, location: string): Promise<void>;
  /** Ends the server and starts it again; resolves when it serves. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Thrown by an adapter for what the server's operator side cannot do: the procedure is blocked, neither passed nor failed. */
export class Blocked extends Error {
  override readonly name = 'Blocked';

  constructor(what: string) {
    super(`operator cannot ${what}`);
  }
}
