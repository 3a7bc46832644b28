/** What an operator does to documents: make, replace, remove, assign. Events are in events.ts. Each is one commit. */
import { Problem } from '../../../base/problem';
import { model } from '../../../model';
import { href } from '../../../model/href';
import { type Plan, type Store } from '../../../store/api';
import { eventStatus, isListed, statusAt } from '../../../services/timeline';
import { apply } from '../../behaviour';
import { eventLedgerHref, readEvents, type ListedEvent } from '../../event-list';
import { wholeListOf } from '../../issued-controls';
import { reassign } from '../assignment-draft';
import { type Places } from '../programs';
import { alone } from './alone';
import { sweep } from './events';
import { documentAt, Making, type DocumentDeps, type DocumentSpec, type MadeDocument } from './making';
import { hrefOf, isProgram, listOf, type DocumentNode } from './nodes';
import { place, placesOfDocument } from './places';

const nowhere: Places = { sites: [], groups: [] };

/** Makes a program with all below it and gives it to sites and groups. */
export async function makeProgram(
  deps: DocumentDeps,
  node: DocumentNode,
  spec: DocumentSpec,
  places: Places = nowhere,
): Promise<MadeDocument> {
  return alone(deps.store, async () => {
    let made: MadeDocument | undefined;
    await reassign(deps, async draft => {
      const making = await Making.begin(deps);
      made = await making.make(node, [], spec);
      await place(draft, [node.root, made.id], nowhere, places);
      return making.plan();
    });
    if (!made) throw new Problem('BUG', { at: 'makeProgram' });
    return made;
  });
}

/** Makes entries of a list, all or none. Of events of one second a later one has the higher mRID, and so wins. */
export async function makeDocuments(
  deps: DocumentDeps,
  node: DocumentNode,
  above: readonly string[],
  specs: readonly DocumentSpec[],
): Promise<MadeDocument[]> {
  return alone(deps.store, async () => {
    const made: MadeDocument[] = [];
    await apply(deps.store, async () => {
      await checkParents(deps.store, node, above);
      made.length = 0;
      const making = await Making.begin(deps);
      for (const spec of specs) made.push(await making.make(node, above, spec));
      const plan = await making.plan();
      const aside = node.event ? await sweep(deps.store, node, listOf(node, above), specs.length, making.now) : [];
      return { status: 201, plan: { ...plan, put: [...plan.put, ...aside] } };
    });
    return made;
  });
}

/** Replaces a document, or makes one that stands by itself. Its identity stays, its version grows; what is below it stays. */
export async function replaceDocument(
  deps: DocumentDeps,
  node: DocumentNode,
  ids: readonly string[],
  value: DocumentSpec['value'],
): Promise<void> {
  await alone(deps.store, () =>
    apply(deps.store, async () => {
      await checkParents(deps.store, node, node.list ? ids.slice(0, -1) : ids);
      const old = node.list
        ? await documentAt<{ mRID?: string; version?: number }>(deps.store, node, ids)
        : await deps.store.get<{ mRID?: string; version?: number }>(hrefOf(node, ids));
      const making = await Making.begin(deps);
      const { mRID, version } = old?.body ?? {};
      const body = {
        ...(await making.bodyOf(node, hrefOf(node, ids), value, 0)),
        ...(mRID !== undefined && { mRID, version: (version ?? 0) + 1 }),
      };
      making.put(node, ids, body, old?.version ?? 0);
      return { status: 204, plan: await making.plan() };
    }),
  );
}

/** Takes a document away with all below it; a program also from everybody it was given to. Responses are kept, as evidence. */
export async function removeDocument(deps: DocumentDeps, node: DocumentNode, ids: readonly string[]): Promise<void> {
  const { store, clock } = deps;
  await alone(store, async () => {
    const doc = await documentAt(store, node, ids);
    if (node.demanded)
      throw new Problem('CONFLICT', { at: doc.href, note: 'the schema demands it; it goes with what it stands below' });
    await checkOver(store, node, ids, clock.now());
    const take = async (): Promise<Plan> => {
      const making = await Making.begin(deps);
      if (node.event) making.touched(listOf(node, ids.slice(0, -1)));
      const plan = await making.plan();
      return {
        ...plan,
        expect: { ...plan.expect, [doc.href]: doc.version },
        dropTree: [doc.href, eventLedgerHref(doc.href)],
      };
    };
    if (!isProgram(node)) {
      await apply(store, async () => ({ status: 204, plan: await take() }));
      return;
    }
    const id = ids[0] ?? '';
    await reassign(deps, async draft => {
      await place(draft, [node.root, id], await placesOfDocument(store, node.root, id), nowhere);
      return { ...(await take()), drop: [href(model.response.set, { rsps: id })] };
    });
  });
}

/** Gives a program to these sites and groups and to no others. */
export async function placeDocument(deps: DocumentDeps, node: DocumentNode, id: string, places: Places): Promise<void> {
  await alone(deps.store, () =>
    reassign(deps, async draft => {
      await documentAt(deps.store, node, [id]);
      await place(draft, [node.root, id], await placesOfDocument(deps.store, node.root, id), places);
    }),
  );
}

export async function checkParents(store: Store, node: DocumentNode, above: readonly string[]): Promise<void> {
  const at = hrefOf(node, [...above, ...(node.list ? ['x'] : [])]);
  const parent = node.list ? at.split('/').slice(0, -2).join('/') : at.slice(0, at.lastIndexOf('/'));
  if (parent !== '' && !(await store.get(parent)))
    throw new Problem('NO_SUCH', { at: parent, note: 'there is nothing for it to stand below' });
}

/** @throws Problem CONFLICT naming an event that is scheduled or active: what disappears was not cancelled (protocol facts 4.1) */
async function checkOver(store: Store, node: DocumentNode, ids: readonly string[], now: number): Promise<void> {
  const standing: ListedEvent[] = [];
  if (node.event) standing.push(...(await standingIn(store, node, ids.slice(0, -1), now)));
  const at = hrefOf(node, ids);
  const found = standing.find(({ href: each }) => each === at) ?? (await standingBelow(store, node, ids, now));
  if (found) throw new Problem('CONFLICT', { at: found.href, note: 'it still stands; cancel it first' });
}

async function standingIn(store: Store, node: DocumentNode, above: readonly string[], now: number) {
  return (await readEvents(store, listOf(node, above), node.resource)).filter(
    ({ facts }) => isListed(facts, now) && statusAt(facts, now).currentStatus <= eventStatus.active,
  );
}

async function standingBelow(
  store: Store,
  node: DocumentNode,
  ids: readonly string[],
  now: number,
): Promise<ListedEvent | undefined> {
  for (const child of node.children) {
    if (child.event) {
      const [found] = await standingIn(store, child, ids, now);
      if (found) return found;
    } else if (hasEvents(child)) {
      for (const doc of await wholeListOf(store, listOf(child, ids))) {
        const id = doc.href.slice(doc.href.lastIndexOf('/') + 1);
        const found = await standingBelow(store, child, [...ids, id], now);
        if (found) return found;
      }
    }
  }
  return undefined;
}

const hasEvents = (node: DocumentNode): boolean => node.event !== undefined || node.children.some(hasEvents);
