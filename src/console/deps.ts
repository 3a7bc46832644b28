import { type Clock } from '../base/clock';
import { type Ids, type Pen } from '../base/ids';
import { type Metrics } from '../base/metrics';
import { type Context, type House } from '../functions/behaviour';
import { type DialectId } from '../model/dialect';
import { type Complex } from '../model/dsl';
import { type LogLines } from '../services/log-lines';
import { type BackupService } from './backup-service';
import { type EnvelopeService } from './envelope-service';
import { type HttpLogService, type RedirectService } from './lab-service';
import { type TrustService } from './trust-service';

export interface TimeSettings {
  readonly quality?: number;
  readonly timeZone?: string;
  /** In place of those of the time zone; undefined gives them back. */
  readonly offsets?: House['timeOffsets'];
}

export interface LabCertificate {
  readonly lfdi: string;
  readonly sfdi: number;
  readonly pin: number;
  readonly keyPem: string;
  readonly chainPem: string;
}

/** What handlers of the operator API are given; `server` wires it. */
export interface RouteDeps {
  readonly store: Context['store'];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pen: Pen;
  readonly house: House;
  /** Of clients of which nothing else is known. */
  readonly dialect: DialectId;
  readonly metrics: Metrics;
  readonly envelopes: EnvelopeService;
  /** Refuses a value that could not be written to a client. @throws Problem BAD_VALUE with the path of what does not fit */
  readonly fits: (type: Complex, value: unknown) => void;
  /** Sets poll rates, from now on and for later starts. */
  readonly setPollRates: (rates: Readonly<Record<string, number>>) => Promise<void>;
  /** Whether newcomers may register themselves, from now on and until a restart. */
  readonly setInBand: (on: boolean) => void;
  /** Sets the seconds between posts that mirrors are asked for. */
  readonly setPostRate: (seconds: number) => Promise<void>;
  /** Sets quality, time zone and offsets of Time, from now on and for later starts. @throws Problem BAD_VALUE for an unknown zone */
  readonly setTime: (settings: TimeSettings) => Promise<void>;
  /** How far our clock is set off the machine's; missing where it is moved by somebody else. */
  readonly clockOffset?: { readonly offsetS: number; setOffset(seconds: number): Promise<void> };
  readonly sfdiOf: (lfdi: string) => number;
  readonly trust: TrustService;
  readonly backups: BackupService;
  readonly redirects: RedirectService;
  readonly httpLog: HttpLogService;
  readonly log: Pick<LogLines, 'page'>;
  /** A certificate of the test PKI. @throws Problem BAD_CERT where there is none */
  readonly issueForLab: (name: string, role: 'device' | 'aggregator') => LabCertificate;
  /** Random text for a new key. */
  readonly newSecret: () => string;
  /** SHA-256 of one certificate, 64 upper-case hex digits. @throws Problem BAD_CERT */
  readonly fingerprintOf: (pem: string) => string;
}
