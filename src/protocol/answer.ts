/**
 * One request of the device port, from path to bytes, without a socket. Order of the checks: path, ownership, method, media
 * types, then the function set. Every way out is an Answer; nothing thrown leaves this file but a defect of the process.
 */
import { Problem, asProblem } from '../base/problem';
import { read } from '../codec/read';
import { write } from '../codec/write';
import {
  apply,
  offered,
  together,
  type Behaviour,
  type Context,
  type Incoming,
  type Observed,
  type PageAsk,
} from '../functions/behaviour';
import { dialects, type DialectId } from '../model/dialect';
import { type Complex } from '../model/dsl';
import { type Method, type Resource } from '../model/resource';
import { timeKeyRange } from '../model/sort-key';
import { scopes } from './access';
import { contextOf, type ContextDeps, type Timing } from './context';
import { type Answer, type Request } from './exchange';
import { exposureOf, isKnown } from './exposure';
import { acceptsSepXml, isSepXml, sepXml } from './headers';
import { type KeptAnswers } from './kept-answers';
import { listQuery } from './query';
import { errorBody } from './render';
import { type Match } from './router';
import { isList, itemValue, listValue, type Subject } from './value';

export interface DevicePortDeps extends ContextDeps {
  readonly store: Observed;
  readonly dialect: DialectId;
  readonly reading: 'strict' | 'lenient';
  readonly kept: KeptAnswers;
  /** Throws Problem SLOW_DOWN when this identity has sent too much. */
  readonly admit: (identity: string, atMs?: number) => void;
  /** Throws the same when too many are being worked on; else what it returns is called when this one is done. */
  readonly enter: (identity: string) => () => void;
  /** Told of requests for what is not the caller's, or that it may not make. */
  readonly denied?: (request: Request, problem: Problem) => void;
}

const longestUrl = 255;
const knownMethods: readonly string[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

export function answerer(deps: DevicePortDeps): (request: Request) => Answer | Promise<Answer> {
  const exposure = exposureOf(deps.behaviours);
  const scopeOf = scopes(deps.store, deps.dialect);

  /** What was answered before and still holds: no promise, so that the caller can write it at once. */
  const again = ({ method, accept, peer, url, namesHost }: Request): Answer | undefined =>
    (method === 'GET' || method === 'HEAD') && namesHost && acceptsSepXml(accept)
      ? deps.kept.find(keyOf(peer.lfdi, url), deps.clock.now())
      : undefined;

  const fresh = async (request: Request): Promise<Answer> => {
    const [path = '', query = ''] = request.url.split('?', 2);
    const match = exposure.find(path);
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
      const ctx = contextOf(deps, exposure, store, scope, timing);
      if (!(await isKnown(ctx, exposure, match)))
        throw new Problem('NOT_FOUND', { at: path, note: 'not visible to this identity' });
      const answer = await perform(ctx, request, { ...match, behaviour: exposure.behaviourOf(match) }, query, deps);
      if (answer.status !== 200) return answer;
      return deps.kept.keep(keyOf(request.peer.lfdi, request.url), {
        answer,
        reads: together(whoReads, reads),
        ...timing,
      });
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code === 'NOT_YOURS' || (problem.code === 'NOT_FOUND' && match)) deps.denied?.(request, problem);
      return { ...errorBody(problem, dialects[dialect]), resource, problem };
    }
  };

  return request => {
    try {
      deps.admit(request.peer.lfdi, request.atMs);
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

async function perform(
  ctx: Context,
  request: Request,
  subject: Subject,
  query: string,
  deps: DevicePortDeps,
): Promise<Answer> {
  const { resource, params, behaviour } = subject;
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
      ? await listValue(ctx, subject, request.url, pageOf(resource, query, ctx.house.pageCap))
      : await itemValue(ctx, subject, request.url);
    const body = write(resource.type, value, { dialect: dialects[ctx.scope.dialect] });
    return { status: 200, headers: { 'Content-Type': sepXml }, body, resource: resource.name };
  }
  const decide = await decision(ctx, request, subject, behaviour, method, deps.reading);
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

function pageOf(resource: Resource, query: string, cap: number): PageAsk {
  const { start, limit, after } = listQuery(query, cap);
  const range = after === undefined ? undefined : timeKeyRange(resource, after);
  return { start, limit, ...(range && after !== undefined && { ...range, after }) };
}
