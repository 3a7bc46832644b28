import { model } from '../model';
import { href, type Href } from '../model/href';
import { type MeterReading, type Reading, type ReadingSet, type UsagePoint } from '../model/metering';
import { type ReadingRow } from '../store/api';
import { type Behaviour, type Context } from './behaviour';
import { mergedPage } from './lists';
import { type StoredMeterReading, type StoredReadingSet } from './mirror-readings';
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
  const [sets, latest] = await Promise.all([
    store.count(`${at}/rs`),
    store.readings.page(at, { start: 0, limit: 1, set: '' }),
  ]);
  return {
    href: at,
    ...stored,
    ...(latest.all > 0 && { ReadingLink: { href: `${at}/r` } }),
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

const readingOf = (row: ReadingRow, at: Href): Reading => ({
  href: at,
  ...(row.qualityFlags !== '' && { qualityFlags: row.qualityFlags }),
  timePeriod: { duration: row.durationS, start: row.start },
  value: row.value,
  localID: row.localID,
});

/** The latest single Reading of a meter. */
const reading: Behaviour = {
  resource: model.metering.reading,
  item: async ({ store }, params) => {
    const meter = href(model.metering.meterReading, params);
    const { rows } = await store.readings.page(meter, { start: 0, limit: 1, set: '' });
    return rows[0] && readingOf(rows[0], href(model.metering.reading, params));
  },
};

async function readingSetView({ store }: Context, stored: StoredReadingSet, at: Href): Promise<ReadingSet> {
  const meter = at.split('/rs/')[0] ?? '';
  const { all } = await store.readings.page(meter, { start: 0, limit: 0, set: stored.mRID });
  return { href: at, ...stored, ReadingListLink: { href: `${at}/r`, all } };
}

const readingSets: Behaviour = {
  resource: model.metering.readingSets,
  view: (ctx, body, at) => readingSetView(ctx, body as StoredReadingSet, at),
};
const readingSet: Behaviour = {
  resource: model.metering.readingSet,
  view: (ctx, body, at) => readingSetView(ctx, body as StoredReadingSet, at),
};

/** Readings of a set are few (the client sent them in one document): all are read, then ordered by localID as the standard asks. */
async function setRows({ store }: Context, params: Readonly<Record<string, string>>): Promise<ReadingRow[]> {
  const meter = href(model.metering.meterReading, params);
  const { rows } = await store.readings.page(meter, { start: 0, limit: 10_000, set: params['rs'] ?? '' });
  return rows.sort((a, b) => parseInt(a.localID, 16) - parseInt(b.localID, 16) || a.start - b.start);
}

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
