/**
 * The operator API: JSON over HTTP on its own port, for people's tools and other systems. Every request needs the key that
 * `headroom init` wrote. Errors are problem documents (RFC 9457) that say what to do.
 */
import { timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { asProblem, Problem } from '../base/problem';
import { type Metrics } from '../base/metrics';
import { type Log } from '../base/log';

export interface OperatorAppDeps {
  readonly key: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly routes: readonly ((app: Express) => void)[];
}

export function operatorApp({ key, log, metrics, routes }: OperatorAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(keyRequired(key));
  app.use(express.json({ limit: '16mb', strict: true }));
  app.get('/metrics', (_req, res, next) => {
    metrics.text().then(text => res.type('text/plain; version=0.0.4').send(text), next);
  });
  for (const add of routes) add(app);
  app.use((req, _res, next) =>
    next(new Problem('NOT_FOUND', { at: `${req.method} ${req.path}`, note: 'the operator API has no such path' })),
  );
  app.use(problemDocument(log));
  return app;
}

function keyRequired(key: string): RequestHandler {
  const want = Buffer.from(`Bearer ${key}`);
  return (req, _res, next) => {
    const got = Buffer.from(req.headers.authorization ?? '');
    if (got.length === want.length && timingSafeEqual(got, want)) next();
    else
      next(
        new Problem('NOT_YOURS', {
          at: 'Authorization',
          note: 'send `Authorization: Bearer KEY` with the key of operator.key',
        }),
      );
  };
}

function problemDocument(log: Log): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    if (res.headersSent) {
      next(thrown);
      return;
    }
    const parse = thrown as { type?: string; status?: number; message?: string };
    const problem = parse.type?.startsWith('entity.')
      ? new Problem(parse.status === 413 ? 'TOO_LARGE' : 'BAD_REQUEST', {
          at: 'request body',
          ...(parse.message && { note: parse.message }),
        })
      : asProblem(thrown);
    const status = problem.entry.status || 500;
    const bug = problem.code === 'BUG';
    log[bug ? 'error' : 'info']('operator request refused', {
      method: req.method,
      path: req.path,
      problem: problem.code,
      why: problem.message,
      ...(bug && { stack: problem.cause instanceof Error ? problem.cause.stack : undefined }),
    });
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
        }),
      );
  };
}
