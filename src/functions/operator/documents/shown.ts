/** Documents as an operator sees them: what was given, what the server says of it, and what has become of an event by now. */
import { type Store } from '../../../store/api';
import { isListed, statusAt, versionAt } from '../../../services/timeline';
import { type StoredEvent } from '../../event-kinds';
import { factsOf, pastEvents, readEvents, type ListedEvent } from '../../event-list';
import { type StoredResponse } from '../../response';
import { pageAfter, type PageOf } from '../pages';
import { type Places } from '../programs';
import { type OperatorDeps } from '../sites';
import { checkParents } from './documents';
import { documentAt } from './making';
import { givenFields, isProgram, listOf, type DocumentNode } from './nodes';
import { placesOfDocument } from './places';

export interface EventState {
  /** EventStatus: 0 scheduled, 1 active, 2 and 3 cancelled, 4 superseded, 5 completed; and since when. */
  readonly status: number;
  readonly since: number;
  readonly potentiallySuperseded: boolean;
  readonly version: number;
  readonly reason?: string;
  /** Whether clients of the 2018 edition still see it. */
  readonly listed: boolean;
}

export interface ShownDocument {
  readonly id: string;
  readonly href: string;
  /** When it was last written. */
  readonly changed: number;
  readonly mRID?: string;
  readonly version?: number;
  readonly creationTime?: number;
  readonly value: object;
  readonly state?: EventState;
  readonly places?: Places;
}

interface Stored {
  readonly href: string;
  readonly changed: number;
  readonly body: object;
}

function shown(
  node: DocumentNode,
  { href, changed, body }: Stored,
  listed: ListedEvent | undefined,
  now: number,
): ShownDocument {
  const { mRID, version, creationTime } = body as { mRID?: string; version?: number; creationTime?: number };
  const given = new Set(givenFields(node).map(([name]) => name));
  return {
    id: href.slice(href.lastIndexOf('/') + 1),
    href,
    changed,
    ...(mRID !== undefined && { mRID }),
    ...(version !== undefined && { version }),
    ...(creationTime !== undefined && { creationTime }),
    value: Object.fromEntries(Object.entries(body).filter(([name]) => given.has(name))),
    ...(node.event && { state: stateOf(body as StoredEvent, listed, now) }),
  };
}

function stateOf(body: StoredEvent, listed: ListedEvent | undefined, now: number): EventState {
  const facts = listed?.facts ?? factsOf(body);
  const { currentStatus, dateTime, potentiallySuperseded } = statusAt(facts, now, 2023);
  const { reason } = body.EventStatus ?? {};
  return {
    status: currentStatus,
    since: dateTime,
    potentiallySuperseded,
    version: versionAt(facts, now),
    ...(reason !== undefined && { reason }),
    listed: isListed(facts, now),
  };
}

async function listedAt(store: Store, node: DocumentNode, list: string): Promise<Map<string, ListedEvent>> {
  if (!node.event) return new Map();
  return new Map((await readEvents(store, list, node.resource)).map(each => [each.href, each]));
}

/** A page of a list, in list order; `past`: of events that are long over and laid aside. */
export async function documentPage(
  { store, clock }: OperatorDeps,
  node: DocumentNode,
  above: readonly string[],
  { past = false, ...page }: PageOf & { readonly past?: boolean | undefined },
): Promise<{ documents: ShownDocument[]; next?: string }> {
  await checkParents(store, node, above);
  const list = listOf(node, above);
  const { items, next } = await pageAfter<object>(store, past ? pastEvents(list) : list, page);
  const facts = past ? new Map<string, ListedEvent>() : await listedAt(store, node, list);
  const now = clock.now();
  return {
    documents: items.map(doc => shown(node, doc, facts.get(doc.href), now)),
    ...(next !== undefined && { next }),
  };
}

/** @throws Problem NO_SUCH */
export async function documentShown(
  { store, clock }: OperatorDeps,
  node: DocumentNode,
  ids: readonly string[],
): Promise<ShownDocument> {
  const doc = await documentAt<object>(store, node, ids);
  const facts = node.list
    ? await listedAt(store, node, listOf(node, ids.slice(0, -1)))
    : new Map<string, ListedEvent>();
  return {
    ...shown(node, doc, facts.get(doc.href), clock.now()),
    ...(isProgram(node) && { places: await placesOfDocument(store, node.root, ids[0] ?? '') }),
  };
}

export interface EventResponse {
  readonly site: string;
  readonly status: number | undefined;
  readonly receivedAt: number;
  /** The Response itself, in wire form. */
  readonly response: object;
}

/** What devices answered to an event, oldest first. */
export async function eventResponses(
  { store }: OperatorDeps,
  node: DocumentNode,
  ids: readonly string[],
): Promise<EventResponse[]> {
  const { body } = await documentAt<StoredEvent>(store, node, ids);
  const docs = await store.find<StoredResponse>('subject', body.mRID ?? '');
  return docs
    .map(({ body: { edev, response, receivedAt } }) => ({ site: edev, status: response.status, receivedAt, response }))
    .sort((a, b) => a.receivedAt - b.receivedAt || (a.status ?? 0) - (b.status ?? 0));
}
