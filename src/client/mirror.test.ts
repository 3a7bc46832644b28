import { MirrorMeterReading, MirrorUsagePoint, type MirrorMeterReadingList } from '../model/mirror';
import { averageOf, type MirrorSpec } from './mirror';
import { answer } from './testing/fake-server';
import { lfdi, paths } from './testing/fake-site';
import { harness, start } from './testing/harness';

const asked: string[] = [];
beforeEach(() => asked.splice(0));

const spec: MirrorSpec = {
  description: 'Site',
  quantities: [
    {
      name: 'active power',
      type: averageOf(38),
      read: (from, to) => {
        asked.push(`${from - start}-${to - start}`);
        return 1234.6;
      },
    },
    { name: 'voltage', type: averageOf(29, { phase: 128, powerOfTenMultiplier: -1 }), read: () => 230.04 },
    { name: 'reactive power', type: averageOf(63), read: () => undefined },
  ],
};

/** Values by quantity in what was posted, with their intervals. */
const posted = (lists: MirrorMeterReadingList[]) =>
  lists.map(({ MirrorMeterReading: readings }) =>
    readings.map(
      ({ description, MirrorReadingSet: sets }) =>
        `${description}: ${sets.map(({ timePeriod, Reading }) => `${timePeriod.start - start}+${timePeriod.duration}=${Reading[0]?.value}`).join(' ')}`,
    ),
  );

it('makes its mirror, learns the rate, and posts what was measured since the last time', async () => {
  const h = harness({ mirror: spec }, site => {
    site.postRate = 100;
    site.skewS = 7;
  });
  h.client.start();
  await h.pass(310);
  const [point] = h.site.server.bodies<MirrorUsagePoint>(paths.mirrors);
  expect(point).toMatchObject({
    roleFlags: '0003',
    serviceCategoryKind: 0,
    status: 1,
    deviceLFDI: lfdi,
    description: 'Site',
  });
  expect(
    point?.MirrorMeterReading.map(({ description, ReadingType: type, MirrorReadingSet: sets }) => [
      description,
      type?.uom,
      sets,
    ]),
  ).toEqual([
    ['active power', 38, []],
    ['voltage', 29, []],
    ['reactive power', 63, []],
  ]);
  const lists = h.site.server.bodies<MirrorMeterReadingList>(paths.mirror);
  const first = lists[0]?.MirrorMeterReading[0]?.MirrorReadingSet[0]?.timePeriod.duration ?? 0;
  expect(posted(lists)).toEqual(
    [0, first, first + 100].map((from, i) => [
      `active power: ${from + 7}+${i ? 100 : first}=1235`,
      `voltage: ${from + 7}+${i ? 100 : first}=2300`,
    ]),
  );
  expect(asked).toEqual([`0-${first}`, `${first}-${first + 100}`, `${first + 100}-${first + 200}`]);
  // every reading set has its own mRID, every meter reading keeps the one it was made with
  const sets = lists.flatMap(list =>
    list.MirrorMeterReading.flatMap(reading => reading.MirrorReadingSet.map(set => set.mRID)),
  );
  expect(new Set(sets).size).toBe(sets.length);
  expect(lists[1]?.MirrorMeterReading.map(reading => reading.mRID)).toEqual(
    point?.MirrorMeterReading.slice(0, 2).map(reading => reading.mRID),
  );
  expect(h.client.status).toMatchObject({ intervalsPosted: 3, intervalsLost: 0 });
});

it('keeps what it measured while the server is away, and posts it in order when it is back', async () => {
  const h = harness({ mirror: { ...spec, postRateS: 100 } });
  h.client.start();
  await h.pass(150);
  const before = h.site.server.bodies(paths.mirror).length;
  h.site.server.down = true;
  await h.pass(600);
  h.site.server.down = false;
  await h.pass(320);
  const after = posted(h.site.server.bodies<MirrorMeterReadingList>(paths.mirror).slice(before)).flat();
  const intervals = after
    .filter(line => line.startsWith('active'))
    .flatMap(line => line.split(': ')[1]?.split(' ') ?? [])
    .map(text => text.split(/[+=]/).map(Number));
  for (const [i, interval] of intervals.entries())
    if (i > 0) expect(interval[0]).toBe((intervals[i - 1]?.[0] ?? 0) + (intervals[i - 1]?.[1] ?? 0));
  expect(intervals.length).toBeGreaterThanOrEqual(8);
  expect(h.client.status.intervalsLost).toBe(0);
});

it('keeps a day at most', async () => {
  const h = harness({ mirror: { ...spec, postRateS: 10 } });
  h.client.start();
  await h.pass(5);
  h.site.server.down = true;
  await h.pass(3500);
  expect(h.client.status.intervalsLost).toBeGreaterThan(40);
  h.site.server.down = false;
  await h.pass(100);
  expect(h.client.status.intervalsPosted).toBeGreaterThanOrEqual(288);
  const sizes = h.site.server
    .bodies<MirrorMeterReadingList>(paths.mirror)
    .map(list => list.MirrorMeterReading[0]?.MirrorReadingSet.length ?? 0);
  expect(Math.max(...sizes)).toBe(48);
});

it('makes its mirror anew when the server has lost it, and loses no reading by that', async () => {
  const h = harness({ mirror: { ...spec, postRateS: 100 } });
  h.client.start();
  await h.pass(150);
  h.site.server.remove(paths.mirror);
  await h.pass(200);
  expect(h.site.server.bodies(paths.mirrors)).toHaveLength(2);
  expect(h.client.status).toMatchObject({ intervalsPosted: 3, intervalsLost: 0 });
});

it('does not ask for ever where a mirror it made is not there', async () => {
  const h = harness({ mirror: { ...spec, postRateS: 100 } }, ({ server }) =>
    server.acceptPost(paths.mirrors, [MirrorUsagePoint], () => answer(201, { location: '/nowhere' })),
  );
  h.client.start();
  await h.pass(400);
  expect(h.site.server.received.filter(({ path }) => path === paths.mirrors).length).toBeLessThan(15);
  expect(h.failures).toEqual([]);
});

it('gives readings up that the server refuses, and describes itself again', async () => {
  const h = harness({ mirror: { ...spec, postRateS: 100 } });
  h.client.start();
  await h.pass(50);
  h.site.server.acceptPost(paths.mirror, [MirrorMeterReading], () => answer(400));
  h.site.server.fault = ({ method, path }) => (method === 'POST' && path === paths.mirror ? answer(400) : undefined);
  await h.pass(200);
  expect(h.client.status.intervalsLost).toBeGreaterThan(0);
  h.site.server.fault = undefined;
  await h.pass(200);
  expect(h.client.status.intervalsPosted).toBeGreaterThan(0);
  expect(h.site.server.bodies(paths.mirrors).length).toBeGreaterThan(1);
});

it('works with a server that names no rate, shows no mirror, or has none at all', async () => {
  const h = harness({ mirror: spec }, ({ server }) => {
    server.acceptPost(paths.mirrors, [MirrorUsagePoint], () => {
      server.acceptPost('/m', [], () => answer(204));
      return answer(204, { location: '/m' });
    });
    server.fault = ({ method, path }) => (path === '/m' ? answer(method === 'GET' ? 405 : 204) : undefined);
  });
  h.client.start();
  await h.pass(700);
  expect(h.client.status.intervalsPosted).toBe(2);
  const none = harness({ mirror: spec }, ({ server }) => {
    server.fault = ({ path }) => (path.startsWith(paths.mirrors) ? answer(404) : undefined);
  });
  none.client.start();
  await none.pass(2000);
  expect(none.client.status).toMatchObject({ phase: 'following', intervalsPosted: 0 });
  expect(none.failures).toEqual([]);
});
