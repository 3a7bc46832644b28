/** Responses to events (protocol facts 3.11, 4.3): from the device itself or its manager, kept whatever becomes of the event. */
import { mridOf } from '../base/ids';
import { Problem } from '../base/problem';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { type Response, type ResponseSet } from '../model/response';
import { sortKey } from '../model/sort-key';
import { badValue, type Behaviour, type Context } from './behaviour';
import { responseSetsOf } from './assigned';
import { assignmentsOf } from './groups';
import { mergedPage, pageOf } from './lists';
import { answersTo, subjectOf } from './response-subjects';

export interface StoredResponse {
  readonly edev: string;
  readonly response: Omit<Response, 'href'>;
  /** When we got it; createdDateTime is the client's word. */
  readonly receivedAt: number;
}

/** One list for each device: a program may be shared, its responses are shown to their senders alone. */
export const responseList = (rsps: string, edev: string): Href => `/rsps/${rsps}/rsp@${edev}`;

/** What a status a client may send is called in metrics and reports (protocol facts 4.3). */
export const responseNames: Readonly<Record<number, string>> = {
  1: 'received',
  2: 'started',
  3: 'completed',
  4: 'opt-out',
  5: 'opt-in',
  6: 'cancelled',
  7: 'superseded',
  8: 'partly completed, opted out',
  9: 'partly completed, opted in',
  10: 'no participation',
  11: 'acknowledged',
  12: 'cannot display',
  13: 'aborted, other server',
  14: 'aborted, other program',
  251: 'not supported',
  252: 'parameter not applicable',
  253: 'invalid',
  254: 'expired',
};

/** Lists of this set that the caller may see. The set of an envelope has its own device's alone. */
const listsOf = ({ scope }: Pick<Context, 'scope'>, rsps: string): Href[] =>
  (scope.edevs.includes(rsps) ? [rsps] : scope.edevs).map(edev => responseList(rsps, edev));

/**
 * Whether one of these devices has responded to a control of this program: it may go on, though it was moved away since, to say
 * that it gave the control up (status 14).
 */
export async function hasResponded(ctx: Pick<Context, 'scope' | 'store'>, rsps: string): Promise<boolean> {
  for (const list of listsOf(ctx, rsps)) if ((await ctx.store.count(list)) > 0) return true;
  return false;
}

function setView(ctx: Context, { mRID, description, version }: ResponseSet, at: Href): Promise<object> {
  const rsps = at.slice(at.lastIndexOf('/') + 1);
  const lists = listsOf(ctx, rsps);
  return Promise.all(lists.map(list => ctx.store.count(list))).then(counts => ({
    href: at,
    mRID,
    ...(description !== undefined && { description }),
    ...(version !== undefined && { version }),
    ResponseListLink: { href: href(model.response.responses, { rsps }), all: counts.reduce((a, b) => a + b, 0) },
  }));
}

const sets: Behaviour = {
  resource: model.response.sets,
  offer: ['GET'],
  list: async (ctx, _params, page) => {
    const sets = responseSetsOf(ctx.scope).map(rsps => href(model.response.set, { rsps }));
    const docs = await ctx.store.many<ResponseSet>(sets);
    const entries = docs.map(doc => ({ key: doc.sortKey, item: doc })).sort((a, b) => (a.key < b.key ? -1 : 1));
    const { items, all } = pageOf(entries, page);
    return { all, items: await Promise.all(items.map(doc => setView(ctx, doc.body, doc.href))) };
  },
};

const set: Behaviour = {
  resource: model.response.set,
  offer: ['GET'],
  view: (ctx, body, at) => setView(ctx, body as ResponseSet, at),
};

const responses: Behaviour = {
  resource: model.response.responses,
  offer: ['GET'],
  list: async (ctx, { rsps = '' }, page) => {
    const { docs, all } = await mergedPage<StoredResponse>(ctx.store, listsOf(ctx, rsps), page);
    return { all, items: docs.map(doc => ({ href: doc.href, ...doc.body.response })) };
  },
  post: async (ctx, { rsps = '' }, incoming) => {
    const response = incoming.value as Response;
    const lfdi = response.endDeviceLFDI.padStart(40, '0');
    const edev = await deviceOf(ctx, lfdi);
    const subject = response.subject.toUpperCase();
    const about = await subjectOf(ctx, subject);
    if (about?.rsps !== rsps)
      throw badValue(`/${incoming.type.name}/subject`, 'no event of this program has that mRID', subject);
    if (!(await isMeantFor(ctx, rsps, edev)))
      throw badValue(`/${incoming.type.name}/subject`, 'this event is not meant for that device', subject);
    if (!answersTo(about, incoming.type))
      throw badValue(`/${incoming.type.name}`, `an event of that kind is answered with ${about.response.name}`);
    if (response.status !== undefined && !(response.status in responseNames))
      throw badValue(`/${incoming.type.name}/status`, 'a reserved status', response.status);
    // The same thing said twice is one Response: the id comes from what is said (protocol facts 8, 34).
    const rsp = mridOf(`response/${subject}/${lfdi}/${response.status}`, ctx.house.pen).slice(0, 24);
    const at = href(model.response.response, { rsps, rsp });
    if (await ctx.store.get(at)) return { status: 201, location: at, plan: {} };
    const { href: _href, ...wire } = response;
    const stored: StoredResponse = { edev, response: { ...wire, endDeviceLFDI: lfdi, subject }, receivedAt: ctx.now };
    const doc = {
      href: at,
      list: responseList(rsps, edev),
      kind: model.response.response.name,
      changed: ctx.now,
      sortKey: sortKey(model.response.responses, stored.response, at),
      body: stored,
      keys: [
        { index: 'subject' as const, key: subject },
        { index: 'site' as const, key: `response/${edev}` },
      ],
    };
    const status = responseNames[response.status ?? -1] ?? 'none';
    return {
      status: 201,
      location: at,
      plan: { expect: { [at]: 0 }, put: [doc] },
      done: () => ctx.metrics.count('headroom_responses_total', { status }),
    };
  },
};

const response: Behaviour = {
  resource: model.response.response,
  offer: ['GET'],
  item: async (ctx, params) => {
    const doc = await ctx.store.get<StoredResponse>(href(model.response.response, params));
    return doc && ctx.scope.edevs.includes(doc.body.edev) ? { href: doc.href, ...doc.body.response } : undefined;
  },
};

/** By its LFDI; an aggregator speaks for thousands. */
async function deviceOf(ctx: Context, lfdi: string): Promise<string> {
  const [device] = (await ctx.store.find('lfdi', lfdi)).filter(doc => doc.kind === model.edev.device.name);
  const edev = device?.href.slice(device.href.lastIndexOf('/') + 1) ?? '';
  if (ctx.scope.edevs.includes(edev)) return edev;
  throw new Problem('NOT_YOURS', {
    at: '/Response/endDeviceLFDI',
    got: `${lfdi.slice(0, 8)}…`,
    note: 'neither your own LFDI nor one you manage',
  });
}

async function isMeantFor({ store }: Context, derp: string, edev: string): Promise<boolean> {
  if (derp === edev || (await store.count(responseList(derp, edev))) > 0) return true;
  return (await assignmentsOf(store, edev)).some(({ fsa: { programs, assigned = {} } }) =>
    [programs, ...Object.values(assigned)].some(ids => ids.includes(derp)),
  );
}

export const responseBehaviours = [sets, set, responses, response];
