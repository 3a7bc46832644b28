/**
 * From a certificate to a scope, and from a scope to what it may see. Goes by LFDI; ids in paths are never trusted. What is
 * not yours is answered as if it were not there (protocol facts 1.6, P18).
 */
import { type Context, type Observed, type Reads } from '../functions/behaviour';
import { assignments, responseSetsOf, rootOf } from '../functions/assigned';
import { hasResponded } from '../functions/response';
import { type Scope } from '../functions/scope';
import { siteOf, type Site } from '../functions/site';
import { parentItem } from '../functions/tree';
import { dialects, type DialectId } from '../model/dialect';
import { type Href, type Params } from '../model/href';
import { type Resource } from '../model/resource';
import { type Match } from './router';

type Store = Context['store'];

export interface Peer {
  readonly lfdi: string;
  readonly sfdi: number;
  /** By its certificate; one of our roots stands behind it where nothing is said. */
  readonly kind?: 'device' | 'self-signed';
}

/** Narrows a peer to what it is here: a device, an aggregator with those it manages, or a newcomer. */
async function narrow(store: Store, { lfdi, sfdi, kind }: Peer, fallback: DialectId): Promise<Scope> {
  // No more of the peer than this: what a certificate says of itself is not what was registered.
  const peer = { lfdi, sfdi, ...(kind === 'self-signed' && { selfSigned: true as const }) };
  const [own] = (await store.find('lfdi', peer.lfdi)).filter(doc => doc.kind === 'edev.device');
  const edev = own && idOf(own.href);
  const site = edev === undefined ? undefined : await siteOf(store, edev);
  if (edev === undefined || !site)
    return { kind: 'newcomer', ...peer, edevs: [], programs: [], assigned: {}, dialect: fallback };
  const { role, dialect = fallback, shown } = site.body;
  const managed = role === 'aggregator' && !peer.selfSigned ? await store.find<Site>('owner', peer.lfdi) : [];
  const edevs = [edev, ...managed.map(doc => doc.body.edev)];
  const given = await assignments(store, edevs);
  return {
    kind: role,
    ...peer,
    own: edev,
    edevs,
    ...(shown && { shown }),
    ...(peer.selfSigned ? { programs: [], assigned: onlyOpen(given.assigned) } : given),
    dialect,
  };
}

/** Function sets that a registered identity may see though its certificate is self-signed (mask 0x4 of protocol facts 1.2). */
const openToSelfSigned = new Set(['dcap', 'edev', 'pricing', 'messaging']);

const onlyOpen = (assigned: Scope['assigned']): Scope['assigned'] =>
  Object.fromEntries(Object.entries(assigned).filter(([root]) => root === 'tp' || root === 'msg'));

interface KeptScope {
  readonly scope: Scope;
  readonly reads: Reads;
}

/** Scopes kept at most; beyond, the oldest go. */
const mostScopes = 20_000;

/**
 * Who a peer is, worked out again only when what it was read from has changed: an aggregator speaks for thousands of devices.
 * The reads belong to every answer that is made for this scope.
 */
export function scopes(store: Observed, fallback: DialectId): (peer: Peer) => Promise<KeptScope> {
  const kept = new Map<string, KeptScope>();
  return async peer => {
    const known = kept.get(peer.lfdi);
    if (known?.reads.unchanged()) return known;
    const view = store.reading();
    const found = { scope: await narrow(view.store, peer, fallback), reads: view.reads };
    kept.delete(peer.lfdi);
    kept.set(peer.lfdi, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostScopes) break;
      kept.delete(oldest);
    }
    return found;
  };
}

const idOf = (href: Href): string => href.slice(href.lastIndexOf('/') + 1);

/**
 * Whether this caller may know that the resource exists: it is the caller's to see, its dialect has such a thing, and what it
 * hangs below is there.
 */
export async function maySee(
  ctx: Asking,
  { resource, params }: Match,
  isThere: (item: Resource) => Promise<boolean>,
): Promise<boolean> {
  const { layer } = resource.type;
  if (layer !== undefined && dialects[ctx.scope.dialect].layers[layer] === undefined) return false;
  if (ctx.scope.selfSigned && !shownToSelfSigned(ctx.scope, resource)) return false;
  if (!(await isYours(ctx, resource, params))) return false;
  const above = parentItem(resource);
  return above === undefined || (await isThere(above));
}

function shownToSelfSigned({ kind }: Scope, { name }: Resource): boolean {
  // Anybody can make such a certificate: until an operator has entered it, it is told where everything starts and no more.
  return kind === 'newcomer' ? name === 'dcap.capability' : openToSelfSigned.has(name.slice(0, name.indexOf('.')));
}

type Asking = Pick<Context, 'store' | 'scope'>;

async function isYours(ctx: Asking, resource: Resource, params: Params): Promise<boolean> {
  const { scope } = ctx;
  switch (resource.owner) {
    case 'public':
      // Before registration: DeviceCapability, Time and the EndDeviceList alone (protocol facts 1.2, docs/choices.md).
      return scope.kind !== 'newcomer' || openToNewcomers.has(resource.name);
    case 'edev':
      return (
        scope.edevs.includes(params['edev'] ?? '') ||
        (resource.name === 'edev.device' && (scope.shown ?? []).includes(params['edev'] ?? ''))
      );
    case 'derp':
      return scope.programs.includes(params['derp'] ?? '');
    case 'rsps':
      return responseSetsOf(scope).includes(params['rsps'] ?? '') || hasResponded(ctx, params['rsps'] ?? '');
    case 'mup':
      return ownsMirror(ctx, `/mup/${params['mup']}`);
    case 'upt':
      return ownsMirror(ctx, `/upt/${params['upt']}`);
    case 'assigned': {
      const root = rootOf(resource);
      const id = params[root];
      return id === undefined ? scope.kind !== 'newcomer' : (scope.assigned[root] ?? []).includes(id);
    }
  }
}

const openToNewcomers = new Set(['dcap.capability', 'time.time', 'edev.devices']);

async function ownsMirror({ store, scope }: Asking, at: Href): Promise<boolean> {
  const doc = await store.get<{ edev: string }>(at);
  return doc !== undefined && scope.edevs.includes(doc.body.edev);
}
