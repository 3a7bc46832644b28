/** One forecast of an asset, or why there is none: as operators see it, and as an engine does. */
import { type Seconds } from '../base/clock';
import { type AssetForecast } from '../engines/api';
import { type Backtest } from '../forecast/backtest';
import { type Quantiles } from '../forecast/quantiles';
import { type Phase } from '../grid/network';

export interface Made {
  readonly asset: string;
  /** Missing: over all of them. */
  readonly phase?: Phase;
  /** All that it depends on. */
  readonly key: string;
  readonly test: Backtest;
  /** End of the last reading, and where `quantiles` begin. */
  readonly trainedUntil: Seconds;
  readonly quantiles: Quantiles | undefined;
}
export type Entry = Made | { readonly asset: string; readonly note: string };

interface Levels {
  readonly lowLevel: number;
  readonly highLevel: number;
}

/** Whether there is a forecast. */
export const usable = (entry: Entry): entry is Made & { quantiles: Quantiles } =>
  'test' in entry && entry.quantiles !== undefined;

export function summaryOf(entry: Entry, levels: Levels): object {
  if (!('test' in entry)) return entry;
  const { asset, phase, quantiles, test, trainedUntil } = entry;
  const { chosen, origins, scores } = test;
  return {
    asset,
    ...(phase !== undefined && { phase }),
    trainedUntil,
    ...levels,
    origins,
    ...(chosen && quantiles ? { rung: chosen.rung.name, score: chosen.score } : { note: 'too little history yet' }),
    scores,
  };
}

interface Steps extends Levels {
  readonly start: Seconds;
  readonly stepS: Seconds;
  readonly count: number;
  /** Of the forecast. */
  readonly forecastStepS: Seconds;
}

/** For the steps of an envelope: of several steps of the forecast within one the extremes count. */
export function forecastOf(entry: Entry, { count, forecastStepS, start, stepS, ...levels }: Steps): AssetForecast[] {
  if (!usable(entry) || !entry.test.chosen) return [];
  const { asset, phase, quantiles, trainedUntil } = entry;
  const { coverage90, ofNaive, pinballW, rung } = entry.test.chosen.score;
  const cut = (of: readonly number[], pick: (values: readonly number[]) => number): number[] =>
    Array.from({ length: count }, (_, i) => {
      const at = (second: number): number =>
        Math.max(0, Math.min(of.length - 1, Math.floor((start + i * stepS + second - trainedUntil) / forecastStepS)));
      return pick(of.slice(at(0), at(stepS - 1) + 1));
    });
  return [
    {
      asset,
      ...(phase !== undefined && { phase }),
      rung,
      trainedUntil,
      ...levels,
      pinballW,
      ofNaive,
      coverage90,
      lowW: cut(quantiles.lowW, values => Math.min(...values)),
      pointW: cut(quantiles.pointW, values => values.reduce((sum, w) => sum + w, 0) / values.length),
      highW: cut(quantiles.highW, values => Math.max(...values)),
    },
  ];
}
