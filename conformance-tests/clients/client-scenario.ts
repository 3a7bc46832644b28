/**
 * A procedure turned round, as data: what a lab arranges for a client under test, what happens while it runs, and what the client
 * must have done by the end. A lab engineer reads the texts; the runner runs the functions.
 */
import { type Checks } from '../procedure';
import { type ClientClaim, type Role } from './claims';
import { type Seen } from './seen';
import { type Stage } from './stage';

export { clientClaims, type ClientClaim, type Request, type Role, roles } from './claims';

export interface Act {
  /** Seconds after the client's first request. */
  readonly atS: number;
  /** What happens, in words. */
  readonly about: string;
  readonly run: (stage: Stage) => Promise<void>;
}

export interface Expectation {
  readonly text: string;
  readonly judge: (seen: Seen, check: Checks) => void;
}

export interface ClientScenario {
  readonly id: string;
  readonly title: string;
  /** Requirement references as the CSIP test procedures give them, or clauses. */
  readonly requirements: readonly string[];
  readonly roles: readonly Role[];
  readonly needs: readonly ClientClaim[];
  /** What is arranged before the client is started, in words. */
  readonly arranged: string;
  /** How long it is watched after its first request, seconds of the steady clock. */
  readonly lastsS: number;
  /** Names of the devices an aggregator speaks for; one, EDA1, unless given. */
  readonly devices?: readonly string[];
  /** False: nobody registers the client before it comes. */
  readonly registered?: boolean;
  /** PIN in its Registration instead of its own. */
  readonly pin?: number;
  /** No request may come: the story begins when the client is started. */
  readonly unheard?: boolean;
  /** Seconds of each resource's pollRate where it differs from the lab's usual ones. */
  readonly pollRates?: Readonly<Record<string, number>>;
  readonly arrange?: (stage: Stage) => Promise<void>;
  readonly script: readonly Act[];
  readonly expect: readonly Expectation[];
  readonly clear?: (stage: Stage) => Promise<void>;
}

/** How many seconds after the first request the story begins: time in which a client finds its way. */
export const leadS = 10;
