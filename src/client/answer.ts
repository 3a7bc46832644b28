/** What became of a request: a value, or why there is none. Nothing here throws for what a server or network may do. */
import { type Seconds } from '../base/clock';
import { Problem, type ProblemCode } from '../base/problem';
import { read } from '../codec/read';
import { ErrorDocument } from '../model/common';
import { type TransportResponse } from './transport';

export interface Done {
  readonly ok: true;
  readonly status: number;
  /** Where the answer came from, redirects followed. */
  readonly href: string;
  /** Location of what was made, as a path. */
  readonly location?: string;
}

export interface Got<T> extends Done {
  readonly value: T;
  /** The body is the one of the last GET, byte by byte, and `value` the same object. */
  readonly unchanged: boolean;
}

/**
 * `missing` 404 or 410, and 204 where a document was asked for; `refused` any other 4xx; `busy` 429 or 503; `broken` any other
 * status, or a body that cannot be read; `unreachable` no answer.
 */
export type FailureReason = 'missing' | 'refused' | 'busy' | 'broken' | 'unreachable';

export interface Failure {
  readonly ok: false;
  readonly reason: FailureReason;
  /** 0 where nothing came. */
  readonly status: number;
  readonly href: string;
  /** How long the server asks us to wait. */
  readonly retryAfterS?: number;
  /** Of the server's Error document. */
  readonly reasonCode?: number;
  readonly text: string;
}

export type Answer<T> = Got<T> | Failure;

const codes: Record<FailureReason, ProblemCode> = {
  missing: 'BAD_SERVER',
  refused: 'BAD_SERVER',
  busy: 'BAD_SERVER',
  broken: 'BAD_SERVER',
  unreachable: 'CANNOT_REACH',
};

export function problemOf({ reason, href, text, retryAfterS }: Failure): Problem {
  return new Problem(codes[reason], { at: href, note: text, ...(retryAfterS !== undefined && { retryAfterS }) });
}

/** The failure a status other than 2xx and 3xx stands for. `now` dates a Retry-After that is a date. */
export function failureOf(href: string, { status, headers, body }: TransportResponse, now: Seconds): Failure {
  const said = errorIn(body, headers['content-type']);
  const asked = retryAfter(headers['retry-after'], headers.date, now) ?? said?.maxRetryDuration;
  return {
    ok: false,
    reason: reasonOf(status),
    status,
    href,
    text: `status ${status}`,
    ...(asked !== undefined && { retryAfterS: asked }),
    ...(said && { reasonCode: said.reasonCode }),
  };
}

function reasonOf(status: number): FailureReason {
  if (status === 404 || status === 410 || status === 204) return 'missing';
  if (status === 429 || status === 503) return 'busy';
  return status >= 400 && status < 500 ? 'refused' : 'broken'; // unknown codes count as x00 of their class (GEN.049)
}

function errorIn(body: Buffer, type: string | undefined): ErrorDocument | undefined {
  if (body.length === 0 || !isSepXml(type)) return undefined;
  try {
    return read(ErrorDocument, body, { mode: 'lenient' }).value;
  } catch {
    return undefined; // what explains a failure need not be readable itself
  }
}

export function isSepXml(type: string | undefined): boolean {
  return /^\s*application\/sep\+xml\s*(;|$)/i.test(type ?? '');
}

const longestWaitS = 86_400;

/** Seconds to wait by a Retry-After header: a number, or a date read against the server's own Date. At most a day. */
export function retryAfter(value: string | undefined, date: string | undefined, now: Seconds): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Math.min(longestWaitS, Number(value));
  const until = Date.parse(value);
  const from = Date.parse(date ?? '');
  if (Number.isNaN(until)) return undefined;
  const left = Math.ceil(until / 1000 - (Number.isNaN(from) ? now : from / 1000));
  return Math.max(0, Math.min(longestWaitS, left));
}
