/**
 * The storage port. It has no transactions: readers read, decide in pure code, and hand over one Plan that is applied whole or
 * not at all. That fits a synchronous embedded database and an asynchronous remote one alike (docs/adr/0003).
 */
import { type Seconds } from '../base/clock';
import { type Href } from '../model/href';

export type Version = number;

/** A stored document. Hrefs that begin with `~` are ours alone and never served. */
export interface Doc<B = unknown> {
  readonly href: Href;
  /** Href of the list it stands in; empty for documents in no list. */
  readonly list: Href;
  /** Name of its resource, such as `edev.device`, or of our own kind of record, such as `~site`. */
  readonly kind: string;
  /** Starts at 1, plus one for each write. */
  readonly version: Version;
  /** When it was last written. */
  readonly changed: Seconds;
  /** Place in its list: lists are in ascending order of sortKey, compared byte by byte. Keys are ASCII. */
  readonly sortKey: string;
  readonly body: B;
}

export interface IndexKey {
  readonly index: 'lfdi' | 'mrid' | 'program' | 'site' | 'subject' | 'owner' | 'name' | 'watch';
  readonly key: string;
  /** At most one live document may hold a unique key; a second commit that claims it conflicts. */
  readonly unique?: boolean;
}

export interface NewDoc<B = unknown> extends Omit<Doc<B>, 'version'> {
  /** Replaces all index keys of the document. */
  readonly keys?: readonly IndexKey[];
}

/** Lists are in order of sortKey, then of href. A page: entries whose sortKey lies in [from, to), `start` of them skipped, at most `limit` returned. */
export interface PageQuery {
  readonly start: number;
  readonly limit: number;
  readonly from?: string;
  readonly to?: string;
}

export interface Page<B = unknown> {
  readonly docs: Doc<B>[];
  /** Entries of the whole list, whatever the query. */
  readonly all: number;
}

/**
 * One publication of envelopes for one site: limits for `importW.length` steps of `stepS` seconds from `start`.
 * DERControls are a view over these rows (services/envelopes).
 */
export interface NewSeries {
  /** Id of the site's EndDevice, its `:edev`. */
  readonly site: string;
  readonly publishedAt: Seconds;
  readonly start: Seconds;
  readonly stepS: Seconds;
  /** Import and export limits at the point of connection, whole watts, 0 or above, one for each step. */
  readonly importW: Int32Array;
  readonly exportW: Int32Array;
  /**
   * 1 where this row governs the step, 2 where a control of its own begins besides; 0 where a control of another row says the same and
   * stays in force.
   */
  readonly own: Uint8Array;
  /** What bound the limits in each step: an index into `reasons`. */
  readonly bound: Uint8Array;
  readonly reasons: readonly string[];
  readonly engine: string;
  /** Hash of the snapshot the engine saw. */
  readonly inputsHash: string;
  /** JSON of what its inputs rest on, such as the forecasts used; never empty. Missing: nothing is known of it. */
  readonly basis?: string;
}

export interface Series extends NewSeries {
  /** Given by the store at commit; grows with each row. */
  readonly id: number;
}

export interface SeriesLog {
  get(id: number): Promise<Series | undefined>;
  /** Rows of a site that end after `from`, oldest first. */
  ofSite(site: string, from: Seconds): Promise<Series[]>;
  /** Highest id given to a row of this site, 0 when there is none. Cheap: a cache of the view asks at each request. */
  latest(site: string): Promise<number>;
}

/** One metered value, with what its Reading said and nothing else. */
export interface ReadingRow {
  /** Href of its MeterReading. */
  readonly meter: Href;
  /** mRID of the MirrorReadingSet it came in; empty when it came as a single Reading. */
  readonly set: string;
  /** Start of its timePeriod; when it came, where it has none. */
  readonly start: Seconds;
  /** Tells it from others of its set and start. ASCII. */
  readonly place: string;
  /** Of its timePeriod; missing where it has none. */
  readonly durationS?: Seconds;
  readonly value?: number;
  readonly localID?: string;
  readonly consumptionBlock?: number;
  readonly touTier?: number;
  readonly qualityFlags?: string;
}

/** What a reading set says of itself. Its readings are the rows that name it. */
export interface NewReadingSet {
  /** Href of its MeterReading. */
  readonly meter: Href;
  /** Its mRID: 1 to 32 characters, ASCII. */
  readonly set: string;
  /** Its timePeriod. */
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly description?: string;
  readonly version?: number;
}

export interface ReadingSetRow extends NewReadingSet {
  /** How many readings it has. */
  readonly readings: number;
}

/** What is left of readings that were thinned out: those of a meter with start in [start, start + stepS). */
export interface CoarseRow {
  readonly meter: Href;
  readonly start: Seconds;
  readonly stepS: Seconds;
  /** How many had a value. */
  readonly n: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
  /** Value of the one that started last. */
  readonly last: number;
  readonly lastStart: Seconds;
}

export interface MeterState {
  readonly meter: Href;
  readonly all: number;
  /** Start of its oldest reading, and of its oldest coarse row. */
  readonly oldest?: Seconds;
  readonly oldestCoarse?: Seconds;
  /** Start of the oldest set that never had a reading. */
  readonly oldestEmpty?: Seconds;
}

export interface ReadingLog {
  /** Newest first; of the same start, the set that came last, then the highest place. */
  page(meter: Href, q: { start: number; limit: number; set?: string }): Promise<{ rows: ReadingRow[]; all: number }>;
  /** Rows with start in [from, to), oldest first, for reports: the first `limit` of them. */
  between(meter: Href, from: Seconds, to: Seconds, limit?: number): Promise<ReadingRow[]>;
  /**
   * Sets that were put, the latest start first; of the same start, the highest mRID as a number, then the one that came last.
   * With `after` only those that start later; `all` counts every set.
   */
  sets(
    meter: Href,
    q: { start: number; limit: number; after?: Seconds },
  ): Promise<{ sets: ReadingSetRow[]; all: number }>;
  oneSet(meter: Href, set: string): Promise<ReadingSetRow | undefined>;
  /** Of the rows that came as single Readings the one that came last, or the newest where that one is gone. */
  latest(meter: Href): Promise<ReadingRow | undefined>;
  /** Coarse rows with start in [from, to), oldest first, then by step: the first `limit` of them. */
  coarse(meter: Href, from: Seconds, to: Seconds, limit?: number): Promise<CoarseRow[]>;
  /** Meters that ever had a reading or a set, in order of href, those behind `after`. */
  meters(q: { after: Href; limit: number }): Promise<MeterState[]>;
}

/**
 * The oldest `most` readings of a meter that started before `before` go into coarse rows of `stepS`, counted from second 0. A
 * set goes with its last reading; of those that never had one, the oldest `most` that start before `before` go.
 */
export interface Thinning {
  readonly meter: Href;
  readonly before: Seconds;
  readonly stepS: Seconds;
  readonly most: number;
}

/** A notification waiting to be delivered. */
export interface Note {
  readonly id: string;
  readonly subscription: Href;
  readonly due: Seconds;
  readonly attempts: number;
  readonly body: unknown;
}

export interface Outbox {
  /** Notes due at or before `now`, by `due`, then in the order they were enqueued. */
  due(now: Seconds, limit: number): Promise<Note[]>;
  waiting(): Promise<number>;
}

/** What somebody did, or was refused. Values are JSON, and never secrets: services/audit.ts sees to that. */
export interface NewAudit {
  readonly at: Seconds;
  /** Who: `key NAME`, `device LFDI`, `server`. */
  readonly who: string;
  /** Network address it came from; empty where it came from within. */
  readonly from: string;
  /** What, from a small set of words such as `site.add`. */
  readonly what: string;
  /** To what: an LFDI, a site, a path. */
  readonly subject: string;
  readonly outcome: 'done' | 'refused';
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends NewAudit {
  /** Given by the store at commit; grows with each row, and no row is ever changed or taken away. */
  readonly id: number;
}

export interface AuditQuery {
  /** Rows after the one of that id; 0 from the first on. */
  readonly after: number;
  readonly limit: number;
  /** Rows with `at` in [from, to). */
  readonly from?: Seconds;
  readonly to?: Seconds;
  /** Only rows that say exactly this. */
  readonly who?: string;
  readonly what?: string;
  readonly subject?: string;
}

export interface AuditLog {
  /** In order of id. */
  page(q: AuditQuery): Promise<AuditRow[]>;
}

/**
 * A change, applied whole or not at all, in this order: `expect` and unique keys are checked; `drop` and `dropTree`; `put`;
 * the rest. A document that is dropped and put in one plan is replaced, and its version goes on counting. Dropping what is
 * not there does nothing. Only documents are dropped with them: series, readings, notes and the audit trail are records of what happened and stay.
 */
export interface Plan {
  /** Compare-and-set: the version each document must still have. 0 means it must not exist. */
  readonly expect?: Readonly<Record<Href, Version>>;
  /** Bodies are JSON: keys with undefined vanish, anything else that JSON cannot carry is refused. Each href once. */
  readonly put?: readonly NewDoc[];
  readonly drop?: readonly Href[];
  /** Drops a document and everything whose href begins with it and a slash. */
  readonly dropTree?: readonly Href[];
  readonly series?: readonly NewSeries[];
  /** Done before `sets`. */
  readonly thin?: readonly Thinning[];
  /** The oldest `most` coarse rows of a meter that started before `before` go. */
  readonly forgetCoarse?: readonly Omit<Thinning, 'stepS'>[];
  /** A set of a name that is known takes the place of that one and its readings. Done before `readings`; each name once. */
  readonly sets?: readonly NewReadingSet[];
  /** A row with the meter, set, start and place of an older one replaces it. */
  readonly readings?: readonly ReadingRow[];
  /** A note with the id of a waiting one replaces it. */
  readonly enqueue?: readonly Note[];
  /** Ids of notes that were delivered or given up; done before `enqueue`. */
  readonly settle?: readonly string[];
  /** Appended to the audit trail. */
  readonly audit?: readonly NewAudit[];
}

/**
 * What a commit did. `versions` has the new version of each changed document, 0 for a dropped one, so that it can serve as
 * the next `expect`. `conflict` names what had moved, hrefs first, then keys as `index:key`, each in order; nothing was written.
 */
export type Committed =
  | {
      readonly ok: true;
      readonly changed: readonly Href[];
      readonly versions: Readonly<Record<Href, Version>>;
      readonly series: readonly number[];
      /**
       * Everything a reader could have seen that is different now: `doc:HREF`, `list:HREF`, `key:INDEX:KEY`, `site:ID`,
       * `meter:HREF`, of what was there before as well as of what is there now.
       */
      readonly touched: readonly string[];
    }
  | { readonly ok: false; readonly conflict: readonly string[] };

export interface Store {
  get<B = unknown>(href: Href): Promise<Doc<B> | undefined>;
  /** Several at once, in the order asked; missing ones are left out. */
  many<B = unknown>(hrefs: readonly Href[]): Promise<Doc<B>[]>;
  page<B = unknown>(list: Href, q: PageQuery): Promise<Page<B>>;
  /** Entries of a list, without reading them. */
  count(list: Href): Promise<number>;
  /** Documents that hold an index key, in order of href. */
  find<B = unknown>(index: IndexKey['index'], key: string): Promise<Doc<B>[]>;
  /**
   * Applies a plan whole, durably, or not at all. Once it resolves, every read sees it. The plan is copied when it is handed
   * over. Rejects with BUG for a plan no store can hold and with STORE_BUSY when the write could not be done now.
   */
  commit(plan: Plan): Promise<Committed>;
  readonly series: SeriesLog;
  readonly readings: ReadingLog;
  readonly outbox: Outbox;
  readonly audit: AuditLog;
  close(): Promise<void>;
}
