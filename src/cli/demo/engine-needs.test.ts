import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seededRandom } from '../../base/random';
import { engineNames, loadEngine } from '../../engines';
import { envelopesOf } from '../../engines/api';
import { sitesOf, snapshotOf } from '../../engines/network-snapshot';
import { readNetwork } from '../../grid/read';
import { planFleet } from '../../sim/fleet-plan';
import { start, timeZone } from './prepare';
import { neededOptions } from './engine-needs';

const dir = mkdtempSync(join(tmpdir(), 'headroom-needs-'));
afterAll(() => rmSync(dir, { recursive: true }));

const network = readNetwork(resolve(__dirname, '../../../examples/networks/oak-street.json'));
const random = seededRandom(1);
const plan = planFleet(network, { midnight: start, random });
const read = snapshotOf(network, {
  sites: sitesOf(network, undefined, 1),
  maxImportW: 14_000,
  maxExportW: 10_000,
  start,
  startS: 0,
  stepS: 3600,
  steps: 4,
  seed: 1,
});
/** As a server has them: sites by number. */
const snapshot = { ...read, devices: read.devices.map((device, i) => ({ ...device, id: String(i + 1) })) };

it.each(engineNames)(
  'a demo of %s has all that the engine needs, and gives more than firm',
  async name => {
    const options = neededOptions(name, { dir, network, plan, timeZone, random, midnightS: 0 });
    const { engine } = loadEngine(name, options, dir);
    const envelopes = envelopesOf(await engine.compute(snapshot, new AbortController().signal));
    expect(envelopes.map(({ device }) => device).sort()).toEqual(snapshot.devices.map(({ id }) => id).sort());
    if (name === 'external') return; // the example keeps everybody on firm
    const firm = new Map(snapshot.devices.map(({ firmImportW, id }) => [id, firmImportW]));
    expect(envelopes.some(({ device, importW }) => (importW[0] ?? 0) > (firm.get(device) ?? 0) + 1)).toBe(true);
  },
  30_000,
);
