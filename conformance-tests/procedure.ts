/**
 * A conformance procedure as data: what it is called, what it asks of the lab, and its steps of action and check. A lab engineer
 * reads the texts; the runner runs the functions. Nothing here knows any particular server.
 */
import { type Clock } from '../src/base/clock';
import { type Claim } from './claims';
import { type Operator } from './operator';
import { type Receiver } from './receiver';
import { type Scenario } from './scenario-spec';
import { type Wire, type WireIdentity } from './wire';

export { claims, type Claim } from './claims';

export interface Checks {
  /** Records one check. `seen` is what was found, for the report. */
  that(text: string, ok: boolean, seen?: unknown): void;
  /** The same for equality. */
  equal(text: string, got: unknown, want: unknown): void;
}

/** A client certificate of COMM-004. */
export interface ChainCase {
  readonly step: string;
  readonly about: string;
  readonly good: boolean;
  readonly identity: WireIdentity;
}

export interface Lab {
  readonly operator: Operator;
  /** A client of the server under test with a certificate of the suite's PKI. */
  wire(identity: WireIdentity): Promise<Wire>;
  /** A certificate nobody has used before. */
  newIdentity(name: string, role?: 'device' | 'aggregator'): WireIdentity;
  /** A device without a certificate: an LFDI nobody has used before. */
  managedIdentity(name: string): WireIdentity;
  /** A certificate of a root the server does not trust. */
  strangerIdentity(name: string): WireIdentity;
  /** The chains of COMM-004. */
  chainCases(): readonly ChainCase[];
  /** Where a subscriber is notified. */
  receiver(identity: WireIdentity): Promise<Receiver>;
  /** Whether a connection without a client certificate gets no answer. */
  refusesWithoutCertificate(): Promise<boolean>;
  /** Answers of the server's plain-HTTP port, where it has one. */
  readonly plain?: (path: string) => Promise<{ status: number; location?: string }>;
  /** Configured entry path, `/dcap` unless told otherwise. */
  readonly dcapPath: string;
  /** The suite's own clock; a run against a server with a warped clock is given the same warp. */
  readonly clock: Clock;
  /** The server's clock, as shown by its Time resource. */
  serverTime(wire: Wire): Promise<number>;
  /** Waits until the server's clock has reached `when`. */
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
  /** About how long it takes by the server's clock, seconds; little unless given. */
  readonly lastsS?: number;
  /** It changes the whole server, so that no other may run beside it. */
  readonly alone?: boolean;
  /** Of a procedure about programs and events: its values, from which clients are tested too. */
  readonly story?: Scenario;
  readonly arrange: (lab: Lab) => Promise<F>;
  readonly steps: readonly Step<F>[];
  /** Undoes the fixture; runs whatever happened. */
  readonly clear?: (lab: Lab, fixture: F | undefined) => Promise<void>;
}

/** Keeps the fixture's type between `arrange` and the steps, then forgets it, so that procedures fit in one list. */
export const procedure = <F>(p: Procedure<F>): Procedure => p as unknown as Procedure;
