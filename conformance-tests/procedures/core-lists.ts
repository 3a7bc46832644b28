import { attribute, parseXml } from '../rules/xml';
import { whole } from '../discover';
import { aggregatorWith, clearAggregator, type AggregatorFixture } from '../aggregator';
import { procedure, type Lab } from '../procedure';
import { DERProgramList } from '../../src/model/der';
import { DeviceCapability } from '../../src/model/dcap';
import { assignmentsOf, linked, ownDevice } from '../discover';

interface Fixture extends AggregatorFixture {
  readonly programs: string;
}

interface Page {
  readonly status: number;
  readonly all: number;
  readonly results: number;
  readonly hrefs: readonly string[];
}

async function page({ wire }: Fixture, path: string): Promise<Page> {
  const { status, body } = await wire.send('GET', path);
  const root = parseXml(body);
  if (typeof root === 'string') return { status, all: NaN, results: NaN, hrefs: [] };
  const hrefs = root.children.map(child => attribute(child, 'href') ?? '');
  return { status, all: Number(attribute(root, 'all')), results: Number(attribute(root, 'results')), hrefs };
}

const devicesAt = async (lab: Lab, { wire }: Fixture): Promise<string> =>
  linked((await wire.get(DeviceCapability, lab.dcapPath)).EndDeviceListLink, 'EndDeviceListLink');

/** Queries with the ordinals that must come back, of a list of n entries; `later` for a list whose first key is a time. */
const cases = (n: number, now: number, timeKeyed: boolean): [query: string, ordinals: number[]][] => {
  const from = (start: number, count: number) =>
    Array.from({ length: Math.max(0, Math.min(count, n - start)) }, (_, i) => start + i);
  const after = (ordinals: number[]) => (timeKeyed ? [] : ordinals);
  return [
    ['', from(0, 1)],
    ['?s=0', from(0, 1)],
    ['?s=1', from(1, 1)],
    ['?l=0', []],
    ['?l=2', from(0, 2)],
    ['?l=1000', from(0, Math.min(n, 255))],
    ['?s=1&l=255', from(1, n)],
    [`?s=${n}&l=10`, []],
    [`?s=${n + 100}&l=10`, []],
    ['?s=1&l=1&s=2', from(1, 1)],
    ['?l=0&l=2', []],
    ['?l=1&b=2', from(0, 1)],
    [`?a=${now}`, after(from(0, 1))],
    [`?a=${now}&l=255`, after(from(0, n))],
    [`?s=2&a=${now}`, after(from(2, 1))],
    [`?a=${now}&a=0`, after(from(0, 1))],
  ];
};

async function hold(
  fixture: Fixture,
  at: string,
  queries: [string, number[]][],
  check: { equal(text: string, got: unknown, want: unknown): void },
) {
  const everything = await page(fixture, whole(at));
  for (const [query, ordinals] of queries) {
    const got = await page(fixture, at + query);
    check.equal(`${query || 'no query'}: status`, got.status, 200);
    check.equal(
      `${query || 'no query'}: entries`,
      got.hrefs,
      ordinals.map(i => everything.hrefs[i]),
    );
    check.equal(
      `${query || 'no query'}: all, results`,
      [got.all, got.results],
      [everything.hrefs.length, ordinals.length],
    );
  }
}

export const core004 = procedure<Fixture>({
  id: 'CORE-004',
  title: 'List handling',
  requirements: ['CTP CORE-004', 'IEEE 2030.5-2018 6.6, Annex B lists'],
  needs: ['csip', 'out-of-band-registration', 'aggregators', 'der-control'],
  fixture: 'An aggregator with four devices, and three programs for the first of them.',
  arrange: async lab => {
    const fixture = await aggregatorWith(lab, 'CORE-004');
    const device = fixture.devices.get('EDA1')?.lfdi ?? '';
    for (const primacy of [3, 1, 2])
      await lab.operator.createProgram({ description: `CORE-004 P${primacy}`, primacy, devices: [device] });
    const edev = await ownDevice(fixture.wire, lab.dcapPath, device);
    const [fsa] = await assignmentsOf(fixture.wire, edev);
    return { ...fixture, programs: linked(fsa?.DERProgramListLink, 'FunctionSetAssignments/DERProgramListLink') };
  },
  clear: clearAggregator,
  steps: [
    {
      action: 'GET the EndDeviceList, whose first key is a time, with each query of the table.',
      expect: 'The entries each query names, in list order, with all and results right; past the end an empty list.',
      run: async (lab, fixture, check) => {
        const at = await devicesAt(lab, fixture);
        const { all } = await page(fixture, whole(at));
        check.equal('entries', all, 5);
        const now = (await lab.serverTime(fixture.wire)) + 3600;
        await hold(
          fixture,
          at,
          cases(all, now, true).filter(([query]) => !query.includes('a=')),
          check,
        );
        // Descending times: whether "after" is later in time or in the list is not settled; both leave this list empty or whole.
        for (const query of [`?a=${now}`, `?s=3&a=${now}`]) {
          const got = await page(fixture, at + query);
          check.equal(`${query}: status`, got.status, 200);
          check.that(`${query}: all is of the list`, got.all === 5 || got.all === got.results, got);
        }
      },
    },
    {
      action: 'GET the DERProgramList, whose first key is no time, with each query of the table.',
      expect: 'The same; the parameter `a` is ignored.',
      run: async (lab, fixture, check) => {
        const list = await fixture.wire.get(DERProgramList, whole(fixture.programs));
        check.that('three entries or more', list.all >= 3, list.all);
        await hold(fixture, fixture.programs, cases(list.all, await lab.serverTime(fixture.wire), false), check);
        check.equal(
          'the strongest first',
          list.DERProgram.filter(({ description = '' }) => description.startsWith('CORE-004')).map(
            ({ primacy }) => primacy,
          ),
          [1, 2, 3],
        );
      },
    },
    {
      action: 'HEAD a list.',
      expect: '200, and the Content-Length of the same GET.',
      run: async (lab, fixture, check) => {
        const at = whole(await devicesAt(lab, fixture));
        const [get, head] = [await fixture.wire.send('GET', at), await fixture.wire.send('HEAD', at)];
        check.equal('status', head.status, 200);
        check.equal('Content-Length', head.headers['content-length'], get.headers['content-length']);
      },
    },
  ],
});
