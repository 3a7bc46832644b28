import { resolve } from 'node:path';
import { type Network } from '../grid/network';
import { drawsInStep } from '../grid/passive-draws';
import { readNetwork } from '../grid/read';
import { Verifier } from '../grid/verify';
import { type Snapshot, envelopesOf, noticesOf } from './api';
import { loadEngine } from './index';
import { sitesOf, snapshotOf } from './network-snapshot';

const oak = readNetwork(resolve(__dirname, '../../examples/networks/oak-street.json'));
const signal = new AbortController().signal;
const make = (network: Network, more: Partial<Parameters<typeof snapshotOf>[1]> = {}): Snapshot =>
  snapshotOf(network, {
    sites: sitesOf(network, undefined, 1),
    maxImportW: 40_000,
    maxExportW: 20_000,
    start: 0,
    startS: 18 * 3600,
    stepS: 3600,
    steps: 2,
    seed: 1,
    ...more,
  });
const compute = async (snapshot: Snapshot, name = 'box-robust', options: unknown = {}) => {
  const answer = await loadEngine(name, options, '.').engine.compute(snapshot, signal);
  return { envelopes: envelopesOf(answer), notices: noticesOf(answer) };
};
const judge = (
  network: Network,
  snapshot: Snapshot,
  envelopes: Awaited<ReturnType<typeof compute>>['envelopes'],
  step = 0,
) => {
  const at = new Map(snapshot.devices.map(device => [device.id, device]));
  const boxes = envelopes.map(({ device, exportW, importW }) => ({
    site: device,
    bus: at.get(device)?.bus ?? '',
    phases: at.get(device)?.phases ?? [],
    importW: importW[step] ?? NaN,
    exportW: exportW[step] ?? NaN,
  }));
  return new Verifier(network, { seed: 9, vertices: 50, points: 50 }).verify(
    drawsInStep(snapshot.passive ?? [], step),
    boxes,
    step,
  );
};
const band = (minPu: number, maxPu: number): Network => ({ ...oak, voltageBand: { minPu, maxPu } });

it('is safe everywhere in the box where voltage is tight and sharing by loading is not, and names the voltage', async () => {
  const tight = band(0.962, 1.05);
  const snapshot = make(tight);
  const { envelopes } = await compute(snapshot);
  expect(judge(tight, snapshot, envelopes)).toMatchObject({ passed: true });
  expect(judge(tight, snapshot, (await compute(snapshot, 'equal-share')).envelopes).passed).toBe(false);
  const bound = envelopes.flatMap(envelope => envelope.bound.map(by => by.import));
  expect(bound.some(text => /^(firm, no room at )?Vmin bus/.test(text))).toBe(true);
});

it('gives up little where nothing but loading binds', async () => {
  const snapshot = make(band(0.9, 1.1));
  const total = (all: Awaited<ReturnType<typeof compute>>) =>
    all.envelopes.reduce((sum, { importW }) => sum + (importW[0] ?? 0), 0);
  const [robust, shared] = [total(await compute(snapshot)), total(await compute(snapshot, 'equal-share'))];
  expect(robust).toBeGreaterThan(0.95 * shared);
  expect(robust).toBeLessThanOrEqual(shared);
});

it('offers one direction at a time by the local clock, with firm in the other', async () => {
  const snapshot = make(oak, { start: Date.UTC(2026, 6, 1, 21) / 1000, startS: 14 * 3600 });
  const options = { direction: 'one', timeZone: 'America/Los_Angeles', exportFromHour: 9, exportToHour: 15 };
  const { envelopes } = await compute(snapshot, 'box-robust', options);
  for (const { bound, device, exportW, importW } of envelopes) {
    const { firmExportW = NaN, firmImportW = NaN } = snapshot.devices.find(({ id }) => id === device) ?? {};
    // 14 h is an hour of export, 15 h is not.
    expect(importW[0]).toBe(firmImportW);
    expect(exportW[1]).toBe(firmExportW);
    expect(bound[0]?.import).toMatch(/one direction at a time/);
  }
  expect(envelopes.some(({ importW }, k) => (importW[1] ?? 0) > (snapshot.devices[k]?.firmImportW ?? 0))).toBe(true);
});

it('keeps firm where firm alone breaks a limit, and says so', async () => {
  const snapshot = make(band(0.99, 1.01));
  const { envelopes, notices } = await compute(snapshot);
  expect(notices.map(({ code }) => code)).toContain('firm-shortfall');
  expect(notices.map(({ text }) => text).join()).toMatch(/firm limits alone can break V(min|max) bus/);
  for (const { device, importW } of envelopes)
    expect(importW[0]).toBe(snapshot.devices.find(({ id }) => id === device)?.firmImportW);
});

it('without a network shares out headroom and says that voltage is not bounded', async () => {
  const { network, ...blind } = make(oak);
  void network;
  const { envelopes, notices } = await compute(blind);
  expect(envelopes).toEqual((await compute(blind, 'equal-share')).envelopes);
  expect(notices.at(-1)?.text).toContain('not voltage');
});

it('asked again it answers the same, also when it remembers', async () => {
  const { engine } = loadEngine('box-robust', {}, '.');
  const snapshot = make(oak);
  const first = await engine.compute(snapshot, signal);
  const later = { ...snapshot, steps: 1 };
  await engine.compute(later, signal);
  expect(await engine.compute(snapshot, signal)).toEqual(first);
});

it('oe1 finds the largest limits for all together, and in half-kilowatt steps as published', async () => {
  const tight = band(0.962, 1.05);
  const snapshot = make(tight, { steps: 1, maxImportW: 14_000 });
  const [exact, steps, maximum] = await Promise.all(
    [{}, { compat: 'uom' }, { policy: 'maximum' }].map(options => compute(snapshot, 'oe1', options)),
  );
  const at = (all: typeof exact) => all?.envelopes.map(({ importW }) => importW[0] ?? NaN) ?? [];
  const firm = snapshot.devices.map(({ firmImportW }) => firmImportW);
  at(steps).forEach((w, k) => {
    const own = at(exact)[k] ?? NaN;
    expect(w).toBeLessThanOrEqual(Math.max(own, firm[k] ?? 0) + 1);
    expect(w).toBeGreaterThan(own - 505);
  });
  const sum = (all: typeof exact) => at(all).reduce((total, w) => total + w, 0);
  expect(sum(maximum)).toBeGreaterThanOrEqual(sum(exact));
});

it.each(['max-min', 'proportional', 'sum'])(
  '%s is as safe, and max-min gives the worst-off no less than equal',
  async policy => {
    const tight = band(0.962, 1.05);
    const snapshot = make(tight, { steps: 1 });
    const [own, equal] = [await compute(snapshot, 'box-robust', { policy }), await compute(snapshot)];
    expect(judge(tight, snapshot, own.envelopes)).toMatchObject({ passed: true });
    if (policy === 'proportional') return;
    const beyond = (all: typeof own) => {
      const firm = new Map(snapshot.devices.map(device => [device.id, device.firmImportW]));
      return all.envelopes.reduce((sum, { device, importW }) => sum + (importW[0] ?? 0) - (firm.get(device) ?? 0), 0);
    };
    expect(beyond(own)).toBeGreaterThan(0.9 * beyond(equal));
  },
);

it('sum has the larger sum, max-min the better-off last, and leastShare is a promise between them', async () => {
  const tight = band(0.962, 1.05);
  const snapshot = make(tight, { steps: 1, startS: 12 * 3600 });
  const firm = snapshot.devices.flatMap(({ firmExportW, firmImportW }) => [firmImportW, firmExportW]);
  const limits = async (options: object) => {
    const { envelopes } = await compute(snapshot, 'box-robust', options);
    const by = new Map(envelopes.map(envelope => [envelope.device, envelope]));
    return snapshot.devices.flatMap(({ id }) => [by.get(id)?.importW[0] ?? NaN, by.get(id)?.exportW[0] ?? NaN]);
  };
  const [sum, half, fair] = [
    await limits({ policy: 'sum' }),
    await limits({ policy: 'sum', leastShare: 0.5 }),
    await limits({ policy: 'max-min' }),
  ];
  const total = (of: readonly number[]) => of.reduce((all, w) => all + w, 0);
  expect(total(sum)).toBeGreaterThan(1.02 * total(fair));
  expect(total(half)).toBeGreaterThan(total(fair));
  expect(total(half)).toBeLessThan(total(sum) + 100);
  // Half of what max-min has beyond firm, but for what the power flow had still to mend.
  half.forEach((w, j) => {
    const floor = firm[j] as number;
    expect(w).toBeGreaterThan(floor + 0.45 * ((fair[j] as number) - floor) - 10);
  });
});
