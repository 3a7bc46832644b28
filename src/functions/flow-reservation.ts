/**
 * Flow reservation (2030.5 clause 10.9): a device asks for energy within a window, a policy answers with an event. To change what
 * it asked for a device posts another request and cancels the first (annex C.21).
 */
import { mridOf } from '../base/ids';
import { Problem } from '../base/problem';
import { model } from '../model';
import { type FlowReservationRequest } from '../model/flow-reservation';
import { href, type Params } from '../model/href';
import { capacity } from '../services/flow-policies';
import { badValue, notFound, type Behaviour, type Change, type Context, type Incoming } from './behaviour';
import { Answers, askOf, layAside, requestDoc } from './flow-answers';
import { roomIn, takenBy } from './flow-room';
import { wholeListOf } from './issued-controls';
import { pastList } from './past';
import { stored } from './stored';

const { requests, request, responses, response } = model.flowReservation;

/** Requests of one device whose window is still open. */
const mostOpen = 64;
/** Requests of one device in all; beyond, those it has cancelled make room, the oldest first. */
const mostListed = 256;
/** How long a request is kept in its list after its window has closed. */
const keptS = 86_400;
const aheadS = 300;
const cancelledRequest = 1;

const endOf = ({ intervalRequested: { start, duration } }: FlowReservationRequest): number => start + duration;
/** What two requests are compared by: all but the status. */
const demandsOf = ({
  mRID,
  energyRequested,
  powerRequested,
  intervalRequested,
  durationRequested,
}: FlowReservationRequest) =>
  JSON.stringify([
    mRID.toUpperCase(),
    [energyRequested.multiplier, energyRequested.value],
    [powerRequested.multiplier, powerRequested.value],
    [intervalRequested.start, intervalRequested.duration],
    durationRequested,
  ]);

function check({ now }: Context, body: FlowReservationRequest): void {
  const at = (field: string) => `/FlowReservationRequest/${field}`;
  const { intervalRequested, energyRequested, powerRequested, creationTime, RequestStatus } = body;
  if (endOf(body) <= now) throw badValue(at('intervalRequested'), 'it is over already', intervalRequested.start);
  if (intervalRequested.duration < 1) throw badValue(at('intervalRequested/duration'), 'want 1 s or more', 0);
  if (creationTime > now + aheadS) throw badValue(at('creationTime'), 'it lies ahead', creationTime);
  if (RequestStatus.requestStatus !== 0)
    throw badValue(at('RequestStatus'), 'want 0, requested', RequestStatus.requestStatus);
  if (energyRequested.value * powerRequested.value < 0)
    throw badValue(at('powerRequested'), 'energy and power of one sign: charging is positive', powerRequested.value);
}

/** The device's words as they are kept. */
const kept = ({ href: _href, ...body }: FlowReservationRequest): FlowReservationRequest => ({
  ...body,
  mRID: body.mRID.toUpperCase(),
});

async function post(ctx: Context, params: Params, { value }: Incoming): Promise<Change> {
  const { store, now, house, ids } = ctx;
  const { edev = '' } = params;
  const body = kept(value as FlowReservationRequest);
  const list = href(requests, params);
  const docs = await wholeListOf<FlowReservationRequest>(store, list);
  const same = docs.find(doc => doc.body.mRID === body.mRID);
  if (same && demandsOf(same.body) === demandsOf(body)) return { status: 201, location: same.href, plan: {} }; // said again
  if (same) throw badValue('/FlowReservationRequest/mRID', 'it is that of another request', body.mRID);
  check(ctx, body);
  const open = docs.filter(doc => endOf(doc.body) > now && doc.body.RequestStatus.requestStatus !== cancelledRequest);
  if (open.length >= mostOpen)
    throw new Problem('LIMIT', { at: requests.name, want: `at most ${mostOpen} open requests`, got: open.length + 1 });

  const { flowPolicy = capacity } = house;
  const ask = askOf(body, now);
  const answers = await Answers.begin({ store, pen: house.pen, ids }, edev, now);
  const free = await roomIn(ctx, edev, ask, takenBy(answers.known, ask.direction));
  const grant = flowPolicy.decide(ask, free);
  if (grant !== 'wait') answers.grant(body, ask, grant);
  const frq = mridOf(`flow-request/${edev}/${body.mRID}`, house.pen).slice(0, 16);
  const made = requestDoc(edev, frq, body, now, grant === 'wait');
  const before = await store.get(made.href); // laid aside long ago, under the same mRID
  const old = docs.filter(doc => endOf(doc.body) + keptS <= now);
  const over = old.map(doc =>
    requestDoc(edev, doc.href.slice(doc.href.lastIndexOf('/') + 1), doc.body, doc.changed, false),
  );
  const aside = await layAside(store, pastList(list), over);
  const room = docs.length - old.length + 1 - mostListed;
  const closed = docs.filter(doc => !open.includes(doc) && !old.includes(doc)).sort((a, b) => a.changed - b.changed);
  const forgotten = room > 0 ? closed.slice(0, room) : [];
  const { expect, put, drop } = await answers.plan(new Set(forgotten.map(doc => doc.body.mRID)));
  return {
    status: 201,
    location: made.href,
    plan: {
      expect: { ...expect, [made.href]: before?.version ?? 0 },
      put: [made, ...put, ...aside.put],
      drop: [...drop, ...forgotten.map(doc => doc.href), ...aside.drop],
    },
    done: () => ctx.metrics.count('headroom_flow_requests_total', { answer: answerOf(grant) }),
  };
}

const answerOf = (grant: ReturnType<typeof capacity.decide>): string =>
  grant === 'wait' ? 'waits' : grant.powerW > 0 ? 'granted' : 'nothing free';

/** All a device may change of a request is to cancel it; what stands for it is cancelled with it. */
async function put(ctx: Context, params: Params, { value }: Incoming): Promise<Change> {
  const { store, now, house, ids } = ctx;
  const { edev = '', frq = '' } = params;
  const at = href(request, params);
  const old = await store.get<FlowReservationRequest>(at);
  if (!old) throw notFound(at);
  const body = kept(value as FlowReservationRequest);
  if (demandsOf(body) !== demandsOf(old.body))
    throw badValue('/FlowReservationRequest', 'what is asked for stays; post another request and cancel this one');
  const [before, after] = [old.body.RequestStatus.requestStatus, body.RequestStatus.requestStatus];
  if (after > cancelledRequest) throw badValue('/FlowReservationRequest/RequestStatus', 'want 0 or 1', after);
  if (before === after) return { status: 204, plan: {} };
  if (before === cancelledRequest)
    throw badValue('/FlowReservationRequest/RequestStatus', 'it is cancelled; post another request', after);
  const answers = await Answers.begin({ store, pen: house.pen, ids }, edev, now);
  answers.withdraw(body.mRID);
  const { expect, put: written, drop } = await answers.plan();
  return {
    status: 204,
    plan: {
      expect: { ...expect, [at]: old.version },
      put: [requestDoc(edev, frq, { ...old.body, RequestStatus: body.RequestStatus }, now, false), ...written],
      drop,
    },
  };
}

export const flowReservationBehaviours: readonly Behaviour[] = [
  { ...stored(requests), post },
  { ...stored(request), put },
  stored(responses),
  stored(response),
];
