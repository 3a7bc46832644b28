import { asset, device, flow, snapshot } from '../engines/testing/snapshots';
import { type StepTerms } from './products/version';
import { type SafeEnvelope } from './safety-net';
import { cut, joined, leastOf, stretchesOf } from './segments';

const terms = (...firm: number[]): StepTerms[] =>
  firm.map(w => ({ maxImportW: 9000, maxExportW: 5000, firmImportW: w, firmExportW: 0 }));
const envelope = (id: string, importW: number[], more: Partial<SafeEnvelope> = {}): SafeEnvelope => ({
  device: id,
  importW: Int32Array.from(importW),
  exportW: Int32Array.from(importW, () => 100),
  bound: importW.map(w => ({ import: `${id} ${w}`, export: id })),
  ...more,
});

it('cuts a run where the terms of any device change, and only there', () => {
  expect(stretchesOf(new Map(), 2, 4)).toEqual([{ first: 2, steps: 4 }]);
  const both = new Map([
    ['a', terms(1, 1, 2, 2, 2, 2)],
    ['b', terms(5, 5, 5, 5, 6, 6)],
  ]);
  expect(stretchesOf(both, 0, 6)).toEqual([
    { first: 0, steps: 2 },
    { first: 2, steps: 2 },
    { first: 4, steps: 2 },
  ]);
  expect(stretchesOf(both, 3, 2)).toEqual([
    { first: 3, steps: 1 },
    { first: 4, steps: 1 },
  ]);
});

it('gives the engine those steps alone, with the terms that hold in them', () => {
  const whole = snapshot(
    [asset('T', 50_000, { passive: flow([1, 2, 3, 4]) })],
    [device('a', 'T', { maxExportW: 0 }), device('b', 'T')],
    { start: 1000, stepS: 100, steps: 4, passive: [{ bus: 'x', phases: [1], w: [5, 6, 7, 8], var: [0, 0, 0, 1] }] },
  );
  expect(cut(whole, { first: 0, steps: 4 }, new Map())).toBe(whole);
  const part = cut(whole, { first: 2, steps: 2 }, new Map([['a', terms(0, 0, 700, 700)]]));
  expect(part).toMatchObject({ start: 1200, steps: 2, passive: [{ w: [7, 8], var: [0, 1] }] });
  expect(part.assets[0]?.passive.highW).toEqual([3, 4]);
  expect(part.assets[0]?.passiveByPhase[1].highW).toEqual([1, 4 / 3]);
  // In a direction in which it has nothing to share out it goes on having nothing.
  expect(part.devices[0]).toMatchObject({ firmImportW: 700, maxImportW: 9000, maxExportW: 0 });
  expect(part.devices[1]).toBe(whole.devices[1]);
});

it('puts answers together again, and a failure in one stretch is one of the whole', () => {
  const [a] = joined([[envelope('a', [1, 2])], [envelope('a', [3], { fallback: 'engine' })]]);
  expect([...(a?.importW ?? [])]).toEqual([1, 2, 3]);
  expect(a).toMatchObject({ fallback: 'engine', bound: [{}, {}, { import: 'a 3' }] });
});

it('takes the least of several networks, and firm where one of them feeds nobody', () => {
  const devices = [device('a', 'T', { firmImportW: 50, firmExportW: 20 })];
  const [least] = leastOf(devices, [[envelope('a', [900, 100])], [envelope('a', [500, 600])]], {
    steps: 2,
    unfed: 'dark',
  });
  expect([...(least?.importW ?? [])]).toEqual([500, 100]);
  expect(least?.bound.map(by => by.import)).toEqual(['a 500', 'a 100']);
  const [unfed] = leastOf(devices, [[envelope('a', [900, 100])], []], { steps: 2, unfed: 'dark' });
  expect([[...(unfed?.importW ?? [])], [...(unfed?.exportW ?? [])]]).toEqual([
    [50, 50],
    [20, 20],
  ]);
  expect(unfed?.bound[0]).toEqual({ import: 'dark', export: 'dark' });
});
