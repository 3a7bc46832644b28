import { type Clock } from '../base/clock';
import { type Ids } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Tasks } from '../base/tasks';
import { type Outcome } from '../functions/notices';
import { type Config } from './config';

/** What every part of the server is given. */
export interface ServerDeps {
  /** Folder of the configuration; relative paths start here. */
  readonly dir: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tasks: Tasks;
  /** Told of each notification that was posted, and how it was taken: for a lab that watches a client. */
  readonly told?: (to: { readonly lfdi: string; readonly uri: string }, body: string, outcome: Outcome) => void;
  /** Whether answers of the operator API are held against their declared shape: in tests. */
  readonly checkAnswers?: boolean;
}
