/**
 * The behaviour of resources that are no more than stored documents. What is stored is shown to its owner, with links to what
 * is below it. Documents of a device (owner `edev`, a method of writing mandatory or offered) are written by that device; those
 * of the utility are only readable. A function set with rules of its own replaces single behaviours, see response.ts.
 */
import { mridOf } from '../base/ids';
import { Problem } from '../base/problem';
import { Event } from '../model/common';
import { isA } from '../model/dsl';
import { href, type Href, type Params } from '../model/href';
import { type Method, type Resource } from '../model/resource';
import { type NewDoc, type Plan } from '../store/api';
import { assignedDocs } from './assigned';
import { notFound, type Behaviour, type Change, type Context, type ListView, type PageAsk } from './behaviour';
import { pageOf } from './lists';
import { remember } from './past';
import { docOf } from './provision';
import { eventShown, eventsOf, type StoredEntry } from './stored-events';
import { followable, tariffExtras } from './stored-links';
import { childLinks, isActiveList, isCombinedList, isListResource, itemOf, lastSegment, wholeList } from './tree';

/** What one resource does beyond being stored. */
export interface How {
  readonly offer?: readonly Method[];
  /** What is shown before the device has written its own: a link to nothing stalls old clients. */
  readonly initial?: (ctx: Context, params: Params) => object | Promise<object>;
  /** Throws a Problem where a device may not write this. */
  readonly check?: (ctx: Context, value: never, params: Params) => void | Promise<void>;
  /** Most entries of a list a device writes. */
  readonly most?: number;
  /** Beyond `most`, the last entries in list order make room; otherwise the entry is refused. */
  readonly forgets?: boolean;
  /** Keeps what a new value replaces, and entries that made room, for the operator (past.ts). */
  readonly remembers?: boolean;
  /** What else a value that is written changes. */
  readonly also?: (ctx: Context, value: never, params: Params) => Promise<Pick<Plan, 'expect' | 'put' | 'drop'>>;
}

const mostEntries = 1000;

/** Behaviours of a function set, one for each resource of it. */
export function storedSet<S extends Readonly<Record<string, Resource>>>(
  set: S,
  how: { readonly [K in keyof S]?: How } = {},
): Behaviour[] {
  return Object.entries(set).map(([name, resource]) => stored(resource, how[name as keyof S]));
}

export function stored(resource: Resource, how: How = {}): Behaviour {
  const { offer = [] } = how;
  const writes = (method: Method) => resource.methods[method] === 'M' || offer.includes(method);
  return {
    resource,
    offer,
    ...(isListResource(resource)
      ? { list: listOf(resource) }
      : { item: (ctx, params) => itemShown(ctx, resource, params, how) }),
    ...(writes('PUT') && { put: (ctx, params, { value }) => put(ctx, resource, params, value as object, how) }),
    ...(writes('POST') && { post: (ctx, params, { value }) => post(ctx, resource, params, value as object, how) }),
    ...(writes('DELETE') && { remove: (ctx, params) => remove(ctx, resource, params) }),
  };
}

function listOf(resource: Resource): NonNullable<Behaviour['list']> {
  const item = itemOf(wholeList(resource));
  if (showsEvents(resource))
    return async (ctx, params, page) => shownPage(ctx, item, await events(ctx, resource, href(resource, params)), page);
  if (resource.owner === 'assigned' && !resource.path.includes(':'))
    return async (ctx, _params, page) =>
      shownPage(
        ctx,
        item,
        (await assignedDocs(ctx, resource)).map(doc => ({ key: doc.sortKey, item: doc })),
        page,
      );
  return async (ctx, params, page) => {
    const { docs, all } = await ctx.store.page<object>(href(resource, params), page);
    return { all, items: await Promise.all(docs.map(doc => withLinks(ctx, item, doc.body, doc.href))) };
  };
}

const showsEvents = (list: Resource): boolean => isActiveList(list) || isA(list.type.item ?? list.type, Event);

/** Entries of a list of events, wherever they are stored. */
async function events(ctx: Context, list: Resource, at: Href): Promise<StoredEntry[]> {
  const whole = wholeList(list);
  const above = at.slice(0, at.lastIndexOf('/'));
  let lists = [`${above}/${lastSegment(whole.path)}`];
  if (isCombinedList(list)) {
    const components = await ctx.store.page(`${above}/rc`, { start: 0, limit: mostEntries });
    lists = components.docs.map(({ href: component }) => `${component}/${lastSegment(whole.path)}`);
  }
  return eventsOf(ctx, lists, itemOf(whole), { activeOnly: isActiveList(list) });
}

/** A page of entries that are at hand already. */
async function shownPage(
  ctx: Context,
  item: Resource,
  entries: readonly StoredEntry[],
  page: PageAsk,
): Promise<ListView> {
  const { items, all } = pageOf(entries, page);
  return { all, items: await Promise.all(items.map(each => withLinks(ctx, item, each.body, each.href))) };
}

async function itemShown(ctx: Context, resource: Resource, params: Params, how: How): Promise<object | undefined> {
  const at = href(resource, params);
  if (isA(resource.type, Event)) {
    const shown = await eventShown(ctx, resource, at);
    return shown && withLinks(ctx, resource, shown, at);
  }
  const body = (await ctx.store.get<object>(at))?.body ?? (await how.initial?.(ctx, params));
  return body && withLinks(ctx, resource, body, at);
}

/** A stored body as it is shown: with its href, and with a link to each child that is there. */
export async function withLinks(ctx: Context, resource: Resource, body: object, at: Href): Promise<object> {
  const links = await Promise.all(
    childLinks(resource).map(async ({ field, child, segment, demanded }) => {
      const below = `${at}/${segment}`;
      if (!isListResource(child)) return demanded || (await ctx.store.get(below)) ? { [field]: { href: below } } : {};
      const all = showsEvents(child) ? (await events(ctx, child, below)).length : await ctx.store.count(below);
      return demanded || all > 0 ? { [field]: { href: below, all } } : {};
    }),
  );
  const own = resource.owner === 'assigned' ? await followable(ctx, body) : body;
  return Object.assign({}, own, ...links, await tariffExtras(ctx, resource, at), { href: at }) as object;
}

/** The device's words without what is ours to say: its place, its attributes, links to what is below it. */
function wordsOf(resource: Resource, value: object): object {
  const ours = new Set(['href', 'subscribable', 'pollRate', ...childLinks(resource).map(link => link.field)]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !ours.has(name)));
}

const nothing = { expect: {}, put: [], drop: [] };

/** A resource that stands by itself is made by its first PUT; an entry of a list must be there. */
async function put(ctx: Context, resource: Resource, params: Params, value: object, how: How): Promise<Change> {
  const at = href(resource, params);
  const old = await ctx.store.get(at);
  const entry = lastSegment(resource.path).startsWith(':');
  if (!old && entry) throw notFound(at);
  await how.check?.(ctx, value as never, params);
  const doc = docOf(resource, params, wordsOf(resource, value), ctx.now);
  const past = old && how.remembers ? await remember(ctx, at, [old]) : nothing;
  return {
    status: 204,
    plan: { expect: { [at]: old?.version ?? 0, ...past.expect }, put: [doc, ...past.put], drop: past.drop },
  };
}

async function post(ctx: Context, list: Resource, params: Params, value: object, how: How): Promise<Change> {
  await how.check?.(ctx, value as never, params);
  const item = itemOf(list);
  const parent = href(list, params);
  const { most = mostEntries, forgets = false } = how;
  const full = (await ctx.store.count(parent)) - most + 1;
  if (full > 0 && !forgets)
    throw new Problem('LIMIT', { at: list.name, want: `at most ${most} entries`, got: most + full });
  const last = full > 0 ? (await ctx.store.page(parent, { start: most - 1, limit: full })).docs : [];
  const name = lastSegment(item.path).slice(1);
  const id = mridOf(`${parent}/${ctx.ids.next()}`, ctx.house.pen).slice(0, 16);
  const doc: NewDoc = docOf(item, { ...params, [name]: id }, wordsOf(item, value), ctx.now);
  const past = how.remembers && last.length > 0 ? await remember(ctx, parent, last) : nothing;
  const also = (await how.also?.(ctx, value as never, params)) ?? {};
  return {
    status: 201,
    location: doc.href,
    plan: {
      expect: { [doc.href]: 0, ...past.expect, ...also.expect },
      drop: [...last.map(each => each.href), ...past.drop, ...(also.drop ?? [])],
      put: [doc, ...past.put, ...(also.put ?? [])],
    },
  };
}

async function remove(ctx: Context, resource: Resource, params: Params): Promise<Change> {
  const at = href(resource, params);
  const old = await ctx.store.get(at);
  if (!old) throw notFound(at);
  return { status: 204, plan: { expect: { [at]: old.version }, dropTree: [at] } };
}
