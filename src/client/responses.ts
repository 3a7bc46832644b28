/**
 * Responses to events (protocol facts 3.11, 4.3): posted in the order things happened, each once, however long the server is
 * away. One is on its way at a time, so that "started" never overtakes "received".
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Log } from '../base/log';
import { DERControlResponse } from '../model/response';
import { type Lfdi } from '../tls';
import { Activity, type ActivityDeps } from './activity';
import { type Api } from './api';
import { type Backoff } from './backoff';
import { type Outcome, outcomes, type Transition } from './follow';

export interface ResponsesDeps extends ActivityDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Log;
  readonly lfdi: Lfdi;
  readonly backoff: Backoff;
}

interface Waiting {
  readonly outcome: Outcome;
  readonly replyTo: string;
  readonly subject: string;
  /** When it happened, in the server's time. */
  readonly createdDateTime: Seconds;
  attempts: number;
}

const receivedBit = 1;
const specificBit = 2;
/** An answer of 5xx this often to the same Response is not a passing trouble. */
const mostBroken = 10;
const mostRemembered = 10_000;
const longestPauseS = 300;

export class Responses {
  /** Acknowledged by the server, by outcome. */
  readonly posted: Record<Outcome, number> = {
    received: 0,
    started: 0,
    completed: 0,
    cancelled: 0,
    superseded: 0,
    abortedProgram: 0,
    expired: 0,
  };
  /** Refused by the server for good. */
  refused = 0;
  private readonly queue: Waiting[] = [];
  private readonly said = new Set<string>();
  private activity: Activity | undefined;

  constructor(private readonly deps: ResponsesDeps) {}

  get waiting(): number {
    return this.queue.length;
  }

  start(): void {
    this.activity = new Activity(this.deps, 'responses', () => this.flush());
    if (this.queue.length > 0) this.activity.soon();
  }

  stop(): void {
    this.activity?.stop();
  }

  /** Queues the Response the event asks for, if it does. */
  push({ outcome, event, at }: Transition): void {
    const { replyTo, responseRequired, mrid } = event;
    if (replyTo === undefined || !wanted(outcome, responseRequired)) return;
    const key = `${mrid}/${outcome}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    if (this.said.size > mostRemembered)
      for (const oldest of this.said) {
        this.said.delete(oldest);
        break;
      }
    this.queue.push({ outcome, replyTo, subject: mrid, createdDateTime: at, attempts: 0 });
    this.activity?.soon();
  }

  private async flush(): Promise<Seconds | undefined> {
    const { api, backoff, clock, lfdi, log } = this.deps;
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      const { outcome, replyTo, subject, createdDateTime } = next;
      const response = { createdDateTime, endDeviceLFDI: lfdi, status: outcomes[outcome], subject };
      const answer = await api.post(DERControlResponse, replyTo, response);
      if (answer.ok) this.posted[outcome]++;
      else if (
        answer.reason === 'unreachable' ||
        answer.reason === 'busy' ||
        (answer.reason === 'broken' && ++next.attempts < mostBroken)
      ) {
        return clock.now() + backoff.next(longestPauseS, answer.retryAfterS);
      } else {
        this.refused++;
        log.warn('a Response was refused', { subject, outcome, status: answer.status, replyTo });
      }
      backoff.reset();
      this.queue.shift();
    }
    return undefined;
  }
}

/** "Expired" is what is said instead of both "received" and what would have followed. */
function wanted(outcome: Outcome, required: number): boolean {
  if (outcome === 'received') return (required & receivedBit) !== 0;
  if (outcome === 'expired') return (required & (receivedBit | specificBit)) !== 0;
  return (required & specificBit) !== 0;
}
