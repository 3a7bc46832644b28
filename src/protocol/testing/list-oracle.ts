/** What a list must answer, by the letter of the standard: sorted by its keys, cut by the query. Knows no sort keys of the store. For tests. */
import fc from 'fast-check';
import { type Resource } from '../../model/resource';
import { attributeOf, type devicePort, t0 } from './port';

/** Keys of each list type as the standard gives them, written down once more; `-` sorts downwards. */
export const standard: Readonly<Record<string, string>> = {
  EndDeviceList: '-changedTime sFDI href',
  FunctionSetAssignmentsList: '-mRID',
  ResponseSetList: '-mRID',
  UsagePointList: '-mRID',
  MeterReadingList: '-mRID',
  MirrorUsagePointList: '-mRID',
  TariffProfileList: '-mRID',
  RateComponentList: '-mRID',
  MessagingProgramList: '-mRID',
  PrepaymentList: '-mRID',
  SubscriptionList: 'href',
  NotificationList: 'href',
  DERList: 'href',
  ResponseList: '-createdDateTime endDeviceLFDI',
  LogEventList: '-createdDateTime -logEventID',
  DERProgramList: 'primacy -mRID',
  DemandResponseProgramList: 'primacy -mRID',
  DERControlList: 'interval.start -creationTime -mRID',
  EndDeviceControlList: 'interval.start -creationTime -mRID',
  TimeTariffIntervalList: 'interval.start -creationTime -mRID',
  TextMessageList: '-interval.start -creationTime -mRID',
  DERCurveList: '-creationTime -mRID',
  ReadingSetList: '-timePeriod.start -mRID',
  ReadingList: 'localID consumptionBlock touTier',
  FlowReservationRequestList: 'intervalRequested.start -creationTime -mRID',
  FlowReservationResponseList: 'interval.start -creationTime -mRID',
  ConsumptionTariffIntervalList: 'startValue',
};
export const times =
  /^-?(changedTime|createdDateTime|creationTime|effectiveTime|(interval|intervalRequested|timePeriod)\.start)$/;

export type Entry = Readonly<Record<string, unknown>> & { readonly href: string };
const at = (entry: Entry, key: string): unknown =>
  key
    .replace('-', '')
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], entry);

/** Missing is least; hex by value, texts by code point, hrefs with their numbers by value. */
function compare(a: unknown, b: unknown, key: string): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [a as string, b as string];
  if (key === 'href') return x.localeCompare(y, 'en', { numeric: true });
  if (/^-?(mRID|endDeviceLFDI|localID|address|DODAGid|SourceRoute|DestAddress|EUI64|shortAddress)$/.test(key))
    return Number(BigInt(`0x0${x}`) - BigInt(`0x0${y}`) > 0n) - Number(BigInt(`0x0${y}`) - BigInt(`0x0${x}`) > 0n);
  return x < y ? -1 : x > y ? 1 : 0;
}

function expected(entries: readonly Entry[], keys: readonly string[], query: string, cap = 255): string[] {
  const asked = new URLSearchParams(query);
  const sorted = [...entries].sort((a, b) => {
    for (const key of [...keys, 'href']) {
      const order = compare(at(a, key), at(b, key), key) * (key.startsWith('-') ? -1 : 1);
      if (order !== 0) return order;
    }
    return 0;
  });
  const [first = ''] = keys;
  const after = asked.get('a');
  const later =
    after === null || !times.test(first) ? sorted : sorted.filter(e => Number(at(e, first)) > Number(after));
  const start = Number(asked.get('s') ?? 0);
  return later.slice(start, start + Math.min(Number(asked.get('l') ?? 1), cap)).map(entry => entry.href);
}

/** Few values, so that keys tie. */
export const some = fc.integer({ min: 0, max: 3 });
export const queries = fc
  .array(
    fc.oneof(
      some.map(n => `s=${n}`),
      fc.constantFrom('l=0', 'l=1', 'l=2', 'l=3', 'l=255', 'l=1000'),
      fc.integer({ min: -2, max: 4 }).map(n => `a=${t0 + n}`),
      fc.constantFrom('b=7', 'x', 'S=1', ''),
    ),
    { maxLength: 5 },
  )
  .map(parts => parts.join('&'));

const hrefsOf = (xml: string, item: string): string[] =>
  [...xml.matchAll(new RegExp(`<${item} href="([^"]+)"`, 'g'))].map(([, href = '']) => href);

export async function check(
  ask: ReturnType<typeof devicePort>['ask'],
  list: Resource,
  path: string,
  entries: readonly Entry[],
  query: string,
) {
  const answer = await ask(`${path}${query === '' ? '' : `?${query}`}`);
  const want = expected(entries, list.order ?? [], query);
  expect([path, query, hrefsOf(answer.body, list.type.item?.name ?? '')]).toEqual([path, query, want]);
  expect(attributeOf(answer.body, 'all')).toBe(String(entries.length));
  expect(attributeOf(answer.body, 'results')).toBe(String(want.length));
}
