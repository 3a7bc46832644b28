import { type Problem } from '../base/problem';
import { type Peer } from './access';

export interface Request {
  readonly id: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly accept?: string | undefined;
  readonly contentType?: string | undefined;
  /** Whether it says which host it means; HTTP/1.1 demands it. */
  readonly namesHost: boolean;
  /** When it came, milliseconds of the monotonic clock; now where nothing is said. */
  readonly atMs?: number;
  readonly peer: Peer;
  readonly body: () => Promise<Buffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for no body. HEAD is answered like GET; the HTTP layer leaves the body out. */
  readonly body: string;
  /** Name of the resource for logs and metrics; `none` when the path is nothing of ours. */
  readonly resource: string;
  readonly problem?: Problem;
  /** What sending it takes, put together once for an answer that is given many times. */
  readonly ready?: Ready;
}

export interface Ready {
  /** Header names and values in turn, Content-Length among them. */
  readonly lines: readonly string[];
  /** Whether each character of the body is one byte, which is written quicker. */
  readonly ascii: boolean;
}
