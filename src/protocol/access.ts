/**
 * From a certificate to a scope, and from a scope to what it may see. Goes by LFDI; ids in paths are never trusted. What is
 * not yours is answered as if it were not there (protocol facts 1.6, P18).
 */
import { type Context } from '../functions/behaviour';
import { assignedIds, rootOf } from '../functions/assigned';
import { type AggregatorScope, type DeviceScope, type Scope } from '../functions/scope';
import { programsOf } from '../functions/der-program';
import { siteOf, type Site } from '../functions/site';
import { parentItem } from '../functions/tree';
import { dialects, type DialectId } from '../model/dialect';
import { href, type Href, type Params } from '../model/href';
import { type Resource } from '../model/resource';

type Store = Context['store'];

export interface Peer {
  readonly lfdi: string;
  readonly sfdi: number;
}

/** Narrows a peer to what it is here: a device, an aggregator with those it manages, or a newcomer. */
export async function narrow(store: Store, peer: Peer, fallback: DialectId): Promise<Scope> {
  const [own] = (await store.find('lfdi', peer.lfdi)).filter(doc => doc.kind === 'edev.device');
  const edev = own && idOf(own.href);
  const site = edev === undefined ? undefined : await siteOf(store, edev);
  if (edev === undefined || !site) return { kind: 'newcomer', ...peer, edevs: [], dialect: fallback };
  const dialect = site.body.dialect ?? fallback;
  if (site.body.role === 'aggregator') {
    const managed = await store.find<Site>('owner', peer.lfdi);
    const scope: AggregatorScope = {
      kind: 'aggregator',
      ...peer,
      own: edev,
      edevs: [edev, ...managed.map(doc => doc.body.edev)],
      dialect,
    };
    return scope;
  }
  const scope: DeviceScope = { kind: 'device', ...peer, own: edev, edevs: [edev], dialect };
  return scope;
}

const idOf = (href: Href): string => href.slice(href.lastIndexOf('/') + 1);

/**
 * Whether this caller may know that the resource exists: it is the caller's to see, its dialect has such a thing, and what it
 * hangs below is there.
 */
export async function maySee(ctx: Asking, resource: Resource, params: Params): Promise<boolean> {
  const { layer } = resource.type;
  if (layer !== undefined && dialects[ctx.scope.dialect].layers[layer] === undefined) return false;
  if (!(await isYours(ctx, resource, params))) return false;
  const above = parentItem(resource);
  return above === undefined || (await ctx.store.get(href(above, params))) !== undefined;
}

type Asking = Pick<Context, 'store' | 'scope'>;

async function isYours(ctx: Asking, resource: Resource, params: Params): Promise<boolean> {
  const { scope, store } = ctx;
  switch (resource.owner) {
    case 'public':
      // Before registration: DeviceCapability, Time and the EndDeviceList alone (protocol facts 1.2, docs/choices.md).
      return scope.kind !== 'newcomer' || openToNewcomers.has(resource.name);
    case 'edev':
      return scope.edevs.includes(params['edev'] ?? '');
    case 'derp':
      return (await programsOf(store, scope)).includes(params['derp'] ?? '');
    case 'rsps':
      return (await programsOf(store, scope)).includes(params['rsps'] ?? '');
    case 'mup':
      return ownsMirror(ctx, `/mup/${params['mup']}`);
    case 'upt':
      return ownsMirror(ctx, `/upt/${params['upt']}`);
    case 'assigned': {
      const root = rootOf(resource);
      const id = params[root];
      return id === undefined ? scope.kind !== 'newcomer' : (await assignedIds(ctx, root)).includes(id);
    }
  }
}

const openToNewcomers = new Set(['dcap.capability', 'time.time', 'edev.devices']);

async function ownsMirror({ store, scope }: Asking, at: Href): Promise<boolean> {
  const doc = await store.get<{ edev: string }>(at);
  return doc !== undefined && scope.edevs.includes(doc.body.edev);
}
