/** What an operator does with events once they are issued: cancel, or put another in their place. They are immutable but for that. */
import { Problem } from '../../../base/problem';
import { type NewDoc, type Store } from '../../../store/api';
import { eventStatus, statusAt } from '../../../services/timeline';
import { apply } from '../../behaviour';
import { type StoredEvent } from '../../event-kinds';
import {
  cancelledEvent,
  eventLedgerHref,
  pastEvents,
  readEvents,
  replaces,
  type Cancelling,
  type EventLedger,
} from '../../event-list';
import { spent } from '../../issued-controls';
import { docOf } from '../../provision';
import { alone } from './alone';
import { documentAt, Making, type DocumentDeps, type DocumentSpec, type MadeDocument } from './making';
import { hrefOf, listOf, type DocumentNode } from './nodes';

/** Cancels an event: it stays readable with status 2 or 3 (protocol facts 4.4). Doing it again changes nothing. */
export async function cancelEvent(
  deps: DocumentDeps,
  node: DocumentNode,
  ids: readonly string[],
  how: Cancelling = {},
): Promise<void> {
  await alone(deps.store, () =>
    apply(deps.store, async () => {
      const doc = await documentAt<StoredEvent>(deps.store, node, ids);
      if (isCancelled(doc.body)) return { status: 204, plan: {} };
      await standing(deps, node, ids);
      const making = await Making.begin(deps);
      making.put(node, ids, cancelledEvent(doc.body, making.now, how), doc.version);
      making.touched(listOf(node, ids.slice(0, -1)));
      return { status: 204, plan: await making.plan() };
    }),
  );
}

/**
 * Puts another event in the place of one that stands, in one commit. Where the new one takes over at once it supersedes the
 * old one, and devices pass from one to the other; else the old one is cancelled.
 */
export async function replaceEvent(
  deps: DocumentDeps,
  node: DocumentNode,
  ids: readonly string[],
  spec: DocumentSpec,
): Promise<MadeDocument> {
  return alone(deps.store, async () => {
    let made: MadeDocument | undefined;
    await apply(deps.store, async () => {
      const doc = await documentAt<StoredEvent>(deps.store, node, ids);
      if (isCancelled(doc.body)) throw new Problem('CONFLICT', { at: doc.href, note: 'it was cancelled' });
      const active = await standing(deps, node, ids);
      const making = await Making.begin(deps);
      made = await making.make(node, ids.slice(0, -1), spec);
      const next = spec.value as unknown as StoredEvent;
      if (!(active && node.event && replaces(node.event, next, doc.body, making.now)))
        making.put(node, ids, cancelledEvent(doc.body, making.now), doc.version);
      return { status: 201, plan: await making.plan() };
    });
    if (!made) throw new Problem('BUG', { at: 'replaceEvent' });
    return made;
  });
}

const isCancelled = ({ EventStatus: status }: StoredEvent): boolean =>
  status?.currentStatus === eventStatus.cancelled || status?.currentStatus === eventStatus.cancelledRandomized;

/** Whether it is active. @throws Problem CONFLICT where it is over */
async function standing({ store, clock }: DocumentDeps, node: DocumentNode, ids: readonly string[]): Promise<boolean> {
  const at = hrefOf(node, ids);
  const now = clock.now();
  const found = (await readEvents(store, listOf(node, ids.slice(0, -1)), node.resource)).find(e => e.href === at);
  const { currentStatus, dateTime } = found ? statusAt(found.facts, now, 2023) : { currentStatus: 5, dateTime: now };
  if (currentStatus > eventStatus.active)
    throw new Problem('CONFLICT', { at, note: `it is over since ${dateTime}, with status ${currentStatus}` });
  return currentStatus === eventStatus.active;
}

/** Every so many issues, what is long over is laid aside, so that lists stay as long as what stands in them. */
const sweepEvery = 64;
const mostSwept = 500;

export async function sweep(
  store: Store,
  node: DocumentNode,
  list: string,
  more: number,
  now: number,
): Promise<NewDoc[]> {
  const issued = (await store.get<EventLedger>(eventLedgerHref(list)))?.body.issued ?? 0;
  if (Math.floor(issued / sweepEvery) === Math.floor((issued + more) / sweepEvery)) return [];
  return spent(await readEvents(store, list, node.resource), now)
    .slice(0, mostSwept)
    .map(({ href, body, facts: { supersededAt } }) => asideDoc(node, { href, body, supersededAt }, list, now));
}

function asideDoc(
  node: DocumentNode,
  { href, body, supersededAt }: { href: string; body: StoredEvent; supersededAt: number | undefined },
  list: string,
  now: number,
): NewDoc {
  const ids = href.split('/').filter((_, i) => node.resource.path.split('/')[i]?.startsWith(':'));
  const params = Object.fromEntries(node.params.map(({ theirs }, i) => [theirs, ids[i] ?? '']));
  const over: StoredEvent =
    supersededAt === undefined || isCancelled(body)
      ? body
      : { ...body, EventStatus: { currentStatus: 4, dateTime: supersededAt, potentiallySuperseded: false } };
  const keys = body.mRID === undefined ? [] : [{ index: 'mrid' as const, key: body.mRID, unique: true }];
  return { ...docOf(node.resource, params, over, now, keys), list: pastEvents(list) };
}
