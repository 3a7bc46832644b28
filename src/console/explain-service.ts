import { type Site } from '../functions/site';
import {
  type Account,
  type BoundShare,
  type Planned,
  type SideAccount,
  type SiteAccount,
} from '../services/explain/account';
import { type Interval } from '../services/explain/intervals';

/** A time to explain. Now and what the latest run looked ahead unless given; moments in the past are told as they were. */
export interface ExplainAsk {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface ExplainedInterval extends Interval {
  /** Beyond the plan: W, and kWh over the interval. Missing without a plan. */
  readonly unlocked?: {
    readonly importW: number;
    readonly exportW: number;
    readonly importKWh: number;
    readonly exportKWh: number;
  };
}

interface Explained {
  readonly from: number;
  readonly to: number;
  /** When the run was whose plan for the worst hour this is held against. */
  readonly plannedAt?: number;
}

export interface SiteExplanation extends Explained, SiteAccount {
  readonly name: string;
  readonly planned?: Planned;
  readonly intervals: readonly ExplainedInterval[];
}

/** Of all sites: with the constraints that bound most, and all of them by kind. */
export interface FleetExplanation extends Explained, Account {
  readonly import: Account['import'] & { readonly kinds: readonly BoundShare[] };
  readonly export: Account['export'] & { readonly kinds: readonly BoundShare[] };
}

export interface NamedAccount {
  readonly site: string;
  readonly name: string;
  readonly import: SideAccount;
  readonly export: SideAccount;
}

/** Steps of the horizon in which a limit would be broken somewhere if all sites had what is planned for the worst hour. */
export interface JudgedPlan {
  readonly steps: number;
  readonly unsafe: number;
  /** Steps there was no time for. */
  readonly notLookedAt: number;
  /** The limit that the first of them breaks. */
  readonly why?: string;
}

/** What bound limits, and what they are worth against planning for the worst hour. */
export interface ExplainService {
  /** @throws Problem BAD_VALUE where `to` is not after `from` */
  site(site: Site, ask: ExplainAsk): Promise<SiteExplanation>;
  /** All sites that are devices, together. */
  fleet(ask: ExplainAsk): Promise<FleetExplanation>;
  each(sites: readonly Site[], ask: ExplainAsk): Promise<NamedAccount[]>;
  /** Whether the plan for the worst hour itself is safe, by power flow from now on; undefined where that cannot be told. */
  judgePlan(): Promise<JudgedPlan | undefined>;
}
