import { type Seconds } from '../base/clock';
import { type Problem } from '../base/problem';
import { type Notice } from '../engines/api';
import { type BoundBy } from './envelopes/controls';
import { type Account, type Planned } from './explain/account';
import { type NetEvent } from './net-rules';
import { type ReductionReport } from './reductions';
import { type SafeEnvelope } from './safety-net';

/** Firm limits that what is there cannot carry. They are kept: it is a planning problem, and never silent. */
export interface FirmShortfall {
  readonly asset?: string;
  /** Id of the site, where the engine gave one less than its firm. */
  readonly site?: string;
  readonly direction: 'import' | 'export';
  readonly shortW: number;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly text: string;
}

/** What one run did, for operators, reports and tests. */
export interface RunResult {
  /** `fallback`: the engine gave nothing usable and every site is on firm. `unchanged`: nothing had to be published. */
  readonly outcome: 'published' | 'unchanged' | 'fallback';
  readonly engine: string;
  readonly at: Seconds;
  /** Wall seconds of the whole run, and of the engine alone. */
  readonly seconds: number;
  readonly engineSeconds: number;
  readonly inputsHash: string;
  readonly controlsPublished: number;
  readonly sitesPublished: number;
  readonly perSite: readonly SiteRun[];
  /** Sites on firm, and why. */
  readonly fallbacks: readonly { readonly site: string; readonly reason: FallbackReason }[];
  /** What the engine, or the net, wants the operator to know. */
  readonly notices: readonly Notice[];
  /** Firm limits that could not be given. They were kept all the same. */
  readonly shortfalls: readonly FirmShortfall[];
  /** What sites were told to do less of than they held, by reason. */
  readonly reductions: readonly ReductionReport[];
  /** Lower limits that were refused for want of a reason; what was published stays. */
  readonly refused: { readonly sites: number; readonly steps: number };
  /**
   * What the limits of the engine, after the net, amount to over the horizon against planning for the worst hour of it; without what orders
   * take from them. Missing where there is nothing to plan with.
   */
  readonly account?: Account;
  /** What the safety net mended. */
  readonly net: readonly NetEvent[];
  /** Why the engine gave nothing. */
  readonly problem?: Problem;
  /** All of the above that an operator should read, a sentence each. */
  readonly events: readonly string[];
}

/** `late`, `broke`: the engine gave nothing; `lied`: its answer as a whole or for this site could not be used. */
export type FallbackReason = 'late' | 'broke' | 'lied';

export interface SiteRun {
  readonly site: string;
  readonly controls: number;
  readonly fallback?: FallbackReason;
  /** How many steps each constraint bound, most first. */
  readonly import: readonly BoundCount[];
  readonly export: readonly BoundCount[];
  /** What it would have under `worst-hour`, all the time. */
  readonly planned?: Planned;
}
export interface BoundCount {
  readonly by: string;
  readonly steps: number;
}

export function siteRun(
  envelope: SafeEnvelope,
  controls: number,
  fallback: FallbackReason | undefined,
  planned: Planned | undefined,
): SiteRun {
  const counts = (direction: keyof BoundBy) => countsOf(envelope.bound, direction);
  const base = {
    site: envelope.device,
    controls,
    import: counts('import'),
    export: counts('export'),
    ...(planned && { planned }),
  };
  return fallback ? { ...base, fallback } : base;
}

function countsOf(bound: readonly BoundBy[], direction: keyof BoundBy): BoundCount[] {
  const steps = new Map<string, number>();
  for (const by of bound) steps.set(by[direction], (steps.get(by[direction]) ?? 0) + 1);
  return [...steps].map(([by, n]) => ({ by, steps: n })).sort((a, b) => b.steps - a.steps || (a.by < b.by ? -1 : 1));
}
