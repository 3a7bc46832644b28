/**
 * The engine seam, version 1: the only file an engine imports. An engine proposes envelopes for a snapshot; the runner
 * (services/envelope-runner) checks them, falls back to firm limits where they are broken or late, and publishes.
 *
 * Snapshots and envelopes are frozen plain data that survive structured cloning, so an engine can move to a worker thread
 * unchanged. The same snapshot gives the same envelopes: take randomness from `snapshot.seed`, time from `snapshot.now`.
 */
import { type Seconds } from '../base/clock';
import { type LoadModel, type Network, type Phase } from '../grid/network';

export type DeviceId = string;
export type AssetId = string;

/** What flows through an asset that no envelope governs: other customers and losses. Watts and vars per step, import positive. */
export interface PassiveFlow {
  /** High estimate of import (for import headroom). */
  readonly highW: readonly number[];
  /** Low estimate of import, negative when it exports (for export headroom). */
  readonly lowW: readonly number[];
  /** Estimate of the magnitude of reactive flow. */
  readonly var: readonly number[];
}

/** One forecast of what no envelope governs at an asset, and how it was come by (room `forecast`). */
export interface AssetForecast {
  readonly asset: AssetId;
  /** Of one phase; over all of them where it is missing. */
  readonly phase?: Phase;
  /** Name of the forecaster that its back-test chose. */
  readonly rung: string;
  /** End of the last reading it knows. */
  readonly trainedUntil: Seconds;
  /** Levels of the low and the high quantile, such as 0.05 and 0.95. */
  readonly lowLevel: number;
  readonly highLevel: number;
  /** Mean pinball loss in the back-test at 5, 50 and 95 %, W, and as a share of that of the naive rung. */
  readonly pinballW: number;
  readonly ofNaive: number;
  /** Share of the back-test's readings that lay in the band of 5 to 95 %. */
  readonly coverage90: number;
  /** Watts in each step, import positive: low quantile, expectation, high quantile. */
  readonly lowW: readonly number[];
  readonly pointW: readonly number[];
  readonly highW: readonly number[];
}

/** A place with a rating. Devices hang below assets; assets form a tree with the substation side at its root. */
export interface Asset {
  readonly id: AssetId;
  readonly parent?: AssetId;
  readonly kind: 'transformer' | 'branch' | 'node';
  /** Rating over all phases, VA. */
  readonly ratingVA: number;
  /** Rating of each phase, VA; a third of `ratingVA` for a three-phase transformer. */
  readonly phaseRatingVA: number;
  /** Allowed share of the rating, 1 unless the operator says otherwise. */
  readonly loadingFactor: number;
  /** Over all phases, and for each phase 1, 2, 3 by itself. */
  readonly passive: PassiveFlow;
  readonly passiveByPhase: readonly [PassiveFlow, PassiveFlow, PassiveFlow];
}

export interface Telemetry {
  readonly at: Seconds;
  /** Net at the point of connection, W, import positive. */
  readonly netW: number;
}

export interface Device {
  readonly id: DeviceId;
  /** The lowest asset above it. */
  readonly asset: AssetId;
  readonly bus?: string;
  /** A three-phase device draws a third in each phase. */
  readonly phases: readonly Phase[];
  /** Phases of its bus it is connected to, where they are not `phases`: the legs below a split-phase transformer. */
  readonly terminals?: readonly Phase[];
  /** The most it may ever import or export: service rating and equipment, W. */
  readonly maxImportW: number;
  readonly maxExportW: number;
  /** Contractual floors, W. */
  readonly firmImportW: number;
  readonly firmExportW: number;
  /** Share weight; 1 for equal shares. */
  readonly weight: number;
  /** Id of the aggregator that speaks for it, as far as it may be given limits for its sites together (`GroupEnvelope`). */
  readonly aggregator?: string;
  readonly telemetry?: Telemetry;
}

/** A load that no envelope governs, or the vars of one whose watts an envelope governs. */
export interface PassiveDraw {
  readonly bus: string;
  readonly phases: readonly Phase[];
  readonly connection?: 'delta';
  readonly model?: LoadModel;
  readonly ratedV?: number;
  /** Expected mean over each step, over all its phases, import positive, W and var. */
  readonly w: readonly number[];
  readonly var: readonly number[];
  /** High and low quantiles of `w`, where a forecast has them: what import limits and what export limits are to be safe with. */
  readonly highW?: readonly number[];
  readonly lowW?: readonly number[];
}

export interface Snapshot {
  readonly api: 1;
  readonly now: Seconds;
  /** First moment the envelopes apply to. */
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
  readonly assets: readonly Asset[];
  readonly devices: readonly Device[];
  /** The feeder, for engines that solve power flows (`grid/power-flow`). */
  readonly network?: Network;
  /** What is drawn from that network besides the devices. Absent: not known, and then no power flow is worth solving. */
  readonly passive?: readonly PassiveDraw[];
  /** Forecasts that the passive flow above rests on: there already, so an engine need not read them. Absent: shapes of the network alone. */
  readonly forecasts?: readonly AssetForecast[];
  readonly seed: number;
}

/** Limits of one device: one entry per step. W, 0 or above, at the point of connection. */
export interface Envelope {
  readonly device: DeviceId;
  readonly importW: readonly number[];
  readonly exportW: readonly number[];
  /** For each step, which constraint set the import and the export limit, in words an operator reads: `transformer TR1`. */
  readonly bound: readonly { readonly import: string; readonly export: string }[];
}

/** Something the operator should know that no limit can say. */
export interface Notice {
  /**
   * `firm-shortfall`: the firm limits below `asset` add up to more than it has room for. Firm is kept, so this is a planning
   * problem: the contracts promise more than the wires carry.
   */
  readonly code: 'firm-shortfall' | 'remark';
  /** One sentence an operator reads, without a full stop. */
  readonly text: string;
  readonly asset?: AssetId;
  readonly device?: DeviceId;
  readonly direction?: 'import' | 'export';
  /** First moment it concerns, and the end of the last step that it concerns. */
  readonly from?: Seconds;
  readonly to?: Seconds;
  /** How much is missing at the worst moment, W. */
  readonly shortW?: number;
}

/**
 * A limit for the sum over sites of one aggregator, beside the limits of each: for all of them together no more than this, however they
 * share it. At least the sum of their firm limits; one for each aggregator at most.
 */
export interface GroupEnvelope {
  readonly aggregator: string;
  /** The asset that it is about. */
  readonly asset: AssetId;
  readonly devices: readonly DeviceId[];
  readonly importW: readonly number[];
  readonly exportW: readonly number[];
  readonly bound: Envelope['bound'];
}

/** What an engine answers: envelopes alone, or with notices and limits of groups. */
export type Proposal =
  | readonly Envelope[]
  | {
      readonly envelopes: readonly Envelope[];
      readonly notices: readonly Notice[];
      readonly groups?: readonly GroupEnvelope[];
    };

export interface Engine {
  readonly name: string;
  readonly api: 1;
  /**
   * What more room does, for the contract every engine must pass. `each`: no device ever gets less (assumed unless said).
   * `least`: no device may end below what the worst-off device had; true of max-min, where room at one asset can cost others.
   */
  readonly moreRoom?: 'each' | 'least';
  /**
   * What it keeps within limits by itself. `assets`: no asset over its headroom (assumed unless said). `sites`: only firm and
   * rating of each site; the safety net then sees to the assets, and counts it. `groups`: no asset over its headroom as long as groups keep
   * to their sums.
   */
  readonly guards?: 'assets' | 'groups' | 'sites';
  /**
   * The answer for a step depends on that step alone: its start, the columns of passive flow, and devices without their telemetry. Such an
   * engine is asked in stretches, by several threads at once, and not again for steps that are as they were.
   */
  readonly stepsApart?: boolean;
  /** Takes long enough that it is not to run in the server's own thread. */
  readonly slow?: boolean;
  /** Proposes an envelope for every device of the snapshot. Must stop soon after `signal` aborts. */
  compute(snapshot: Snapshot, signal: AbortSignal): Proposal | Promise<Proposal>;
}

/** Where an engine was named: paths in its options are relative to `baseDir`, the folder of the configuration. */
export interface Place {
  readonly baseDir: string;
  /** Makes another engine, for those that put several together. */
  readonly load?: (engine: string, options: unknown) => Engine;
}

/** Validates its own options and throws a Problem BAD_CONFIG with the field's name when they are wrong. */
export type EngineFactory = (options: unknown, place?: Place) => Engine;

export const envelopesOf = (proposal: Proposal): readonly Envelope[] =>
  'envelopes' in proposal ? proposal.envelopes : proposal;
export const groupsIn = (proposal: Proposal): readonly GroupEnvelope[] =>
  'envelopes' in proposal ? (proposal.groups ?? []) : [];
export const noticesOf = (proposal: Proposal): readonly Notice[] => ('notices' in proposal ? proposal.notices : []);
