/** The command line's own client of a running server's operator API. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem, type ProblemCode, problems } from '../base/problem';
import { readConfig } from '../server/config';
import { readOperatorKey } from '../server/init';
import { pemToDer } from '../tls';
import { operatorRequest } from './operator-request';

export interface RunFile {
  readonly pid: number;
  readonly port: number;
  readonly operatorPort: number;
  readonly operatorUrl?: string;
}

/** Where a running server says how to reach it. */
export const runFile = (dir: string): string => join(dir, 'run.json');

interface ProblemDocument {
  readonly type?: string;
  readonly detail?: string;
  readonly at?: string;
  readonly note?: string;
  readonly want?: unknown;
  readonly got?: unknown;
}

export interface OperatorApi {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T = void>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  remove(path: string): Promise<void>;
}

/** How to reach the server of a folder. @throws Problem CANNOT_REACH when none runs there */
export function readRunFile(dir: string): RunFile {
  try {
    return JSON.parse(readFileSync(runFile(dir), 'utf8')) as RunFile;
  } catch (cause) {
    throw new Problem('CANNOT_REACH', {
      at: dir,
      note: 'no server runs on this folder; start it with `headroom serve`',
      cause,
    });
  }
}

/** @throws Problem CANNOT_REACH when no server runs on `dir`, or what the API answered when it refused */
export function operatorApi(dir: string): OperatorApi {
  const { operatorPort, operatorUrl = `http://127.0.0.1:${operatorPort}` } = readRunFile(dir);
  return operatorApiAt(operatorUrl, readOperatorKey(dir), pinnedAt(dir, operatorUrl));
}

/** The certificate that a server with TLS on its operator port must show. */
function pinnedAt(dir: string, url: string): Buffer | undefined {
  if (!url.startsWith('https:')) return undefined;
  const file = resolve(dir, readConfig(dir).operatorChain);
  return pemToDer(readFileSync(file, 'utf8'), file)[0];
}

/** Whether a server runs on `dir`: the file it leaves may be that of one that was killed. */
export async function serverRuns(dir: string): Promise<boolean> {
  if (!existsSync(runFile(dir))) return false;
  try {
    await operatorApi(dir).get('/api/health');
    return true;
  } catch {
    return false;
  }
}

export function operatorApiAt(base: string, key: string, pinned?: Buffer): OperatorApi {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, text } = await operatorRequest({
      method,
      url: base + path,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      pinned,
    });
    if (status === 204) return undefined as T;
    const answer = JSON.parse(text) as T & ProblemDocument;
    if (status < 300) return answer;
    throw refused(status, answer);
  };
  return {
    get: path => call('GET', path),
    post: (path, body = {}) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    remove: path => call('DELETE', path),
  };
}

/** What the API refused, as the Problem it was. */
function refused(status: number, { type = '', at, note, want, got, detail }: ProblemDocument): Problem {
  const code = type.replace(/^urn:headroom:/, '');
  if (!(code in problems))
    return new Problem('BUG', { note: `the operator API answered ${status}: ${detail ?? type}` });
  return new Problem(code as ProblemCode, {
    ...(at !== undefined && { at }),
    ...(note !== undefined && { note }),
    ...(want !== undefined && { want }),
    ...(got !== undefined && { got }),
  });
}

/** Every entry of a paged list. */
export async function allPages<T>(api: OperatorApi, path: string, name: string): Promise<T[]> {
  const all: T[] = [];
  const join = path.includes('?') ? '&' : '?';
  for (let after = ''; ;) {
    const page = await api.get<Record<string, T[]> & { next?: string }>(`${path}${join}limit=10000${after}`);
    all.push(...(page[name] ?? []));
    if (page.next === undefined) return all;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}
