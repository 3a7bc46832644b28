import { resolve } from 'node:path';
import { type Network } from '../grid/network';
import { drawsInStep } from '../grid/passive-draws';
import { readNetwork } from '../grid/read';
import { Verifier } from '../grid/verify';
import { type PassiveDraw, type Snapshot, envelopesOf } from './api';
import { loadEngine } from './index';
import { sitesOf, snapshotOf } from './network-snapshot';

const oak = readNetwork(resolve(__dirname, '../../examples/networks/oak-street.json'));
const tight: Network = { ...oak, voltageBand: { minPu: 0.97, maxPu: 1.015 } };
const made = snapshotOf(tight, {
  sites: sitesOf(oak, undefined, 1),
  maxImportW: 40_000,
  maxExportW: 40_000,
  start: 0,
  startS: 18 * 3600,
  stepS: 3600,
  steps: 1,
  seed: 1,
});
/** Nobody has firm: all there is to share out is what the voltage leaves. */
const plain: Snapshot = {
  ...made,
  devices: made.devices.map(device => ({ ...device, firmImportW: 0, firmExportW: 0 })),
};
const times = (draws: readonly PassiveDraw[], by: number): PassiveDraw[] =>
  draws.map(draw => ({ ...draw, w: draw.w.map(w => w * by) }));
const passive = plain.passive ?? [];
/** The forecast may be off by four fifths either way. */
const unsure: Snapshot = {
  ...plain,
  passive: passive.map(draw => ({ ...draw, highW: draw.w.map(w => 1.8 * w), lowW: draw.w.map(w => 0.2 * w) })),
};

const compute = async (snapshot: Snapshot) =>
  envelopesOf(await loadEngine('box-robust', {}, '.').engine.compute(snapshot, new AbortController().signal));
function judge(envelopes: Awaited<ReturnType<typeof compute>>, draws: readonly PassiveDraw[]) {
  const at = new Map(plain.devices.map(device => [device.id, device]));
  const boxes = envelopes.map(({ device, exportW, importW }) => ({
    site: device,
    bus: at.get(device)?.bus ?? '',
    phases: at.get(device)?.phases ?? [],
    importW: importW[0] ?? NaN,
    exportW: exportW[0] ?? NaN,
  }));
  return new Verifier(tight, { seed: 9, vertices: 60, points: 60 }).verify(drawsInStep(draws, 0), boxes);
}
const sum = (envelopes: Awaited<ReturnType<typeof compute>>, way: 'importW' | 'exportW') =>
  envelopes.reduce((total, envelope) => total + (envelope[way][0] ?? 0), 0);

it('a box that knows how sure the forecast is holds with more load and with less, one that does not breaks', async () => {
  const [sure, robust] = [await compute(plain), await compute(unsure)];
  for (const by of [0.2, 1, 1.8]) expect(judge(robust, times(passive, by)).broken).toBe(0);
  expect(judge(sure, times(passive, 1)).broken).toBe(0);
  expect(judge(sure, times(passive, 1.8)).broken).toBeGreaterThan(0);
  expect(sum(robust, 'importW')).toBeLessThan(sum(sure, 'importW'));
  expect(sum(robust, 'importW')).toBeGreaterThan(0);
});

it('a forecast that is sure changes nothing', async () => {
  const exact = { ...plain, passive: passive.map(draw => ({ ...draw, highW: draw.w, lowW: draw.w })) };
  expect(await compute(exact)).toEqual(await compute(plain));
});
