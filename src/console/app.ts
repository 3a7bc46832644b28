/**
 * The operator API: JSON over HTTP on its own port, for people's tools and other systems. Every request needs a key
 * (callers.ts). Errors are problem documents (RFC 9457) that say what to do.
 */
import { type IncomingMessage } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { asProblem, Problem } from '../base/problem';
import { type Log } from '../base/log';
import { type Auditor, withoutSecrets } from '../services/audit';
import { type RouteDeps } from './deps';
import { mount } from './frame';
import { openApi } from './openapi';
import { mountPage } from './page/page';
import { type Caller, type Route } from './route';

export interface OperatorAppDeps {
  /** @throws Problem NO_KEY */
  readonly callerOf: (req: IncomingMessage) => Promise<Caller>;
  readonly audit: Auditor;
  readonly log: Log;
  readonly deps: RouteDeps;
  readonly routes: readonly Route[];
  /** What must be so for this server to be of use, by name. */
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>;
  /** Longest body of a request that is read. */
  readonly maxBodyBytes: number;
  readonly checkAnswers?: boolean;
}

export function operatorApp({
  callerOf,
  audit,
  log,
  deps,
  routes,
  ready,
  maxBodyBytes,
  checkAnswers = false,
}: OperatorAppDeps): Express {
  // Made when it is first asked for: a command that opens the API for one call need not wait for it.
  let described: string | undefined;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // For whoever watches processes: no key, and nothing told but yes or no.
  app.get('/healthz', (_req, res) => void res.json({ ok: true }));
  app.get('/readyz', async (_req, res) => {
    const checks = await ready();
    const ok = Object.values(checks).every(Boolean);
    res.status(ok ? 200 : 503).json({ ok, checks });
  });
  mountPage(app);
  app.use(keyRequired(callerOf, audit));
  app.use(express.json({ limit: maxBodyBytes, strict: true }));
  app.get('/metrics', (_req, res, next) => {
    deps.metrics.text().then(text => res.type('text/plain; version=0.0.4').send(text), next);
  });
  app.get(
    '/openapi.json',
    (_req, res) => void res.type('application/json').send((described ??= JSON.stringify(openApi(routes)))),
  );
  mount(app, routes, { deps, audit, checkAnswers });
  app.use((req, _res, next) =>
    next(new Problem('NO_SUCH', { at: `${req.method} ${req.path}`, note: 'the operator API has no such path' })),
  );
  app.use(problemDocument(log));
  return app;
}

/** Before anything is read of a body: strangers cost us a hash. */
function keyRequired(callerOf: OperatorAppDeps['callerOf'], audit: Auditor): RequestHandler {
  return async (req, res, next) => {
    try {
      res.locals['caller'] = await callerOf(req);
    } catch (thrown) {
      const from = req.socket.remoteAddress ?? '';
      audit.denied({ who: 'unknown', from, what: 'operator.refused', subject: '', detail: {} });
      throw thrown;
    }
    next();
  };
}

function problemDocument(log: Log): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    if (res.headersSent) {
      next(thrown);
      return;
    }
    const problem = problemOf(thrown);
    const status = statusOf(problem);
    const bug = problem.code === 'BUG';
    const told = {
      method: req.method,
      path: req.path,
      problem: problem.code,
      why: problem.message,
      ...(bug && { stack: problem.cause instanceof Error ? problem.cause.stack : undefined }),
    };
    // A key in the wrong place, such as a path, is a key all the same.
    log[bug ? 'error' : 'info']('operator request refused', withoutSecrets(told) as typeof told);
    if (status === 401) res.set('WWW-Authenticate', 'Bearer realm="Headroom operator API"');
    const { at, note, want, got } = bug ? {} : problem.detail;
    res
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:headroom:${problem.code}`,
          title: problem.entry.meaning,
          status,
          detail: bug ? problem.entry.meaning : problem.message,
          remedy: problem.entry.remedy,
          ...{ at, note, want, got },
        }),
      );
  };
}

/** What express and its body parser throw, in our words. */
function problemOf(thrown: unknown): Problem {
  const { type = '', status = 500, message } = thrown as { type?: string; status?: number; message?: string };
  if (thrown instanceof Problem || status < 400 || status > 499) return asProblem(thrown);
  const at = type === '' ? 'request line' : 'request body';
  const code = status === 413 ? 'TOO_LARGE' : status === 415 ? 'WRONG_TYPE' : 'BAD_REQUEST';
  return new Problem(code, { at, ...(message !== undefined && { note: message }) });
}

/** Problems that no peer can be blamed for: what the server is set up with does not allow what was asked. */
function statusOf({ entry }: Problem): number {
  if (entry.status !== 0) return entry.status;
  return entry.level === 'fatal' ? 409 : 500;
}
