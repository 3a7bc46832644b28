import { type EndDevice } from '../model/edev';
import { model } from '../model';
import { href } from '../model/href';
import { type Doc } from '../store/api';
import { badValue, notFound, type Behaviour, type Context, type PageAsk } from './behaviour';
import { Problem } from '../base/problem';
import { announcedHref, type Announced } from './announced';
import { pageOf } from './lists';
import { withLinks } from './stored';
import { childLinks, isListResource } from './tree';
import { deviceDoc, deviceList, reserveIds, siteDocs, wireText } from './provision';
import { siteOf, type Site } from './site';

type Stored = Pick<EndDevice, 'lFDI' | 'sFDI' | 'changedTime' | 'enabled' | 'deviceCategory'>;

/** What a device tells of itself has its place from registration on, so that it finds where to tell it. */
const alwaysThere = new Set([
  'ConfigurationLink',
  'ConnectionPointLink',
  'DeviceInformationLink',
  'DeviceStatusLink',
  'LogEventListLink',
  'PowerStatusLink',
  'SubscriptionListLink',
]);

/** What is shown of an EndDevice to an identity it does not belong to: who it is, and nothing to follow. */
const named = ({ lFDI, sFDI, changedTime }: Stored): EndDevice => ({
  ...(lFDI !== undefined && { lFDI }),
  sFDI,
  changedTime,
});

/** Adds the links of an EndDevice: only to what is there. An aggregator's own entry has no FSA and no DER (protocol facts 5.2). */
async function endDevice(ctx: Context, stored: Stored, edev: string): Promise<EndDevice> {
  const at = href(model.edev.device, { edev });
  const always = childLinks(model.edev.device).filter(({ field }) => alwaysThere.has(field));
  const links = await Promise.all(
    always.map(async ({ field, child, segment }): Promise<[string, object]> => {
      const below = `${at}/${segment}`;
      return [field, { href: below, ...(isListResource(child) && { all: await ctx.store.count(below) }) }];
    }),
  );
  const there = await withLinks(ctx, model.edev.device, stored, at);
  const shown: object = { ...there, ...Object.fromEntries(links) };
  return shown as EndDevice;
}

async function deviceAt(ctx: Context, edev: string): Promise<EndDevice | undefined> {
  const doc = await ctx.store.get<Stored>(href(model.edev.device, { edev }));
  return doc && shownAs(ctx, doc.body, edev);
}

async function shownAs(ctx: Context, stored: Stored, edev: string): Promise<EndDevice> {
  const at = href(model.edev.device, { edev });
  if (!ctx.scope.edevs.includes(edev)) return { ...named(stored), href: at };
  if (!ctx.scope.selfSigned) return endDevice(ctx, stored, edev);
  // Links only to what it may follow.
  return { ...named(stored), href: at, RegistrationLink: { href: href(model.edev.registration, { edev }) } };
}

/** A device sees itself, whoever else speaks for it; an aggregator all it speaks for. */
async function visible({ store, scope }: Context, page: PageAsk): Promise<{ docs: Doc<Stored>[]; all: number }> {
  const shown = (scope.shown ?? []).filter(edev => !scope.edevs.includes(edev));
  if (scope.kind !== 'device' && shown.length === 0) return store.page<Stored>(deviceList(scope.lfdi), page);
  if (scope.kind === 'newcomer') return { docs: [], all: 0 };
  const own = await store.many<Stored>([...scope.edevs, ...shown].map(edev => href(model.edev.device, { edev })));
  own.sort((a, b) => (a.sortKey === b.sortKey ? (a.href < b.href ? -1 : 1) : a.sortKey < b.sortKey ? -1 : 1));
  const { items, all } = pageOf(
    own.map(doc => ({ key: doc.sortKey, item: doc })),
    page,
  );
  return { docs: items, all };
}

/** Entries read at a time to tell one state of the list from another. */
const stride = 1000;

const devices: Behaviour = {
  resource: model.edev.devices,
  offer: ['POST'],
  essence: async ctx => {
    const found: unknown[] = [];
    for (let start = 0; ; start += stride) {
      const { docs } = await visible(ctx, { start, limit: stride });
      found.push(...docs.map(doc => [doc.href, doc.version]));
      if (docs.length < stride) return found;
    }
  },
  list: async (ctx, _params, page) => {
    const { docs, all } = await visible(ctx, page);
    return {
      all,
      items: await Promise.all(docs.map(doc => shownAs(ctx, doc.body, doc.href.slice(doc.href.lastIndexOf('/') + 1)))),
    };
  },
  post: async (ctx, _params, incoming) => {
    const { scope, house, store, now } = ctx;
    const asked = incoming.value as Stored;
    if (scope.kind !== 'newcomer')
      throw new Problem('CONFLICT', {
        at: '/EndDevice',
        note: `LFDI ${scope.lfdi.slice(0, 8)}… is registered already`,
      });
    const announced = await store.get<Announced>(announcedHref(scope.sfdi));
    if (!house.inBandRegistration && !announced)
      throw new Problem('NOT_YOURS', { at: '/EndDevice', note: 'in-band registration is off' });
    // Old clients send no lFDI, and sFDI 0 or their own: the certificate is what counts (protocol facts 10).
    if (asked.lFDI !== undefined && asked.lFDI.padStart(40, '0') !== scope.lfdi)
      throw new Problem('NOT_YOURS', { at: '/EndDevice/lFDI', note: 'not the LFDI of this certificate' });
    if (asked.lFDI === undefined && asked.sFDI !== 0 && asked.sFDI !== scope.sfdi)
      throw badValue('/EndDevice/sFDI', 'not the SFDI of this certificate', asked.sFDI);
    const { first, plan } = await reserveIds(store, 1, now);
    const edev = String(first);
    const known = announced?.body;
    const site: Site = known ? siteOfAnnounced(known, edev, scope.lfdi) : stranger(scope, edev, house.defaultPin);
    return {
      status: 201,
      location: href(model.edev.device, { edev }),
      plan: {
        ...plan,
        expect: { ...plan.expect, ...(announced && { [announced.href]: announced.version }) },
        drop: announced ? [announced.href] : [],
        put: [...(plan.put ?? []), ...siteDocs(site, { pen: house.pen, now })],
        audit: [
          {
            at: now,
            who: `device ${scope.lfdi}`,
            from: '',
            what: 'device.registered',
            subject: edev,
            outcome: 'done',
            detail: { name: site.name, sfdi: site.sfdi, announced: known !== undefined },
          },
        ],
      },
    };
  },
};

function siteOfAnnounced({ since: _since, ...known }: Announced, edev: string, lfdi: string): Site {
  return { ...known, edev, lfdi, role: 'device' };
}

/** Nothing is promised to a newcomer: firm and maximum are 0 until the operator says where it hangs. */
const stranger = ({ lfdi, sfdi }: Context['scope'], edev: string, pin: number): Site => ({
  edev,
  lfdi,
  sfdi,
  name: wireText(`in-band ${sfdi}`),
  role: 'device',
  pin,
  phases: [1],
  maxImportW: 0,
  maxExportW: 0,
  firmImportW: 0,
  firmExportW: 0,
  weight: 1,
  derType: 0,
});

const device: Behaviour = {
  resource: model.edev.device,
  offer: ['PUT'],
  item: (ctx, { edev = '' }) => deviceAt(ctx, edev),
  /** Identity never changes by PUT; deviceCategory does. */
  put: async (ctx, { edev = '' }, incoming) => {
    const at = href(model.edev.device, { edev });
    const doc = await ctx.store.get<Stored>(at);
    const site = await siteOf(ctx.store, edev);
    if (!doc || !site || !ctx.scope.edevs.includes(edev)) throw notFound(at);
    const asked = incoming.value as Stored;
    if (asked.lFDI !== undefined && asked.lFDI.padStart(40, '0') !== doc.body.lFDI)
      throw new Problem('NOT_YOURS', { at: '/EndDevice/lFDI', note: 'an EndDevice keeps its LFDI' });
    const body: Stored = {
      ...doc.body,
      changedTime: ctx.now,
      ...(asked.deviceCategory !== undefined && { deviceCategory: asked.deviceCategory }),
    };
    const next = deviceDoc(site.body, body, ctx.now);
    return { status: 204, plan: { expect: { [at]: doc.version }, put: [next] } };
  },
};

const registration: Behaviour = { resource: model.edev.registration };

export const edevBehaviours = [devices, device, registration];
