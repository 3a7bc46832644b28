/** Flow reservations as an operator sees and answers them, whatever policy the server has. */
import { Problem } from '../../base/problem';
import { watts } from '../../base/units';
import { model } from '../../model';
import { type FlowReservationRequest, type FlowReservationResponse } from '../../model/flow-reservation';
import { href } from '../../model/href';
import { statusAt } from '../../services/timeline';
import { type Doc } from '../../store/api';
import { apply } from '../behaviour';
import { Answers, answersOf, askOf, requestDoc, waitingKey } from '../flow-answers';
import { type ListedEvent } from '../event-list';
import { wholeListOf } from '../issued-controls';
import { type ProgramDeps } from './program-at';

const { request, requests } = model.flowReservation;

export interface FlowAnswer {
  readonly mRID: string;
  readonly start: number;
  readonly durationS: number;
  /** Positive for charging. */
  readonly powerW: number;
  readonly energyWh: number;
  readonly status: number;
  readonly since: number;
}

export interface FlowRequest {
  readonly site: string;
  readonly request: string;
  readonly mRID: string;
  readonly description?: string;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly durationS?: number;
  readonly powerW: number;
  readonly energyWh: number;
  readonly cancelled: boolean;
  readonly answers: readonly FlowAnswer[];
}

const idOf = (at: string): string => at.slice(at.lastIndexOf('/') + 1);

function requestShown(
  edev: string,
  { href: at, body }: Doc<FlowReservationRequest>,
  answers: readonly ListedEvent[],
  now: number,
): FlowRequest {
  const { intervalRequested: window, description, durationRequested } = body;
  return {
    site: edev,
    request: idOf(at),
    mRID: body.mRID,
    ...(description !== undefined && { description }),
    at: body.creationTime,
    from: window.start,
    to: window.start + window.duration,
    ...(durationRequested !== undefined && { durationS: durationRequested }),
    powerW: watts(body.powerRequested),
    energyWh: watts(body.energyRequested),
    cancelled: body.RequestStatus.requestStatus === 1,
    answers: answers.filter(answer => answer.body.subject === body.mRID).map(answer => answerShown(answer, now)),
  };
}

function answerShown({ body, facts }: ListedEvent, now: number): FlowAnswer {
  const { mRID, powerAvailable, energyAvailable } = body as unknown as FlowReservationResponse;
  const { currentStatus, dateTime } = statusAt(facts, now, 2023);
  return {
    mRID,
    start: facts.start,
    durationS: facts.durationS,
    powerW: watts(powerAvailable),
    energyWh: watts(energyAvailable),
    status: currentStatus,
    since: dateTime,
  };
}

/** Requests of one device with their answers, in the order of their windows. */
export async function flowRequestsOf({ store, clock }: ProgramDeps, edev: string): Promise<FlowRequest[]> {
  const docs = await wholeListOf<FlowReservationRequest>(store, href(requests, { edev }));
  const answers = await answersOf(store, edev);
  return docs.map(doc => requestShown(edev, doc, answers, clock.now()));
}

/** Requests of all devices that nobody has answered and whose window is still open, the oldest first. */
export async function flowRequestsWaiting({ store, clock }: ProgramDeps): Promise<FlowRequest[]> {
  const now = clock.now();
  const docs = await store.find<FlowReservationRequest>('owner', waitingKey);
  return docs
    .map(doc => requestShown(doc.href.split('/')[2] ?? '', doc, [], now))
    .filter(({ to }) => to > now)
    .sort((a, b) => a.at - b.at || (a.mRID < b.mRID ? -1 : 1));
}

async function requestAt({ store }: ProgramDeps, edev: string, frq: string): Promise<Doc<FlowReservationRequest>> {
  const doc = await store.get<FlowReservationRequest>(href(request, { edev, frq }));
  if (!doc) throw new Problem('NO_SUCH', { at: `flow request ${frq}`, note: `site ${edev} has no such request` });
  return doc;
}

export interface FlowDecision {
  readonly start: number;
  readonly durationS: number;
  /** 0 or above, in the direction that was asked for; 0 refuses. */
  readonly powerW: number;
  readonly energyWh: number;
}

/** Answers a request, or answers it anew: what was granted before is superseded, or cancelled where it has not begun. */
export async function answerFlow(
  deps: ProgramDeps,
  edev: string,
  frq: string,
  decision: FlowDecision,
): Promise<{ mRID: string }> {
  let mRID = '';
  await apply(deps.store, async () => {
    const doc = await requestAt(deps, edev, frq);
    const now = deps.clock.now();
    if (doc.body.RequestStatus.requestStatus === 1)
      throw new Problem('CONFLICT', { at: `flow request ${frq}`, note: 'the device has cancelled it' });
    const ask = askOf(doc.body, now);
    const { start, durationS, powerW, energyWh } = decision;
    const { start: opens } = doc.body.intervalRequested;
    if (start < opens || start + durationS > ask.to || start + durationS <= now)
      throw new Problem('BAD_VALUE', {
        at: 'start',
        want: `an interval within ${opens} to ${ask.to} that ends after now, ${now}`,
        got: `${start} to ${start + durationS}`,
      });
    if (powerW > ask.powerW)
      throw new Problem('BAD_VALUE', { at: 'powerW', want: `at most ${ask.powerW}`, got: powerW });
    if (energyWh > ask.energyWh)
      throw new Problem('BAD_VALUE', { at: 'energyWh', want: `at most ${ask.energyWh}`, got: energyWh });
    const answers = await Answers.begin(deps, edev, now);
    mRID = answers.grant(doc.body, ask, decision);
    const { expect, put, drop } = await answers.plan();
    return {
      status: 201,
      plan: {
        expect: { ...expect, [doc.href]: doc.version },
        put: [requestDoc(edev, frq, doc.body, doc.changed, false), ...put],
        drop,
      },
    };
  });
  return { mRID };
}

/** Takes back what stands for a request. @throws Problem CONFLICT where nothing does */
export async function withdrawFlow(deps: ProgramDeps, edev: string, frq: string, reason?: string): Promise<void> {
  await apply(deps.store, async () => {
    const { body } = await requestAt(deps, edev, frq);
    const answers = await Answers.begin(deps, edev, deps.clock.now());
    if (answers.withdraw(body.mRID, reason) === 0)
      throw new Problem('CONFLICT', { at: `flow request ${frq}`, note: 'no answer to it stands' });
    return { status: 204, plan: await answers.plan() };
  });
}
