/**
 * The seam between a simulated site and whoever tells it its limits: the 2030.5 client of a fleet run, a script in a test, or
 * the constant service rating of a site's unlimited twin. All limits are active power at the point of connection, W, 0 or
 * above: imports stay at or below `importW`, exports at or below `exportW`.
 */
import { type Seconds } from '../base/clock';

export interface LimitReading {
  /** Limits in force now by what is cached: the event, or where none is active the default. Absent: nothing told in that direction. */
  readonly importW?: number;
  readonly exportW?: number;
  /** The most the devices together may generate, whatever the load takes of it; absent: as much as they can. */
  readonly generationW?: number;
  /** False: the devices shall be disconnected or cease to energise. */
  readonly connected?: boolean;
  /** `event` a DERControl is active, `default` a DefaultDERControl applies, `none` neither is known. */
  readonly source: 'event' | 'default' | 'none';
  /** When what is in force ends. */
  readonly until?: Seconds;
  /** When the server last answered; absent before the first contact. */
  readonly lastContact?: Seconds;
  /** End of the last event in the cache: what "schedule exhausted" is measured by. */
  readonly scheduleEnd?: Seconds;
  /** The standing default as last read, for use when contact is lost; the site's contract where absent. */
  readonly defaultImportW?: number;
  readonly defaultExportW?: number;
  /** setGradW as last read, in hundredths of a percent of rating per second; 0: no limit. */
  readonly setGradW?: number;
}

export interface LimitSource {
  /** Called once a simulated second, so it should not allocate: it may answer with the same object as long as nothing changed. */
  current(now: Seconds): LimitReading;
  /** What the cached schedule says for a later moment, for sites that plan ahead. */
  schedule?(at: Seconds): LimitReading;
}

/** What a 2030.5 client offers that a site can follow; `client/client.ts` fits. */
export interface FollowingClient {
  limits(now: Seconds): LimitReading;
  limitsAt(when: Seconds): LimitReading;
}

export function clientLimits(client: FollowingClient): LimitSource {
  return { current: now => client.limits(now), schedule: at => client.limitsAt(at) };
}

/** Limits that never change and never lose contact. */
export function constantLimits(importW: number, exportW: number): LimitSource {
  const reading: Mutable<LimitReading> = { importW, exportW, source: 'default', lastContact: 0 };
  return {
    current: now => {
      reading.lastContact = now;
      return reading;
    },
    schedule: () => reading,
  };
}

/** A site nobody has spoken to yet: it stays on its firm limits. */
export const silentLimits: LimitSource = { current: () => nothing };
const nothing: LimitReading = { source: 'none' };

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Why a limit is what it is. */
export type Binding = 'service' | 'envelope' | 'firm' | 'voltage' | 'requested' | 'schedule' | 'sensor' | 'sum';

/** A further constraint on a site, in its own unit; `perUnitW` turns it into watts (volts × phases for amperes, rating / 100 for percent). */
export interface ExtraLimit {
  /** `sum`: its part of a limit for the sum of its aggregator's sites. */
  readonly binding: 'voltage' | 'requested' | 'schedule' | 'sum';
  readonly import?: number;
  readonly export?: number;
  readonly unit: 'W' | 'A' | '%';
  readonly perUnitW: number;
  readonly until?: Seconds;
}

/**
 * The limits a site enforces: the least of all that are active, and which one that is. The service rating is always
 * among them, so whatever is missing, stale or absurd, the result is never unlimited.
 */
export class EffectiveLimits {
  importW = 0;
  exportW = 0;
  importBinding: Binding = 'firm';
  exportBinding: Binding = 'firm';
  readonly extras: ExtraLimit[] = [];

  constructor(
    private readonly serviceW: number,
    private readonly exportRatingW: number = serviceW,
  ) {}

  /** Composes for `now`: granted limits come from the communications state machine. */
  compose(grantedImportW: number, grantedExportW: number, granted: 'envelope' | 'firm', now: Seconds): void {
    this.importW = this.serviceW;
    this.exportW = this.exportRatingW;
    this.importBinding = 'service';
    this.exportBinding = 'service';
    if (grantedImportW < this.importW) {
      this.importW = grantedImportW;
      this.importBinding = granted;
    }
    if (grantedExportW < this.exportW) {
      this.exportW = grantedExportW;
      this.exportBinding = granted;
    }
    for (let i = 0; i < this.extras.length; i++) {
      const extra = this.extras[i];
      if (extra === undefined || (extra.until !== undefined && extra.until <= now)) continue;
      const importW = extra.import === undefined ? Infinity : extra.import * extra.perUnitW;
      const exportW = extra.export === undefined ? Infinity : extra.export * extra.perUnitW;
      if (importW < this.importW) {
        this.importW = Math.max(0, importW);
        this.importBinding = extra.binding;
      }
      if (exportW < this.exportW) {
        this.exportW = Math.max(0, exportW);
        this.exportBinding = extra.binding;
      }
    }
  }
}
