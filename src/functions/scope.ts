import { type DialectId } from '../model/dialect';

/**
 * Who is asking, narrowed from a certificate. A function that needs a device takes a DeviceScope and cannot be called with
 * less. Access goes by LFDI, never by the id in a path: not yours and not there look the same from outside.
 */
interface Common {
  /** 40 upper-case hex digits. */
  readonly lfdi: string;
  readonly sfdi: number;
  /** Its certificate is its own work: it may see who it is, prices and messages, and nothing more (protocol facts 1.2). */
  readonly selfSigned?: true;
  /** What this client understands. */
  readonly dialect: DialectId;
  /** Ids (`:edev`) of the EndDevices it may see. */
  readonly edevs: readonly string[];
  /** Ids of EndDevices that it is shown in its EndDeviceList beside: who they are, and nothing below them. */
  readonly shown?: readonly string[];
  /** Ids (`:derp`) of the programs assigned to any of them, each once. */
  readonly programs: readonly string[];
  /** Ids of whatever else is assigned to any of them, by the first segment of their path; see assigned.ts. */
  readonly assigned: Readonly<Record<string, readonly string[]>>;
}

/** A registered device that speaks for itself. */
export interface DeviceScope extends Common {
  readonly kind: 'device';
  readonly own: string;
}

/** A registered client that also speaks for the devices it manages. */
export interface AggregatorScope extends Common {
  readonly kind: 'aggregator';
  readonly own: string;
}

/** A good certificate that is not registered: it may read DeviceCapability and Time, and register where that is allowed. */
export interface NewcomerScope extends Common {
  readonly kind: 'newcomer';
}

export type Scope = DeviceScope | AggregatorScope | NewcomerScope;
