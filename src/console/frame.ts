/** From a declared route to Express: who may, what was sent, what is answered. */
import { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { Problem } from '../base/problem';
import { once } from '../functions/operator/idempotency';
import { type Auditor } from '../services/audit';
import { type RouteDeps } from './deps';
import { parse } from './input';
import { pathId } from './shapes';
import { mayAct, parametersOf, type Asked, type Caller, type Route } from './route';
import { recorded, rowOf } from './trail';

export interface FrameOptions {
  readonly deps: RouteDeps;
  readonly audit: Auditor;
  /** Whether answers are held against their shape: in tests, where a wrong one is a BUG. */
  readonly checkAnswers?: boolean;
}

const nothing = z.strictObject({});
const text = z.string().min(1).max(200);
/** Parameters that are names given by people, not ids made by us. */
const named = new Set(['site', 'name', 'group']);

export function mount(app: Express, routes: readonly Route[], options: FrameOptions): void {
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app[route.method](path, handlerOf(route, options));
  }
}

/** The shape of a route's path parameters. */
export function paramsShape({ path, params }: Pick<Route, 'path' | 'params'>): z.ZodType {
  return (
    params ??
    z.strictObject(Object.fromEntries(parametersOf(path).map(name => [name, named.has(name) ? text : pathId])))
  );
}

function handlerOf(route: Route, { deps, audit, checkAnswers = false }: FrameOptions): RequestHandler {
  const params = paramsShape(route);
  return async (req, res) => {
    const caller = res.locals['caller'] as Caller;
    if (!mayAct(caller.role, route.role)) {
      audit.denied(rowOf(route, { caller, params: req.params, query: {}, body: undefined }));
      throw new Problem('NO_ROLE', { at: `${req.method} ${route.path}`, want: route.role, got: caller.role });
    }
    const asked = {
      caller,
      params: parse(params, req.params, 'path'),
      query: parse(route.query ?? nothing, req.query, 'query'),
      body: bodyOf(route, req),
    };
    const act =
      route.method === 'get'
        ? () => route.handle(deps, asked)
        : () =>
            recorded({ ...deps, audit }, rowOf(route, asked), stamping => route.handle(stamping, asked), route.acted);
    const value = await repeatable(route, req, asked, act, deps, res);
    if (checkAnswers) check(route, value);
    answer(res, route, value);
  };
}

const longestKey = 200;

/** Acts once for each Idempotency-Key of a caller. What is secret is not kept, so that cannot be asked for twice. */
async function repeatable(
  route: Route,
  req: Request,
  { caller, params, query, body }: Asked<unknown, unknown, unknown>,
  act: () => Promise<unknown>,
  deps: RouteDeps,
  res: Response,
): Promise<unknown> {
  const key = req.get('idempotency-key');
  if (key === undefined || route.method !== 'post') return act();
  if (route.secret ?? false)
    throw new Problem('BAD_VALUE', { at: 'Idempotency-Key', note: 'what this answers is told once only' });
  if (key === '' || key.length > longestKey)
    throw new Problem('BAD_VALUE', { at: 'Idempotency-Key', want: `1 to ${longestKey} characters` });
  const asked = [route.path, params, query, body];
  const { value, again } = await once(deps.store, deps.clock, { key: `${caller.name} ${key}`, asked }, act);
  if (again) res.set('Idempotent-Replayed', 'true');
  return value;
}

function bodyOf({ body, bodyOptional = false }: Route, req: Request): unknown {
  const given: unknown = req.body;
  if (body) return parse(body, given === undefined && bodyOptional ? {} : given, 'request body');
  if (given !== undefined) parse(nothing, given, 'request body');
  return undefined;
}

function answer(res: Response, route: Route, value: unknown): void {
  if (!route.answer) res.status(204).end();
  else if (route.media) res.type(route.media).send(value);
  else res.status(route.status ?? 200).json(value);
}

function check({ answer: shape, method, path }: Route, value: unknown): void {
  if (!shape) {
    if (value !== undefined) throw new Error(`${method} ${path} declares no answer but gives one`);
    return;
  }
  const parsed = shape.safeParse(JSON.parse(JSON.stringify(value)));
  if (!parsed.success) throw new Error(`${method} ${path} answers not as declared: ${parsed.error.message}`);
}
