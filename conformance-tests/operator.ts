/**
 * What a lab must be able to arrange on the server under test. Adapters: our operator API, and a person at a prompt (any
 * vendor's server). The suite never reaches into a server any other way.
 */
import { type DERControlBase, type DERCurve } from '../src/model/der';

export interface DeviceEntry {
  readonly name: string;
  /** 40 upper-case hex digits. */
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: number;
}

export interface ProgramRef {
  readonly id: string;
}

export interface ControlRef {
  readonly mRID: string;
}

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
  /** A program assigned to these devices (LFDIs). */
  createProgram(program: {
    readonly description: string;
    readonly primacy: number;
    readonly devices: readonly string[];
  }): Promise<ProgramRef>;
  setDefault(program: ProgramRef, base: DERControlBase): Promise<void>;
  addCurve(program: ProgramRef, curve: Omit<DERCurve, 'href' | 'mRID' | 'creationTime'>): Promise<void>;
  createEvent(program: ProgramRef, event: NewEvent): Promise<ControlRef>;
  cancelEvent(control: ControlRef): Promise<void>;
  close(): Promise<void>;
}
