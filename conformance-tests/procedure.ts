/**
 * A conformance procedure as data: what it is called, what it asks of the lab, and its steps of action and check. A lab engineer
 * reads the texts; the runner runs the functions. Nothing here knows any particular server.
 */
import { type Clock } from '../src/base/clock';
import { type Operator } from './operator';
import { type Wire, type WireIdentity } from './wire';

/** What a server may claim to support; a procedure that needs something unclaimed is reported as not supported. */
export type Claim = 'csip' | 'csip-aus' | 'out-of-band-registration' | 'der-control' | 'responses';

export interface Checks {
  /** Records one check. `seen` is what was found, for the report. */
  that(text: string, ok: boolean, seen?: unknown): void;
  /** The same for equality. */
  equal(text: string, got: unknown, want: unknown): void;
}

export interface Lab {
  readonly operator: Operator;
  /** A client of the server under test with a certificate of the suite's PKI. */
  wire(identity: WireIdentity): Promise<Wire>;
  /** A device certificate nobody has used before. */
  newIdentity(name: string): WireIdentity;
  /** A certificate of a root the server does not trust. */
  strangerIdentity(name: string): WireIdentity;
  /** Whether a connection without a client certificate gets no answer. */
  refusesWithoutCertificate(): Promise<boolean>;
  /** Configured entry path, `/dcap` unless told otherwise. */
  readonly dcapPath: string;
  /** The suite's own clock; a run against a server with a warped clock is given the same warp. */
  readonly clock: Clock;
  /** Waits until the server's clock, as shown by its Time resource, has reached `when`. */
  untilServerTime(wire: Wire, when: number): Promise<void>;
}

export interface Step<F> {
  readonly action: string;
  readonly expect: string;
  readonly run: (lab: Lab, fixture: F, check: Checks) => Promise<void>;
}

export interface Procedure<F = unknown> {
  readonly id: string;
  readonly title: string;
  /** Requirement references as the CSIP test procedures give them, or clauses. */
  readonly requirements: readonly string[];
  readonly needs: readonly Claim[];
  /** What the lab arranges, in words. */
  readonly fixture: string;
  readonly arrange: (lab: Lab) => Promise<F>;
  readonly steps: readonly Step<F>[];
  /** Undoes the fixture; runs whatever happened. */
  readonly clear?: (lab: Lab, fixture: F) => Promise<void>;
}

/** Keeps the fixture's type between `arrange` and the steps, then forgets it, so that procedures fit in one list. */
export const procedure = <F>(p: Procedure<F>): Procedure => p as unknown as Procedure;
