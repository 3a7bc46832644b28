/** The HTTP side of the device port: node:https requests in, answers out. The only place that touches sockets. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type Clock } from '../base/clock';
import { countedIds, type Ids } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { type Peer } from './access';
import { type Answer, type Request } from './exchange';
import { readBody, readPast } from './body';
import { lines } from './headers';
import { type Reading } from './reading';

export interface HttpDeps {
  /** Answers at once what it has at hand. */
  readonly answer: (request: Request) => Answer | Promise<Answer>;
  /** Who is not read from for now; without it everybody is, whatever they send. */
  readonly reading?: Reading;
  /** Who is at the other end, decided once per connection; undefined when it was refused. */
  readonly peerOf: (request: IncomingMessage) => Peer | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly maxBodyBytes: number;
  /** What a connection may do before it is held back or ended; the defaults where nothing is said. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Real milliseconds in which a peer must take some of an answer; 120,000 unless given. */
  readonly slowMs?: number;
  /** Shares turns of the event loop out among identities; all at once where nothing is said. */
  readonly turns?: (identity: string, run: () => void, nowMs: number) => void;
}

export interface ConnectionLimits {
  /** Requests that wait for their turn; a pipelining client has a dozen, and each takes memory. */
  readonly ahead: number;
  /** Bytes of a refused body that are read past, so that it is not taken for the next request. */
  readonly refusedBodyBytes: number;
  /** Bytes a client may leave unread before time runs against it; what is less is not worth a timer for each answer. */
  readonly unreadBytes: number;
}

export const connectionLimits: ConnectionLimits = {
  ahead: 32,
  refusedBodyBytes: 131_072,
  unreadBytes: 65_536,
};

export function deviceHandler(deps: HttpDeps): (req: IncomingMessage, res: ServerResponse) => void {
  const ids = countedIds(deps.ids);
  const took = stopwatch(deps.metrics);
  const { turns = (_identity, run) => run(), slowMs = 120_000 } = deps;
  const limits = { ...connectionLimits, ...deps.limits };
  const { reading: input } = deps;
  return (req, res) => {
    if (req.socket.destroyed) return; // the rest of what was read before it was
    const startMs = deps.clock.monotonicMs();
    const peer = deps.peerOf(req);
    if (!peer) {
      req.socket.destroy();
      return;
    }
    input?.came(peer.lfdi, req.socket);
    const id = ids.next();
    const { headers, method = 'GET', url = '/' } = req;
    const request: Request = {
      id,
      method,
      url,
      accept: headers.accept,
      contentType: headers['content-type'],
      namesHost: headers.host !== undefined || req.httpVersion === '1.0',
      peer,
      atMs: startMs,
      body: () => readBody(req, deps.maxBodyBytes, () => input?.mayRead(peer.lfdi)),
    };
    const give = (answer: Answer) => {
      send(req, res, answer, logged(deps.log, answer) ? id : '', limits.refusedBodyBytes);
      if (req.socket.writableLength > limits.unreadBytes) res.setTimeout(slowMs, () => void req.socket.destroy()); // it does not read
      if (isCostly(answer, req, deps.maxBodyBytes)) input?.slowDown(peer.lfdi);
      const ms = deps.clock.monotonicMs() - startMs;
      took(method, answer, ms);
      if (logged(deps.log, answer)) record(deps.log, request, answer, ms);
    };
    let [ran, waited] = [false, false];
    turns(
      peer.lfdi,
      () => {
        ran = true;
        if (waited) {
          waitingAhead(req.socket, -1);
          input?.served(peer.lfdi);
        }
        if (res.destroyed) return;
        const answer = deps.answer(request);
        if (answer instanceof Promise) void answer.then(give);
        else give(answer);
      },
      startMs,
    );
    if (ran) return;
    waited = true;
    input?.waits(peer.lfdi, req.socket);
    if (waitingAhead(req.socket, 1) <= limits.ahead) return;
    input?.slowDown(peer.lfdi);
    deps.log.info('connection ended, it sends and sends without waiting', { who: peer.lfdi.slice(0, 8) });
    endFlood(req.socket);
  };
}

/**
 * Ends a connection with hundreds of requests in it. Node makes an Error for each of them when the connection closes, and most of
 * the time that takes goes into stack traces which nobody reads; so none are taken while it does.
 */
function endFlood(socket: Socket): void {
  let depth: number;
  socket.prependOnceListener('close', () => {
    depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
  });
  socket.once('close', () => (Error.stackTraceLimit = depth));
  socket.destroy();
}

/** What is refused at the cost of an answer, or of reading a long body: a flood of it is a flood still. */
function isCostly({ status }: Answer, { headers }: IncomingMessage, maxBodyBytes: number): boolean {
  const announced = Number(headers['content-length'] ?? 0) > maxBodyBytes; // refused unread
  return status === 429 || (status === 413 && !announced);
}

/** Requests of each connection that wait for their turn. */
const ahead = new WeakMap<object, number>();

function waitingAhead(socket: object, more: number): number {
  const now = (ahead.get(socket) ?? 0) + more;
  ahead.set(socket, now);
  return now;
}

/** Whether a line of the log tells of it: only then is its id of use to anybody. */
const logged = (log: Log, { problem }: Answer): boolean => problem !== undefined || log.debugs;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

function send(req: IncomingMessage, res: ServerResponse, answer: Answer, id: string, refusedBodyBytes: number): void {
  if (res.destroyed) return;
  const { status, headers, body, ready } = answer;
  if (ready && id === '' && !hasBody(req)) {
    res.writeHead(status, ready.lines as string[]); // node:http reads it only
    if (req.method === 'HEAD') res.end();
    else res.end(body, ready.ascii ? 'latin1' : 'utf8');
    return;
  }
  const sent = lines(headers, Buffer.byteLength(body));
  if (id !== '') sent.push('X-Request-Id', id);
  // A body that was refused unread would be taken for the next request.
  if (!req.complete && hasBody(req) && !readPast(req, refusedBodyBytes)) sent.push('Connection', 'close');
  res.writeHead(status, sent);
  res.end(req.method === 'HEAD' || body === '' ? undefined : body);
}

/** Notes how long a request took. What is answered most is looked up by its resource alone. */
function stopwatch(metrics: Metrics): (method: string, answer: Answer, ms: number) => void {
  const read = new Map<string, (value: number) => void>();
  return (method, { status, resource }, ms) => {
    const common = method === 'GET' && status === 200;
    let note = common ? read.get(resource) : undefined;
    if (!note) {
      const labels = { resource, method: knownMethod(method), status: String(status) };
      note = metrics.observer('headroom_request_seconds', labels);
      if (common) read.set(resource, note);
    }
    note(ms / 1000);
  };
}

function record(log: Log, { id, method, url, peer }: Request, answer: Answer, ms: number): void {
  const { status, resource, body, problem } = answer;
  const fields = {
    request: id,
    who: peer.lfdi.slice(0, 8),
    method,
    resource,
    status,
    bytes: body.length,
    ms: Math.round(ms * 100) / 100,
  };
  if (!problem) log.debug('request', fields);
  else if (problem.entry.level === 'error')
    log.error('request failed', {
      ...fields,
      url,
      problem: problem.code,
      why: problem.message,
      stack: causes(problem),
    });
  else log.info('request refused', { ...fields, url, problem: problem.code, why: problem.message });
}

const knownMethod = (method: string): string =>
  ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(method) ? method : 'other';

function causes(error: unknown): string[] {
  const found: string[] = [];
  for (let each: unknown = error; each instanceof Error && found.length < 5; each = each.cause)
    found.push(each.stack ?? each.message);
  return found;
}

/** What Node's parser refuses, by its code; 400 for the rest. */
const refusals: Readonly<Record<string, string>> = {
  HPE_INVALID_METHOD: '501 Not Implemented', // CORE-002; Node would say 400
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

type ParseError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

function refusalOf({ code = '', rawPacket }: ParseError): string {
  const [line = ''] = rawPacket?.toString('latin1').split('\r\n', 1) ?? [];
  if (code === 'HPE_HEADER_OVERFLOW' && isLongLine(line)) return '414 URI Too Long';
  if (code === 'HPE_INVALID_METHOD' && !/^\S+ \S+ HTTP\/1\.[01]$/.test(line)) return '400 Bad Request';
  return refusals[code] ?? '400 Bad Request';
}

/**
 * Whether headers are too long because of their first line. `line` is the first of the packet in which they became so: the
 * request line itself, the rest of one (it ends with the version), or part of a header that is too long.
 */
const isLongLine = (line: string): boolean =>
  /^[A-Z]+ \//.test(line) ? line.length > longestLine : / HTTP\/1\.[01]$/.test(line);

/** Beyond this a request line is what makes the headers long; a URI has 255 bytes at most. */
const longestLine = 1024;

/**
 * Answers what the HTTP parser refuses, which never reaches the handler: always with Content-Length and an end of the
 * connection.
 */
export function clientError(log: Log): (error: ParseError, socket: Duplex) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const line = refusalOf(error);
    log.info('request not readable', { code: error.code, answered: line.slice(0, 3) });
    socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  };
}
