/**
 * Metering mirrors (protocol facts 3.9): a client posts what it measured, the server shows it below UsagePoint. Mirror data
 * is kept by (creator, mRID), so that two devices may use the same mRID.
 */
import { mridOf } from '../base/ids';
import { Problem } from '../base/problem';
import { model } from '../model';
import { href, type Href } from '../model/href';
import { MirrorMeterReading, type MirrorMeterReadingList, type MirrorUsagePoint } from '../model/mirror';
import { type Resource } from '../model/resource';
import { sortKey } from '../model/sort-key';
import { type NewDoc } from '../store/api';
import { notFound, type Behaviour, type Change, type Context } from './behaviour';
import { mergedPage } from './lists';
import { type StoredUsagePoint } from './metering';
import { meterId, namesSomething, planReadings } from './mirror-readings';
import { type Scope } from './scope';
import { siteOf } from './site';

/** Lists that hold the mirrors of the devices a caller speaks for: one list a device, so that counts are right by themselves. */
export const mirrorLists = (scope: Scope): Href[] => scope.edevs.map(edev => `/mup@${edev}`);

/** What the server says of a mirror, whatever a client sends there. */
type Ours = 'href' | 'subscribable' | 'MirrorMeterReading' | 'postRate' | 'UsagePointLink';

export interface StoredMirror {
  readonly edev: string;
  readonly point: Omit<MirrorUsagePoint, Ours>;
}

/** First-level elements only (3.9), with the rate we would like. */
function mirrorView({ house }: Context, { point }: StoredMirror, at: Href): MirrorUsagePoint {
  const usagePoint = href(model.metering.usagePoint, { upt: at.slice(at.lastIndexOf('/') + 1) });
  return {
    href: at,
    ...point,
    MirrorMeterReading: [],
    postRate: house.postRateS,
    UsagePointLink: { href: usagePoint },
  };
}

/** What the client said of the usage point itself. */
function pointOf(value: MirrorUsagePoint): { point: StoredMirror['point']; readings: readonly MirrorMeterReading[] } {
  const {
    MirrorMeterReading: readings = [],
    href: _,
    subscribable: __,
    postRate: ___,
    UsagePointLink: ____,
    ...point
  } = value;
  return { point, readings };
}

const mirrors: Behaviour = {
  resource: model.mirror.mirrors,
  list: async (ctx, _params, page) => {
    const { docs, all } = await mergedPage<StoredMirror>(ctx.store, mirrorLists(ctx.scope), page);
    return { all, items: docs.map(doc => mirrorView(ctx, doc.body, doc.href)) };
  },
  post: async (ctx, _params, incoming) => {
    const { point, readings } = pointOf(incoming.value as MirrorUsagePoint);
    namesSomething(point.mRID, '/MirrorUsagePoint');
    const edev = await deviceOf(ctx, point.deviceLFDI);
    const id = mridOf(`mirror/${edev}/${point.mRID}`, ctx.house.pen).slice(0, 16);
    return upsert(ctx, id, edev, point, readings, true);
  },
};

const mirror: Behaviour = {
  resource: model.mirror.mirror,
  offer: ['GET'],
  item: async (ctx, params) => {
    const doc = await ctx.store.get<StoredMirror>(href(model.mirror.mirror, params));
    return doc && mirrorView(ctx, doc.body, doc.href);
  },
  put: async (ctx, { mup = '' }, incoming) => {
    const { point, readings } = pointOf(incoming.value as MirrorUsagePoint);
    const edev = await deviceOf(ctx, point.deviceLFDI);
    const doc = await ctx.store.get<StoredMirror>(href(model.mirror.mirror, { mup }));
    if (!doc) throw notFound(href(model.mirror.mirror, { mup }));
    if (doc.body.point.mRID !== point.mRID || doc.body.edev !== edev)
      throw new Problem('BAD_VALUE', { at: '/MirrorUsagePoint/mRID', note: 'a mirror keeps its mRID and device' });
    return { ...(await upsert(ctx, mup, edev, point, readings, false)), status: 204 };
  },
  /** Meter readings for a mirror that is there: 201 when a new MeterReading was made, 204 for more data of known ones. */
  post: async (ctx, { mup = '' }, incoming) => {
    const readings =
      incoming.type === MirrorMeterReading
        ? [incoming.value as MirrorMeterReading]
        : (incoming.value as MirrorMeterReadingList).MirrorMeterReading;
    const { plan, made } = await planReadings(ctx, mup, readings, '');
    const heard = await heardFrom(ctx, href(model.mirror.mirror, { mup }));
    const location =
      readings.length === 1 && readings[0]
        ? href(model.metering.meterReading, { upt: mup, mr: meterId(readings[0].mRID) })
        : href(model.metering.meterReadings, { upt: mup });
    return {
      status: made ? 201 : 204,
      location,
      plan: { ...plan, expect: heard.expect, put: [...plan.put, ...heard.put] },
      done: () => ctx.metrics.count('headroom_readings_total', {}, plan.readings.length),
    };
  },
  remove: async (_ctx, { mup = '' }) => ({
    status: 204,
    plan: { dropTree: [href(model.mirror.mirror, { mup }), href(model.metering.usagePoint, { upt: mup })] },
  }),
};

/** The device a mirror speaks for: the caller's own or one it manages. */
async function deviceOf(ctx: Context, lfdi: string): Promise<string> {
  const wanted = lfdi.padStart(40, '0');
  for (const edev of ctx.scope.edevs) if ((await siteOf(ctx.store, edev))?.body.lfdi === wanted) return edev;
  throw new Problem('NOT_YOURS', {
    at: '/MirrorUsagePoint/deviceLFDI',
    got: `${lfdi.slice(0, 8)}…`,
    note: 'neither your own LFDI nor one you manage',
  });
}

/** A mirror in use is written again this often, so that one nobody uses can be told (housekeeping). */
const heardEveryS = 3600;

/** Notes that a mirror is in use; the plan holds only while the mirror is there. */
async function heardFrom(ctx: Context, at: Href): Promise<{ expect: Record<Href, number>; put: NewDoc[] }> {
  const doc = await ctx.store.get<StoredMirror>(at);
  if (!doc) throw notFound(at);
  const { version, ...old } = doc;
  return {
    expect: { [at]: version },
    put: ctx.now >= doc.changed + heardEveryS ? [{ ...old, changed: ctx.now }] : [],
  };
}

/** Mirrors of one device unless the house says otherwise. */
const mostMirrors = 20;

/** @throws Problem NO_ROOM (413) when a device has as many mirrors as it may. */
async function roomFor({ store, house }: Context, list: Href): Promise<void> {
  const most = house.metering?.mirrorsPerDevice ?? mostMirrors;
  const got = await store.count(list);
  if (got >= most)
    throw new Problem('NO_ROOM', { at: '/MirrorUsagePoint', want: `at most ${most} of one device`, got: got + 1 });
}

async function upsert(
  ctx: Context,
  id: string,
  edev: string,
  point: StoredMirror['point'],
  readings: readonly MirrorMeterReading[],
  create: boolean,
): Promise<Change> {
  const at = href(model.mirror.mirror, { mup: id });
  const old = await ctx.store.get(at);
  const { deviceLFDI, mRID, roleFlags, serviceCategoryKind, status, description, version } = point;
  const usagePoint = {
    mRID,
    ...(description !== undefined && { description }),
    ...(version !== undefined && { version }),
    roleFlags,
    serviceCategoryKind,
    status,
    deviceLFDI,
  };
  if (!old) await roomFor(ctx, `/mup@${edev}`);
  const { plan } = await planReadings(ctx, id, readings, '/MirrorUsagePoint');
  const put: NewDoc[] = [
    mirrorDoc(at, `/mup@${edev}`, model.mirror.mirror, ctx.now, { edev, point }),
    mirrorDoc(href(model.metering.usagePoint, { upt: id }), `/upt@${edev}`, model.metering.usagePoint, ctx.now, {
      edev,
      point: usagePoint,
    }),
  ];
  return {
    status: create && !old ? 201 : 204,
    location: at,
    plan: { ...plan, expect: { [at]: old?.version ?? 0 }, put: [...put, ...plan.put] },
    done: () => ctx.metrics.count('headroom_readings_total', {}, plan.readings.length),
  };
}

function mirrorDoc(
  at: Href,
  list: Href,
  kind: Resource,
  changed: number,
  body: StoredMirror | StoredUsagePoint,
): NewDoc {
  return { href: at, list, kind: kind.name, changed, sortKey: sortKey(kind, body.point, at), body };
}

export const mirrorBehaviours = [mirrors, mirror];
