/** Orders as they are stored: made, changed, released and cancelled; what becomes of them by time follows from the clock (services/orders). */
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import { type Order, overAt, stateOf } from '../../services/orders/order';
import { type NewDoc, type Store } from '../../store/api';
import { apply } from '../behaviour';
import { wholeListOf } from '../issued-controls';
import { pageAfter, type PageOf } from './pages';

/** Those that are not over; and those that are. */
export const ordersList = '~order';
export const pastOrders = '~past-order';
const seqHref = '~seq/order';
const hrefOf = (id: string): string => `~order/${id.toUpperCase()}`;

/** Orders that are not over at `now`, oldest first. */
export async function standingOrders(store: Store, now: Seconds): Promise<Order[]> {
  const docs = await wholeListOf<Order>(store, ordersList);
  return docs.map(({ body }) => body).filter(order => now < overAt(order));
}

/** @throws Problem NO_SUCH */
export async function orderOf(store: Store, id: string): Promise<Order> {
  const doc = await store.get<Order>(hrefOf(id));
  if (!doc)
    throw new Problem('NO_SUCH', { at: `order ${id}`, note: 'no such order; `headroom order list DIR` shows them' });
  return doc.body;
}

export async function orderPage(
  store: Store,
  which: 'standing' | 'past',
  page: PageOf,
): Promise<{ items: Order[]; next?: string }> {
  const { items, next } = await pageAfter<Order>(store, which === 'past' ? pastOrders : ordersList, page);
  return { items: items.map(({ body }) => body), ...(next !== undefined && { next }) };
}

/** Stores a new order; without a name of its own it is called `R14-n`. @throws Problem CONFLICT when there is one of that name */
export async function putNewOrder(
  store: Store,
  order: Omit<Order, 'id'> & { readonly id?: string | undefined },
): Promise<Order> {
  let made: Order | undefined;
  await apply(store, async () => {
    const seq = await store.get<{ next: number }>(seqHref);
    let next = seq?.body.next ?? 1;
    // A name that somebody gave may be the next of ours.
    if (order.id === undefined) while (await store.get(hrefOf(`R14-${next}`))) next++;
    const id = order.id ?? `R14-${next}`;
    if (order.id !== undefined && (await store.get(hrefOf(id))))
      throw new Problem('CONFLICT', { at: `order ${id}`, note: 'there is an order of that name' });
    made = { ...order, id };
    const seqDoc: NewDoc = {
      href: seqHref,
      list: '',
      kind: '~seq',
      changed: order.createdAt,
      sortKey: '',
      body: { next: order.id === undefined ? next + 1 : next },
    };
    return {
      status: 201,
      plan: {
        expect: { [seqHref]: seq?.version ?? 0, [hrefOf(id)]: 0 },
        put: [seqDoc, docOf(made, order.createdAt)],
      },
    };
  });
  if (!made) throw new Problem('BUG', { at: 'putNewOrder' });
  return made;
}

function docOf(order: Order, now: Seconds): NewDoc {
  return {
    href: hrefOf(order.id),
    list: now < overAt(order) ? ordersList : pastOrders,
    kind: ordersList,
    changed: now,
    sortKey: `${String(order.createdAt).padStart(12, '0')} ${order.id}`,
    body: order,
  };
}

/** Changes an order that is not over. @throws Problem NO_SUCH, CONFLICT */
export async function changeOrder(
  store: Store,
  id: string,
  { change, now }: { readonly now: Seconds; readonly change: (order: Order) => Order },
): Promise<Order> {
  let changed: Order | undefined;
  await apply(store, async () => {
    const doc = await store.get<Order>(hrefOf(id));
    if (!doc)
      throw new Problem('NO_SUCH', { at: `order ${id}`, note: 'no such order; `headroom order list DIR` shows them' });
    if (now >= overAt(doc.body))
      throw new Problem('CONFLICT', { at: `order ${id}`, note: `it is ${stateOf(doc.body, now)}` });
    changed = change(doc.body);
    return { status: 204, plan: { expect: { [doc.href]: doc.version }, put: [docOf(changed, now)] } };
  });
  if (!changed) throw new Problem('BUG', { at: 'changeOrder' });
  return changed;
}

/** Lays aside the orders that are over, so that the list of those that stand stays short. */
export async function layAside(store: Store, now: Seconds): Promise<Order[]> {
  const over = (await wholeListOf<Order>(store, ordersList)).filter(({ body }) => now >= overAt(body));
  for (const doc of over) {
    const committed = await store.commit({ expect: { [doc.href]: doc.version }, put: [docOf(doc.body, now)] });
    if (!committed.ok) continue; // somebody else changed it; next time
  }
  return over.map(({ body }) => body);
}
