import { ManualClock } from '../base/clock';
import { loadEngine } from '../engines';
import { envelopesOf, type Snapshot } from '../engines/api';
import { sitesOf, snapshotOf } from '../engines/network-snapshot';
import { type Network } from '../grid/network';
import { readNetwork } from '../grid/read';
import { safetyNet } from '../services/safety-net';
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
  expect(verdict).toEqual({ unsafe: new Map(), notLookedAt: 0 });
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
