import { ManualClock } from '../base/clock';
import { memoryStore } from '../store/memory/store';
import { type SeriesLog } from '../store/api';
import { series } from '../store/testing/samples';
import { envelopeViews } from './envelope-views';

let read: string[];
let log: SeriesLog;

beforeEach(async () => {
  const store = memoryStore();
  for (let site = 1; site <= 10; site++)
    await store.commit({ series: [series(`${site}`, { own: Uint8Array.of(1, 1, 1) })] });
  read = [];
  log = {
    get: id => store.series.get(id),
    latest: site => store.series.latest(site),
    ofSite: (site, from) => {
      read.push(site);
      return store.series.ofSite(site, from);
    },
  };
});

it('works a site out once', async () => {
  const views = envelopeViews(new ManualClock(0), 99_999);
  const first = await views.ofSite(log, '1');
  expect(first.length).toBe(3);
  expect(await views.ofSite(log, '1')).toBe(first);
  expect(read).toEqual(['1']);
});

it('keeps no more controls than it may, those worked out longest ago go first', async () => {
  const views = envelopeViews(new ManualClock(0), 99_999, { most: 12 }); // three sites of three controls
  for (const site of ['1', '2', '3', '4']) await views.ofSite(log, site);
  read = [];
  for (const site of ['4', '3', '2']) await views.ofSite(log, site);
  expect(read).toEqual([]);
  await views.ofSite(log, '1');
  expect(read).toEqual(['1']);
});
