/** What customers draw in each step besides the equipment under envelopes, load by load, for power flows: means over the step. */
import { type Seconds } from '../base/clock';
import { drawsOf, powerOf } from './draws';
import { type Draw, type Load, type LoadModel, type Network, type Phase } from './network';

/** Structurally `PassiveDraw` of engines/api.ts. */
export interface LoadSeries {
  readonly bus: string;
  readonly phases: readonly Phase[];
  readonly connection?: 'delta';
  readonly model?: LoadModel;
  readonly ratedV?: number;
  /** Over all its phases, import positive, one for each step. */
  readonly w: readonly number[];
  readonly var: readonly number[];
}

export interface SeriesOptions {
  readonly loads: readonly Load[];
  /** Customers whose watts an envelope governs: only their vars are passive. */
  readonly governed?: readonly Load[];
  /** First moment, in seconds after the start of the shapes. */
  readonly startS: Seconds;
  readonly stepS: Seconds;
  readonly steps: number;
}

/** Loads that never draw anything are left out. */
export function passiveDraws(network: Network, options: SeriesOptions): LoadSeries[] {
  const { governed = [], loads, startS, stepS, steps } = options;
  const power = powerOf(network);
  const shapeSteps = new Map(network.shapes.map(shape => [shape.name.toLowerCase(), shape.stepS]));
  const seriesOf = (load: Load, withWatts: boolean): LoadSeries => {
    const { bus, connection, model, phases, ratedV, shape } = load;
    const sampleS = Math.min(stepS, shape === undefined ? stepS : (shapeSteps.get(shape.toLowerCase()) ?? stepS));
    const samples = Math.max(1, Math.ceil(stepS / sampleS));
    const w = new Array<number>(steps).fill(0);
    const reactive = new Array<number>(steps).fill(0);
    for (let step = 0; step < steps; step++)
      for (let i = 0; i < samples; i++) {
        const drawn = power(load, startS + step * stepS + (i * stepS) / samples);
        if (withWatts) w[step] = (w[step] as number) + drawn.w / samples;
        reactive[step] = (reactive[step] as number) + drawn.var / samples;
      }
    return {
      bus,
      phases,
      ...(connection ? { connection } : {}),
      ...(model ? { model } : {}),
      ...(ratedV === undefined ? {} : { ratedV }),
      w,
      var: reactive,
    };
  };
  return [...loads.map(load => seriesOf(load, true)), ...governed.map(load => seriesOf(load, false))].filter(
    ({ var: reactive, w }) => w.some(value => value !== 0) || reactive.some(value => value !== 0),
  );
}

/** The draws of one step. */
export function drawsInStep(series: readonly LoadSeries[], step: number): Draw[] {
  return series.flatMap(load => drawsOf(load, load.w[step] ?? 0, load.var[step] ?? 0));
}
