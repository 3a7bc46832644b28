/** Answers to flow reservation requests: what is written when a policy or an operator grants, and when a request is withdrawn. */
import { type Seconds } from '../base/clock';
import { mridOf, type Ids, type Pen } from '../base/ids';
import { activePower, watts } from '../base/units';
import { model } from '../model';
import { type FlowReservationRequest } from '../model/flow-reservation';
import { href } from '../model/href';
import { eventStatus, statusAt } from '../services/timeline';
import { type FlowAsk, type FlowGrant } from '../services/flow-policies/api';
import { type NewDoc, type Store } from '../store/api';
import { type StoredEvent } from './event-kinds';
import {
  cancelledEvent,
  eventLedgerDoc,
  eventLedgerHref,
  pastEvents,
  readEvents,
  replaces,
  type EventLedger,
  type ListedEvent,
} from './event-list';
import { eventKindOf } from './event-kinds';
import { orderedMrid, spent } from './issued-controls';
import { docOf } from './provision';

const { request, response, responses } = model.flowReservation;
/** Index key, of index `owner`, of requests that wait for an operator's answer. */
export const waitingKey = '~flow-waiting';

/** What a request asks for from now on; durationS at most the window. */
export function askOf(body: FlowReservationRequest, now: Seconds): FlowAsk {
  const { intervalRequested, energyRequested, powerRequested, durationRequested } = body;
  const from = Math.max(now, intervalRequested.start);
  const to = intervalRequested.start + intervalRequested.duration;
  const signed = watts(energyRequested) || watts(powerRequested);
  const longest = Math.max(1, to - from);
  return {
    direction: signed < 0 ? 'export' : 'import',
    powerW: Math.abs(watts(powerRequested)),
    energyWh: Math.abs(watts(energyRequested)),
    durationS: Math.max(1, Math.min(longest, durationRequested ?? longest)),
    from,
    to,
  };
}

export const requestDoc = (edev: string, frq: string, body: object, now: Seconds, waits: boolean): NewDoc =>
  docOf(request, { edev, frq }, body, now, waits ? [{ index: 'owner', key: waitingKey }] : []);

interface Deps {
  readonly store: Store;
  readonly pen: Pen;
  readonly ids: Ids;
}

export const answersOf = (store: Store, edev: string): Promise<ListedEvent[]> =>
  readEvents(store, href(responses, { edev }), response);

/** Answers of one device as they are about to be: gathered, then written with their ledger in one plan. */
export class Answers {
  private readonly put = new Map<string, NewDoc>();
  private made = 0;

  private constructor(
    private readonly deps: Deps,
    private readonly edev: string,
    private readonly now: Seconds,
    private readonly ledger: { readonly version: number; readonly issued: number },
    readonly known: readonly ListedEvent[],
    private readonly replies: boolean,
  ) {}

  static async begin(deps: Deps, edev: string, now: Seconds): Promise<Answers> {
    const { store } = deps;
    const old = await store.get<EventLedger>(eventLedgerHref(href(responses, { edev })));
    const set = await store.get(href(model.response.set, { rsps: edev }));
    const ledger = { version: old?.version ?? 0, issued: old?.body.issued ?? 0 };
    return new Answers(deps, edev, now, ledger, await answersOf(store, edev), set !== undefined);
  }

  /** An answer that takes the place of those there were to the same request. */
  grant(asked: FlowReservationRequest, ask: FlowAsk, { start, durationS, powerW, energyWh }: FlowGrant): string {
    const n = this.ledger.issued + ++this.made;
    const sign = ask.direction === 'import' ? 1 : -1;
    const mRID = orderedMrid(this.now, n, mridOf(`flow/${this.deps.ids.next()}`, this.deps.pen));
    const next = {
      mRID,
      creationTime: this.now,
      EventStatus: { currentStatus: eventStatus.scheduled, dateTime: this.now, potentiallySuperseded: false },
      interval: { duration: durationS, start },
      energyAvailable: { multiplier: 0, value: withSign(Math.floor(energyWh), sign) },
      powerAvailable: activePower(withSign(powerW, sign)),
      subject: asked.mRID.toUpperCase(),
      responseRequired: this.replies ? '03' : '00',
      ...(this.replies && { replyTo: href(model.response.responses, { rsps: this.edev }) }),
    };
    for (const old of this.standing(next.subject)) if (!this.takesOver(next, old)) this.cancel(old);
    this.write(String(n), next);
    return mRID;
  }

  /** Withdraws what stands for a request. */
  withdraw(subject: string, reason?: string): number {
    const standing = this.standing(subject.toUpperCase());
    for (const old of standing) this.cancel(old, reason);
    return standing.length;
  }

  private standing(subject: string): ListedEvent[] {
    return this.known.filter(
      ({ body, facts }) =>
        body.subject === subject && statusAt(facts, this.now, 2023).currentStatus <= eventStatus.active,
    );
  }

  private takesOver(next: StoredEvent, { body, facts }: ListedEvent): boolean {
    const kind = eventKindOf(response);
    const active = statusAt(facts, this.now).currentStatus === eventStatus.active;
    return kind !== undefined && active && replaces(kind, next, body, this.now);
  }

  private cancel({ href: at, body }: ListedEvent, reason?: string): void {
    this.write(at.slice(at.lastIndexOf('/') + 1), cancelledEvent(body, this.now, { reason }));
  }

  private write(frp: string, body: StoredEvent): void {
    const keys = [{ index: 'mrid' as const, key: body.mRID ?? '', unique: true }];
    this.put.set(frp, docOf(response, { edev: this.edev, frp }, body, this.now, keys));
  }

  /** With answers that are long over laid aside, and those to forgotten requests taken away. */
  async plan(forgotten: ReadonlySet<string> = new Set()): Promise<AnswerPlan> {
    const list = href(responses, { edev: this.edev });
    const idIn = ({ href: at }: ListedEvent) => at.slice(at.lastIndexOf('/') + 1);
    const gone = this.known.filter(each => forgotten.has(each.body.subject ?? '') && !this.put.has(idIn(each)));
    const over = spent(this.known, this.now).flatMap(each => {
      if (this.put.has(idIn(each)) || gone.includes(each)) return [];
      const keys = [{ index: 'mrid' as const, key: each.body.mRID ?? '', unique: true }];
      return [docOf(response, { edev: this.edev, frp: idIn(each) }, each.body, this.now, keys)];
    });
    const aside = await layAside(this.deps.store, pastEvents(list), over);
    const ledger = eventLedgerDoc(list, { issued: this.ledger.issued + this.made }, this.now);
    return {
      expect: { [eventLedgerHref(list)]: this.ledger.version },
      put: [ledger, ...this.put.values(), ...aside.put],
      drop: [...gone.map(({ href: at }) => at), ...aside.drop],
    };
  }
}

export interface AnswerPlan {
  readonly expect: Record<string, number>;
  readonly put: NewDoc[];
  readonly drop: string[];
}

/** Requests, and answers, kept for the operator of one device once they are over. */
const mostPast = 100;

/** What is laid aside in a list of what is over, and what goes so that the list stays within its bounds: the oldest. */
export async function layAside(
  store: Store,
  list: string,
  docs: readonly NewDoc[],
): Promise<{ put: NewDoc[]; drop: string[] }> {
  if (docs.length === 0) return { put: [], drop: [] };
  const most = docs.slice(-mostPast);
  const over = (await store.count(list)) + most.length - mostPast;
  const first = over > 0 ? (await store.page(list, { start: 0, limit: over })).docs : [];
  return {
    put: most.map(doc => ({ ...doc, list })),
    drop: [...docs.slice(0, docs.length - most.length), ...first].map(doc => doc.href),
  };
}

const withSign = (value: number, sign: 1 | -1): number => (value === 0 ? 0 : sign * value);
