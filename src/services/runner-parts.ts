/** What the runner works with, and what may be asked of a run. */
import { type Clock, type Seconds } from '../base/clock';
import { type Pen } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Snapshot } from '../engines/api';
import { type Store } from '../store/api';
import { type VariableTimes } from './collections';
import { type EngineHost } from './engine-host';
import { type Standing } from './publisher';
import { type ReasonCode } from './reasons';
import { type Unshared } from './rated';
import { type Scene } from './scenes';
import { type SumBook } from './sums';
import { type Verify } from './verified';
import { type Withdrawal } from './withdrawn';

export interface RunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly host: EngineHost;
  /** What the engine is to see, up to that moment at least. Device ids are ids of sites (`:edev`). */
  readonly snapshot: (until?: Seconds) => Promise<Snapshot>;
  readonly pen: Pen;
  /** Judges what is to be published, by power flow; a step that fails is published as firm. Absent: nothing is known to judge by. */
  readonly verify?: Verify;
  /**
   * Limits of sites in directions that no engine shares out, because the site cannot hold a limit there: its rating, W. The
   * snapshot has 0 for such a direction and counts the flow as passive.
   */
  readonly unshared?: () => Unshared;
  /** Sites whose envelopes are withdrawn. Read again with each attempt to publish: a withdrawal during a run counts. */
  readonly withdrawn?: () => Promise<ReadonlyMap<string, Withdrawal>>;
  /** Contracts and orders. Read again with each attempt to publish. */
  readonly standing?: () => Promise<Standing>;
  /** What the network will be, stretch by stretch; as in the snapshot all the time unless given. */
  readonly scenes?: (snapshot: Snapshot) => Promise<readonly Scene[]>;
  /** Where limits for sums over sites of an aggregator are kept; without it nobody is given any. */
  readonly sums?: SumBook;
  /** When collections of variable limits are published. Without it they are published with each run. */
  readonly variable?: VariableTimes;
  /** Length of steps and horizon for sites that have nothing published yet; those of the snapshot unless given. */
  readonly stepS?: Seconds;
  readonly horizonS?: Seconds;
  /** Whether limits lower than those published refuse the whole run where no reason is given, as for imports. */
  readonly strict?: boolean;
}

export interface RunAsk {
  /** Why limits may be lower than what was published. */
  readonly reason?: ReasonCode;
  /** Whether limits may only be lowered in this run, never raised. */
  readonly lowerOnly?: boolean;
}
