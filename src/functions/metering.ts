import { model } from '../model';
import { href, type Href } from '../model/href';
import { type MeterReading, type Reading, type ReadingSet, type UsagePoint } from '../model/metering';
import { type ReadingRow, type ReadingSetRow } from '../store/api';
import { type Behaviour, type Context } from './behaviour';
import { mergedPage } from './lists';
import { type StoredMeterReading } from './mirror-readings';
import { type Scope } from './scope';

/** Lists that hold the usage points of the devices a caller speaks for (see mirror.ts). */
export const usagePointLists = (scope: Scope): Href[] => scope.edevs.map(edev => `/upt@${edev}`);

export interface StoredUsagePoint {
  readonly edev: string;
  readonly point: Omit<UsagePoint, 'href' | 'MeterReadingListLink'>;
}

async function usagePointView({ store }: Context, { point }: StoredUsagePoint, at: Href): Promise<UsagePoint> {
  const list = `${at}/mr`;
  return { href: at, ...point, MeterReadingListLink: { href: list, all: await store.count(list) } };
}

const usagePoints: Behaviour = {
  resource: model.metering.usagePoints,
  list: async (ctx, _params, page) => {
    const { docs, all } = await mergedPage<StoredUsagePoint>(ctx.store, usagePointLists(ctx.scope), page);
    return { all, items: await Promise.all(docs.map(doc => usagePointView(ctx, doc.body, doc.href))) };
  },
};

const usagePoint: Behaviour = {
  resource: model.metering.usagePoint,
  view: (ctx, body, at) => usagePointView(ctx, body as StoredUsagePoint, at),
};

async function meterReadingView({ store }: Context, stored: StoredMeterReading, at: Href): Promise<MeterReading> {
  const [{ all: sets }, latest] = await Promise.all([
    store.readings.sets(at, { start: 0, limit: 0 }),
    store.readings.latest(at),
  ]);
  return {
    href: at,
    ...stored,
    ...(latest && { ReadingLink: { href: `${at}/r` } }),
    ...(sets > 0 && { ReadingSetListLink: { href: `${at}/rs`, all: sets } }),
    ReadingTypeLink: { href: `${at}/rt` },
  };
}

const meterReadings: Behaviour = {
  resource: model.metering.meterReadings,
  view: (ctx, body, at) => meterReadingView(ctx, body as StoredMeterReading, at),
};
const meterReading: Behaviour = {
  resource: model.metering.meterReading,
  view: (ctx, body, at) => meterReadingView(ctx, body as StoredMeterReading, at),
};
const readingType: Behaviour = { resource: model.metering.readingType };

const readingOf = ({ start, durationS, ...row }: ReadingRow, at: Href): Reading => ({
  href: at,
  ...(row.consumptionBlock !== undefined && { consumptionBlock: row.consumptionBlock }),
  ...(row.qualityFlags !== undefined && { qualityFlags: row.qualityFlags }),
  ...(durationS !== undefined && { timePeriod: { duration: durationS, start } }),
  ...(row.touTier !== undefined && { touTier: row.touTier }),
  ...(row.value !== undefined && { value: row.value }),
  ...(row.localID !== undefined && { localID: row.localID }),
});

/** The single Reading of a meter that came last. */
const reading: Behaviour = {
  resource: model.metering.reading,
  item: async ({ store }, params) => {
    const latest = await store.readings.latest(href(model.metering.meterReading, params));
    return latest && readingOf(latest, href(model.metering.reading, params));
  },
};

function readingSetView({ meter, set, start, durationS, readings: all, ...texts }: ReadingSetRow): ReadingSet {
  const at = `${meter}/rs/${set}`;
  const timePeriod = { duration: durationS, start };
  return { href: at, mRID: set, ...texts, timePeriod, ReadingListLink: { href: `${at}/r`, all } };
}

const readingSets: Behaviour = {
  resource: model.metering.readingSets,
  list: async ({ store }, params, page) => {
    const { sets, all } = await store.readings.sets(href(model.metering.meterReading, params), page);
    return { all, items: sets.map(readingSetView) };
  },
};
const setAt = ({ store }: Pick<Context, 'store'>, params: Readonly<Record<string, string>>) =>
  store.readings.oneSet(href(model.metering.meterReading, params), params['rs'] ?? '');

/** Sets are rows of the readings, not documents. */
const readingSet: Behaviour = {
  resource: model.metering.readingSet,
  exists: async (ctx, params) => (await setAt(ctx, params)) !== undefined,
  item: async (ctx, params) => {
    const found = await setAt(ctx, params);
    return found && readingSetView(found);
  },
};

/** Readings of a set are few (the client sent them in one document): all are read, then put in order (protocol facts 2.4). */
async function setRows({ store }: Context, params: Readonly<Record<string, string>>): Promise<ReadingRow[]> {
  const meter = href(model.metering.meterReading, params);
  const { rows } = await store.readings.page(meter, { start: 0, limit: 10_000, set: params['rs'] ?? '' });
  return rows.sort(
    (a, b) =>
      localNumber(a) - localNumber(b) ||
      (a.consumptionBlock ?? -1) - (b.consumptionBlock ?? -1) ||
      (a.touTier ?? -1) - (b.touTier ?? -1) ||
      a.start - b.start ||
      sent(a) - sent(b),
  );
}

/** What is missing comes first. */
const localNumber = ({ localID = '' }: ReadingRow): number => (localID === '' ? -1 : parseInt(localID, 16));
/** Those without a localID keep the order of their document: their place is `#0`, `#1` … */
const sent = ({ place }: ReadingRow): number => (place.startsWith('#') ? parseInt(place.slice(1), 10) : 0);

const readings: Behaviour = {
  resource: model.metering.readings,
  list: async (ctx, params, { start, limit }) => {
    const rows = await setRows(ctx, params);
    const list = href(model.metering.readings, params);
    return {
      all: rows.length,
      items: rows.slice(start, start + limit).map((row, i) => readingOf(row, `${list}/${start + i}`)),
    };
  },
};

const readingOfSet: Behaviour = {
  resource: model.metering.readingOfSet,
  item: async (ctx, params) => {
    const row = (await setRows(ctx, params))[Number(params['r'])];
    return row && readingOf(row, href(model.metering.readingOfSet, params));
  },
};

export const meteringBehaviours = [
  usagePoints,
  usagePoint,
  meterReadings,
  meterReading,
  readingType,
  reading,
  readingSets,
  readingSet,
  readings,
  readingOfSet,
];
