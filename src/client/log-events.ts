/** LogEvents of a device (protocol facts 3.10): posted in the order things happened, each once, however long the server is away. */
import { type Clock, type Seconds } from '../base/clock';
import { type Log } from '../base/log';
import { LogEvent } from '../model/log';
import { Activity, type ActivityDeps } from './activity';
import { type Api } from './api';
import { type Backoff } from './backoff';
import { type ServerTime } from './server-time';

/** The time is that of the server, and the number runs on by itself. */
export type NewLogEvent = Omit<LogEvent, 'href' | 'createdDateTime' | 'logEventID' | 'logEventPEN' | 'profileID'>;

export interface LogEventsDeps extends ActivityDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Log;
  readonly time: ServerTime;
  readonly backoff: Backoff;
}

/** Enterprise number of IEEE 2030.5 itself, whose codes these are, and its profileID. */
const logEventPEN = 40_732;
const profileID = 2;
/** An alarm that could not be told for so long is told no more: newer ones matter more. */
const mostKept = 200;
const longestPauseS = 300;

export class LogEvents {
  private readonly queue: LogEvent[] = [];
  private list: string | undefined;
  private last = 0;
  private activity: Activity | undefined;

  constructor(private readonly deps: LogEventsDeps) {}

  start(): void {
    this.activity = new Activity(this.deps, 'log events', () => this.flush());
  }

  stop(): void {
    this.activity?.stop();
  }

  /** Where they go; until then they wait. */
  found(list: string | undefined): void {
    this.list = list;
    if (list !== undefined && this.queue.length > 0) this.activity?.soon();
  }

  push(event: NewLogEvent): void {
    this.last = (this.last + 1) % 65_536;
    const createdDateTime = this.deps.time.now();
    this.queue.push({ ...event, createdDateTime, logEventID: this.last, logEventPEN, profileID });
    if (this.queue.length > mostKept) this.queue.shift();
    this.activity?.soon();
  }

  private async flush(): Promise<Seconds | undefined> {
    const { api, backoff, clock, log } = this.deps;
    for (let next = this.queue[0]; next && this.list !== undefined; next = this.queue[0]) {
      const answer = await api.post(LogEvent, this.list, next);
      if (!answer.ok && answer.reason !== 'missing' && answer.reason !== 'refused')
        return clock.now() + backoff.next(longestPauseS, answer.retryAfterS);
      if (!answer.ok) log.warn('a LogEvent was refused', { code: next.logEventCode, status: answer.status });
      backoff.reset();
      this.queue.shift();
    }
    return undefined;
  }
}
