/**
 * The lab API: faults, clock and what was exchanged, over HTTP and JSON on a port of its own, for a lab's own scripts. On loopback
 * and with the operator key; README.md lists it.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { asProblem, Problem } from '../../src/base/problem';
import { type ProcedureResult } from '../run';
import { faultOf, type Fault } from './faults';
import { type Front } from './front';
import { type Told } from './heard';
import { type LabClock } from './lab-clock';
import { scenarios } from './scenarios';

export interface LabApiOptions {
  readonly front: Front;
  readonly clock: LabClock;
  readonly told: readonly Told[];
  readonly key: string;
  /** What runs now, and verdicts so far. */
  readonly state: () => { readonly scenario?: string; readonly about?: string; readonly leftS?: number };
  readonly results: () => readonly ProcedureResult[];
}

export interface LabApi {
  readonly url: string;
  close(): void;
}

const mostBytes = 65_536;
const mostOffsetS = 4e8;

export async function labApi(options: LabApiOptions, port: number): Promise<LabApi> {
  const server = createServer((req, res) => {
    answer(options, req).then(
      value => reply(res, value === undefined ? 204 : 200, value),
      (error: unknown) => {
        const problem = asProblem(error);
        reply(res, problem.entry.status || 500, { error: problem.message });
      },
    );
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', (cause: Error) => failed(new Problem('PORT_TAKEN', { at: `lab port ${port}`, cause })));
    server.listen(port, '127.0.0.1', ready);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function reply(res: ServerResponse, status: number, value: unknown): void {
  const text = value === undefined ? '' : `${JSON.stringify(value)}\n`;
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}

async function answer(options: LabApiOptions, req: IncomingMessage): Promise<unknown> {
  const { front, clock, told, key, state, results } = options;
  if (!sameKey(req.headers.authorization, key)) throw new Problem('NO_KEY', {});
  const url = new URL(req.url ?? '/', 'http://lab');
  const called = `${req.method} ${url.pathname}`;
  if (called === 'GET /lab')
    return {
      ...state(),
      now: clock.now(),
      offsetS: clock.offsetS,
      connections: front.connections,
      requests: front.heard.length,
      faults: front.faults.all,
    };
  if (called === 'GET /lab/scenarios')
    return scenarios.map(({ id, title, roles, lastsS, needs }) => ({ id, title, roles, lastsS, needs }));
  if (called === 'GET /lab/results') return results();
  if (called === 'GET /lab/exchanges') {
    const from = Number(url.searchParams.get('from') ?? 0) || 0;
    return { exchanges: front.heard.slice(from), next: front.heard.length, told };
  }
  if (called === 'GET /lab/faults') return front.faults.all;
  if (called === 'POST /lab/faults') {
    const given = await bodyOf(req);
    front.faults.add(...(Array.isArray(given) ? (given as unknown[]) : [given]).map(faultOf));
    return front.faults.all;
  }
  if (called === 'DELETE /lab/faults') {
    const deed = url.searchParams.get('do');
    front.faults.clear(deed === null ? undefined : (deed as Fault['do']));
    return undefined;
  }
  if (called === 'PUT /lab/clock') {
    const { offsetS } = (await bodyOf(req)) as { offsetS?: unknown };
    if (!Number.isInteger(offsetS) || Math.abs(offsetS as number) > mostOffsetS)
      throw new Problem('BAD_VALUE', { at: 'offsetS', got: offsetS, want: 'whole seconds' });
    clock.setOffset(offsetS as number);
    return { now: clock.now(), offsetS: clock.offsetS };
  }
  throw new Problem('NO_SUCH', { at: called, note: 'the lab API has no such path' });
}

function sameKey(given = '', key: string): boolean {
  const [got, want] = [Buffer.from(given), Buffer.from(`Bearer ${key}`)];
  return got.length === want.length && timingSafeEqual(got, want);
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new Problem('TOO_LARGE', { want: `at most ${mostBytes} bytes` });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (cause) {
    throw new Problem('BAD_VALUE', { at: 'body', want: 'JSON', cause });
  }
}
