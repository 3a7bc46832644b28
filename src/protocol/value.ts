/** The value a GET shows, before it is written: of an item, or of a page of a list. Notifications carry the same. */
import { Problem } from '../base/problem';
import { type Behaviour, type Context, type PageAsk } from '../functions/behaviour';
import { subscribableAs } from '../functions/subscribable';
import { allResources } from '../model';
import { attributesOf } from '../model/dsl';
import { href } from '../model/href';
import { type Resource } from '../model/resource';
import { type Match } from './router';

/** What is shown of a resource, and by whom. */
export interface Subject extends Match {
  readonly behaviour: Behaviour;
}

export const isList = (resource: Resource): boolean => resource.type.item !== undefined;

/**
 * An item as it is shown at `url`.
 * @throws Problem NOT_FOUND where there is none
 */
export async function itemValue(ctx: Context, { resource, params, behaviour }: Subject, url: string): Promise<object> {
  const path = href(resource, params);
  const found = behaviour.item ? await behaviour.item(ctx, params) : await storedItem(ctx, behaviour, path);
  if (!found) throw new Problem('NOT_FOUND', { at: path });
  return { ...found, href: url, ...attributes(ctx, resource) };
}

async function storedItem(ctx: Context, behaviour: Behaviour, path: string): Promise<object | undefined> {
  const doc = await ctx.store.get<object>(path);
  return doc && (behaviour.view ? behaviour.view(ctx, doc.body, path) : doc.body);
}

/** A page of a list as it is shown at `url`. */
export async function listValue(ctx: Context, subject: Subject, url: string, page: PageAsk): Promise<object> {
  const { resource, params, behaviour } = subject;
  const { all, items, more } = behaviour.list
    ? await behaviour.list(ctx, params, page)
    : await storedList(ctx, behaviour, href(resource, params), page);
  const item = resource.type.item?.name ?? '';
  const as = entrySubscribable(resource);
  const entries = as === undefined ? items : items.map(entry => ({ ...entry, subscribable: as }));
  return { href: url, ...attributes(ctx, resource), all, results: items.length, ...more, [item]: entries };
}

const ofEntries = new WeakMap<Resource, { readonly as: number | undefined }>();

/** An entry of a list says the same of itself there as it does alone. */
function entrySubscribable(list: Resource): number | undefined {
  let found = ofEntries.get(list);
  if (!found) {
    const alone = allResources.find(({ type, subscribe }) => type === list.type.item && subscribe);
    const as = alone && attributeNames(alone).subscribable ? subscribableAs(alone) : undefined;
    ofEntries.set(list, (found = { as }));
  }
  return found.as;
}

async function storedList(ctx: Context, behaviour: Behaviour, path: string, page: PageAsk) {
  const { docs, all } = await ctx.store.page<object>(path, page);
  const items = await Promise.all(
    docs.map(async doc => (behaviour.view ? behaviour.view(ctx, doc.body, doc.href) : { ...doc.body, href: doc.href })),
  );
  return { all, items, more: undefined };
}

/** pollRate and subscribable, where the type has them. */
function attributes(ctx: Context, resource: Resource): object {
  const { poll, subscribable } = attributeNames(resource);
  return {
    ...(poll && { pollRate: ctx.house.pollRate(resource) }),
    ...(subscribable && resource.subscribe && { subscribable: subscribableAs(resource) }),
  };
}

const named = new WeakMap<Resource, { poll: boolean; subscribable: boolean }>();
function attributeNames(resource: Resource): { poll: boolean; subscribable: boolean } {
  let found = named.get(resource);
  if (!found) {
    const names = attributesOf(resource.type).map(([name]) => name);
    named.set(resource, (found = { poll: names.includes('pollRate'), subscribable: names.includes('subscribable') }));
  }
  return found;
}
