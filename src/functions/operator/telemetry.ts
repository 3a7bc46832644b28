/** What an operator sees of telemetry: meters of a site, their readings fresh and coarse, past values, alarms. */
import { Problem } from '../../base/problem';
import { type Seconds } from '../../base/clock';
import { model } from '../../model';
import { href, type Href } from '../../model/href';
import { type MeterReading, type ReadingType } from '../../model/metering';
import { type CoarseRow, type Doc, type ReadingRow, type Store } from '../../store/api';
import { pastAlarms, standingAlarms, type Alarm } from '../alarms';
import { type StoredUsagePoint } from '../metering';
import { pastList, type PastValue } from '../past';
import { pageAfter, type PageOf } from './pages';

export interface Meter {
  readonly meter: Href;
  readonly mRID: string;
  readonly description?: string;
  readonly usagePoint: {
    readonly href: Href;
    readonly mRID: string;
    readonly roleFlags: string;
    readonly status: number;
  };
  readonly readingType: object;
  readonly readings: number;
  readonly latest?: object;
}

const most = 1000;

/** Meters of a site, whatever mirror they came by. */
export async function metersOf(store: Store, edev: string): Promise<Meter[]> {
  const points = await store.page<StoredUsagePoint>(`/upt@${edev}`, { start: 0, limit: most });
  const found = await Promise.all(
    points.docs.map(async point => {
      const meters = await store.page<MeterReading>(`${point.href}/mr`, { start: 0, limit: most });
      return Promise.all(meters.docs.map(meter => meterOf(store, point, meter)));
    }),
  );
  return found.flat();
}

async function meterOf(
  store: Store,
  point: Doc<StoredUsagePoint>,
  { href: at, body }: Doc<MeterReading>,
): Promise<Meter> {
  const type = await store.get<ReadingType>(`${at}/rt`);
  const { rows, all } = await store.readings.page(at, { start: 0, limit: 1 });
  const { mRID, roleFlags, status } = point.body.point;
  return {
    meter: at,
    mRID: body.mRID,
    ...(body.description !== undefined && { description: body.description }),
    usagePoint: { href: point.href, mRID, roleFlags, status },
    readingType: type?.body ?? {},
    readings: all,
    ...(rows[0] && { latest: withoutMeter(rows[0]) }),
  };
}

const withoutMeter = <T extends { meter: Href }>({ meter: _, ...row }: T) => row;

export interface ReadingsAsked extends PageOf {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly coarse: boolean;
}

/** Rows of a meter in order of time, page by page. The cursor: start of the last row, and how many of that start were given. */
export async function readingsOf(
  store: Store,
  edev: string,
  meter: Href,
  { from, to, coarse, limit, after }: ReadingsAsked,
): Promise<{ rows: object[]; next?: string }> {
  await requireMeter(store, edev, meter);
  const [start, given] = after === undefined ? [from, 0] : placeOf(after);
  const wanted = given + limit + 1;
  const rows: (ReadingRow | CoarseRow)[] = coarse
    ? await store.readings.coarse(meter, start, to, wanted)
    : await store.readings.between(meter, start, to, wanted);
  const shown = rows.slice(given, given + limit);
  const last = shown.at(-1);
  if (!last || rows.length < wanted) return { rows: shown.map(withoutMeter) };
  const same = shown.filter(row => row.start === last.start).length + (last.start === start ? given : 0);
  return { rows: shown.map(withoutMeter), next: `${last.start}.${same}` };
}

function placeOf(after: string): [start: Seconds, given: number] {
  const [, start = '', given = ''] = /^(-?\d{1,15})\.(\d{1,7})$/.exec(after) ?? [];
  if (start === '')
    throw new Problem('BAD_VALUE', { at: 'after', want: 'what a page before this gave as `next`', got: after });
  return [Number(start), Number(given)];
}

/** @throws Problem NO_SUCH for a meter that is no meter of this site. */
async function requireMeter(store: Store, edev: string, meter: Href): Promise<void> {
  const [, upt = ''] = /^\/upt\/([^/]+)\/mr\/[^/]+$/.exec(meter) ?? [];
  const point = upt === '' ? undefined : await store.get<StoredUsagePoint>(href(model.metering.usagePoint, { upt }));
  if (point?.body.edev !== edev || !(await store.get(meter)))
    throw new Problem('NO_SUCH', { at: `meter ${meter}`, note: 'no meter of this site; `meters` lists them' });
}

/** What devices say of themselves, by the name an operator uses, below its EndDevice. */
export const told = {
  'device-information': '/di',
  'device-status': '/dstat',
  'power-status': '/ps',
  configuration: '/cfg',
  'der-capability': '/der/1/dercap',
  'der-settings': '/der/1/derg',
  'der-status': '/der/1/ders',
  'der-availability': '/der/1/dera',
  'log-events': '/lel',
} as const;
export type Told = keyof typeof told;

/** What a device says now; of LogEvents the list on the wire, newest first. */
export async function currentOf(store: Store, edev: string, what: Told): Promise<object | undefined> {
  const at = `/edev/${edev}${told[what]}`;
  if (what !== 'log-events') return (await store.get<object>(at))?.body;
  return { events: (await store.page<object>(at, { start: 0, limit: most })).docs.map(doc => doc.body) };
}

/** What it said before, newest first. */
export async function pastOf(store: Store, edev: string, what: Told, page: PageOf) {
  return values<PastValue>(await pageAfter<PastValue>(store, pastList(`/edev/${edev}${told[what]}`), page));
}

export async function alarmsStanding(store: Store, page: PageOf) {
  return values<Alarm>(await pageAfter<Alarm>(store, standingAlarms, page));
}

/** Alarms of a device that ended, the latest first. */
export async function alarmsPast(store: Store, edev: string, page: PageOf) {
  const { items, next } = await pageAfter<PastValue>(store, pastList(pastAlarms(edev)), page);
  return { items: items.map(doc => doc.body.value as Alarm), ...(next !== undefined && { next }) };
}

const values = <T>({ items, next }: { items: Doc<T>[]; next?: string }) => ({
  items: items.map(doc => doc.body),
  ...(next !== undefined && { next }),
});
