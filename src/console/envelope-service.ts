import { type AbnormalService } from './abnormal-service';
import { type Site } from '../functions/site';
import { type ReasonCode } from '../services/reasons';
import { type FirmShortfall } from '../services/run-result';
import { type ForecastBasis } from '../services/basis';
import { type Withdrawal } from '../services/withdrawn';
import { type Account } from '../services/explain/account';
import { type ExplainService } from './explain-service';
import { type ForecastService } from './forecast-service';

/** What the operator API needs of the envelope machinery; `server` wires it to the runner. */
export interface EnvelopeImport {
  /** Id (`:edev`) of the site. */
  readonly site: string;
  readonly start: number;
  readonly stepS: number;
  readonly importW: readonly number[];
  readonly exportW: readonly number[];
  /** Why limits may be lower than what was published. */
  readonly reason?: ReasonCode | undefined;
}

/** What one run did, for operators and reports. */
export interface EnvelopeRun {
  readonly at: number;
  readonly outcome: string;
  readonly controlsPublished: number;
  readonly notes: readonly { readonly what: 'fallback' | 'safety-net' | 'note'; readonly text: string }[];
  /** What the limits amount to over the horizon, what bound them by kind; missing for imports. */
  readonly account?: Account;
}

/** One control of an envelope, for the time it governs. */
export interface ShownControl {
  readonly mrid: string;
  readonly from: number;
  readonly to: number;
  readonly importW: number;
  readonly exportW: number;
  readonly bound: { readonly import: string; readonly export: string };
  readonly engine: string;
  readonly createdAt: number;
  /** Forecasts its inputs rest on, of the assets above the site; missing where there were none. */
  readonly forecasts?: readonly ForecastBasis[];
}

export interface ShownEnvelope {
  readonly site: string;
  readonly now: number;
  readonly controls: readonly ShownControl[];
  /** Where it is withdrawn: why, and for how long. */
  readonly withdrawal?: Withdrawal;
  /** Give it as `after` for the controls that follow. */
  readonly next?: number;
}

export interface EnvelopeNow {
  readonly site: string;
  readonly name: string;
  /** None: the firm limits of its DefaultDERControl hold. */
  readonly inForce?: ShownControl;
  readonly publishedUntil?: number;
  readonly withdrawal?: Withdrawal;
}

/** A limit for the sum over sites of an aggregator. */
export interface ShownSum {
  /** Id of the aggregator's EndDevice: its envelope is the limit for the sum. */
  readonly aggregator: string;
  readonly name: string;
  /** The asset above its sites. */
  readonly asset: string;
  readonly sites: readonly { readonly site: string; readonly name: string }[];
  /** What holds where no control does. */
  readonly firmImportW: number;
  readonly firmExportW: number;
  readonly inForce?: ShownControl;
  readonly publishedUntil?: number;
}

export interface EnvelopeService {
  /** What bound limits, and what they are worth. */
  readonly explain: ExplainService;
  /** Of what flows besides the sites. */
  readonly forecasts: ForecastService;
  /** Runs the engine now and publishes; the result says what was published and what fell back. */
  run(reason?: ReasonCode): Promise<object>;
  /** Orders, constraints and switching. */
  readonly abnormal: AbnormalService;
  /** Firm limits that the latest run could not give; they were kept all the same. */
  shortfalls(): readonly FirmShortfall[];
  /** The latest runs of this process, oldest first. */
  runs(): readonly EnvelopeRun[];
  /** Publishes limits computed elsewhere, after the same safety net. */
  import(envelope: EnvelopeImport): Promise<object>;
  /** What is in force and to come at a site, and what bound it. */
  show(site: string, page: { readonly limit: number; readonly after?: number | undefined }): Promise<ShownEnvelope>;
  /** What is in force at each of these sites. */
  now(sites: readonly Site[]): Promise<EnvelopeNow[]>;
  /** Limits for sums over sites of aggregators, and what is in force of them. */
  sums(): Promise<ShownSum[]>;
  /** Puts what is published of a site on firm, as its withdrawal says. Returns how many controls that took. */
  enforce(site: string): Promise<number>;
  /** @throws Problem BAD_VALUE when the network of the configuration has no such bus, or nothing above it has a rating */
  checkBus(bus: string, at: string): void;
  /** From now on the engine answers nothing: what a site sees when the engine dies. For drills. */
  killEngine(): void;
}
