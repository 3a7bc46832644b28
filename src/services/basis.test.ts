import { type AssetForecast, type Snapshot } from '../engines/api';
import { basisOf, readBasis } from './basis';

const flow = { highW: [0], lowW: [0], var: [0] };
const asset = (id: string, parent?: string) => ({
  id,
  ...(parent !== undefined && { parent }),
  kind: 'transformer' as const,
  ratingVA: 1,
  phaseRatingVA: 1,
  loadingFactor: 1,
  passive: flow,
  passiveByPhase: [flow, flow, flow] as const,
});
const device = (id: string, of: string) => ({
  id,
  asset: of,
  phases: [1 as const],
  maxImportW: 1,
  maxExportW: 1,
  firmImportW: 0,
  firmExportW: 0,
  weight: 1,
});
const forecast = (of: string): AssetForecast => ({
  asset: of,
  rung: 'ridge',
  trainedUntil: 3600,
  lowLevel: 0.05,
  highLevel: 0.95,
  pinballW: 10,
  ofNaive: 0.5,
  coverage90: 0.9,
  lowW: [1],
  pointW: [2],
  highW: [3],
});
const snapshot = (forecasts?: readonly AssetForecast[]): Snapshot => ({
  api: 1,
  now: 0,
  start: 0,
  stepS: 900,
  steps: 1,
  assets: [asset('head'), asset('t1', 'head'), asset('t2', 'head')],
  devices: [device('a', 't1'), device('b', 't2')],
  ...(forecasts && { forecasts }),
  seed: 1,
});

it('notes the forecasts of the assets above a site, lowest first, without their series', () => {
  const of = basisOf(snapshot([forecast('head'), forecast('t1')]));
  const { forecasts } = readBasis(of('a').basis);
  expect(forecasts.map(each => each.asset)).toEqual(['t1', 'head']);
  expect(forecasts[0]).toEqual({
    asset: 't1',
    rung: 'ridge',
    trainedUntil: 3600,
    lowLevel: 0.05,
    highLevel: 0.95,
    pinballW: 10,
    ofNaive: 0.5,
    coverage90: 0.9,
  });
  expect(readBasis(of('b').basis).forecasts.map(each => each.asset)).toEqual(['head']);
});

it('notes nothing where there is no forecast above a site, or no such site', () => {
  expect(basisOf(snapshot())('a')).toEqual({});
  expect(basisOf(snapshot([forecast('t1')]))('b')).toEqual({});
  expect(basisOf(snapshot([forecast('t1')]))('nobody')).toEqual({});
  expect(readBasis(undefined)).toEqual({ forecasts: [] });
});
