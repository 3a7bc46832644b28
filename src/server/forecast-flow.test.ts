import { type AssetForecast, type PassiveDraw } from '../engines/api';
import { type GridAsset } from '../grid/assets';
import { type Load } from '../grid/network';
import { type AssetFlowParts } from '../grid/passive-flow';
import { forecastDraws, forecastFlow, type PlacedLoad } from './forecast-flow';
import { areDays, placeOf } from './forecast-words';
import { forecastStepS } from './forecasts';
import { StepLog } from './step-log';

const asset = (id: string): GridAsset => ({
  id,
  kind: 'transformer',
  ratingVA: 100_000,
  phaseRatingVA: 33_333,
  phases: [1, 2, 3],
  bus: 'b',
});
const forecast = (
  of: string,
  [low, point, high]: readonly [number, number, number],
  phase?: 1 | 2 | 3,
): AssetForecast => ({
  asset: of,
  ...(phase && { phase }),
  rung: 'ridge',
  trainedUntil: 0,
  lowLevel: 0.05,
  highLevel: 0.95,
  pinballW: 1,
  ofNaive: 1,
  coverage90: 0.9,
  lowW: [low],
  pointW: [point],
  highW: [high],
});
const flow = { highW: [1], lowW: [2], var: [3] };
const reserve = { highW: [100], lowW: [10] };
const parts: AssetFlowParts = {
  flow: { passive: flow, passiveByPhase: [flow, flow, flow] },
  reserve,
  reserveByPhase: [reserve, reserve, reserve],
};
const load = (name: string, baseW: number, phases: readonly (1 | 2 | 3)[], ...above: string[]): PlacedLoad => ({
  load: { name, bus: 'b', phases, baseW, baseVar: 0 } satisfies Load,
  phases,
  above,
});
const draw = (w: number): PassiveDraw => ({ bus: 'b', phases: [1], w: [w], var: [7] });

describe('passive flow', () => {
  it('is the high quantile and its reserve for import, the low one less its reserve for export', () => {
    const loads = [load('a', 3000, [1], 'T'), load('b', 1000, [2], 'T'), load('c', 9000, [3], 'other')];
    const found = forecastFlow(asset('T'), parts, [forecast('T', [-8000, 0, 4000])], loads);
    expect(found.passive).toEqual({ highW: [4100], lowW: [-8010], var: [3] });
    expect(found.passiveByPhase.map(({ highW }) => highW[0])).toEqual([3100, 1100, 100]);
    expect(found.passiveByPhase.map(({ lowW }) => lowW[0])).toEqual([-6010, -2010, -10]);
  });

  it('takes a phase that is metered by itself as it is, and shares evenly where no load says how', () => {
    const forecasts = [forecast('T', [0, 0, 3000]), forecast('T', [0, 0, 2500], 2)];
    const found = forecastFlow(asset('T'), parts, forecasts, []);
    expect(found.passiveByPhase.map(({ highW }) => highW[0])).toEqual([1100, 2600, 1100]);
  });

  it('stays as it was without a forecast of the whole asset', () => {
    expect(forecastFlow(asset('T'), parts, [forecast('other', [1, 2, 3]), forecast('T', [1, 2, 3], 1)], [])).toBe(
      parts.flow,
    );
  });
});

describe('draws of loads', () => {
  const parents = new Map([
    ['T1', 'head'],
    ['T2', 'head'],
    ['head', undefined],
  ]);

  it('add up to the forecast, shared out by what is connected, quantiles with them', () => {
    const loads = [
      load('a', 3000, [1], 'T1', 'head'),
      load('b', 1000, [1], 'T1', 'head'),
      load('c', 500, [1], 'T2', 'head'),
    ];
    const found = forecastDraws(loads, [draw(100), draw(100), draw(50)], [forecast('T1', [500, 1000, 2000])], parents);
    expect(found.map(({ w }) => w[0])).toEqual([700, 300, 50]);
    expect(found.map(({ highW }) => highW?.[0])).toEqual([1450, 550, undefined]);
    expect(found.map(({ lowW }) => lowW?.[0])).toEqual([325, 175, undefined]);
    expect(found[0]?.var).toEqual([7]);
  });

  it('belong to the lowest forecast above them; the head counts what is left', () => {
    const loads = [load('a', 3000, [1], 'T1', 'head'), load('c', 500, [1], 'T2', 'head')];
    const forecasts = [forecast('head', [900, 1500, 2100]), forecast('T1', [800, 1000, 1200])];
    const found = forecastDraws(loads, [draw(1), draw(2)], forecasts, parents);
    expect(found.map(({ w }) => w[0])).toEqual([1000, 500]);
    expect(found.map(({ highW }) => highW?.[0])).toEqual([1200, 1100]);
  });

  it('leaves out loads that never draw, and shares evenly where sizes say nothing', () => {
    const loads = [load('a', 0, [1], 'T1'), load('b', 0, [1], 'T1'), load('c', 0, [1], 'T1')];
    const found = forecastDraws(loads, [draw(0), undefined, draw(0)], [forecast('T1', [0, 100, 200])], parents);
    expect(found.map(({ w }) => w[0])).toEqual([50, 50]);
  });
});

it('steps of forecasts divide an hour, whatever the envelope', () => {
  expect([60, 300, 900, 1200, 1800, 3600, 86_400].map(forecastStepS)).toEqual([900, 900, 900, 1800, 1800, 3600, 3600]);
});

it('reads a place and days, and nothing else', () => {
  expect(placeOf('34.05, -118.24')).toEqual({ latitude: 34.05, longitude: -118.24 });
  for (const text of ['', '91 0', 'here', '1', '1 2 3']) expect(placeOf(text)).toBeUndefined();
  expect(areDays('')).toBe(true);
  expect(areDays('2026-07-04, 2026-11-26')).toBe(true);
  expect(areDays('4 July')).toBe(false);
});

it('reads again what may still change, and keeps the rest', async () => {
  const day = 86_400;
  const asked: [number, number][] = [];
  const log = new StepLog(3600);
  const read = (value: number) => async (from: number, to: number) => {
    asked.push([from, to]);
    return Array.from({ length: (to - from) / 3600 }, (_, i) => ({ start: from + i * 3600, durationS: 3600, value }));
  };
  expect((await log.means('a', 0, 5 * day, read(1)))[0]).toBe(1);
  const again = await log.means('a', day, 6 * day, read(2));
  expect(again).toHaveLength(120);
  expect([again[0], again[47], again[48], again.at(-1)]).toEqual([1, 1, 2, 2]);
  expect(asked).toEqual([
    [-3600, 5 * day],
    [3 * day - 3600, 6 * day],
  ]);
  log.forget('a');
  expect((await log.means('a', day, 6 * day, read(3)))[0]).toBe(3);
});
