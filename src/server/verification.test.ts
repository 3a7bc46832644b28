import { ManualClock } from '../base/clock';
import { loadEngine } from '../engines';
import { envelopesOf, type Snapshot } from '../engines/api';
import { sitesOf, snapshotOf } from '../engines/network-snapshot';
import { type Network } from '../grid/network';
import { readNetwork } from '../grid/read';
import { safetyNet } from '../services/safety-net';
import { withVerdict } from '../services/verified';
import { verification } from './verification';
import { resolve } from 'node:path';

const oak = readNetwork(resolve(__dirname, '../../examples/networks/oak-street.json'));
/** The same street with a narrow band, so that voltage bounds it. */
const narrow: Network = { ...oak, voltageBand: { minPu: 0.962, maxPu: 1.05 } };
const make = (network: Network): Snapshot =>
  snapshotOf(network, {
    sites: sitesOf(network, undefined, 1),
    maxImportW: 40_000,
    maxExportW: 20_000,
    start: 0,
    startS: 12 * 3600,
    stepS: 3600,
    steps: 3,
    seed: 1,
  });
const proposed = async (snapshot: Snapshot, engine: string) =>
  safetyNet(
    snapshot,
    envelopesOf(await loadEngine(engine, {}, '.').engine.compute(snapshot, new AbortController().signal)),
  ).envelopes;
const options = () => ({ wall: new ManualClock(0), budgetS: 5, seed: 1 });

it('passes what the default engine makes of Oak Street', async () => {
  const snapshot = make(oak);
  const verdict = await verification(oak, options())(snapshot, await proposed(snapshot, 'equal-share'));
  expect(verdict).toEqual({ unsafe: new Map(), only: new Map(), notLookedAt: 0 });
});

it('refuses what bounds loading alone where voltage is tight, naming the limit, and passes box-robust there', async () => {
  const snapshot = make(narrow);
  const verify = verification(narrow, options());
  const { unsafe } = await verify(snapshot, await proposed(snapshot, 'equal-share'));
  expect([...unsafe.keys()]).toEqual([0, 1, 2]);
  expect(unsafe.get(0)).toMatch(/^V(min|max) bus .* at [\d.]+, limit [\d.]+$/);
  expect((await verify(snapshot, await proposed(snapshot, 'box-robust'))).unsafe).toEqual(new Map());
});

it('leaves what it has no time for, and remembers what it judged', async () => {
  const snapshot = make(oak);
  const envelopes = await proposed(snapshot, 'equal-share');
  const clock = new ManualClock(0);
  const verify = verification(oak, { wall: clock, budgetS: 0, seed: 1 });
  expect((await verify(snapshot, envelopes)).notLookedAt).toBe(3);
  const whole = verification(oak, { wall: clock, budgetS: 1, seed: 1 });
  expect((await whole(snapshot, envelopes)).notLookedAt).toBe(0);
  jest.spyOn(clock, 'monotonicMs').mockReturnValueOnce(0).mockReturnValue(1e9);
  expect((await whole(snapshot, envelopes)).notLookedAt).toBe(0);
});

describe('a network of two feeders', () => {
  const wire = (ohm: number) => ({ r: [[ohm, 0, 0], [0, ohm, 0], [0, 0, ohm]], x: [[ohm, 0, 0], [0, ohm, 0], [0, 0, ohm]] }); // prettier-ignore
  const line = (from: string, to: string, ohm: number) =>
    ({ name: `${from}-${to}`, from, to, lengthM: 100, phases: [1, 2, 3], z: wire(ohm), ampacityA: 500 }) as const;
  const load = (bus: string) =>
    ({ name: `site ${bus}`, bus, phases: [1, 2, 3], baseW: 1000, baseVar: 0, site: { kind: 'pcs', serviceW: 30_000, firmImportW: 3000, firmExportW: 0 } }) as const; // prettier-ignore
  /** A strong and a weak feeder from one transformer bus. */
  const two = (weakOhm: number, trunkOhm = 0.001): Network => ({
    name: 'two feeders',
    source: { bus: 'grid', baseKv: 0.4, pu: 1, angleDeg: 0, isc3A: 50_000, xOverR: 4 },
    transformers: [],
    lines: [
      line('grid', 'board', trunkOhm),
      line('board', 'a', 0.01),
      line('board', 'b', weakOhm),
      line('b', 'c', 0.01),
    ],
    loads: [load('a'), load('c')],
    shapes: [],
    voltageBand: { minPu: 0.94, maxPu: 1.06 },
  });
  const judged = async (network: Network) => {
    const snapshot = snapshotOf(network, {
      sites: sitesOf(network, undefined, 1),
      maxImportW: 30_000,
      maxExportW: 0,
      start: 0,
      startS: 0,
      stepS: 3600,
      steps: 1,
      seed: 1,
    });
    const net = safetyNet(snapshot, snapshot.devices.map(({ id }) => ({ device: id, importW: [30_000], exportW: [0], bound: [{ import: 'x', export: 'x' }] }))); // prettier-ignore
    const verdict = await verification(network, options())(snapshot, net.envelopes);
    const { envelopes, events } = withVerdict(snapshot, net, verdict);
    return { limits: envelopes.map(({ importW }) => importW[0]), events: events.map(({ text }) => text).join() };
  };

  it('puts the sites of the feeder that fails on firm, and says how many', async () => {
    const { events, limits } = await judged(two(0.6));
    expect(limits).toEqual([30_000, 3000]);
    expect(events).toMatch(/1 of 1 steps at 1 of 2 sites \(first step 0, Vmin bus [bc] /);
  });

  it('puts everybody on firm where what they share fails', async () => {
    expect((await judged(two(0.01, 0.6))).limits).toEqual([3000, 3000]);
  });

  it('leaves everybody alone where nothing fails', async () => {
    expect((await judged(two(0.01))).limits).toEqual([30_000, 30_000]);
  });
});
