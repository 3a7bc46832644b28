import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Envelope } from '../engines/api';
import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { type NetRule, netRules } from './net-rules';
import { type NetResult, firmEnvelopes, safetyNet } from './safety-net';
import { netProperties } from './testing/net-properties';

const two = snapshot(
  [asset('TR1', 30_000, { passive: flow([0, 0]) })],
  [
    device('a', 'TR1', { firmImportW: 4000, firmExportW: 1000 }),
    device('b', 'TR1', { firmImportW: 2000, maxImportW: 12_000 }),
  ],
  { steps: 2 },
);
const good = (id: string, importW = [9000, 8000], exportW = [5000, 5000]): Envelope => ({
  device: id,
  importW,
  exportW,
  bound: importW.map(() => ({ import: 'transformer TR1', export: 'site rating' })),
});
const counts = (r: NetResult) => Object.fromEntries(r.events.map(e => [e.rule, e.count]));
const imports = (r: NetResult) => r.envelopes.map(e => [...e.importW]);

describe('limits for sums', () => {
  // 30 kVA: two sites of one aggregator with 12 kW together may each have as much, beside a third with 18.
  const s = snapshot(
    [asset('TR1', 30_000, { passive: flow([0]) })],
    [
      device('a', 'TR1', { aggregator: 'agg', firmImportW: 1000 }),
      device('b', 'TR1', { aggregator: 'agg' }),
      device('c', 'TR1'),
    ],
  );
  const group = (more: object = {}) => ({
    aggregator: 'agg',
    asset: 'TR1',
    devices: ['a', 'b'],
    importW: [12_000],
    exportW: [5000],
    bound: [{ import: 'fair shares', export: 'fair shares' }],
    ...more,
  });
  const envelopes = [good('a', [12_000], [5000]), good('b', [12_000], [5000]), good('c', [18_000], [5000])];
  const net = (...groups: unknown[]) => safetyNet(s, { envelopes, groups });

  it('lets caps exceed what is there as long as the sum does not', () => {
    const result = net(group());
    expect(result.events).toEqual([]);
    expect(imports(result)).toEqual([[12_000], [12_000], [18_000]]);
    expect(result.groups).toMatchObject([{ aggregator: 'agg', devices: ['a', 'b'] }]);
    expect([...(result.groups[0]?.importW ?? [])]).toEqual([12_000]);
  });

  it('scales caps until they hold by themselves where the sum is too large', () => {
    const result = net(group({ importW: [13_000] }));
    expect(counts(result)).toEqual({ overload: 1 });
    expect(
      imports(result)
        .flat()
        .reduce((a, b) => a + b, 0),
    ).toBeLessThanOrEqual(30_000);
    expect(result.groups[0]?.importW[0]).toBe(13_000);
  });

  it.each<[string, unknown, number]>([
    ['sites that are not its own', group({ devices: ['a', 'c'] }), 1],
    ['nobody in it', group({ devices: [] }), 1],
    ['a site twice', group({ devices: ['a', 'a'] }), 1],
    ['a site that does not exist', group({ devices: ['a', 'x'] }), 1],
    ['too few steps', group({ importW: [] }), 1],
    ['no aggregator', 17, 1],
  ])('takes no limit for a sum with %s, and then caps have to hold alone', (_, wrong, notes) => {
    const result = net(wrong);
    expect(counts(result)).toMatchObject({ group: notes, overload: 1 });
    expect(result.groups).toEqual([]);
    expect(
      imports(result)
        .flat()
        .reduce((a, b) => a + b, 0),
    ).toBeLessThanOrEqual(30_000);
  });

  it('takes one group for each aggregator, the same over a whole run, and no sum below firm or above the caps', () => {
    expect(net(group(), group()).groups).toHaveLength(1);
    expect(safetyNet(s, { envelopes, groups: [group()] }, new Map([['agg', 'b a']])).groups).toEqual([]);
    expect([...(net(group({ importW: [NaN] })).groups[0]?.importW ?? [])]).toEqual([1000]);
    expect([...(net(group({ importW: [0] })).groups[0]?.importW ?? [])]).toEqual([1000]);
    const firm = safetyNet(s, { envelopes: [], groups: [group()] });
    expect(firm.groups[0]?.importW[0]).toBe(1000);
    expect(firm.groups[0]?.bound[0]?.import).toBe('caps of its sites');
  });
});

describe('the safety net, rule by rule', () => {
  it('lets a good answer through untouched', () => {
    const result = safetyNet(two, [good('a'), good('b')]);
    expect(result.events).toEqual([]);
    expect(imports(result)).toEqual([
      [9000, 8000],
      [9000, 8000],
    ]);
    expect(result.envelopes[0]?.bound[0]).toEqual({ import: 'transformer TR1', export: 'site rating' });
    expect(result.envelopes[0]).not.toHaveProperty('fallback');
  });

  it.each<[string, unknown, Partial<Record<NetRule, number>>, number[][]]>([
    [
      'no answer',
      undefined,
      {},
      [
        [4000, 4000],
        [2000, 2000],
      ],
    ],
    [
      'a text',
      'all good',
      { shape: 1 },
      [
        [4000, 4000],
        [2000, 2000],
      ],
    ],
    [
      'a device left out',
      [good('a')],
      { missing: 1 },
      [
        [9000, 8000],
        [2000, 2000],
      ],
    ],
    [
      'a device twice',
      [good('a'), good('b'), good('a')],
      { duplicate: 1 },
      [
        [4000, 4000],
        [9000, 8000],
      ],
    ],
    [
      'an unknown device',
      [good('a'), good('b'), good('x')],
      { unknown: 1 },
      [
        [9000, 8000],
        [9000, 8000],
      ],
    ],
    [
      'too few steps',
      [good('a', [1], [1]), good('b')],
      { steps: 1 },
      [
        [4000, 4000],
        [9000, 8000],
      ],
    ],
    [
      'not a number',
      [good('a', [NaN, 8000]), good('b')],
      { 'not-a-number': 1 },
      [
        [4000, 8000],
        [9000, 8000],
      ],
    ],
    [
      'a negative limit',
      [good('a', [-1, 8000]), good('b')],
      { negative: 1 },
      [
        [4000, 8000],
        [9000, 8000],
      ],
    ],
    [
      'below firm',
      [good('a', [3999, 8000]), good('b')],
      { 'below-firm': 1 },
      [
        [4000, 8000],
        [9000, 8000],
      ],
    ],
    [
      'above the rating',
      [good('a'), good('b', [12_001, 1e300])],
      { rating: 2 },
      [
        [9000, 8000],
        [12_000, 12_000],
      ],
    ],
    [
      'a hole in the list',
      [good('a'), null, good('b')],
      { shape: 1 },
      [
        [9000, 8000],
        [9000, 8000],
      ],
    ],
  ])('%s', (_, answer, events, expected) => {
    const result = safetyNet(two, answer);
    expect(counts(result)).toEqual(events);
    expect(imports(result)).toEqual(expected);
  });

  it('says which site and step, in words', () => {
    const { events } = safetyNet(two, [good('a', [-1, -5]), good('b')]);
    expect(events[0]?.text).toBe('limits were negative: firm used (2 times, first a, step 0, import)');
  });

  it('scales what is above firm when an asset would be over, keeps firm, and names the asset', () => {
    // 18 + 12 = 30 kW fits; 20 + 12 does not: above firm there are 16 + 10, and room for 24
    const result = safetyNet(two, [good('a', [18_000, 20_000]), good('b', [12_000, 12_000])]);
    expect(imports(result)).toEqual([
      [18_000, 4000 + Math.floor((16_000 * 24) / 26)],
      [12_000, 2000 + Math.floor((10_000 * 24) / 26)],
    ]);
    expect(counts(result)).toEqual({ overload: 1 });
    expect(result.envelopes[0]?.bound[1]?.import).toMatch(/^safety net, transformer TR1/);
    expect(result.shortfalls).toEqual([]);
  });

  it('keeps firm that exceeds an asset, takes all the rest away and reports the shortfall', () => {
    const s = snapshot(
      two.assets.map(a => ({ ...a, ratingVA: 5000, phaseRatingVA: 5000 })),
      two.devices,
      { steps: 2 },
    );
    const result = safetyNet(s, [good('a'), good('b')]);
    expect(imports(result)).toEqual([
      [4000, 4000],
      [2000, 2000],
    ]);
    expect(result.shortfalls).toEqual([
      expect.objectContaining({ code: 'firm-shortfall', asset: 'TR1', direction: 'import', shortW: 1000 }),
    ]);
  });

  it('rounds down to what the wire carries without calling it a fault', () => {
    const s = snapshot([asset('T', 1e6)], [device('a', 'T', { maxImportW: 50_009, firmImportW: 40_009.5 })]);
    const ask = (w: number) => safetyNet(s, [good('a', [w], [0])]);
    expect(imports(ask(45_678.9))).toEqual([[45_670]]);
    expect(imports(ask(50_009))).toEqual([[50_000]]);
    expect(imports(ask(40_009.5))).toEqual([[40_000]]);
    expect(ask(50_009).events).toEqual([]);
  });

  it('uses nothing of an answer whose parts throw when they are read', () => {
    const trap = {
      get device(): string {
        throw new Error('boo');
      },
    };
    expect(counts(safetyNet(two, [trap, good('a'), good('b')]))).toEqual({ shape: 1 });
    const proxy = new Proxy([], {
      get() {
        throw new Error('boo');
      },
    });
    expect(counts(safetyNet(two, proxy))).toEqual({ shape: 1 });
  });
});

netProperties();

it('gives firm to everyone when there is no answer', () => {
  const firm = firmEnvelopes(two);
  expect(firm.map(e => [e.device, [...e.importW], [...e.exportW], e.fallback])).toEqual([
    ['a', [4000, 4000], [1000, 1000], 'engine'],
    ['b', [2000, 2000], [0, 0], 'engine'],
  ]);
  expect(firm[0]?.bound[0]).toEqual({ import: 'firm', export: 'firm' });
});

it('is described rule by rule in docs/engines.md', () => {
  const text = readFileSync(path.resolve(__dirname, '../../docs/engines.md'), 'utf8');
  const told = [...((text.split('| Rule ')[1] ?? '').split('\n\n')[0]?.matchAll(/^\| `([a-z-]+)`/gm) ?? [])].map(
    match => match[1],
  );
  expect(told.sort()).toEqual(Object.keys(netRules).sort());
});
