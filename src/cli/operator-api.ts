/** The command line's own client of a running server's operator API. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../base/problem';
import { readOperatorKey } from '../server/init';

export interface RunFile {
  readonly pid: number;
  readonly port: number;
  readonly operatorPort: number;
}

/** Where a running server says how to reach it. */
export const runFile = (dir: string): string => join(dir, 'run.json');

export interface OperatorApi {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put(path: string, body: unknown): Promise<void>;
  patch<T>(path: string, body: unknown): Promise<T>;
  remove(path: string): Promise<void>;
}

/** @throws Problem CANNOT_REACH when no server runs on `dir`, or what the API answered when it refused */
export function operatorApi(dir: string): OperatorApi {
  let run: RunFile;
  try {
    run = JSON.parse(readFileSync(runFile(dir), 'utf8')) as RunFile;
  } catch (cause) {
    throw new Problem('CANNOT_REACH', {
      at: dir,
      note: 'no server runs on this folder; start it with `headroom serve`',
      cause,
    });
  }
  return operatorApiAt(`http://127.0.0.1:${run.operatorPort}`, readOperatorKey(dir));
}

export function operatorApiAt(base: string, key: string): OperatorApi {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    let response: Response;
    try {
      response = await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new Problem('CANNOT_REACH', { at: base, note: 'the operator API does not answer', cause });
    }
    if (response.status === 204) return undefined as T;
    const answer = (await response.json()) as T & { type?: string; detail?: string };
    if (response.ok) return answer;
    throw refused(response.status, answer);
  };
  return {
    get: path => call('GET', path),
    post: (path, body = {}) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    remove: path => call('DELETE', path),
  };
}

function refused(status: number, { type = '', detail = '' }: { type?: string; detail?: string }): Problem {
  const codes: Readonly<Record<number, 'BAD_VALUE' | 'NOT_YOURS' | 'NOT_FOUND' | 'CONFLICT'>> = {
    400: 'BAD_VALUE',
    403: 'NOT_YOURS',
    404: 'NOT_FOUND',
    409: 'CONFLICT',
  };
  return new Problem(codes[status] ?? 'BUG', { note: detail.replace(/^[A-Z_]+: /, '').replace(/\. .*$/, '') || type });
}
