import { type Device, envelopesOf } from './api';
import { loadEngine } from './index';
import { type Policy } from './headroom';
import { asset, device, flow, snapshot } from './testing/snapshots';

const signal = new AbortController().signal;
const passive = flow([0]);
const limits = async (policy: Policy, devices: Device[], assets = [asset('T', 12_000, { passive })]) => {
  const { engine } = loadEngine('headroom', { policy }, '.');
  const envelopes = envelopesOf(await engine.compute(snapshot(assets, devices), signal));
  return devices.map(({ id }) => envelopes.find(envelope => envelope.device === id)?.importW[0]);
};
const a = device('a', 'T', { maxImportW: 2000, firmImportW: 1000 });
const b = device('b', 'T', { maxImportW: 20_000, firmImportW: 4000 });
const c = device('c', 'T', { maxImportW: 10_000, weight: 3 });

it.each<[Policy, number[]]>([
  // 12 kW less 5 kW of firm is 7: a takes its last 1, the rest 6 goes 1 : 3, or in halves.
  ['hierarchical', [2000, 5500, 4500]],
  ['firm-first', [2000, 7000, 3000]],
  // Firm counts: a 2, then b and c share 10 at 1 : 3, but b has 4 firm already, which leaves c 6.
  ['max-min', [2000, 4000, 6000]],
  ['equal', [2000, 5000, 5000]],
  // 12 of 32 kW of rating is 0.375, which is below the firm limits of nobody but a: 1; the rest is 11 of 30.
  ['proportional', [1000, 7333, 3666]],
])('%s', async (policy, expected) => {
  expect(await limits(policy, [a, b, c])).toEqual(expected);
});

it('equal stops for all where one asset is full; the others go on below their own', async () => {
  const tree = [
    asset('T', 90_000, { passive }),
    asset('small', 6000, { passive, parent: 'T' }),
    asset('large', 60_000, { passive, parent: 'T' }),
  ];
  const devices = ['s1', 's2'].map(id => device(id, 'small')).concat(device('l', 'large'));
  expect(await limits('equal', devices, tree)).toEqual([3000, 3000, 3000]);
  expect(await limits('hierarchical', devices, tree)).toEqual([3000, 3000, 20_000]);
  expect(await limits('max-min', devices, tree)).toEqual([3000, 3000, 20_000]);
});

it('a phase can be full before the whole is', async () => {
  const devices = [
    device('one', 'T', { phases: [1] }),
    device('two', 'T', { phases: [1] }),
    device('three', 'T', { phases: [2] }),
  ];
  expect(await limits('hierarchical', devices)).toEqual([2000, 2000, 4000]);
});

it('worst-hour gives one limit for all the time: that of the worst step', async () => {
  const forecast = flow([0, 6000, 2000]);
  const s = snapshot([asset('T', 12_000, { passive: forecast })], [device('a', 'T'), device('b', 'T')], { steps: 3 });
  const [planned, hourly] = await Promise.all(
    ['worst-hour', 'equal-share'].map(async name =>
      envelopesOf(await loadEngine(name, {}, '.').engine.compute(s, signal)),
    ),
  );
  expect(hourly?.[0]?.importW).toEqual([6000, 3000, 5000]);
  expect(planned?.[0]?.importW).toEqual([3000, 3000, 3000]);
  // Export gains from load, so its worst step is the one with the least of it.
  expect(planned?.[0]?.exportW).toEqual([6000, 6000, 6000]);
});

it('refuses a policy it does not know', () => {
  expect(() => loadEngine('headroom', { policy: 'fair' }, '.')).toThrow('want one of hierarchical, firm-first');
});
