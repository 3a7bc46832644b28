/** What is shown of a provisioned document beside what is stored of it and the links to what is below it. */
import { model } from '../model';
import { dialects } from '../model/dialect';
import { type Href } from '../model/href';
import { type Resource } from '../model/resource';
import { roots, rootOf } from './assigned';
import { type Context } from './behaviour';

const mostSteps = 255;

/** CSIP-AUS 1.3: an interval says which rate component it is of, and its price steps inline. */
export async function tariffExtras({ store, scope }: Context, resource: Resource, at: Href): Promise<object> {
  if (resource !== model.pricing.interval || dialects[scope.dialect].layers['csipaus-1.3'] === undefined) return {};
  const { docs, all } = await store.page<object>(`${at}/cti`, { start: 0, limit: mostSteps });
  return {
    RateComponentLink: { href: at.split('/').slice(0, 5).join('/') },
    ConsumptionTariffIntervalListSummary: {
      all,
      results: docs.length,
      ConsumptionTariffInterval: docs.map(doc => ({ ...doc.body, href: doc.href })),
    },
  };
}

/** A document without its links to what is gone, or was not given to this caller: a link to nothing stalls old clients. */
export async function followable(ctx: Context, body: object): Promise<object> {
  const links = Object.entries(body).flatMap(([name, value]) => {
    const target = (value as { href?: unknown } | null)?.href;
    return name.endsWith('Link') && typeof target === 'string' ? [{ name, target }] : [];
  });
  if (links.length === 0) return body;
  const dead = new Set<string>();
  for (const { name, target } of links) if (!(await leadsOn(ctx, target))) dead.add(name);
  return dead.size === 0 ? body : Object.fromEntries(Object.entries(body).filter(([name]) => !dead.has(name)));
}

async function leadsOn({ store, scope }: Context, target: Href): Promise<boolean> {
  const root = rootOf({ path: target });
  if (roots.some(each => each === root) && !(scope.assigned[root] ?? []).includes(target.split('/')[2] ?? ''))
    return false;
  return target.startsWith('/tm') || (await store.get(target)) !== undefined;
}
