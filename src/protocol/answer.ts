/**
 * One request of the device port, from path to bytes, without a socket. Order of the checks: path, ownership, method, media
 * types, then the function set. Every way out is an Answer; nothing thrown leaves this file but a defect of the process.
 */
import { type Clock, type Seconds } from '../base/clock';
import { type Ids } from '../base/ids';
import { type Log } from '../base/log';
import { type Metrics } from '../base/metrics';
import { Problem, asProblem } from '../base/problem';
import { read } from '../codec/read';
import { write } from '../codec/write';
import {
  apply,
  offered,
  together,
  type Behaviour,
  type Context,
  type House,
  type Incoming,
  type Observed,
} from '../functions/behaviour';
import { type EnvelopeViews } from '../functions/envelope-views';
import { type Scope } from '../functions/scope';
import { dialects, type DialectId } from '../model/dialect';
import { attributesOf, type Complex } from '../model/dsl';
import { type Method, type Resource } from '../model/resource';
import { timeKeyRange } from '../model/sort-key';

import { maySee, scopes } from './access';
import { acceptsSepXml, isSepXml, sepXml } from './headers';
import { type KeptAnswers } from './kept-answers';
import { listQuery } from './query';
import { errorBody } from './render';
import { type Answer, type Request } from './exchange';
import { router, type Match } from './router';

export interface DevicePortDeps {
  readonly store: Observed;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly house: House;
  readonly envelopes: EnvelopeViews;
  readonly behaviours: readonly Behaviour[];
  readonly dialect: DialectId;
  readonly reading: 'strict' | 'lenient';
  readonly kept: KeptAnswers;
  /** Throws Problem SLOW_DOWN when this identity has sent too much. */
  readonly admit: (identity: string) => void;
  /** Throws the same when too many are being worked on; else what it returns is called when this one is done. */
  readonly enter: (identity: string) => () => void;
}

const longestUrl = 255;
const knownMethods: readonly string[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

export function answerer(deps: DevicePortDeps): (request: Request) => Answer | Promise<Answer> {
  const byName = new Map(deps.behaviours.map(behaviour => [behaviour.resource.name, behaviour]));
  const find = router(deps.behaviours.map(behaviour => behaviour.resource));
  const scopeOf = scopes(deps.store, deps.dialect);

  /** What was answered before and still holds: no promise, so that the caller can write it at once. */
  const again = ({ method, accept, peer, url, namesHost }: Request): Answer | undefined =>
    (method === 'GET' || method === 'HEAD') && namesHost && acceptsSepXml(accept)
      ? deps.kept.find(keyOf(peer.lfdi, url), deps.clock.now())
      : undefined;

  const fresh = async (request: Request): Promise<Answer> => {
    const [path = '', query = ''] = request.url.split('?', 2);
    const match = find(path);
    const resource = match?.resource.name ?? 'none';
    let dialect: DialectId = deps.dialect;
    try {
      if (request.url.length > longestUrl)
        throw new Problem('URI_TOO_LONG', {
          at: 'request line',
          want: `at most ${longestUrl} bytes`,
          got: request.url.length,
        });
      if (!request.namesHost) throw new Problem('BAD_REQUEST', { at: 'Host', note: 'HTTP/1.1 wants a Host header' });
      if (!knownMethods.includes(request.method)) throw new Problem('NO_METHOD', { got: request.method });
      if (!match) throw new Problem('NOT_FOUND', { at: path });
      const { scope, reads: whoReads } = await scopeOf(request.peer);
      const { store, reads } = deps.store.reading();
      dialect = scope.dialect;
      const timing: Timing = { at: deps.clock.now(), until: Infinity };
      const ctx = contextOf(deps, store, scope, timing);
      if (!(await maySee(ctx, match.resource, match.params)))
        throw new Problem('NOT_FOUND', { at: path, note: 'not visible to this identity' });
      const behaviour = byName.get(match.resource.name) ?? { resource: match.resource };
      const answer = await perform(ctx, request, match, behaviour, query, deps);
      if (answer.status === 200)
        deps.kept.keep(keyOf(request.peer.lfdi, request.url), { answer, reads: together(whoReads, reads), ...timing });
      return answer;
    } catch (thrown) {
      const problem = asProblem(thrown);
      return { ...errorBody(problem, dialects[dialect]), resource, problem };
    }
  };

  return request => {
    try {
      deps.admit(request.peer.lfdi);
      const known = again(request);
      if (known) return known;
      const leave = deps.enter(request.peer.lfdi);
      return fresh(request).finally(leave);
    } catch (thrown) {
      const problem = asProblem(thrown);
      return { ...errorBody(problem, dialects[deps.dialect]), resource: 'none', problem };
    }
  };
}

const keyOf = (lfdi: string, url: string): string => `${lfdi} ${url}`;

/** When a request looked at the clock, and how long what it made of it holds. */
interface Timing {
  readonly at: Seconds;
  until: Seconds;
}

function contextOf(deps: DevicePortDeps, store: Context['store'], scope: Scope, timing: Timing): Context {
  const { clock, ids, log, metrics, house, envelopes } = deps;
  return {
    store,
    clock,
    ids,
    log,
    metrics,
    house,
    envelopes,
    scope,
    get now() {
      timing.until = Math.min(timing.until, timing.at + 1);
      return timing.at;
    },
    nowUntil: next => {
      timing.until = Math.min(timing.until, next(timing.at) ?? Infinity);
      return timing.at;
    },
  };
}

async function perform(
  ctx: Context,
  request: Request,
  match: Match,
  behaviour: Behaviour,
  query: string,
  deps: DevicePortDeps,
): Promise<Answer> {
  const { resource, params } = match;
  const method = (request.method === 'HEAD' ? 'GET' : request.method) as Method;
  const allow = offered(resource, behaviour);
  if (!allow.includes(method))
    throw new Problem('NOT_ALLOWED', {
      at: resource.name,
      got: method,
      allow: allow.flatMap(m => (m === 'GET' ? ['GET', 'HEAD'] : [m])),
    });
  if (!acceptsSepXml(request.accept)) throw new Problem('NOT_ACCEPTABLE', { at: 'Accept', got: request.accept });
  if (method === 'GET') {
    const value = isList(resource)
      ? await listValue(ctx, match, behaviour, request.url, query)
      : await itemValue(ctx, match, behaviour, request.url);
    const body = write(resource.type, value, { dialect: dialects[ctx.scope.dialect] });
    return { status: 200, headers: { 'Content-Type': sepXml }, body, resource: resource.name };
  }
  const decide = await decision(ctx, request, match, behaviour, method, deps.reading);
  const { change } = await apply(deps.store.store, decide);
  const location: Record<string, string> = change.location === undefined ? {} : { Location: change.location };
  return { status: change.status, headers: location, body: '', resource: resource.name };

  async function decision(c: Context, r: Request, m: Match, b: Behaviour, verb: Method, mode: 'strict' | 'lenient') {
    if (verb === 'DELETE') {
      const { remove } = b;
      if (!remove) throw new Error(`${m.resource.name} offers DELETE but has none`);
      return () => remove(c, params);
    }
    const handler = verb === 'PUT' ? b.put : b.post;
    if (!handler) throw new Error(`${m.resource.name} offers ${verb} but has none`);
    if (!isSepXml(r.contentType)) throw new Problem('WRONG_TYPE', { at: 'Content-Type', got: r.contentType });
    const { type, value } = read(bodyTypes(m.resource, verb), await r.body(), { mode });
    const incoming: Incoming = { type, value };
    return () => handler(c, params, incoming);
  }
}

/** What a body may be: for PUT the resource itself, for POST to a list its item or what the resource names. */
function bodyTypes(resource: Resource, method: Method): readonly Complex[] {
  if (method === 'PUT') return [resource.type];
  if (resource.accepts) return resource.accepts;
  return [resource.type.item ?? resource.type];
}

const isList = (resource: Resource): boolean => resource.type.item !== undefined;

async function itemValue(
  ctx: Context,
  { resource, params }: Match,
  behaviour: Behaviour,
  url: string,
): Promise<object> {
  const path = url.split('?', 1)[0] ?? url;
  const found = behaviour.item ? await behaviour.item(ctx, params) : await storedItem(ctx, behaviour, path);
  if (!found) throw new Problem('NOT_FOUND', { at: path });
  return { ...found, href: url, ...attributes(ctx, resource) };
}

async function storedItem(ctx: Context, behaviour: Behaviour, path: string): Promise<object | undefined> {
  const doc = await ctx.store.get<object>(path);
  return doc && (behaviour.view ? behaviour.view(ctx, doc.body, path) : doc.body);
}

async function listValue(
  ctx: Context,
  match: Match,
  behaviour: Behaviour,
  url: string,
  query: string,
): Promise<object> {
  const { resource, params } = match;
  const { start, limit, after } = listQuery(query, ctx.house.pageCap);
  const page = { start, limit, ...(after !== undefined && timeKeyRange(resource, after)) };
  const { all, items, more } = behaviour.list
    ? await behaviour.list(ctx, params, page)
    : await storedList(ctx, behaviour, url.split('?', 1)[0] ?? url, page);
  const item = resource.type.item?.name ?? '';
  return { href: url, ...attributes(ctx, resource), all, results: items.length, ...more, [item]: items };
}

async function storedList(
  ctx: Context,
  behaviour: Behaviour,
  path: string,
  page: { start: number; limit: number; from?: string; to?: string },
) {
  const { docs, all } = await ctx.store.page<object>(path, page);
  const items = await Promise.all(
    docs.map(async doc => (behaviour.view ? behaviour.view(ctx, doc.body, doc.href) : { ...doc.body, href: doc.href })),
  );
  return { all, items, more: undefined };
}

/** pollRate and subscribable, where the type has them. */
function attributes(ctx: Context, resource: Resource): object {
  const { poll, subscribable } = attributeNames(resource);
  return {
    ...(poll && { pollRate: ctx.house.pollRate(resource) }),
    ...(subscribable && resource.subscribe && { subscribable: 0 }),
  };
}

const named = new WeakMap<Resource, { poll: boolean; subscribable: boolean }>();
function attributeNames(resource: Resource): { poll: boolean; subscribable: boolean } {
  let found = named.get(resource);
  if (!found) {
    const names = attributesOf(resource.type).map(([name]) => name);
    named.set(resource, (found = { poll: names.includes('pollRate'), subscribable: names.includes('subscribable') }));
  }
  return found;
}
