/**
 * Records what goes over the device port, decrypted, for the log that a test lab wants beside a result (protocol facts 7.7):
 * only while an operator asks for it, in memory, and up to a limit. It holds bodies whole, PINs among them: for admins.
 */
import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type HttpLog, type HttpLogService, type HttpMessage } from '../console/lab-service';

type Write = (chunk?: unknown, ...rest: never[]) => unknown;

export function httpLog({ clock, mostBytes }: { readonly clock: Clock; readonly mostBytes: number }): HttpLogService & {
  /** Hands on to `handler`; costs nothing while nothing is recorded. */
  tap(handler: RequestListener, lfdiOf: (req: IncomingMessage) => string | undefined): RequestListener;
} {
  let log:
    { tests: readonly string[]; lfdi?: string; messages: HttpMessage[]; bytes: number; left: number } | undefined;
  const keep = (to: NonNullable<typeof log>, message: HttpMessage) => {
    const bytes = message.body.length + JSON.stringify(message.headers).length + message.uri.length;
    if (to.bytes + bytes > mostBytes) {
      to.left += 1;
      return;
    }
    to.bytes += bytes;
    to.messages.push(message);
  };
  const record = (req: IncomingMessage, res: ServerResponse) => {
    const to = log;
    if (!to) return;
    const { method = '', url: uri = '', httpVersion } = req;
    const about = { method, uri, vers: `HTTP/${httpVersion}` };
    const parts: Buffer[] = [];
    // The parser hands a body over by `push`; listening to 'data' would take it from whoever is to read it.
    const push = req.push.bind(req);
    const asked = { ...about, time: clock.nowMs() / 1000, type: 'req' as const, headers: pairs(req.rawHeaders) };
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      keep(to, { ...asked, body: Buffer.concat(parts).toString('utf8') });
    };
    req.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (Buffer.isBuffer(chunk)) parts.push(chunk);
      return push(chunk, encoding);
    };
    const said: Buffer[] = [];
    const collect = (chunk: unknown) => {
      if (typeof chunk === 'string') said.push(Buffer.from(chunk));
      else if (Buffer.isBuffer(chunk)) said.push(chunk);
    };
    const [writeHead, end] = [
      res.writeHead.bind(res) as (...all: unknown[]) => ServerResponse,
      res.end.bind(res) as Write,
    ];
    let headers: Record<string, string> = {};
    res.writeHead = (status: number, ...rest: unknown[]) => {
      const lines = rest.at(-1);
      headers = Array.isArray(lines) ? pairs(lines.map(String)) : ((lines ?? {}) as Record<string, string>);
      return writeHead(status, ...rest);
    };
    res.end = ((chunk?: unknown, ...rest: never[]) => {
      collect(chunk);
      tell();
      const { statusCode: code, statusMessage: reason } = res;
      const body = Buffer.concat(said).toString('utf8');
      keep(to, { ...about, time: clock.nowMs() / 1000, type: 'resp', headers, body, code, reason });
      return end(chunk, ...rest);
    }) as typeof res.end;
  };
  return {
    start: (tests, lfdi) => {
      log = { tests, ...(lfdi !== undefined && { lfdi }), messages: [], bytes: 0, left: 0 };
    },
    export: (): HttpLog => {
      if (!log) throw new Problem('NO_SUCH', { at: 'HTTP log', note: 'none is recorded; start one' });
      const { tests, messages, left } = log;
      return { logs: [{ tests, messages }], left };
    },
    stop: () => {
      log = undefined;
    },
    tap: (handler, lfdiOf) => (req, res) => {
      if (log && (log.lfdi === undefined || log.lfdi === lfdiOf(req))) record(req, res);
      handler(req, res);
    },
  };
}

/** Names and values in turn, as an object; what stands twice is joined. */
function pairs(lines: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [name = '', value = ''] = [lines[i], lines[i + 1]];
    found[name] = found[name] === undefined ? value : `${found[name]}, ${value}`;
  }
  return found;
}
