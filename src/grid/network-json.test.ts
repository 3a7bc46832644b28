import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { networkFromJson, networkToJson, readNetworkJson } from './network-json';
import { randomCase } from './testing/networks';

type Json = Record<string, unknown>;
const site = {
  kind: 'pcs',
  serviceW: 24000,
  firmImportW: 4000,
  firmExportW: 1500,
  evse: [{ maxA: 48, voltageV: 240, phases: [1] }],
};
const good = (): Json & { lines: Json[]; loads: Json[]; shapes: Json[]; transformers: Json[]; source: Json } => ({
  format: 'headroom-network/1',
  name: 'N',
  about: 'anything',
  source: { bus: 'S', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 6000, xOverR: 3 },
  transformers: [
    {
      name: 'T',
      from: 's',
      to: 'b',
      connection: 'delta-wye',
      primaryKv: 12.47,
      secondaryKv: 0.416,
      ratingKva: 150,
      xPercent: 4,
      rPercent: 1,
    },
  ],
  lineCodes: [{ name: 'C', r1OhmPerKm: 0.2, x1OhmPerKm: 0.1, r0OhmPerKm: 0.5, x0OhmPerKm: 0.4, ampacityA: 200 }],
  lines: [
    { name: 'L1', from: 'b', to: 'c', lengthM: 500, code: 'c' },
    { name: 'L2', from: 'c', to: 'd', lengthM: 100, phases: [2], code: 'C', ampacityA: 90 },
  ],
  loads: [
    { name: 'A', bus: 'd', phases: [2], baseW: 3000, baseVar: 600, shape: 'home', site },
    { name: 'B', bus: 'c', baseW: 9000, baseVar: 0 },
  ],
  shapes: [{ name: 'Home', stepS: 900, values: [0.2, 1] }],
  voltageBand: { minPu: 0.95, maxPu: 1.05 },
});

test('a network as it is written by hand', () => {
  const { lines, loads, shapes } = networkFromJson(good());
  expect(lines[0]).toMatchObject({ phases: [1, 2, 3], ampacityA: 200, lengthM: 500 });
  expect(lines[0]?.z.r[0]).toEqual([0.15, 0.05, 0.05].map(v => expect.closeTo(v, 12) as number));
  expect(lines[1]?.ampacityA).toBe(90);
  expect(lines[1]?.z.x).toEqual([
    [0, 0, 0],
    [0, expect.closeTo(0.02, 12), 0],
    [0, 0, 0],
  ]);
  expect(loads[0]?.site).toEqual(site);
  expect(loads[1]?.phases).toEqual([1, 2, 3]);
  expect(shapes[0]?.values).toEqual([0.2, 1]);
});

const at = (change: (json: ReturnType<typeof good>) => void): (() => unknown) => {
  const json = good();
  change(json);
  return () => networkFromJson(json);
};

test.each<[string, (json: ReturnType<typeof good>) => void]>([
  ['lines[1].from, want a bus that is connected to the source, got x', n => (n.lines[1]!['from'] = 'x')],
  ['loads[0].bus, want a bus that is connected to the source, got x', n => (n.loads[0]!['bus'] = 'x')],
  ['transformers[0].from, want a bus that is connected to the source, got q', n => (n.transformers[0]!['from'] = 'q')],
  ['loads[0].shape, want the name of a shape, got x', n => (n.loads[0]!['shape'] = 'x')],
  ['lines[0].code, want the name of a line code, got x', n => (n.lines[0]!['code'] = 'x')],
  ['lines[0], want either code or z, got neither', n => delete n.lines[0]!['code']],
  ['lines[1].name, want a name of its own, got l1', n => (n.lines[1]!['name'] = 'l1')],
  ['lines[1].name, want a name of its own, got t', n => (n.lines[1]!['name'] = 't')],
  ['lines[1].phases, want a list of different phases 1, 2, 3, got [2,2]', n => (n.lines[1]!['phases'] = [2, 2])],
  ['lines[0].lengthM, want a number of 0 or more, got -1', n => (n.lines[0]!['lengthM'] = -1)],
  ['lines[0].lenghtM, there is no such field', n => (n.lines[0]!['lenghtM'] = 1)],
  ['source.baseKv, it is missing, want a number above 0', n => delete n.source['baseKv']],
  ['source.pu, want a number from 0.5 to 1.5, got 3', n => (n.source['pu'] = 3)],
  [
    'transformers[0].connection, want one of delta-wye, wye-wye, split-phase, got zigzag',
    n => (n.transformers[0]!['connection'] = 'zigzag'),
  ],
  ['shapes[0].values, want a list of 1 or more, got 0', n => (n.shapes[0]!['values'] = [])],
  ['shapes[0].values[1], want a number, got x', n => (n.shapes[0]!['values'] = [1, 'x'])],
  ['loads[0].site.kind, want one of inverter, pcs, got house', n => (n.loads[0]!['site'] = { ...site, kind: 'house' })],
  [
    'loads[0].site.evse[0].maxA, want a number above 0, got 0',
    n => (n.loads[0]!['site'] = { ...site, evse: [{ maxA: 0, voltageV: 240, phases: [1] }] }),
  ],
  ['voltageBand, it is missing, want an object', n => delete n['voltageBand']],
  ['format, want one of headroom-network/1, got headroom-network/2', n => (n['format'] = 'headroom-network/2')],
  ['lineCodes[0], want r1OhmPerKm and x1OhmPerKm', n => (n['lineCodes'] = [{ name: 'C' }])],
  ['constructor, there is no such field', n => ((n as Json)['constructor'] = 1)],
])('exact error: %s', (message, change) => {
  expect(at(change)).toThrow(`BAD_NETWORK: ${message}`);
});

test.each([[null], [[]], ['x'], [7]])('%j is no network', value => {
  expect(() => networkFromJson(value)).toThrow(/BAD_NETWORK: the file, want an object/);
});

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(randomCase, ({ network }) => {
      const text = JSON.stringify(networkToJson({ ...network, warnings: ['x'] }));
      expect(networkFromJson(JSON.parse(text))).toEqual(network);
    }),
    { numRuns: 50 },
  );
});

test('whatever JSON there is, it is a network or a problem, never anything else thrown', () => {
  const parts = Object.keys(good());
  fc.assert(
    fc.property(fc.constantFrom(...parts), fc.jsonValue(), (part, value) => {
      try {
        networkFromJson({ ...good(), [part]: value });
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_NETWORK' });
      }
    }),
    { numRuns: 300 },
  );
});

test('files that are no JSON say so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-json-'));
  const file = join(folder, 'n.json');
  writeFileSync(file, '{"name": ');
  expect(() => readNetworkJson(file)).toThrow(/n.json, it is not JSON/);
  writeFileSync(file, `\ufeff${JSON.stringify(good())}`);
  expect(readNetworkJson(file).name).toBe('N');
  rmSync(folder, { recursive: true });
});

describe('what American feeders need', () => {
  const american = (): ReturnType<typeof good> => {
    const network = good();
    network.transformers.push({
      name: 'pole',
      from: 's',
      to: 'p',
      connection: 'split-phase',
      phases: [3],
      primaryKv: 12.47,
      secondaryKv: 0.24,
      ratingKva: 50,
      xPercent: 2,
      rPercent: 1,
      halves: { primaryR: 0.5, primaryX: 1.6, legR: 1, legX: 0.8 },
    });
    network.transformers.push({
      name: 'regulators',
      from: 's',
      to: 'r',
      connection: 'wye-wye',
      primaryKv: 12.47,
      secondaryKv: 12.47,
      ratingKva: 5000,
      xPercent: 0.01,
      rPercent: 0.01,
      tapByPhase: [0.95, 0.96, 0.94],
    });
    network.lines.push({ name: 'S1', from: 'r', to: 'x', lengthM: 1, code: 'C', switch: 'closed' });
    network.lines.push({
      name: 'S2',
      from: 'x',
      to: 'c',
      lengthM: 1,
      code: 'C',
      switch: 'open',
      ampacityByPhaseA: [1, 2, 3],
    });
    network.loads.push({ name: 'oven', bus: 'p', phases: [1, 2], baseW: 9000, baseVar: 0, connection: 'delta' });
    network.loads.push({ name: 'mill', bus: 'r', baseW: 9000, baseVar: 10, model: 'impedance', ratedV: 7200 });
    return { ...network, capacitors: [{ name: 'bank', bus: 'r', var: 600_000 }] };
  };

  test('split-phase service, regulators, switches, loads between phases and capacitors are read, and written back', () => {
    const network = networkFromJson(american());
    expect(network.capacitors?.[0]).toMatchObject({ phases: [1, 2, 3], var: 600_000 });
    expect(network.lines.at(-1)).toMatchObject({ switch: 'open', ampacityByPhaseA: [1, 2, 3] });
    expect(networkFromJson(JSON.parse(JSON.stringify(networkToJson(network))))).toEqual(network);
  });

  test.each<[string, (network: Json & { transformers: Json[]; lines: Json[]; loads: Json[] }) => void, string]>([
    [
      'three phases feed legs',
      n => (n.transformers[1] = { ...n.transformers[1], phases: [1, 2, 3] }),
      'the one phase that feeds it',
    ],
    [
      'taps by phase of a delta',
      n => (n.transformers[0] = { ...n.transformers[0], tapByPhase: [1, 1, 1] }),
      'one tap for all phases',
    ],
    [
      'two taps',
      n => (n.transformers[2] = { ...n.transformers[2], tapByPhase: [1, 1] }),
      'transformers[2].tapByPhase, want a list of three',
    ],
    [
      'a half-open switch',
      n => (n.lines[2] = { ...n.lines[2], switch: 'ajar' }),
      'lines[2].switch, want one of open, closed',
    ],
    ['an island behind an open switch', n => (n.lines[2] = { ...n.lines[2], switch: 'open', to: 'far' }), ''],
  ])('%s', (_, spoil, words) => {
    const network = american();
    spoil(network);
    if (words === '') expect(networkFromJson(network).lines[2]).toMatchObject({ switch: 'open' });
    else expect(() => networkFromJson(network)).toThrow(words);
  });
});
