import { type Problem } from '../base/problem';
import { write } from '../codec/write';
import { type Dialect } from '../model/dialect';
import { ErrorDocument } from '../model/common';
import { sepXml } from './headers';

/** What a peer sees of a Problem: status, Allow, Retry-After, and an Error document where the standard has a reason code. */
export function errorBody(
  problem: Problem,
  dialect: Dialect,
): { status: number; headers: Record<string, string>; body: string } {
  const { status, reasonCode } = problem.entry;
  const { allow, retryAfterS } = problem.detail;
  const headers: Record<string, string> = {};
  if (allow) headers['Allow'] = allow.join(', ');
  if (retryAfterS !== undefined) headers['Retry-After'] = String(retryAfterS);
  else if (status === 503) headers['Retry-After'] = '1';
  // A Problem that is no peer's business (status 0) must not have come this far: it is ours, so 500.
  if (reasonCode === undefined) return { status: status || 500, headers, body: '' };
  headers['Content-Type'] = sepXml;
  const body = write(
    ErrorDocument,
    { ...(retryAfterS !== undefined && { maxRetryDuration: Math.min(65_535, retryAfterS) }), reasonCode },
    { dialect },
  );
  return { status: status || 500, headers, body };
}
